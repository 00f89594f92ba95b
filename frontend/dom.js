/** Return the element with this id. */
export const $ = id => document.getElementById(id)

/** Create an element with these properties and children. */
export function make(tag, properties, ...children) {
	const element = Object.assign(document.createElement(tag), properties)
	element.append(...children)
	return element
}

/** Show text in an element, which is not laid out again if it has that text. */
export function write(element, text) {
	if (element.textContent !== text) element.textContent = text
}

/** Keep one child for each of some items: made by `create()`, shown by `update(child, item, index)`. */
export function fill(list, items, create, update) {
	while (list.children[items.length]) list.lastChild.remove()
	items.forEach((item, i) => update(list.children[i] ?? list.appendChild(create()), item, i))
}

/** Run an action after the next frame, because the action would hold it up. */
export const afterFrame = action => requestAnimationFrame(() => setTimeout(action))

/** Return a promise that is resolved after some milliseconds. */
export const pause = milliseconds => new Promise(go => setTimeout(go, milliseconds))

/** Milliseconds in which the browser begins to save a file. */
const SAVING = 60_000

/** Save text, or other content, as a file. */
export function save(download, content) {
	const href = URL.createObjectURL(new Blob([content]))
	make("a", { download, href }).click()
	setTimeout(URL.revokeObjectURL, SAVING, href)
}

/** Return whether a toggle button is pressed. */
export const isPressed = button => button.ariaPressed === "true"

/** Press or release a toggle button. */
export const press = button => (button.ariaPressed = !isPressed(button))

/** Space between an element and its pop-up, in CSS pixels. */
const GAP = 4

/** Place a pop-up below an element, within the width of another element. */
export function place(open, element, around) {
	const [at, room] = [element, around].map(each => each.getBoundingClientRect())
	open.style.maxWidth = `${room.width}px`
	const left = Math.max(room.left, Math.min(at.left, room.right - open.offsetWidth))
	open.style.left = `${left + scrollX}px`
	open.style.top = `${at.bottom + scrollY + GAP}px`
	open.scrollIntoView({ block: "nearest" })
}
