import { call } from "./api.js"
import { $ } from "./dom.js"
import { texts } from "./texts/texts.js"

/** Milliseconds of waiting without a word. */
const SILENCE = 400

/**
 * Ask the function; the page says when an answer takes long, until no request waits any more.
 */
export function createConnection(say) {
	const slow = new Set()

	function tell() {
		$("busy").hidden = !slow.size
		say("waiting", slow.size && texts.waking)
	}

	/** One request → its answer, or a failure. */
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

	/** Read images without recording them → their answers. */
	async function predict(instances, signal) {
		return (await ask("POST", "/", { instances, record: false, show_pixels: true }, { signal })).predictions
	}

	return { ask, predict }
}
