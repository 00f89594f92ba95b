import { call } from "./api.js"
import { $, press } from "./dom.js"
import { numberOf } from "./reading/answer.js"
import { switchLanguage, texts } from "./texts/texts.js"

const TYPING = "input, textarea, select, [contenteditable]"

/** Let keys press the buttons that name them, unless the focus is in a text field. */
function followShortcuts() {
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

/**
 * Connect the page's buttons, keys, files and address. `edit(action)` changes the drawing; `look(files,
 * foreign)` reads pictures; `play(strokes, note)` replays strokes; `say` writes the status line;
 * `shown()` returns the shown sheet.
 */
export function connectControls({ edit, look, play, pad, say, shown }) {
	const number = () => numberOf(shown().digits)

	async function tryExample(name) {
		const { drawings, photo } = await import("./welcome/examples.js")
		if (name === "photo") await look([await photo()], true)
		else play(drawings[name](), texts.example)
	}

	async function playLink() {
		if (!location.hash.startsWith("#ink=")) return
		const { drawingIn } = await import("./share/link.js")
		const strokes = await drawingIn(location.hash)
		history.replaceState(null, "", location.pathname + location.search)
		if (strokes) play(strokes, texts.shared)
		else say("note", texts.noDrawing)
	}

	async function tellKeeping() {
		$("none").textContent = texts.keeping()
		const { results } = await call("GET", "/health").catch(() => ({}))
		$("none").textContent = texts.keeping(results?.store, results?.kept_days)
	}

	const actions = {
		undo: () => edit("undo"),
		redo: () => edit("redo"),
		clear: () => edit("clear"),
		eraser() {
			press($("eraser"))
			pad.redraw()
		},
		copy: async () => (await import("./share/share.js")).copy(number(), say),
		share: async () => (await import("./share/share.js")).openShare(pad.strokes(), number(), say),
		seven: () => tryExample("seven"),
		several: () => tryExample("number"),
		photo: () => tryExample("photo"),
		keys: async () => (await import("./help/help.js")).keys(),
		privacy: async () => (await import("./help/help.js")).privacy(),
		language: switchLanguage,
	}
	for (const [id, action] of Object.entries(actions)) $(id).onclick = action
	$("menu").onclick = () => $("menu").hidePopover()
	followShortcuts()

	for (const name of ["choose", "photograph"]) {
		$(name).onclick = () => {
			$("file").toggleAttribute("capture", name === "photograph")
			$("file").click()
		}
	}
	$("file").onchange = () => {
		look([...$("file").files])
		$("file").value = ""
	}

	/** Read dropped or pasted picture files; leave everything else to the browser. */
	function take(event) {
		const carried = event.dataTransfer ?? event.clipboardData
		if (!carried.types.includes("Files")) return
		event.preventDefault()
		look([...carried.files])
	}
	ondragover = ondrop = document.onpaste = take

	onhashchange = playLink
	playLink()
	tellKeeping()
}
