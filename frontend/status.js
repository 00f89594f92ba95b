/**
 * A line that says what holds now. `say(about, text)` says it about something, in place of what was
 * said about it before; without a text it holds no longer. What was said last stands there.
 */
export function createStatus(element) {
	const lines = new Map()

	return function say(about, text) {
		lines.delete(about)
		if (text) lines.set(about, text)
		const last = [...lines.values()].at(-1) ?? ""
		if (element.textContent !== last) element.textContent = last
	}
}
