/**
 * The status line, which shows the latest of the current messages. `say(about, text)` replaces the
 * message about a subject, or removes it without a text.
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
