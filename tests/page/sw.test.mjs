import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const worker = readFileSync(new URL("../../frontend/sw.js", import.meta.url), "utf8");

function isCached(page, url, method = "GET") {
	let cached = false;
	const scope = vm.createContext({ location: new URL(page), URL, caches: { open: async () => ({ put() {}, match() {} }) } });
	vm.runInContext(worker, scope);
	scope.fetch = async () => ({ ok: false });
	scope.onfetch({ request: { method, url }, respondWith: () => (cached = true) });
	return cached;
}

test("only the page's own files are kept, not a function's answers on another port", () => {
	assert.ok(isCached("http://localhost:8000/", "http://localhost:8000/app.js"));
	assert.ok(!isCached("http://localhost:8000/", "http://localhost:8000/app.js", "POST"));
	assert.ok(!isCached("http://localhost/", "http://localhost:8080/results?session=1"));
	assert.ok(!isCached("https://a.example/", "https://a.example.org/"));
});

/** A worker with its cache, whose files and status the network gives. */
function workerWith(network) {
	const kept = new Map();
	const cache = {
		put: async (request, response) => void kept.set(request.url ?? request, response),
		match: async ({ url }) => kept.get(url),
	};
	const fetch = async (request) => {
		const found = network(request.url ?? request);
		if (!found) throw new TypeError("no network");
		return found;
	};
	const location = new URL("https://a.example/sw.js");
	const scope = vm.createContext({ location, URL, Response, fetch, caches: { open: async () => cache } });
	vm.runInContext(worker, scope);
	return { scope, kept };
}

test("an error page is not kept, and the worker is installed another time", async () => {
	const { scope, kept } = workerWith((url) => new Response("app.js", { status: url.endsWith("app.js") ? 503 : 200 }));
	let installed;
	scope.oninstall({ waitUntil: (promise) => (installed = promise) });
	await assert.rejects(installed);
	assert.ok(!kept.has("https://a.example/app.js"));
});

for (const network of [() => new Response("busy", { status: 503 }), () => null]) {
	test(`the last copy of a file stands in for ${network() ? "an error page" : "no network"}`, async () => {
		const { scope, kept } = workerWith(network);
		const url = "https://a.example/app.js";
		kept.set(url, new Response("kept"));
		let answer;
		scope.onfetch({ request: { method: "GET", url }, respondWith: (promise) => (answer = promise) });
		assert.equal(await (await answer).text(), "kept");
	});
}
