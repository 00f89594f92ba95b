import assert from "node:assert/strict";
import { test } from "node:test";
import { SIDE } from "../../../frontend/reading/pixels.js";
import { raster } from "../../../frontend/reading/raster.js";

const at = (x, y) => ({ x, y, pressure: 0.5 });
const three = Array.from({ length: 60 }, (_, i) => {
	const turn = (i / 30) * Math.PI * 1.2;
	return at(0.5 + 0.08 * Math.sin(turn), 0.3 + 0.004 * i - 0.05 * Math.cos(turn));
});
const moved = (stroke, size, right, down) =>
	stroke.map(({ x, y }) => at(x * size + right, y * size + down));

function ink(pixels) {
	const cells = [...pixels.keys()].filter((i) => pixels[i] > 0);
	const [xs, ys] = [cells.map((i) => i % SIDE), cells.map((i) => Math.floor(i / SIDE))];
	const mass = cells.reduce((sum, i) => sum + pixels[i], 0);
	const mean = (list) => cells.reduce((sum, i, n) => sum + pixels[i] * list[n], 0) / mass;
	const span = (list) => Math.max(...list) - Math.min(...list) + 1;
	return { width: span(xs), height: span(ys), x: mean(xs), y: mean(ys) };
}

test("no ink is no picture", () => {
	assert.equal(raster([]), null);
	assert.equal(raster([[]]), null);
});

test("one point, and a hundred equal ones, are a dot in the middle", () => {
	for (const stroke of [[at(0.1, 0.7)], Array(100).fill(at(0.1, 0.7))]) {
		const dot = ink(raster([stroke]));
		assert.ok(dot.width <= 4 && dot.height <= 4);
		assert.ok(Math.abs(dot.x - 14) <= 0.5 && Math.abs(dot.y - 14) <= 0.5);
	}
});

test("784 whole numbers from 0 to 255", () => {
	const pixels = raster([three]);
	assert.equal(pixels.length, 784);
	assert.ok(pixels.every((value) => Number.isInteger(value) && value >= 0 && value <= 255));
});

test("the longer side of the ink is 20 px and its centre of mass lies in the middle", () => {
	for (const stroke of [three, three.map(({ x, y }) => at(y, x)), [at(0, 0), at(1, 0.2)]]) {
		const { width, height, x, y } = ink(raster([stroke]));
		assert.equal(Math.max(width, height), 20);
		assert.ok(Math.abs(x - 14) <= 0.51 && Math.abs(y - 14) <= 0.51, `${x}, ${y}`);
	}
});

test("size and place on the pad make no difference", () => {
	const plain = raster([three]);
	for (const [size, right, down] of [[0.25, 0, 0], [1.7, -0.3, -0.2], [1, 0.4, 0.3]]) {
		const other = raster([moved(three, size, right, down)]);
		assert.ok(plain.every((value, i) => Math.abs(value - other[i]) <= 1));
	}
});

test("a digit at the edge is not cut off", () => {
	const gallows = [[at(0, 0), at(1, 0)], [at(0, 0), at(0, 0.02)], [at(1, 0), at(1, 1)]];
	const { width, height } = ink(raster(gallows));
	assert.equal(Math.max(width, height), 20);
});

test("ten thousand points are drawn", () => {
	const scribble = Array.from({ length: 10_000 }, (_, i) => at(Math.sin(i), Math.cos(1.3 * i)));
	assert.equal(raster([scribble]).length, 784);
});
