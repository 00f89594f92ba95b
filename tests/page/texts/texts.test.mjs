import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { texts as english } from "../../../frontend/texts/en.js";

const folder = new URL("../../../frontend/texts/", import.meta.url);
const languages = readdirSync(folder).filter((name) => /^[a-z]{2}\.js$/.test(name) && name !== "en.js");

/** Each text's path and kind, functions with how many values they take. */
function shape(texts, path = "") {
	return Object.entries(texts).flatMap(([key, value]) => {
		const kind = typeof value === "function" ? `function of ${value.length}` : typeof value;
		return typeof value === "object" ? shape(value, `${path}${key}.`) : [`${path}${key}: ${kind}`];
	});
}

test("there is a second language", () => assert.ok(languages.length > 0));

for (const name of languages) {
	test(`${name} has the keys of en.js`, async () => {
		const { texts } = await import(new URL(name, folder));
		assert.deepEqual(shape(texts).sort(), shape(english).sort());
	});
}

test("certainty has one figure, 100 % is possible, and less sure is said in other words", async () => {
	globalThis.navigator ??= { languages: ["en"] };
	const { certainty } = await import(new URL("../reading/answer.js", folder));
	const told = (confidence) => certainty({ identified: true, confidence });
	assert.match(told(0.9996), /^[^\d]*100\u00a0%$/);
	assert.match(told(0.994), /^[^\d]*99\u00a0%$/);
	const words = [0.999, 0.95, 0.8, 0.61].map((part) => told(part).split(":")[0]);
	assert.equal(new Set(words).size, 4);
	assert.match(certainty({ identified: false, probabilities: [0.1, 0.5, 0.4] }), /1 or 2/);
});

for (const name of ["en.js", ...languages]) {
	test(`${name} explains each part inside in a title and two sentences`, async () => {
		const { texts } = await import(new URL(name, folder));
		const layer = { channels: 32, height: 26, field: 3, active: 0.5 };
		const parts = [texts.layer(layer, 0), texts.layer(layer, 6), texts.logits, texts.neighbours([1, 2, 3, 4, 5])];
		for (const [title, text] of parts) {
			assert.ok(title.length > 3 && !title.endsWith("."));
			assert.equal(text.match(/\.(?= |$)/g).length, 2, text);
		}
	});
}
