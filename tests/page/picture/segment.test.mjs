import assert from "node:assert/strict";
import { test } from "node:test";
import { digitsOf } from "../../../frontend/picture/segment.js";

const [WIDTH, HEIGHT] = [200, 100];

/** A picture of a paper's grey with rectangles of another one: [left, top, width, height]. */
function picture(paper, ink, rectangles) {
	const grey = new Uint8Array(WIDTH * HEIGHT).fill(paper);
	for (const [left, top, width, height] of rectangles) {
		for (let y = top; y < top + height; y++) {
			grey.fill(ink, y * WIDTH + left, y * WIDTH + left + width);
		}
	}
	return grey;
}

const BARS = [[30, 20, 6, 60], [90, 25, 6, 50], [150, 20, 6, 55]];
const heights = (digits) => digits.map(({ pixels }) => pixels.filter((row) => row.some(Boolean)).length);

test("bare paper holds no digit", () => {
	for (const paper of [0, 128, 255]) {
		assert.deepEqual(digitsOf(picture(paper, paper, []), WIDTH, HEIGHT), []);
	}
});

test("strokes side by side are digits from left to right, dark on light and light on dark", () => {
	for (const [paper, ink] of [[220, 30], [20, 240]]) {
		assert.deepEqual(heights(digitsOf(picture(paper, ink, BARS), WIDTH, HEIGHT)), [60, 50, 55]);
	}
});

test("a shadow across the paper is not ink", () => {
	const grey = picture(220, 30, BARS).map((level, i) => level * (1 - (0.5 * (i % WIDTH)) / WIDTH));
	assert.deepEqual(heights(digitsOf(grey, WIDTH, HEIGHT)), [60, 50, 55]);
});

test("dust is left out, and the detached bar above a stroke belongs to it", () => {
	const marks = [...BARS, [10, 90, 2, 2], [88, 10, 14, 5]];
	assert.deepEqual(heights(digitsOf(picture(220, 30, marks), WIDTH, HEIGHT)), [60, 55, 55]);
});

test("each digit has its own ink alone, with a margin", () => {
	const [{ pixels: first, box }] = digitsOf(picture(220, 30, BARS), WIDTH, HEIGHT);
	assert.equal(first[0].length, 6 + 8);
	assert.ok(first[0].every((value) => value === 0) && first.at(-1).every((value) => value === 0));
	assert.deepEqual(box, [30, 20, 6, 60]);
	assert.ok(first[30].slice(4, 10).every((value) => value > 0));
});
