/** Milliseconds to the next try after a failure: twice as long each time, up to the last. */
const [SOON, LATEST] = [500, 8000];

/**
 * Requests that change something, kept in `storage` until the function has answered them, sent one
 * after the other. Each names its subject by an id of ours, so sending one twice does no harm.
 */
export class Outbox {
	#busy = false;
	#wait = SOON;
	#timer;

	/**
	 * `send(request)` → answer, or throws Failure; then `answered(request, answer)` or
	 * `failed(request, failure)` is called. A failure that passes is tried again.
	 */
	constructor(storage, { send, answered, failed }) {
		Object.assign(this, { storage, send, answered, failed });
		this.requests = JSON.parse(storage.outbox ?? "[]");
	}

	#keep(requests) {
		this.requests = requests;
		try {
			this.storage.outbox = JSON.stringify(requests);
		} catch {
			// The browser's storage is full: they are kept as long as the page is open.
		}
	}

	push(request) {
		this.#keep([...this.requests, request]);
		return this.flush();
	}

	/** Send what is waiting; resolves when nothing is left or a failure has to pass first. */
	async flush() {
		if (this.#busy) return;
		this.#busy = true;
		clearTimeout(this.#timer);
		for (let request; (request = this.requests[0]); ) {
			const [answer, failure] = await this.send(request).then(
				(answer) => [answer],
				(failure) => [null, failure],
			);
			if (failure) this.failed(request, failure);
			if (failure?.passes) {
				this.#timer = setTimeout(() => this.flush(), this.#wait);
				this.#wait = Math.min(2 * this.#wait, LATEST);
				break;
			}
			this.#keep(this.requests.slice(1));
			this.#wait = SOON;
			if (!failure) this.answered(request, answer);
		}
		this.#busy = false;
	}
}
