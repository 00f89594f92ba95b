import assert from "node:assert/strict";
import { test } from "node:test";
import { failure } from "../../frontend/api.js";
import { createOutbox } from "../../frontend/outbox.js";
import { createStorage } from "../../frontend/storage.js";

/** What browsers give as a storage, over an object. */
function areaOf(kept) {
	const area = Object.create({
		getItem: (key) => kept[key] ?? null,
		setItem: (key, text) => (kept[key] = area[key] = text),
		removeItem: (key) => delete kept[key] && delete area[key],
	});
	return Object.assign(area, kept);
}

/** An outbox over a storage whose function answers by `answer(entry)`; what it heard is kept. */
function outbox(answer, area = areaOf({}), locks = null) {
	const heard = { answered: [], failed: [] };
	const box = createOutbox(createStorage(() => area), {
		send: async (entry) => answer(entry),
		answered: (entry) => heard.answered.push(entry.n),
		failed: ({ status }) => heard.failed.push(status),
		locks,
	});
	return { box, heard, area };
}

const entry = (n) => ({ kind: "prediction", n });
const kept = (area) => Object.values({ ...area }).map((text) => JSON.parse(text).n);

function refuse(status) {
	throw failure(status, "code");
}

test("entries are sent in the order in which they came", async () => {
	const { box, heard, area } = outbox(() => ({}));
	await Promise.all([1, 2, 3].map((n) => box.push(entry(n))));
	assert.deepEqual(heard.answered, [1, 2, 3]);
	assert.deepEqual(kept(area), []);
});

test("what cannot be sent is kept, and sent once the function is back", async () => {
	let away = true;
	const { box, heard, area } = outbox(() => (away ? refuse(0) : {}));
	await box.push(entry(1));
	assert.deepEqual(kept(area), [1]);
	assert.deepEqual(box.waiting(), [entry(1)]);
	away = false;
	await box.flush();
	assert.deepEqual(heard, { answered: [1], failed: [0] });
	assert.deepEqual(kept(area), []);
});

test("it tries again by itself", async (context) => {
	context.mock.timers.enable({ apis: ["setTimeout"] });
	let tries = 0;
	const { box, heard } = outbox(() => (++tries < 3 ? refuse(503) : {}));
	await box.push(entry(1));
	for (let step = 0; step < 3; step++) {
		context.mock.timers.tick(8000);
		await new Promise((resolve) => setImmediate(resolve));
	}
	assert.deepEqual(heard.answered, [1]);
	assert.equal(tries, 3);
});

test("what is refused for good does not hold up the rest", async () => {
	const { box, heard } = outbox(({ n }) => (n === 1 ? refuse(422) : {}));
	await Promise.all([box.push(entry(1)), box.push(entry(2))]);
	assert.deepEqual(heard, { answered: [2], failed: [422] });
});

test("two tabs keep entries beside each other's, and either sends all", async () => {
	let away = true;
	const area = areaOf({});
	const tabs = [1, 2].map(() => outbox(() => (away ? refuse(0) : {}), area));
	for (let n = 0; n < 10; n++) await tabs[n % 2].box.push(entry(n));
	assert.deepEqual(kept(area).sort(), [...Array(10).keys()]);
	away = false;
	await tabs[0].box.flush();
	assert.deepEqual(tabs[0].heard.answered.sort(), [...Array(10).keys()]);
});

test("one tab sends at a time where the browser has locks", async () => {
	let last = Promise.resolve();
	const locks = { request: (name, work) => (last = last.then(work)) };
	const sent = [];
	const area = areaOf({});
	const tabs = [1, 2].map(() => outbox(({ n }) => sent.push(n), area, locks));
	await Promise.all(tabs.flatMap(({ box }, i) => [box.push(entry(i)), box.push(entry(i + 2))]));
	assert.deepEqual(sent.sort(), [0, 1, 2, 3]);
});

test("what another visit left behind is sent, and what is no entry is dropped", async () => {
	const area = areaOf({ "outbox/1": "{", "outbox/2": "7", "outbox/3": '{"kind":"label","n":7}', other: "{" });
	const { box, heard } = outbox(() => ({}), area);
	await box.flush();
	assert.deepEqual(heard.answered, [7]);
	assert.deepEqual({ ...area }, { other: "{" });
});

test("a storage that is full or blocked loses nothing while the page is open", async () => {
	for (const area of [{ getItem: () => null, setItem: () => assert.fail("full"), removeItem() {} }, null]) {
		let away = true;
		const { box, heard } = outbox(() => (away ? refuse(0) : {}), area);
		await box.push(entry(1));
		away = false;
		await box.flush();
		assert.deepEqual(heard.answered, [1]);
	}
});
