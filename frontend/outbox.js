import { isEntry } from "./api.js"
import { newId } from "./ids.js"

/** Milliseconds before the first retry, doubled for each further one up to the second number. */
const [SOON, LATEST] = [500, 8000]
const PREFIX = "outbox/"

/**
 * A queue of entries to send to the function. Each entry stays in `storage` under its own key until the
 * function has answered. All tabs share the queue: one tab sends at a time, one entry after the other.
 * An entry has a `kind` and the id of its subject, so that sending is idempotent.
 *
 * `send(entry)` returns the answer or throws a failure; then `answered(entry, answer)` or
 * `failed(failure, entry)` is called, and `emptied()` when no entry is left. Temporary failures are retried.
 */
export function createOutbox(storage, { send, answered, failed, emptied, locks = navigator.locks }) {
	let busy, timer
	let wait = SOON
	let last = 0

	function push(entry) {
		// Keys sort by time; a random part distinguishes keys of the same millisecond.
		last = Math.max(Date.now(), last + 1)
		storage.set(PREFIX + newId(last), JSON.stringify(entry))
		return flush()
	}

	/** Send all entries; resolves when none is left or after a temporary failure. */
	function flush() {
		busy ??= locks ? locks.request("outbox", work) : Promise.resolve().then(work)
		return busy
	}

	async function work() {
		clearTimeout(timer)
		try {
			for (let [key] = storage.keys(PREFIX); key; [key] = storage.keys(PREFIX)) {
				if (!(await settle(key, storage.parse(key)))) return
			}
			emptied?.()
		} finally {
			busy = null
		}
	}

	/** Send an entry, or return false if it must wait. Drop an invalid entry. */
	async function settle(key, entry) {
		let failure
		const answer = isEntry(entry) && (await send(entry).catch(error => (failure = error)))
		if (failure?.passes) {
			timer = setTimeout(flush, wait)
			wait = Math.min(2 * wait, LATEST)
		} else {
			storage.remove(key)
			wait = SOON
		}
		if (failure) failed(failure, entry)
		else if (answer !== false) answered(entry, answer)
		return !failure?.passes
	}

	/** Return the waiting entries, the oldest first. */
	const waiting = () => storage.keys(PREFIX).map(storage.parse).filter(isEntry)

	return { push, flush, waiting }
}
