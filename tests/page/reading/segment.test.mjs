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
		{ from: 0, to: 1, size: 1, doubt: 0.7 },
		{ from: 0, to: 2, size: 2, doubt: 0.7 },
		{ from: 1, to: 2, size: 1, doubt: 0 },
	];
	const sure = (...confidences) => confidences.map((confidence) => ({ confidence }));
	assert.deepEqual(best(runs, sure(0.5, 0.99, 0.5)), [1]);
	assert.deepEqual(best(runs, sure(0.99, 0.5, 0.99)), [0, 2]);
});

/** How many strokes each digit got by the ink alone, line by line. */
function lines(strokes) {
	const runs = candidates(strokes);
	const found = [];
	for (const i of best(runs, [])) (found[runs[i].row] ??= []).push(runs[i].strokes.length);
	return found;
}

const moved = (strokes, right, down) => strokes.map((stroke) => stroke.map((point) => ({ ...point, x: point.x + right, y: point.y + down })));

test("digits above one another are two lines, in whatever order they were drawn", () => {
	const upper = [...one(0), ...four(0.4)];
	const lower = moved([...five(0), ...seven(0.6), ...one(1.4)], 0.1, 1.2);
	for (const strokes of [[...upper, ...lower], [...lower, ...upper]]) {
		assert.deepEqual(lines(strokes), [[1, 2], [2, 2, 1]]);
	}
});

test("lines may slope", () => {
	const sloping = (x, down) => moved(seven(x), 0, down + 0.2 * x);
	const strokes = [0, 0.8, 1.6].flatMap((x) => [...sloping(x, 0), ...sloping(x, 1.4)]);
	assert.deepEqual(lines(strokes), [[2, 2, 2], [2, 2, 2]]);
});

test("an 8 of two circles is one digit", () => {
	const circle = (y) => [Array.from({ length: 30 }, (_, i) => ({ x: 0.25 + 0.25 * Math.cos(i / 4.6), y: y + 0.25 * Math.sin(i / 4.6) }))];
	assert.deepEqual(lines([...circle(0.25), ...circle(0.77)]), [[2]]);
	assert.deepEqual(lines([...circle(0.25), ...circle(0.77), ...one(0.8)]), [[2, 1]]);
});

const dot = (x, y, size = 0.03) => [line(x, y, x + size, y + size)];
const zero = (x) => [Array.from({ length: 30 }, (_, i) => ({ x: x + 0.3 + 0.3 * Math.cos(i / 4.6), y: 0.5 + 0.5 * Math.sin(i / 4.6) }))];

test("a point, a comma and a minus sign are left out, and so is a dot in a zero", () => {
	const signs = {
		point: dot(0.2, 0.97),
		comma: [line(0.25, 0.95, 0.18, 1.15)],
		minus: [line(-0.6, 0.5, -0.2, 0.52)],
		dash: [line(0.12, 0.5, 0.38, 0.52)],
		"dot in a zero": dot(0.8, 0.5),
	};
	for (const [name, sign] of Object.entries(signs)) {
		assert.deepEqual(lines([...one(0), ...sign, ...zero(0.5)]), [[1, 1]], name);
	}
});

test("a bar of a 5, of a 7 and of a 4 is no minus sign", () => {
	for (const digit of [five, seven, four]) assert.deepEqual(lines([...one(-0.4), ...digit(0)]), [[1, 2]]);
});

test("a stroke far from all digits is read by itself", () => {
	assert.deepEqual(lines([...one(0), ...zero(0.5), line(0, 3, 0.4, 3.1)]).flat(), [1, 1, 1]);
});

test("touching digits stay two candidates each", () => {
	const runs = candidates([...one(0), ...zero(0.02)]);
	assert.deepEqual(runs.map(({ size }) => size), [1, 2, 1]);
});

test("ten thousand points are sorted into digits", () => {
	assert.deepEqual(sizes([line(0, 0, 0, 1, 5000), line(1, 0, 1, 1, 5000)]), [1, 1]);
});
