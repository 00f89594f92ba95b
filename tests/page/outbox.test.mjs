import assert from "node:assert/strict";
import { test } from "node:test";
import { failure } from "../../frontend/api.js";
import { createOutbox } from "../../frontend/outbox.js";

/** An outbox over `storage` whose function answers by `answer(entry)`; what it heard is kept. */
function outbox(answer, storage = {}) {
	const heard = { answered: [], failed: [] };
	const box = createOutbox(storage, {
		send: async (entry) => answer(entry),
		answered: (entry) => heard.answered.push(entry.n),
		failed: ({ status }) => heard.failed.push(status),
	});
	return { box, heard, storage };
}

function refuse(status) {
	throw failure(status, "code");
}

test("entries are sent in the order in which they came", async () => {
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
