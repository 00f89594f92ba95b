import { away, box } from "../pad/strokes.js"

/**
 * Log odds that two marks are one digit: BASE, plus a term for their horizontal overlap in widths of the
 * narrower mark, and a term for their gap in heights. Fitted by logistic regression to numbers composed
 * from half of the 30 writers' strokes.
 */
const [BASE, ABOVE, APART] = [1, 8, -34]
/** Log odds above which marks certainly are one digit, and below whose negative they are not. */
const BEYOND = 8
/** Least width of a mark as a part of the height, and most marks in one digit. */
const [NARROW, MOST] = [0.2, 3]
/** Weight of the reader's certainty against the ink, for each mark. */
const TRUST = 8
/** Cost of each digit, because parts of a digit often look like one, but two digits rarely do. */
const MORE = 2

/** Return the least distance between the points of some strokes and other strokes. */
const gap = (strokes, others) =>
	strokes.flat().reduce((least, point) => Math.min(least, ...others.map(each => away(point, each))), Infinity)

/** Return the log odds that two marks, as lists of strokes, are one digit of this height. */
function odds(one, other, height) {
	const [a, b] = [box(one), box(other)]
	const narrower = Math.max(Math.min(a.right - a.left, b.right - b.left), NARROW * height)
	const above = (Math.min(a.right, b.right) - Math.max(a.left, b.left)) / narrower || 0
	if (above < -1) return -Infinity
	const apart = Math.min(gap(one, other), gap(other, one)) / height || 0
	return BASE + ABOVE * above + APART * apart
}

/** Return the cost of a decision against the log odds. */
const against = odds => Math.log1p(Math.exp(odds))

/** Group strokes that certainly are one digit into marks, from left to right. */
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
 * Return the candidates for the digits of a number: {from, to, strokes, doubt}, with the marks `from` up
 * to `to` counted from the left. If the ink is unambiguous, the candidates are the digits.
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
 * Return the candidates that form the number, as indices from left to right: the cheapest path through
 * all marks, by the ink and by the reader's certainty, where known.
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
