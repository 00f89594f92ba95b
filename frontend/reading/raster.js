import { box, distance, smooth } from "../pad/strokes.js"
import { SIDE } from "./pixels.js"

/** MNIST's geometry (LeCun et al., 1998): ink of 20 px in 28 × 28, with its centre of mass at 14, 14. */
const INK = 20
/** The pen's width in that grid, and the distance from its line up to which a cell gets ink. */
const PEN = 2.8
const REACH = PEN / 2 + 0.5
/** First place of the ink: the margin of its box from the edges, and the line's corner there. */
const MARGIN = (SIDE - INK) / 2
const CORNER = MARGIN + (PEN - 1) / 2
/** Ink shorter than this part of the pad's width is a dot, which is not enlarged. */
const DOT = 0.02

/** Draw an antialiased line from a to b into a grid of ink levels of 0 to 1. */
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
 * Rasterise a digit's strokes like MNIST: 784 numbers, 0 (paper) to 255 (ink), row by row. The size and
 * place of the drawing do not matter. Returns null without ink.
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
	let [mass, across, down] = [0, 0, 0]
	grid.forEach((part, i) => {
		mass += part
		across += part * (i % SIDE)
		down += part * Math.floor(i / SIDE)
	})
	/** Return the ink's shift along an axis, in whole cells and not out of the grid. */
	const shift = (length, moment) =>
		Math.round(Math.max(-MARGIN, Math.min(SIDE - MARGIN - length * scale - PEN, SIDE / 2 - moment / mass)))
	const moved = shift(width, across) + SIDE * shift(height, down)
	return Array.from(grid, (_, i) => Math.round(255 * (grid[i - moved] ?? 0)))
}
