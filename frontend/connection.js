import { call } from "./api.js"
import { $ } from "./dom.js"
import { texts } from "./texts/texts.js"

/** Milliseconds before the page reports that it waits. */
const SILENCE = 400

/**
 * Send requests to the function. While a response takes long, the page says so.
 */
export function createConnection(say) {
	const slow = new Set()

	function tell() {
		$("busy").hidden = !slow.size
		say("waiting", slow.size && texts.waking)
	}

	/** Send a request and return the answer. Throws a failure. */
	async function ask(method, path, body, options) {
		const timer = setTimeout(() => (slow.add(timer), tell()), SILENCE)
		try {
			const answer = await call(method, path, body, options)
			say("absence")
			return answer
		} finally {
			clearTimeout(timer)
			if (slow.delete(timer)) tell()
		}
	}

	/** Read images without recording them, and return the answers. */
	async function predict(instances, signal) {
		return (await ask("POST", "/", { instances, record: false, show_pixels: true }, { signal })).predictions
	}

	return { ask, predict }
}
