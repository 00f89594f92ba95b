import { box, distance, smooth } from "../pad/strokes.js"
import { SIDE } from "./pixels.js"

/** MNIST's geometry (LeCun et al., 1998): ink 20 px long in 28 × 28, its centre of mass at 14, 14. */
const INK = 20
/** The pen's width in that grid, and how far from its line a cell still gets ink. */
const PEN = 2.8
const REACH = PEN / 2 + 0.5
/** Where the ink is put first: its box a margin from the edges, with the line's corner there. */
const MARGIN = (SIDE - INK) / 2
const CORNER = MARGIN + (PEN - 1) / 2
/** Ink shorter than this part of the pad's width is a dot and is not enlarged. */
const DOT = 0.02

/** Draw a line from a to b, antialiased, into a grid of inks of 0 to 1. */
function draw(grid, a, b) {
	const { left, top, right, bottom } = box([[a, b]])
	for (let y = Math.ceil(top - REACH); y <= bottom + REACH; y++) {
		for (let x = Math.ceil(left - REACH); x <= right + REACH; x++) {
			const ink = Math.min(1, REACH - distance({ x, y }, a, b))
			grid[y * SIDE + x] = Math.max(grid[y * SIDE + x], ink)
		}
	}
}

/**
 * A digit's strokes → 784 numbers, 0 (paper) to 255 (ink), row by row, as MNIST would have drawn
 * them: small, large, thin and off-centre drawings come out alike. Null where there is no ink.
 */
export function raster(strokes) {
	const curves = strokes.map(stroke => smooth(stroke))
	const ink = box(curves)
	if (!ink) return null
	const [width, height] = [ink.right - ink.left, ink.bottom - ink.top]
	const scale = (INK - PEN) / Math.max(width, height, DOT)
	const placed = ({ x, y }) => ({ x: (x - ink.left) * scale + CORNER, y: (y - ink.top) * scale + CORNER })
	const grid = new Float64Array(SIDE * SIDE)
	for (const curve of curves) {
		const points = curve.map(placed)
		points.forEach((b, i) => draw(grid, points[i && i - 1], b))
	}
	const mass = grid.reduce((sum, part) => sum + part)
	/** How far to move the ink along an axis: by whole cells, and not out of the grid. */
	const shift = (length, axis) => {
		const centre = grid.reduce((sum, part, i) => sum + part * axis(i), 0) / mass
		const room = SIDE - MARGIN - length * scale - PEN
		return Math.round(Math.max(-MARGIN, Math.min(room, SIDE / 2 - centre)))
	}
	const moved = shift(width, i => i % SIDE) + SIDE * shift(height, i => Math.floor(i / SIDE))
	return Array.from(grid, (_, i) => Math.round(255 * (grid[i - moved] ?? 0)))
}
