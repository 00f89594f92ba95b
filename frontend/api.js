import { FUNCTION } from "./config.js"

/** Time-out of a response in milliseconds; most bytes of a request that may outlive the page. */
const [PATIENCE, KEEPABLE] = [60_000, 60_000]

/**
 * A failed request: the response's status and code, or status 0 without a response. `passes` is true if
 * a retry may succeed.
 */
export const failure = (status, code) =>
	Object.assign(new Error(code), { status, code, passes: [0, 408, 429].includes(status) || status > 500 })

/** Send a request to the function and return the answer, null for 204. Throws a failure. */
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
	prediction: body => ["POST", "/", { ...body, show_pixels: true }],
	label: body => ["POST", "/feedback", body],
	erasure: query => ["DELETE", `/results?${new URLSearchParams(query)}`],
}

/** Return whether a value is an outbox entry of a known kind. */
export const isEntry = entry => Object.hasOwn(REQUESTS, entry?.kind)

/** Method, path and body of an outbox entry's request, by the entry's kind. */
export const requestOf = ({ kind, ...body }) => REQUESTS[kind](body)
