import { call } from "./api.js"
import { $, press } from "./dom.js"
import { followShortcuts, showKeys, tell } from "./keys.js"
import { held } from "./reading/answer.js"
import { switchLanguage, texts } from "./texts/texts.js"

/**
 * Connect the page's buttons, keys, files and address. `edit(what)` changes the drawing; `look(file,
 * foreign)` reads a picture; `play(strokes, note)` writes strokes; `say` is the status line's; `shown()`
 * is the sheet that is shown.
 */
export function connectControls({ edit, look, play, pad, say, shown }) {
	const number = () => shown().digits.map(held).join("")

	async function copy(text, done) {
		await navigator.clipboard.writeText(text)
		say("note", done)
	}

	async function copyLink() {
		const { linkOf } = await import("./share/link.js")
		const link = await linkOf(pad.strokes())
		// Where the clipboard is closed to the page, its address is the link.
		await copy(link, texts.linkCopied).catch(() => {
			history.replaceState(null, "", link)
			say("note", texts.linkThere)
		})
	}

	async function save() {
		const { savePicture } = await import("./share/picture.js")
		savePicture(pad.strokes(), $("shown").firstChild, number())
	}

	async function tryExample(name) {
		const { drawings, photo } = await import("./welcome/examples.js")
		if (name === "photo") await look(await photo(), true)
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
		const { results } = await call("GET", "/health").catch(() => ({}))
		if (results) $("none").textContent = texts.keeping(results.store, results.kept_days)
	}

	function shareMenu() {
		$("copylink").hidden = !pad.strokes().length
		$("menu").showPopover()
		const { left, bottom, right } = $("share").getBoundingClientRect()
		const wide = $("menu").offsetWidth
		$("menu").style.left = `${Math.max(8, Math.min(left, document.body.clientWidth - wide - 8, right)) + scrollX}px`
		$("menu").style.top = `${bottom + scrollY + 4}px`
	}

	const actions = {
		undo: () => edit("undo"),
		redo: () => edit("redo"),
		clear: () => edit("clear"),
		eraser() {
			press($("eraser"))
			pad.redraw()
		},
		copy: () => copy(number(), texts.copied(number())).catch(() => say("note", texts.notCopied)),
		share: shareMenu,
		copylink: copyLink,
		savepicture: save,
		seven: () => tryExample("seven"),
		several: () => tryExample("number"),
		photo: () => tryExample("photo"),
		keys: showKeys,
		privacy: () => tell(texts.privacy, ...texts.privacyText),
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
		look($("file").files[0])
		$("file").value = ""
	}

	/** Take a dropped or pasted picture; what is no file is left to the browser. */
	function take(event) {
		const carried = event.dataTransfer ?? event.clipboardData
		if (!carried.types.includes("Files")) return
		event.preventDefault()
		look(carried.files[0])
	}
	ondragover = ondrop = document.onpaste = take

	onhashchange = playLink
	playLink()
	tellKeeping()
}
