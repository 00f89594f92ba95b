import assert from "node:assert/strict";
import { test } from "node:test";
import { createImages } from "../../../frontend/reading/images.js";
import { raster } from "../../../frontend/reading/raster.js";

const line = (x0, y0, x1, y1) =>
	Array.from({ length: 9 }, (_, i) => ({
		x: x0 + ((x1 - x0) * i) / 8,
		y: y0 + ((y1 - y0) * i) / 8,
		pressure: 0.5,
	}));

test("an image has the pixels of its strokes", () => {
	const strokes = [line(0, 0, 1, 0), line(1, 0, 0.4, 1)];
	assert.deepEqual(createImages().of(strokes).pixels, raster(strokes));
});

test("the same strokes in any order, and equal ones, are the same image", () => {
	const images = createImages();
	const [top, stem] = [line(0, 0, 1, 0), line(1, 0, 0.4, 1)];
	const image = images.of([top, stem]);
	assert.equal(images.of([stem, top]), image);
	assert.equal(images.of([[...top], [...stem]]), image);
});

test("a stroke that grew, and other strokes, are another image", () => {
	const images = createImages();
	const stroke = line(0, 0, 0.5, 1);
	const image = images.of([stroke]);
	stroke.push({ x: 1, y: 1, pressure: 0.5 });
	assert.notEqual(images.of([stroke]), image);
	assert.notEqual(images.of([stroke, line(0, 0.5, 1, 0.5)]), images.of([stroke]));
});

const fill = (images, count) => {
	for (let i = 0; i < count; i++) images.with(Array.from({ length: 784 }, (_, at) => [i % 256, i >> 8][at] ?? 0));
};

test("very many images are forgotten, but not before trim", () => {
	const images = createImages();
	const first = [line(0, 0, 0.5, 1)];
	const image = images.of(first);
	fill(images, 1200);
	assert.equal(images.of(first), image);
	images.trim();
	assert.notEqual(images.of(first), image);
	assert.deepEqual(images.of(first), image);
});

test("a few images are kept by trim", () => {
	const images = createImages();
	const image = images.of([line(0, 0, 0.5, 1)]);
	fill(images, 500);
	images.trim();
	assert.equal(images.of([line(0, 0, 0.5, 1)]), image);
});
