import assert from "node:assert/strict";
import { test } from "node:test";
import { groupOf, lineAt, newGroup, newId, placeAt, placeOf, session } from "../../frontend/ids.js";
import { shared } from "../../frontend/storage.js";

test("ids are UUIDs of version 7 that sort by their time; sessions are 128 bits", () => {
	const ids = [1_000, 2_000, 1_700_000_000_000, 1_800_000_000_000].map((now) => newId(now));
	assert.deepEqual([...ids].sort(), ids);
	for (const id of [...ids, newId()]) {
		assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	}
	assert.equal(parseInt(newId(1_700_000_000_123).replace("-", "").slice(0, 12), 16), 1_700_000_000_123);
	assert.match(session(), /^[0-9a-f]{32}$/);
});

test("the session is the one that another tab set last, and a new one in place of an invalid one", () => {
	const other = "0123456789abcdef".repeat(2);
	shared.set("session", other);
	assert.equal(session(), other);
	shared.set("session", "{");
	const next = session();
	assert.match(next, /^[0-9a-f]{32}$/);
	assert.equal(session(), next);
});

test("the ids of a number's digits share its group and tell their places", () => {
	const group = newGroup();
	const ids = [0, 7, 4095].map((place) => newId(1_800_000_000_000, place, group));
	for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	assert.deepEqual(ids.map((id) => groupOf({ id })), [group, group, group]);
	assert.deepEqual(ids.map((id) => placeOf({ id })), [0, 7, 4095]);
	assert.notEqual(newGroup(), group);
});

test("a drawn digit's place tells its line and sorts by line, then from left to right", () => {
	const drawn = [[0.9, 0.1], [0.2, 0.5], [0.7, 0.5], [-3, 0.7], [5, 0.7], [0.5, 9]];
	const boxes = drawn.map(([x, y]) => ({ left: x - 0.02, right: x + 0.02, top: y - 0.05, bottom: y + 0.05 }));
	const rows = boxes.map((box) => ({ id: newId(1_800_000_000_000, placeAt(box, box)) }));
	const places = rows.map(placeOf);
	assert.deepEqual(places, [...places].sort((a, b) => a - b));
	assert.ok(places.every((place) => place >= 0 && place < 4096));
	assert.deepEqual(rows.map(lineAt), [1, 8, 8, 11, 11, 15]);
});

test("a gap in the function's positions is the end of a line", () => {
	const rows = [0, 1, 3, 5, 6].map((position) => ({ id: newId(), number_id: "n", position }));
	assert.deepEqual(rows.map(lineAt), [0, 0, 1, 2, 2]);
});

test("what the function says of a number goes before what its digits' ids say", () => {
	const row = { id: newId(), number_id: "n", position: 3 };
	assert.deepEqual([groupOf(row), placeOf(row)], ["n", 3]);
});
