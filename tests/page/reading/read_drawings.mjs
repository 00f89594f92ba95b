// Reads drawings as the page does: node read_drawings.mjs FUNCTION < drawings.json
// A drawing is a list of strokes of points [x, y] in widths of the pad.
import { readFileSync } from "node:fs";
import { createImages } from "../../../frontend/reading/images.js";
import { best, candidates } from "../../../frontend/reading/segment.js";

/** Most images of one request; shortest distance between two points of the pad's strokes. */
const [MOST, LEAST] = [1024, 0.003];
const images = createImages();

const far = (a, b) => Math.hypot(a.x - b.x, a.y - b.y) >= LEAST;

/** A stroke as the pad keeps it. */
function drawn(points) {
	const stroke = [];
	for (const [x, y] of points) {
		const point = { x, y, pressure: 0.5 };
		if (!stroke.length || far(point, stroke.at(-1))) stroke.push(point);
	}
	return stroke;
}

async function read(url, unread) {
	const instances = unread.map(({ pixels }) => pixels);
	const response = await fetch(url, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ instances, record: false }),
	});
	if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
	const { predictions } = await response.json();
	unread.forEach((image, i) => (image.answer = predictions[i]));
}

/** The lines of a drawing's digits. */
function text(runs) {
	let [number, row] = ["", 0];
	for (const i of best(runs, runs.map(({ image }) => image.answer))) {
		const { digit, identified } = runs[i].image.answer;
		if (runs[i].row !== row) number += "\n";
		row = runs[i].row;
		number += identified ? digit : "?";
	}
	return number.trim();
}

const drawings = JSON.parse(readFileSync(0)).map(strokes => strokes.map(drawn));
const read_ = drawings.map(strokes => candidates(strokes).map(run => ({ ...run, image: images.of(run.strokes) })));
const unread = [...new Set(read_.flat().map(({ image }) => image))];
for (let i = 0; i < unread.length; i += MOST) await read(process.argv[2], unread.slice(i, i + MOST));
console.log(JSON.stringify(read_.map(text)));
