import assert from "node:assert/strict";
import { test } from "node:test";
import { createDrawing as create } from "../../../frontend/pad/drawing.js";

const at = (x, y) => ({ x, y, pressure: 0.5 });

/** A drawing whose sheets are numbered as they are made. */
function createDrawing() {
	let count = 0;
	return create(() => ({ number: count++ }));
}

test("what is undone comes back by redo, until something else is drawn", () => {
	const drawing = createDrawing();
	drawing.change([[at(0, 0)]]);
	drawing.change([[at(0, 0)], [at(1, 1)]]);
	drawing.undo();
	assert.equal(drawing.strokes.length, 1);
	assert.deepEqual(drawing.steps, { undo: 1, redo: 1 });
	drawing.redo();
	assert.equal(drawing.strokes.length, 2);
	drawing.undo();
	drawing.change([]);
	assert.deepEqual(drawing.steps, { undo: 2, redo: 0 });
});

test("clearing can be undone; undoing and clearing nothing does nothing", () => {
	const drawing = createDrawing();
	drawing.undo();
	drawing.redo();
	drawing.clear();
	assert.deepEqual(drawing.steps, { undo: 0, redo: 0 });
	drawing.change([[at(0, 0)]]);
	drawing.clear();
	drawing.undo();
	assert.deepEqual(drawing.strokes, [[at(0, 0)]]);
});

test("clearing ends a sheet, and undoing brings it back with its strokes", () => {
	const drawing = createDrawing();
	drawing.change([[at(0, 0)]]);
	assert.equal(drawing.sheet.number, 0);
	drawing.clear();
	assert.equal(drawing.sheet.number, 1);
	drawing.change([[at(1, 1)]]);
	drawing.undo();
	assert.deepEqual([drawing.sheet.number, drawing.strokes], [1, []]);
	drawing.undo();
	assert.deepEqual([drawing.sheet.number, drawing.strokes], [0, [[at(0, 0)]]]);
	drawing.redo();
	drawing.redo();
	assert.deepEqual([drawing.sheet.number, drawing.strokes], [1, [[at(1, 1)]]]);
});

test("what is drawn on a sheet that has ended lies on a new one", () => {
	const drawing = createDrawing();
	drawing.change([[at(0, 0)]]);
	drawing.clear();
	drawing.undo();
	assert.equal(drawing.next.number, drawing.next.number);
	drawing.change([[at(0, 0)], [at(1, 1)]]);
	assert.equal(drawing.sheet.number, 2);
	drawing.undo();
	assert.equal(drawing.sheet.number, 0);
});

test("clearing ends a foreign sheet also when nothing of it is left", () => {
	const drawing = createDrawing();
	drawing.sheet.foreign = true;
	drawing.clear();
	assert.deepEqual([drawing.sheet.number, drawing.sheet.foreign], [1, undefined]);
});
