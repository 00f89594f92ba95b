import { box, distanceToStroke } from "../pad/strokes.js"

/**
 * Log odds that two marks are one digit: BASE, plus a term for their horizontal overlap in widths of the
 * narrower mark, and a term for their gap in heights of a digit.
 */
const [BASE, ABOVE, APART] = [2, 8, -8]
/** Least width of a mark in heights; largest gap of marks side by side in widths, and in two lines in heights. */
const [NARROW, FAR, NEAR] = [0.2, 1, 0.1]
/** Largest gap of a digit's parts above one another where there is no other digit, in heights of a part. */
const LOOSE = 0.25
/** Log odds above which marks certainly are one digit. */
const CERTAIN = 9.5
/** Heights of a digit's mark, of parts of it above one another, and of digits above one another. */
const [TALL, STACK, STACKED] = [0.4, 1.1, 1.8]
/** Least overlap of neighbours in one line, in heights of the lower one. */
const LEVEL = 0.3
/** Largest dot, and largest comma or sign within a digit, in heights. */
const [DOT, SMALL] = [0.15, 0.35]
/** A minus sign's height in its widths; the parts of its neighbour between which it and no comma lies. */
const [FLAT, LOW, HIGH] = [0.4, 0.2, 0.8]

/** Return the bounding box of marks. */
export const edgesOf = marks => box(marks.map(({ left, top, right, bottom }) => [{ x: left, y: top }, { x: right, y: bottom }]))

/** A mark is strokes that certainly are one digit, or a part of one, with their bounding box. */
const markOf = strokes => ({ strokes, ...box(strokes) })
const wide = ({ left, right }) => right - left
const high = ({ top, bottom }) => bottom - top
const middle = ({ left, right }) => left + right

/** Return marks from left to right. */
export const byPlace = marks => marks.sort((a, b) => middle(a) - middle(b))

/** Return the length that two marks share along an axis, or minus the gap between them. */
const across = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left)
const along = (a, b) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)

/** Return the least distance of the points of some strokes from other strokes. */
const leastDistance = (strokes, others) =>
	strokes.flat().reduce((least, point) => Math.min(least, ...others.map(other => distanceToStroke(point, other))), Infinity)
const gap = (a, b) => Math.min(leastDistance(a.strokes, b.strokes), leastDistance(b.strokes, a.strokes))

/** Return the log odds that two marks are one digit of this height. */
export function logOdds(a, b, height) {
	const above = across(a, b) / Math.max(Math.min(wide(a), wide(b)), NARROW * height) || 0
	// Far marks first, because the gap takes long.
	if (above < -FAR) return -Infinity
	const apart = gap(a, b) / height || 0
	if (apart > NEAR && areStacked(a, b, height)) return -Infinity
	return BASE + ABOVE * above + APART * apart
}

/** Return whether two marks are above one another, higher together than a digit. */
export const areStacked = (a, b, height) => high(edgesOf([a, b])) > STACKED * height

/** Return whether neighbours are in one line, or parts of one digit above one another. */
const isLevel = (a, b, height) =>
	along(a, b) > LEVEL * Math.min(high(a), high(b)) ||
	(across(a, b) > 0 && high(edgesOf([a, b])) < STACK * height)

/** Return whether a mark is no digit's: a dot, also in a zero, a comma or point, or a minus sign. */
function isSign(mark, tall, height) {
	const size = Math.max(wide(mark), high(mark)) / height
	const place = ({ top, bottom }) => (bottom - (mark.top + mark.bottom) / 2) / (bottom - top)
	const near = tall.filter(each => Math.abs(place(each) - 0.5) < 1)
	const isAround = ({ left, right }) => left < mark.left && mark.right < right
	if (size < DOT || !near.length) return size < DOT
	if (near.some(isAround)) return size < SMALL && near.every(each => gap(each, mark) > 0.05 * height)
	const beside = near.every(each => across(each, mark) < wide(mark) / 4)
	const foot = Math.min(...near.map(place))
	const part = place(edgesOf(near))
	const isMinus = high(mark) < FLAT * wide(mark) && part > LOW && part < HIGH
	return beside && (isMinus || (size < SMALL && foot < LOW))
}

/** Group strokes that certainly are one digit into marks. */
function marksOf(strokes, height) {
	let marks = []
	for (const stroke of strokes) {
		const [own, others] = [[], []]
		const isOwn = mark => !areStacked(mark, one, height) && logOdds(mark, one, height) > CERTAIN
		const one = markOf([stroke])
		for (const mark of marks) (isOwn(mark) ? own : others).push(mark)
		marks = [...others, markOf([...own.flatMap(mark => mark.strokes), stroke])]
	}
	return byPlace(marks)
}

/**
 * Return a drawing's lines from top to bottom, as lists of marks from left to right, and the height of a
 * digit. Signs are left out.
 */
export function linesOf(strokes) {
	const inked = strokes.filter(stroke => stroke.length)
	let height = Math.max(...inked.map(stroke => high(box([stroke]))))
	const marks = marksOf(inked, height)
	const isTall = mark => tall.includes(mark)
	const tall = marks.filter(mark => high(mark) >= TALL * height)
	const [one, other] = tall
	// An 8 may be two circles.
	if (tall.length === 2 && across(one, other) > 0 && gap(one, other) < LOOSE * height) height = high(edgesOf(tall))
	const lines = []
	const join = (mark, line) => (line ? line.unshift(mark) : lines.push([mark]))
	for (const mark of tall) join(mark, lines.find(([last]) => isLevel(last, mark, height)))
	for (const mark of marks) {
		if (isTall(mark) || isSign(mark, tall, height)) continue
		const nearest = line => Math.min(...line.map(each => gap(each, mark)))
		lines.sort((a, b) => nearest(a) - nearest(b))[0].push(mark)
	}
	const level = line => line.reduce((sum, mark) => sum + mark.top + mark.bottom, 0) / line.length
	lines.sort((a, b) => level(a) - level(b))
	return { height, lines: lines.map(byPlace) }
}
