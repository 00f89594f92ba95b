import { isEntry } from "./api.js"
import { newId } from "./ids.js"
import { KEYS } from "./storage.js"

/** Milliseconds to the next try after a failure: twice as long each time, up to the last. */
const [SOON, LATEST] = [500, 8000]
const PREFIX = KEYS.outbox

/**
 * Entries to send to the function, kept in `storage` under a key each until the function has answered
 * them. All tabs share them: one tab sends at a time, one entry after the other. An entry has a `kind`
 * and the id of its subject, so sending it twice does no harm.
 *
 * `send(entry)` → answer, or throws a failure; then `answered(entry, answer)` or
 * `failed(failure, entry)` is called. A failure that passes is tried again.
 */
export function createOutbox(storage, { send, answered, failed, locks = navigator.locks }) {
	let busy, timer
	let wait = SOON
	let last = 0

	function push(entry) {
		// Keys sort by time; two of the same millisecond are told apart.
		last = Math.max(Date.now(), last + 1)
		storage.set(PREFIX + newId(last), JSON.stringify(entry))
		return flush()
	}

	/** Send what is waiting; resolves when nothing is left or a failure has to pass first. */
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
		} finally {
			busy = null
		}
	}

	/** Send an entry; false when it has to wait. What is no entry is dropped. */
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

	/** The entries that wait, the oldest first. */
	const waiting = () => storage.keys(PREFIX).map(storage.parse).filter(isEntry)

	return { push, flush, waiting }
}
