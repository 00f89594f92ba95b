/**
 * A point is {x, y, pressure}: x right and y down in widths of the pad, pressure from 0 to 1.
 * A stroke is a list of points, and a drawing a list of strokes.
 */

/** Return the bounding box of all points, or null without points. */
export function box(strokes) {
	let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
	for (const stroke of strokes) {
		for (const { x, y } of stroke) {
			left = Math.min(left, x)
			top = Math.min(top, y)
			right = Math.max(right, x)
			bottom = Math.max(bottom, y)
		}
	}
	return left <= right ? { left, top, right, bottom } : null
}

/** Return a point's distance from the line segment between a and b. */
export function distance(point, a, b) {
	const x = point.x - a.x
	const y = point.y - a.y
	const dx = b.x - a.x
	const dy = b.y - a.y
	const along = (x * dx + y * dy) / (dx * dx + dy * dy) || 0
	const part = Math.min(1, Math.max(0, along))
	return Math.sqrt((x - part * dx) ** 2 + (y - part * dy) ** 2)
}

/** Return a point's distance from a stroke. */
export const distanceToStroke = (point, stroke) =>
	stroke.reduce((least, b, i) => Math.min(least, distance(point, stroke[i && i - 1], b)), Infinity)

/** Number of points for each piece of the curve. */
const STEPS = 8

/** Weights of the uniform cubic B-spline at each step (de Boor, A Practical Guide to Splines). */
const WEIGHTS = Array.from({ length: STEPS }, (_, step) => {
	const t = (step + 1) / STEPS
	const s = 1 - t
	return [s ** 3, 3 * t ** 3 - 6 * t ** 2 + 4, 3 * s ** 3 - 6 * s ** 2 + 4, t ** 3].map(w => w / 6)
})

/**
 * Return points on a stroke's smooth curve, which has continuous curvature and the stroke's ends. A
 * stroke of n points has n + 1 pieces; those from `from` up to `to` are returned. Piece i depends on
 * the points i - 2 to i + 1, so the first n - 1 pieces of a growing stroke are final.
 */
export function smooth(points, from = 0, to = points.length + 1) {
	const at = i => points[Math.min(points.length - 1, Math.max(0, i))]
	const curve = []
	for (let piece = from; piece < to && points.length; piece++) {
		const [a, b, c, d] = [at(piece - 2), at(piece - 1), at(piece), at(piece + 1)]
		for (const [p, q, r, s] of WEIGHTS) {
			const blend = key => p * a[key] + q * b[key] + r * c[key] + s * d[key]
			curve.push({ x: blend("x"), y: blend("y"), pressure: blend("pressure") })
		}
	}
	return curve
}
