import { FUNCTION } from "./config.js";

/** A request without the answer hoped for: the contract's status and code, status 0 for no answer. */
export class Failure extends Error {
	constructor(status, code) {
		super(code);
		Object.assign(this, { status, code });
	}

	/** True when the same request may succeed later. */
	get passes() {
		return this.status === 0 || this.status === 429 || this.status > 500;
	}
}

/** One request to the function → its answer, null for 204. Throws Failure, or AbortError by `signal`. */
export async function call(method, path, body, signal = AbortSignal.timeout(60_000)) {
	const headers = body && { "Content-Type": "application/json" };
	const request = { method, headers, signal, body: body && JSON.stringify(body) };
	const response = await fetch(FUNCTION + path, request).catch((error) => {
		throw error.name === "AbortError" ? error : new Failure(0);
	});
	if (response.status === 204) return null;
	const answer = await response.json().catch(() => null);
	if (response.ok && answer) return answer;
	throw new Failure(response.ok ? 502 : response.status, answer?.error?.code);
}

const random = () => crypto.getRandomValues(new Uint8Array(16));

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** 128 random bits: who has them has this browser's results. */
export const newSession = () => hex(random());

/** A UUID of version 7 (RFC 9562): the time in milliseconds, then random bits. */
export function newId(now = Date.now()) {
	const bytes = random();
	for (let i = 0; i < 6; i++) bytes[i] = now / 2 ** (40 - 8 * i);
	bytes[6] = 0x70 | (bytes[6] & 0x0f);
	bytes[8] = 0x80 | (bytes[8] & 0x3f);
	return hex(bytes).replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
