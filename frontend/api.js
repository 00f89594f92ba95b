import { FUNCTION } from "./config.js"

/** Milliseconds that an answer may take; bytes that a request may have which outlives the page. */
const [PATIENCE, KEEPABLE] = [60_000, 60_000]

/**
 * The error of a request without the answer hoped for: the contract's status and code, status 0 for no
 * answer. `passes` is true when the same request may succeed later.
 */
export const failure = (status, code) =>
	Object.assign(new Error(code), { status, code, passes: [0, 408, 429].includes(status) || status > 500 })

/** One request to the function → its answer, null for 204. Throws a failure. */
export async function call(method, path, body, { signal, keep } = {}) {
	const json = body && new Blob([JSON.stringify(body)], { type: "application/json" })
	const response = await fetch(FUNCTION + path, {
		method,
		body: json,
		signal: signal ?? AbortSignal.timeout(PATIENCE),
		keepalive: keep && !(json?.size > KEEPABLE),
	}).catch(() => {
		throw failure(0)
	})
	const kind = /csv/.test(response.headers.get("Content-Type")) ? "text" : "json"
	const answer = await response[kind]().catch(() => null)
	if (response.ok && (answer || response.status === 204)) return answer
	throw failure(response.ok ? 502 : response.status, answer?.error?.code)
}

const REQUESTS = {
	prediction: ({ kind, ...body }) => ["POST", "/", { ...body, show_pixels: true }],
	label: ({ kind, ...body }) => ["POST", "/feedback", body],
	erasure: ({ kind, ...query }) => ["DELETE", `/results?${new URLSearchParams(query)}`],
}

/** Whether something is an outbox entry of a kind that is known. */
export const isEntry = entry => Object.hasOwn(REQUESTS, entry?.kind)

/** The method, path and body of the request that an outbox entry of some kind stands for. */
export const requestOf = entry => REQUESTS[entry.kind](entry)
