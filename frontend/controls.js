import { call } from "./api.js"
import { say } from "./connection.js"
import { $, press } from "./dom.js"
import { numberOf } from "./reading/answer.js"
import { switchLanguage, texts } from "./texts/texts.js"

/** The keys of buttons. */
const KEYS = {
	p: "choose",
	f: "photograph",
	z: "undo",
	y: "redo",
	e: "eraser",
	c: "clear",
	s: "share",
	w: "wrong",
	d: "decided",
	i: "inside",
	"?": "keys",
}

/** Let keys press their buttons, unless the focus is in a field. */
function followKeys() {
	for (const [key, name] of Object.entries(KEYS))
		Object.assign($(name), { ariaKeyShortcuts: key, title: `${texts[name]} (${key})` })
	addEventListener("keydown", event => {
		const { key, ctrlKey, metaKey, shiftKey, altKey, target } = event
		if (altKey || target.closest?.("input") || document.querySelector("dialog[open]")) return
		let name = key
		if (ctrlKey || metaKey) {
			name = { z: shiftKey ? "y" : "z", y: "y" }[key.toLowerCase()]
			if (!name) return
			event.preventDefault()
		}
		const button = $(KEYS[name])
		if (button?.checkVisibility({ visibilityProperty: true })) button.click()
	})
}

/** Connect the buttons, keys, files and address of the `page`. */
export function connectControls(page) {
	const { edit, pad, shown, warm } = page
	const number = () => numberOf(shown().digits)
	const play = async (...drawing) => (await import("./pad/replay.js")).replay(page, ...drawing)

	/** Read picture files; do not record a foreign one. */
	async function look(files, foreign) {
		if (!files[0]) return
		warm()
		say("sheet")
		;(await import("./picture/look.js")).look(files, foreign, page)
	}

	async function tryExample(name) {
		const { drawings, photo } = await import("./welcome/examples.js")
		if (name === "photo") await look([await photo()], true)
		else play(drawings[name](), texts.example)
	}

	async function playLink() {
		if (!location.hash.startsWith("#ink=")) return
		edit("clear")
		const { drawingIn } = await import("./share/link.js")
		const strokes = await drawingIn(location.hash)
		history.replaceState(null, "", location.pathname + location.search)
		if (strokes) play(strokes, texts.shared)
		else say("note", texts.noDrawing)
	}

	function tellKeeping({ store, kept_days } = {}) {
		$("none").textContent = texts.keeping(store, kept_days)
	}

	const file = $("file")
	const sharing = () => import("./share/share.js")

	/** Buttons' actions, which get the pressed button's name. */
	const actions = {
		"undo redo clear": edit,
		eraser(name) {
			press($(name))
			pad.redraw()
		},
		copy: async (name, text = number()) => (await sharing()).copy(text),
		share: async () => (await sharing()).openShare(pad.strokes(), number()),
		"seven several photo": tryExample,
		"keys privacy": async name => (await import("./help/help.js"))[name](),
		language: switchLanguage,
		menu: () => $("menu").hidePopover(),
		"choose photograph"(name) {
			file.toggleAttribute("capture", name === "photograph")
			file.click()
		},
	}
	for (const [names, action] of Object.entries(actions)) {
		for (const name of names.split(" ")) $(name).onclick = () => action(name)
	}
	followKeys()

	file.onchange = () => {
		look([...file.files])
		file.value = ""
	}

	/** Read dropped or pasted picture files; leave everything else to the browser. */
	function take(event) {
		const carried = event.dataTransfer ?? event.clipboardData
		if (carried.types.includes("Files")) {
			event.preventDefault()
			look([...carried.files])
		}
	}
	ondragover = ondrop = document.onpaste = take

	onhashchange = playLink
	playLink()
	tellKeeping()
	call("GET", "/health").then(({ results }) => tellKeeping(results), () => null)
}
