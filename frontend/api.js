import { FUNCTION } from "./config.js"

/**
 * The error of a request without the answer hoped for: the contract's status and code, status 0 for no
 * answer. `passes` is true when the same request may succeed later.
 */
export const failure = (status, code) =>
	Object.assign(new Error(code), { status, code, passes: [0, 408, 429].includes(status) || status > 500 })

/** One request to the function → its answer, null for 204. Throws a failure. */
export async function call(method, path, body, signal = AbortSignal.timeout(60_000)) {
	const json = body && new Blob([JSON.stringify(body)], { type: "application/json" })
	const response = await fetch(FUNCTION + path, { method, signal, body: json }).catch(() => {
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

/** The method, path and body of the request that an outbox entry of some kind stands for. */
export const requestOf = entry => REQUESTS[entry.kind](entry)

/** 122 random bits as 32 hexadecimal digits: who has them has this browser's results. */
export const newSession = () => crypto.randomUUID().replaceAll("-", "")

/** A UUID of version 7 (RFC 9562): the time in milliseconds, then random bits. */
export function newId(now = Date.now()) {
	const time = now.toString(16).padStart(12, "0")
	return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`
}
