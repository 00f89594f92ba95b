import assert from "node:assert/strict";
import { test } from "node:test";
import { drawingIn, linkOf } from "../../../frontend/share/link.js";

globalThis.location = { href: "http://localhost:8000/" };

const stroke = count => Array.from({ length: count }, (_, time) => ({ x: 0.5, y: 0.5, pressure: 1, time }));
const opened = async strokes => drawingIn(new URL(await linkOf(strokes)).hash);

test("a link holds a long drawing", async () => {
	assert.equal((await opened([stroke(3_000)]))[0].length, 3_000);
});

test("a short link of very many points is no drawing", async () => {
	assert.equal(await opened([stroke(1).concat(new Array(100_000).fill(stroke(1)[0]))]), null);
});
