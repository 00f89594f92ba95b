import assert from "node:assert/strict";
import { test } from "node:test";
import { failure, requestOf } from "../../frontend/api.js";

const SESSION = "0123456789abcdef0123456789abcdef";

test("an outbox entry of each kind becomes the contract's request", () => {
	const pixels = Array(784).fill(0);
	assert.deepEqual(
		requestOf({ kind: "prediction", session: SESSION, id: "1", pixels, source: "draw" }),
		["POST", "/", { session: SESSION, id: "1", pixels, source: "draw", show_pixels: true }],
	);
	assert.deepEqual(
		requestOf({ kind: "label", session: SESSION, id: "1", label: 7 }),
		["POST", "/feedback", { session: SESSION, id: "1", label: 7 }],
	);
	assert.deepEqual(
		requestOf({ kind: "erasure", session: SESSION, id: "a&id=b" }),
		["DELETE", `/results?session=${SESSION}&id=a%26id%3Db`],
	);
	assert.deepEqual(
		requestOf({ kind: "erasure", session: SESSION }),
		["DELETE", `/results?session=${SESSION}`],
	);
});

test("no answer, an overload and a server's passing fault may be tried again", () => {
	for (const status of [0, 408, 429, 502, 503]) assert.ok(failure(status).passes);
	for (const status of [400, 404, 413, 422, 500]) assert.ok(!failure(status).passes);
});
