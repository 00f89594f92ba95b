import assert from "node:assert/strict";
import { test } from "node:test";
import { best, candidates } from "../../../frontend/reading/segment.js";

const line = (x0, y0, x1, y1, n = 12) =>
	Array.from({ length: n + 1 }, (_, i) => ({
		x: x0 + ((x1 - x0) * i) / n,
		y: y0 + ((y1 - y0) * i) / n,
		pressure: 0.5,
	}));
const one = (x) => [line(x, 0, x, 1)];
const four = (x) => [[...line(x + 0.2, 0, x, 0.6), ...line(x, 0.6, x + 0.5, 0.6)], line(x + 0.3, 0.2, x + 0.3, 1)];
const five = (x) => [[...line(x, 0.05, x, 0.5), ...line(x, 0.5, x + 0.4, 0.8)], line(x + 0.02, 0, x + 0.45, 0)];
const seven = (x) => [[...line(x, 0, x + 0.5, 0), ...line(x + 0.5, 0, x + 0.2, 1)], line(x + 0.1, 0.5, x + 0.5, 0.5)];

/** How many strokes each digit got by the ink alone, from left to right. */
function sizes(strokes) {
	const runs = candidates(strokes);
	return best(runs, []).map((i) => runs[i].strokes.length);
}

test("no ink, and strokes without points, are no digits", () => {
	for (const strokes of [[], [[]]]) {
		assert.deepEqual(candidates(strokes), []);
		assert.deepEqual(best([], []), []);
	}
});

test("one point is one digit, and so are equal points", () => {
	const point = { x: 0.2, y: 0.2, pressure: 0.5 };
	assert.deepEqual(sizes([[point]]), [1]);
	assert.deepEqual(sizes([Array(50).fill(point)]), [1]);
});

test("a 4 and a 5 of two strokes and a 7 with a bar are one digit each", () => {
	for (const digit of [four, five, seven]) assert.deepEqual(sizes(digit(0)), [2]);
});

test("digits side by side come apart, from left to right, whatever was drawn first", () => {
	const number = [...seven(2.1), ...one(0), ...five(1.4), ...four(0.4)];
	assert.deepEqual(sizes(number), [1, 2, 2, 2]);
});

test("every mark is in exactly one digit", () => {
	const strokes = [...four(0), ...one(0.7), ...five(0.9), ...seven(1.5)];
	const runs = candidates(strokes);
	const chosen = best(runs, runs.map(() => ({ confidence: 0.5 }))).flatMap((i) => runs[i].strokes);
	assert.equal(chosen.length, strokes.length);
	assert.deepEqual(new Set(chosen), new Set(strokes));
});

test("where the ink is in doubt, what the reader is surer of wins", () => {
	const runs = [
		{ from: 0, to: 1, doubt: 0.7 },
		{ from: 0, to: 2, doubt: 0.7 },
		{ from: 1, to: 2, doubt: 0 },
	];
	const sure = (...confidences) => confidences.map((confidence) => ({ confidence }));
	assert.deepEqual(best(runs, sure(0.5, 0.99, 0.5)), [1]);
	assert.deepEqual(best(runs, sure(0.99, 0.5, 0.99)), [0, 2]);
});

test("ten thousand points are sorted into digits", () => {
	assert.deepEqual(sizes([line(0, 0, 0, 1, 5000), line(1, 0, 1, 1, 5000)]), [1, 1]);
});
