import assert from "node:assert/strict";
import { test } from "node:test";
import { distanceToStroke, smooth } from "../../../frontend/pad/strokes.js";

const at = (x, y, pressure = 0.5) => ({ x, y, pressure });
const close = (a, b) => Math.abs(a - b) < 1e-9;
const spiral = (n) => Array.from({ length: n }, (_, i) => at(i * Math.cos(i / 9), i * Math.sin(i / 9)));

test("no points make no curve", () => assert.deepEqual(smooth([]), []));

test("one point, and equal points, stay where they are", () => {
	for (const points of [[at(3, 4)], Array(5).fill(at(3, 4))]) {
		const curve = smooth(points);
		assert.ok(curve.length > 0);
		assert.ok(curve.every(({ x, y, pressure }) => close(x, 3) && close(y, 4) && close(pressure, 0.5)));
	}
});

test("a curve begins near its first point and ends at its last", () => {
	const points = spiral(30);
	const curve = smooth(points);
	assert.ok(close(curve.at(-1).x, points.at(-1).x) && close(curve.at(-1).y, points.at(-1).y));
	assert.ok(distanceToStroke(points[0], curve) < 0.1);
});

test("a straight line stays straight and a pressure that grows goes on growing", () => {
	const curve = smooth(Array.from({ length: 9 }, (_, i) => at(i, 2 * i, i / 8)));
	assert.ok(curve.every(({ x, y }) => close(y, 2 * x)));
	assert.ok(curve.every(({ pressure }, i) => pressure >= curve[Math.max(0, i - 1)].pressure));
});

test("no two steps of a smoothed right angle turn by more than a third of it", () => {
	const corner = [...Array(6).keys()].map((i) => at(i, 0)).concat([1, 2, 3, 4, 5].map((i) => at(5, i)));
	const curve = smooth(corner, 2, 11);
	const heading = curve.slice(1).map(({ x, y }, i) => Math.atan2(y - curve[i].y, x - curve[i].x));
	const turns = heading.slice(1).map((angle, i) => Math.abs(angle - heading[i]));
	assert.ok(Math.max(...turns) < Math.PI / 6);
});

test("the pieces called final do not change when the stroke grows", () => {
	const points = spiral(20);
	for (let n = 1; n < points.length; n++) {
		const [before, after] = [points.slice(0, n), points.slice(0, n + 1)];
		assert.deepEqual(smooth(before, 0, n - 1), smooth(after, 0, n - 1));
	}
});

test("pieces put together are the whole", () => {
	const points = spiral(12);
	assert.deepEqual([...smooth(points, 0, 5), ...smooth(points, 5)], smooth(points));
});

test("ten thousand points are smoothed", () => assert.equal(smooth(spiral(10_000)).length, 80_008));
