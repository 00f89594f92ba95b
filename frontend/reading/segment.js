import { areStacked, byPlace, edgesOf, linesOf, logOdds } from "./marks.js"

/** Most marks in one digit, and log odds below which marks certainly are two digits. */
const [MOST, BEYOND] = [3, -8]
/** Width from which a digit is odd, in heights, and the cost of each height more. */
const [WIDE, WIDER] = [0.5, 20]
/** Cost of two lines as one, and of one digit as two lines. */
const STEP = 12
/** Weight of the reader's certainty against the ink, for each mark. */
const TRUST = 60
/** Cost of each digit, because parts of a digit often look like one, but two digits rarely do. */
const MORE = 1

/** Return the cost of a decision against the log odds. */
const against = logOdds => Math.log1p(Math.exp(logOdds))

/**
 * Return the candidates for the digits of a number: {from, to, size, row, strokes, doubt}. A digit leads
 * from a node to the next one, and has `size` marks in the line `row`. If the ink is unambiguous, the
 * candidates are the digits. Marks in several lines may also be one line, whose digits have parts above
 * one another. The constants were chosen by numbers composed from half of the 30 writers' strokes.
 */
export function candidates(strokes) {
	const { lines, height } = linesOf(strokes)
	const all = byPlace(lines.flat())
	const end = lines.length > 1 ? 2 * all.length : all.length
	const found = runsOf(all, 0, height, place => (place < all.length ? place : end))
	let start = all.length
	if (end === start) return found
	lines.forEach((line, row) => {
		const first = start
		const runs = runsOf(line, row, height, place => (row || place ? first + place : 0))
		const isNear = mark => line.some(each => logOdds(mark, each, height) > BEYOND)
		if (lines[row - 1]?.some(isNear)) for (const run of runs) if (run.from === first) run.doubt += STEP
		found.push(...runs)
		start += line.length
	})
	return found
}

/** Return the candidates in a line of marks; `nodeOf(place)` is the node before the mark in that place. */
function runsOf(marks, row, height, nodeOf) {
	const links = marks.slice(1).map((mark, i) => logOdds(marks[i], mark, height))
	const found = []
	for (const from of marks.keys()) {
		let within = 0
		for (let to = from + 1; to <= Math.min(from + MOST, marks.length); to++) {
			const own = marks.slice(from, to)
			const { left, right } = edgesOf(own)
			const next = marks[to]
			const cut = next ? against(links[to - 1]) + STEP * areStacked(own.at(-1), next, height) : 0
			const doubt = within + cut + WIDER * Math.max(0, (right - left) / height - WIDE || 0)
			const strokes = own.flatMap(mark => mark.strokes)
			found.push({ from: nodeOf(from), to: nodeOf(to), size: own.length, row, strokes, doubt })
			if (links[to - 1] < BEYOND) break
			within += against(-links[to - 1])
		}
	}
	return found
}

/**
 * Return the candidates that form the number, as indices from left to right and from top to bottom: the
 * cheapest path through all marks, by the ink and by the reader's certainty, where known.
 */
export function best(runs, answers) {
	const ways = [{ cost: 0, path: [] }]
	runs.forEach(({ from, to, size, doubt }, i) => {
		const unsure = -Math.log(answers[i]?.confidence ?? 1)
		const cost = ways[from].cost + doubt + (answers[i] ? MORE : 0) + TRUST * size * unsure
		if (!(ways[to]?.cost <= cost)) ways[to] = { cost, path: [...ways[from].path, i] }
	})
	return ways.at(-1).path
}
