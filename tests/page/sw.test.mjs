import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const worker = readFileSync(new URL("../../frontend/sw.js", import.meta.url), "utf8");

function isCached(page, url, method = "GET") {
	let cached = false;
	const scope = vm.createContext({ location: new URL(page), URL, caches: { open: async () => ({ put() {} }) } });
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
