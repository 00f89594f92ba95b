import { box } from "../pad/strokes.js"

/** Tiles along the longer side, and the part by which ink is darker than its tile's paper. */
const [TILES, DARKER] = [8, 0.2]
/** Components lower than this part of the tallest are dust; those that overlap this much are one digit. */
const [DUST, ABOVE] = [0.3, 0.5]
const MARGIN = 4

/** Return by how much each grey level is darker than the paper around it; 0 on paper. */
function inkOf(grey, width, height) {
	const side = Math.ceil(Math.max(width, height) / TILES)
	const tile = i => Math.floor(i / width / side) * TILES + Math.floor((i % width) / side)
	const paper = new Uint8Array(TILES ** 2)
	grey.forEach((level, i) => (paper[tile(i)] = Math.max(paper[tile(i)], level)))
	return grey.map((level, i) => (level < paper[tile(i)] * (1 - DARKER) ? paper[tile(i)] - level : 0))
}

/** Return the connected components of the ink as lists of points {x, y, depth}, by flood fill. */
function piecesOf(ink, width) {
	const left = new Set([...ink.keys()].filter(cell => ink[cell]))
	const pieces = []
	for (const start of left) {
		const cells = [start]
		left.delete(start)
		for (const cell of cells) {
			for (const step of [-width - 1, -width, 1 - width, -1, 1, width - 1, width, width + 1]) {
				const next = cell + step
				const wraps = Math.abs((next % width) - (cell % width)) > 1
				if (!wraps && left.delete(next)) cells.push(next)
			}
		}
		pieces.push(cells.map(cell => ({ x: cell % width, y: Math.floor(cell / width), depth: ink[cell] })))
	}
	return pieces
}

/** Return points as rows of numbers, with a margin. */
function rowsOf(points) {
	const { left, top, right, bottom } = box([points])
	const row = () => new Array(right - left + 1 + 2 * MARGIN).fill(0)
	const rows = Array.from({ length: bottom - top + 1 + 2 * MARGIN }, row)
	for (const { x, y, depth } of points) rows[y - top + MARGIN][x - left + MARGIN] = depth
	return rows
}

const tall = points => box([points]).bottom - box([points]).top + 1

/** Return the bounding box of points: [x, y, width, height]. */
function frameOf(points) {
	const { left, top, right, bottom } = box([points])
	return [left, top, right - left + 1, bottom - top + 1]
}

/**
 * Segment a picture's grey levels, 0 to 255 row by row, into digits from left to right: {pixels, box}.
 * The pixels are rows of numbers with the ink of only that digit, white on black.
 */
export function digitsOf(grey, width, height) {
	const dark = Uint8Array.from(grey).sort()[grey.length >> 1] < 128
	const pieces = piecesOf(inkOf(dark ? grey.map(level => 255 - level) : grey, width, height), width)
	const least = DUST * pieces.reduce((most, piece) => Math.max(most, tall(piece)), 0)
	const digits = []
	for (const piece of pieces.sort((a, b) => box([a]).left - box([b]).left)) {
		if (piece.length <= least) continue
		const [last, own] = [box(digits.slice(-1)), box([piece])]
		const narrower = last && Math.min(last.right - last.left, own.right - own.left)
		const above = last && Math.min(last.right, own.right) - own.left >= ABOVE * narrower
		digits.push(above ? [...digits.pop(), ...piece] : piece)
	}
	const found = digits.filter(digit => tall(digit) >= least)
	return found.map(digit => ({ pixels: rowsOf(digit), box: frameOf(digit) }))
}
