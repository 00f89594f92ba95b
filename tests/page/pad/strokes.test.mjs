import assert from "node:assert/strict";
import { test } from "node:test";
import { box, distance, distanceToStroke } from "../../../frontend/pad/strokes.js";

const at = (x, y) => ({ x, y, pressure: 0.5 });

test("the box of no points is null, of one point that point", () => {
	assert.equal(box([]), null);
	assert.equal(box([[]]), null);
	assert.deepEqual(box([[at(1, 2)]]), { left: 1, top: 2, right: 1, bottom: 2 });
});

test("the box holds every point of ten thousand", () => {
	const stroke = Array.from({ length: 10_000 }, (_, i) => at(Math.sin(i), Math.cos(i)));
	const { left, top, right, bottom } = box([stroke]);
	assert.ok(stroke.every(({ x, y }) => left <= x && x <= right && top <= y && y <= bottom));
});

test("distance is to the line between two points, not beyond its ends", () => {
	assert.equal(distance(at(5, 3), at(0, 0), at(10, 0)), 3);
	assert.equal(distance(at(13, 4), at(0, 0), at(10, 0)), 5);
	assert.equal(distance(at(3, 4), at(0, 0), at(0, 0)), 5);
});

test("nothing is near a stroke without points", () => {
	assert.equal(distanceToStroke(at(0, 0), []), Infinity);
	assert.equal(distanceToStroke(at(0, 1), [at(0, 0)]), 1);
});
