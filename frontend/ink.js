/** How many points stand for one piece of the curve. */
const STEPS = 8;

/** The uniform cubic B-spline's weights, step by step (de Boor, A Practical Guide to Splines). */
const WEIGHTS = Array.from({ length: STEPS }, (_, step) => {
	const t = (step + 1) / STEPS;
	const s = 1 - t;
	return [s ** 3, 3 * t ** 3 - 6 * t ** 2 + 4, 3 * s ** 3 - 6 * s ** 2 + 4, t ** 3].map((w) => w / 6);
});

/**
 * A stroke's smooth curve, points in and points out: no corner, no jump in curvature, its ends the
 * stroke's own. A stroke of n points has n + 1 pieces, of which those from `from` up to `to` are
 * given. Piece i depends on the points i - 2 to i + 1, so the first n - 1 of a growing stroke are final.
 */
export function smooth(points, from = 0, to = points.length + 1) {
	const at = (i) => points[Math.min(points.length - 1, Math.max(0, i))];
	const curve = [];
	for (let piece = from; piece < to && points.length; piece++) {
		const near = [at(piece - 2), at(piece - 1), at(piece), at(piece + 1)];
		for (const weights of WEIGHTS) {
			const blend = (key) => weights.reduce((sum, weight, i) => sum + weight * near[i][key], 0);
			curve.push({ x: blend("x"), y: blend("y"), pressure: blend("pressure") });
		}
	}
	return curve;
}
