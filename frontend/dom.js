/** The element with this id. */
export const $ = id => document.getElementById(id)

/** Create an element with these properties and children. */
export function make(tag, properties, ...children) {
	const element = Object.assign(document.createElement(tag), properties)
	element.append(...children)
	return element
}

/** Return whether a toggle button is pressed. */
export const isPressed = button => button.ariaPressed === "true"

/** Press or release a toggle button. */
export const press = button => (button.ariaPressed = !isPressed(button))
