import assert from "node:assert/strict";
import { test } from "node:test";
import { isStrokes, keptInk } from "../../../frontend/pad/kept.js";

const POINT = { x: 0.5, y: 0.5, pressure: 1, time: 0 };

test("only lists of points are strokes", () => {
	assert.ok(isStrokes([[POINT, POINT], [POINT]]));
	for (const other of [null, 5, "ab", [], [[]], [null], ["ab"], [[null]], [[5]], [[{ ...POINT, x: "0" }]], [{ length: 1 }]]) {
		assert.equal(isStrokes(other), false, JSON.stringify(other));
	}
});

test("what another page left under the key of the ink is no drawing", () => {
	const sheet = { group: "8abc-0123456789ab", kept: [{ id: "1", pixels: new Array(784).fill(0) }] };
	const wrong = [[null], "ab", [{}]].map(kept => ({ ...sheet, kept }));
	for (const other of [null, 5, "ab", { ...sheet, group: 5 }, { ...sheet, group: "<b>" }, ...wrong]) {
		globalThis.sessionStorage = { getItem: () => JSON.stringify({ strokes: [[POINT]], sheet: other }) };
		assert.equal(keptInk(), null, JSON.stringify(other));
	}
	globalThis.sessionStorage = { getItem: () => JSON.stringify({ strokes: [[POINT]], sheet }) };
	assert.deepEqual(keptInk().sheet, sheet);
});
