import { away, box } from "../pad/strokes.js"

/**
 * How the ink speaks for two marks being one digit, as log odds: BASE, and so much for each width of
 * the narrower one that they lie above each other and each height between them. Fitted by logistic
 * regression to numbers composed from half of the 30 writers' strokes.
 */
const [BASE, ABOVE, APART] = [1, 8, -34]
/** Log odds above which marks are one digit, and under minus which they are not, beyond any doubt. */
const BEYOND = 8
/** A mark narrower than this part of the height counts as that wide; most marks in one digit. */
const [NARROW, MOST] = [0.2, 3]
/** How much the reader's certainty weighs against the ink, for each mark. */
const TRUST = 8
/** What each digit costs: parts of a digit often look like a digit, two digits seldom like one. */
const MORE = 2

/** The least distance from the points of some strokes to other strokes. */
const gap = (strokes, others) =>
	strokes.flat().reduce((least, point) => Math.min(least, ...others.map(each => away(point, each))), Infinity)

/** Log odds that two marks, each some strokes, are parts of one digit of this height. */
function odds(one, other, height) {
	const [a, b] = [box(one), box(other)]
	const narrower = Math.max(Math.min(a.right - a.left, b.right - b.left), NARROW * height)
	const above = (Math.min(a.right, b.right) - Math.max(a.left, b.left)) / narrower || 0
	if (above < -1) return -Infinity
	const apart = Math.min(gap(one, other), gap(other, one)) / height || 0
	return BASE + ABOVE * above + APART * apart
}

/** What it costs to go against log odds. */
const against = odds => Math.log1p(Math.exp(odds))

/** Strokes → marks from left to right: strokes that are one digit beyond doubt are one mark. */
function marksOf(strokes, height) {
	let marks = []
	for (const stroke of strokes) {
		const own = marks.filter(mark => odds(mark, [stroke], height) > BEYOND)
		marks = [...marks.filter(mark => !own.includes(mark)), [...own.flat(), stroke]]
	}
	const middle = mark => box(mark).left + box(mark).right
	return marks.sort((a, b) => middle(a) - middle(b))
}

/**
 * A number's strokes → all that may be a digit in it: {from, to, strokes, doubt}, the marks `from`
 * up to `to` counted from the left. Where the ink leaves no choice, these are the digits.
 */
export function candidates(strokes) {
	const inked = strokes.filter(stroke => stroke.length)
	const height = Math.max(...inked.map(stroke => box([stroke])).map(({ top, bottom }) => bottom - top))
	const marks = marksOf(inked, height)
	const links = marks.slice(1).map((mark, i) => odds(marks[i], mark, height))
	const found = []
	for (const from of marks.keys()) {
		let within = 0
		for (let to = from + 1; to <= Math.min(from + MOST, marks.length); to++) {
			const doubt = within + against(links[to - 1] ?? -Infinity)
			found.push({ from, to, strokes: marks.slice(from, to).flat(), doubt })
			if (links[to - 1] < -BEYOND) break
			within += against(-links[to - 1])
		}
	}
	return found
}

/**
 * The candidates that together are the number, as indices from left to right: the cheapest way
 * through all marks, by the ink and by how sure the reader is of each (where it has answered).
 */
export function best(runs, answers) {
	const ways = [{ cost: 0, path: [] }]
	runs.forEach(({ from, to, doubt }, i) => {
		const unsure = -Math.log(answers[i]?.confidence ?? 1)
		const cost = ways[from].cost + doubt + (answers[i] ? MORE : 0) + TRUST * (to - from) * unsure
		if (!(ways[to]?.cost <= cost)) ways[to] = { cost, path: [...ways[from].path, i] }
	})
	return ways.at(-1).path
}
