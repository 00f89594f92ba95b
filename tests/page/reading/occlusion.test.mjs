import assert from "node:assert/strict";
import { test } from "node:test";
import { importance, patches, without } from "../../../frontend/reading/occlusion.js";

const stem = Array.from({ length: 784 }, (_, i) => (i % 28 === 14 && i > 112 && i < 672 ? 255 : 0));

test("bare paper has no patches, and the patches of ink cover all of it", () => {
	assert.deepEqual(patches(new Array(784).fill(0)), []);
	const covered = new Set(patches(stem).flat());
	assert.ok(stem.every((ink, i) => !ink || covered.has(i)));
});

test("a faded patch keeps a trace of its ink and leaves the rest as it was", () => {
	const [cells] = patches(stem);
	const faded = without(stem, cells);
	assert.ok(stem.every((ink, i) => (ink > 0) === (faded[i] > 0)));
	assert.ok(stem.every((ink, i) => cells.includes(i) || faded[i] === ink));
	assert.ok(cells.some((cell) => faded[cell] < stem[cell]));
});

test("what the digit cannot do without weighs most, what it can do without nothing", () => {
	const cells = patches(stem);
	const vital = cells.length - 1;
	const weights = importance(cells, 0.99, cells.map((_, i) => (i === vital ? 0.01 : 0.99)));
	assert.equal(Math.max(...weights), 1);
	assert.ok(cells[vital].some((cell) => weights[cell] === 1));
	assert.ok(cells[0].every((cell) => weights[cell] === 0));
});

test("where nothing matters, nothing is marked", () => {
	const cells = patches(stem);
	assert.ok(importance(cells, 0.9, cells.map(() => 0.95)).every((weight) => weight === 0));
});
