/** Return the element with this id. */
export const $ = id => document.getElementById(id)

/** Create an element with these properties and children. */
export function make(tag, properties, ...children) {
	const element = Object.assign(document.createElement(tag), properties)
	element.append(...children)
	return element
}

/** Save text, or other content, as a file. */
export const save = (download, content) =>
	make("a", { download, href: URL.createObjectURL(new Blob([content])) }).click()

/** Return whether a toggle button is pressed. */
export const isPressed = button => button.ariaPressed === "true"

/** Press or release a toggle button. */
export const press = button => (button.ariaPressed = !isPressed(button))

/** Space between an element and its pop-up, in CSS pixels. */
const GAP = 4

/** Place a pop-up below an element, within the width of another element. */
export function place(open, element, around) {
	const [at, room] = [element, around].map(each => each.getBoundingClientRect())
	const left = Math.max(room.left, Math.min(at.left, room.right - open.offsetWidth))
	open.style.left = `${left + scrollX}px`
	open.style.top = `${at.bottom + scrollY + GAP}px`
	open.scrollIntoView({ block: "nearest" })
}

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
