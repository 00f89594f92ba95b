import assert from "node:assert/strict";
import { test } from "node:test";
import { groupOf, newGroup, newId, newSession, placeOf } from "../../frontend/ids.js";

test("ids are UUIDs of version 7 that sort by their time; sessions are 128 bits", () => {
	const ids = [1_000, 2_000, 1_700_000_000_000, 1_800_000_000_000].map((now) => newId(now));
	assert.deepEqual([...ids].sort(), ids);
	for (const id of [...ids, newId()]) {
		assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	}
	assert.equal(parseInt(newId(1_700_000_000_123).replace("-", "").slice(0, 12), 16), 1_700_000_000_123);
	assert.match(newSession(), /^[0-9a-f]{32}$/);
	assert.notEqual(newSession(), newSession());
});

test("the ids of a number's digits share its group and tell their places", () => {
	const group = newGroup();
	const ids = [0, 7, 4095].map((place) => newId(1_800_000_000_000, place, group));
	for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	assert.deepEqual(ids.map((id) => groupOf({ id })), [group, group, group]);
	assert.deepEqual(ids.map((id) => placeOf({ id })), [0, 7, 4095]);
	assert.notEqual(newGroup(), group);
});

test("what the function says of a number goes before what its digits' ids say", () => {
	const row = { id: newId(), number_id: "n", position: 3 };
	assert.deepEqual([groupOf(row), placeOf(row)], ["n", 3]);
});
