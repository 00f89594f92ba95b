import { $, make } from "./dom.js"
import { texts } from "./texts/texts.js"

const TYPING = "input, textarea, select, [contenteditable]"

/** Have keys press the buttons that name them, wherever the focus is, unless one is typing. */
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

/** Show a dialogue with a title and paragraphs or other elements. */
export function tell(title, ...parts) {
	$("told").textContent = title
	$("telling").replaceChildren(...parts.map(part => (part.nodeType ? part : make("p", {}, part))))
	$("about").showModal()
}

/** Show all keys. */
export function showKeys() {
	const buttons = [...document.querySelectorAll("button[aria-keyshortcuts]")]
	const named = buttons.map(({ ariaKeyShortcuts, textContent }) => [ariaKeyShortcuts, textContent])
	const rows = [...named, ...texts.keyList].map(([key, text]) => [make("dt", {}, key), make("dd", {}, text)])
	tell(texts.keys, make("dl", {}, ...rows.flat()))
}
