import assert from "node:assert/strict";
import { test } from "node:test";
import { createStorage } from "../../frontend/storage.js";

function blocked() {
	throw new DOMException("The operation is insecure.", "SecurityError");
}

test("a blocked storage keeps what it is given in memory", () => {
	const storage = createStorage(blocked);
	assert.equal(storage.get("a"), null);
	assert.equal(storage.parse("a"), null);
	storage.set("a/1", "[1]");
	storage.set("a/0", "x");
	assert.equal(storage.get("a/1"), "[1]");
	assert.deepEqual(storage.parse("a/1"), [1]);
	assert.equal(storage.parse("a/0"), null);
	assert.deepEqual(storage.keys("a/"), ["a/0", "a/1"]);
	storage.remove("a/0");
	assert.deepEqual(storage.keys("a/"), ["a/1"]);
});
