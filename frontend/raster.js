import { box, distance } from "./strokes.js";
import { smooth } from "./ink.js";

/** MNIST's geometry (LeCun et al., 1998): ink 20 px long in 28 × 28, its centre of mass at 14, 14. */
export const SIDE = 28;
const INK = 20;
/** The pen's width in that grid, and how far from its line a cell still gets ink. */
const PEN = 2.8;
const REACH = PEN / 2 + 0.5;
/** Where the ink is put first: its box in the middle, a margin from the edge, and the line's corner. */
const MARGIN = (SIDE - INK) / 2;
const CORNER = MARGIN + (PEN - 1) / 2;
/** Ink shorter than this part of the pad's width is a dot and is not enlarged. */
const DOT = 0.02;

/** Curves → antialiased ink of 0 to 1, the point (x, y) at (x * scale + right, y * scale + down). */
function cover(curves, scale, right, down) {
	const grid = new Float64Array(SIDE * SIDE);
	const first = (a, b) => Math.max(0, Math.ceil(Math.min(a, b) - REACH));
	const last = (a, b) => Math.min(SIDE - 1, Math.floor(Math.max(a, b) + REACH));
	for (const curve of curves) {
		const points = curve.map(({ x, y }) => ({ x: x * scale + right, y: y * scale + down }));
		points.forEach((b, i) => {
			const a = points[i && i - 1];
			for (let y = first(a.y, b.y); y <= last(a.y, b.y); y++) {
				for (let x = first(a.x, b.x); x <= last(a.x, b.x); x++) {
					const ink = Math.min(1, REACH - distance({ x, y }, a, b));
					grid[y * SIDE + x] = Math.max(grid[y * SIDE + x], ink);
				}
			}
		});
	}
	return grid;
}

/** Where the grid's ink lies on average: [x, y]. */
function centreOfMass(grid) {
	let [mass, x, y] = [0, 0, 0];
	grid.forEach((ink, i) => {
		mass += ink;
		x += ink * (i % SIDE);
		y += ink * Math.floor(i / SIDE);
	});
	return [x / mass, y / mass];
}

/**
 * A digit's strokes → 784 numbers, 0 (paper) to 255 (ink), row by row, as MNIST would have drawn
 * them: small, large, thin and off-centre drawings come out alike. Null where there is no ink.
 */
export function raster(strokes) {
	const curves = strokes.map((stroke) => smooth(stroke));
	const ink = box(curves);
	if (!ink) return null;
	const sides = [ink.right - ink.left, ink.bottom - ink.top];
	const scale = (INK - PEN) / Math.max(...sides, DOT);
	const first = [ink.left, ink.top].map((edge) => CORNER - edge * scale);
	// By whole cells, so that the longer side stays 20 px, and not out of the grid.
	const place = centreOfMass(cover(curves, scale, ...first)).map((centre, axis) => {
		const room = SIDE - MARGIN - sides[axis] * scale - PEN;
		return first[axis] + Math.round(Math.max(-MARGIN, Math.min(room, SIDE / 2 - centre)));
	});
	return Array.from(cover(curves, scale, ...place), (part) => Math.round(part * 255));
}
