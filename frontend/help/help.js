import { $, make } from "../dom.js"
import { texts } from "../texts/texts.js"

function open(title, ...parts) {
	$("topic").textContent = title
	$("telling").replaceChildren(...parts)
	$("about").showModal()
}

/** Show all keys. */
export function keys() {
	const all = [...document.querySelectorAll("button[aria-keyshortcuts]")]
	const buttons = all.filter(each => each.checkVisibility())
	const named = buttons.map(({ ariaKeyShortcuts, textContent }) => [ariaKeyShortcuts, textContent])
	const rows = [...named, ...texts.moreKeys].map(([key, text]) => [make("dt", {}, key), make("dd", {}, text)])
	open(texts.keys, make("dl", {}, ...rows.flat()), make("p", {}, texts.how))
}

/** Show which data are kept. */
export const privacy = () => open(texts.privacy, ...texts.kept.map(text => make("p", {}, text)))
