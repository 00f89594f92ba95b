import assert from "node:assert/strict";
import { test } from "node:test";
import { failure, newId, newSession } from "../../frontend/api.js";
import { createOutbox } from "../../frontend/outbox.js";

/** An outbox over `storage` whose function answers by `answer(request)`; what it heard is kept. */
function outbox(answer, storage = {}) {
	const heard = { answered: [], failed: [] };
	const box = createOutbox(storage, {
		send: async (request) => answer(request),
		answered: (request) => heard.answered.push(request.n),
		failed: ({ status }) => heard.failed.push(status),
	});
	return { box, heard, storage };
}

function refuse(status) {
	throw failure(status, "code");
}

test("requests are sent in the order in which they came", async () => {
	const { box, heard, storage } = outbox(() => ({}));
	await Promise.all([box.push({ n: 1 }), box.push({ n: 2 }), box.push({ n: 3 })]);
	assert.deepEqual(heard.answered, [1, 2, 3]);
	assert.equal(storage.outbox, "[]");
});

test("what cannot be sent is kept, and sent once the function is back", async () => {
	let away = true;
	const { box, heard, storage } = outbox(() => (away ? refuse(0) : {}));
	await box.push({ n: 1 });
	assert.deepEqual(JSON.parse(storage.outbox), [{ n: 1 }]);
	away = false;
	await box.flush();
	assert.deepEqual(heard, { answered: [1], failed: [0] });
	assert.deepEqual(JSON.parse(storage.outbox), []);
});

test("it tries again by itself", async (context) => {
	context.mock.timers.enable({ apis: ["setTimeout"] });
	let tries = 0;
	const { box, heard } = outbox(() => (++tries < 3 ? refuse(503) : {}));
	await box.push({ n: 1 });
	for (let step = 0; step < 3; step++) {
		context.mock.timers.tick(8000);
		await new Promise((resolve) => setImmediate(resolve));
	}
	assert.deepEqual(heard.answered, [1]);
	assert.equal(tries, 3);
});

test("what is refused for good does not hold up the rest", async () => {
	const { box, heard } = outbox(({ n }) => (n === 1 ? refuse(422) : {}));
	await Promise.all([box.push({ n: 1 }), box.push({ n: 2 })]);
	assert.deepEqual(heard, { answered: [2], failed: [422] });
});

test("what another visit left behind is sent", async () => {
	const { box, heard } = outbox(() => ({}), { outbox: '[{"n":7}]' });
	await box.flush();
	assert.deepEqual(heard.answered, [7]);
});

test("a full storage loses nothing while the page is open", async () => {
	let away = true;
	const full = Object.defineProperty({}, "outbox", {
		get: () => undefined,
		set: () => assert.fail("full"),
	});
	const { box, heard } = outbox(() => (away ? refuse(0) : {}), full);
	await box.push({ n: 1 });
	away = false;
	await box.flush();
	assert.deepEqual(heard.answered, [1]);
});

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
