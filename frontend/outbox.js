/** Milliseconds to the next try after a failure: twice as long each time, up to the last. */
const [SOON, LATEST] = [500, 8000]

/**
 * Requests that change something, kept in `storage` until the function has answered them, sent one
 * after the other. Each names its subject by an id of ours, so sending one twice does no harm.
 *
 * `send(request)` → answer, or throws a failure; then `answered(request, answer)` or `failed(failure)`
 * is called. A failure that passes is tried again.
 */
export function createOutbox(storage, { send, answered, failed }) {
	let requests = JSON.parse(storage.outbox ?? "[]")
	let busy, timer
	let wait = SOON

	function keep(those) {
		requests = those
		try {
			storage.outbox = JSON.stringify(requests)
		} catch {
			// The browser's storage is full: they are kept as long as the page is open.
		}
	}

	function push(request) {
		keep([...requests, request])
		return flush()
	}

	/** Send what is waiting; resolves when nothing is left or a failure has to pass first. */
	async function flush() {
		if (busy) return
		busy = true
		clearTimeout(timer)
		let failure
		while (requests.length && !failure?.passes) {
			const [request] = requests
			failure = null
			const answer = await send(request).catch(error => (failure = error))
			if (failure) failed(failure)
			if (failure?.passes) {
				timer = setTimeout(flush, wait)
				wait = Math.min(2 * wait, LATEST)
			} else {
				keep(requests.slice(1))
				wait = SOON
				if (!failure) answered(request, answer)
			}
		}
		busy = false
	}

	return { push, flush }
}
