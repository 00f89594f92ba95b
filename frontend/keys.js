const TYPING = "input, textarea, select, [contenteditable]"

/** Let keys press the buttons that name them, unless the focus is in a text field. */
export function followShortcuts() {
	addEventListener("keydown", event => {
		const { key, ctrlKey, metaKey, shiftKey, altKey, target } = event
		if (altKey || target.closest?.(TYPING) || document.querySelector("dialog[open]")) return
		let name = key
		if (ctrlKey || metaKey) {
			name = { z: shiftKey ? "y" : "z", y: "y" }[key.toLowerCase()]
			if (!name) return
			event.preventDefault()
		}
		const button = document.querySelector(`button[aria-keyshortcuts="${CSS.escape(name)}"]`)
		if (button?.checkVisibility({ visibilityProperty: true })) button.click()
	})
}
