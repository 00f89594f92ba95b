/** Milliseconds to the next try after a failure: twice as long each time, up to the last. */
const [SOON, LATEST] = [500, 8000]

/**
 * Entries to send to the function, kept in `storage` until the function has answered them, sent one
 * after the other. An entry has a `kind` and the id of its subject, so sending it twice does no harm.
 *
 * `send(entry)` → answer, or throws a failure; then `answered(entry, answer)` or `failed(failure)` is
 * called. A failure that passes is tried again.
 */
export function createOutbox(storage, { send, answered, failed }) {
	let entries = JSON.parse(storage.outbox ?? "[]")
	let busy, timer
	let wait = SOON

	function keep(kept) {
		entries = kept
		try {
			storage.outbox = JSON.stringify(entries)
		} catch {
			// The browser's storage is full: they are kept as long as the page is open.
		}
	}

	function push(entry) {
		keep([...entries, entry])
		return flush()
	}

	/** Send what is waiting; resolves when nothing is left or a failure has to pass first. */
	async function flush() {
		if (busy) return
		busy = true
		clearTimeout(timer)
		let failure
		while (entries.length && !failure?.passes) {
			const [entry] = entries
			failure = null
			const answer = await send(entry).catch(error => (failure = error))
			if (failure) failed(failure)
			if (failure?.passes) {
				timer = setTimeout(flush, wait)
				wait = Math.min(2 * wait, LATEST)
			} else {
				keep(entries.slice(1))
				wait = SOON
				if (!failure) answered(entry, answer)
			}
		}
		busy = false
	}

	return { push, flush }
}
