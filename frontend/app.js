import { call, newSession, requestOf } from "./api.js"
import { FUNCTION } from "./config.js"
import { $, isPressed, make, press } from "./dom.js"
import { createHistory } from "./history/list.js"
import { createOutbox } from "./outbox.js"
import { createPad } from "./pad/pad.js"
import { certainty, glyph } from "./reading/answer.js"
import { createReading } from "./reading/panel.js"
import { createReader } from "./reading/reader.js"
import { texts } from "./texts/texts.js"

/**
 * Milliseconds: between readings while the pen moves; without ink until it is read, until it is
 * recorded; of waiting without a word.
 */
const [GLANCE, READ, RECORD, SILENCE] = [250, 120, 1200, 400]

// From here on the page may talk to its own function and to nobody else.
const content = `connect-src 'self' ${new URL(FUNCTION).origin}`
document.head.append(make("meta", { httpEquiv: "Content-Security-Policy", content }))

for (const [id, text] of Object.entries(texts)) {
	const element = $(id)
	if (!element) continue
	element[element.matches("h1, h2, p, button") ? "textContent" : "ariaLabel"] = text
	element.title = element.ariaKeyShortcuts ?? ""
}

const session = (localStorage.session ??= newSession())

function say(text) {
	if ($("said").textContent !== text) $("said").textContent = text
}

function explain({ status, code }) {
	say(texts.errors[code] ?? texts.errors[status] ?? texts.errors.other)
}

const timers = {}
/** Do something after a wait that begins anew when asked for again; without an action, never. */
function later(name, wait, action) {
	clearTimeout(timers[name])
	timers[name] = action && setTimeout(() => action((timers[name] = 0)), wait)
}

function waiting() {
	$("busy").hidden = false
	say(texts.waking)
}

/** Ask the function; after a while without an answer the page says that it waits. */
async function ask(method, path, body, signal) {
	if (!timers.waiting) later("waiting", SILENCE, waiting)
	try {
		const answer = await call(method, path, body, signal)
		if ([texts.waking, texts.errors[0]].includes($("said").textContent)) say("")
		return answer
	} finally {
		if (!signal?.aborted) {
			later("waiting")
			$("busy").hidden = true
		}
	}
}

/** Read images without recording them → their answers. */
async function predict(instances, signal) {
	return (await ask("POST", "/", { instances, record: false }, signal)).predictions
}

const outbox = createOutbox(localStorage, {
	send: entry => ask(...requestOf(entry)),
	failed: explain,
	answered: (entry, answer) => answered[entry.kind](entry, answer),
})

/** What follows an outbox entry's answer, by the entry's kind. */
const answered = {
	prediction: ({ id }, answer) => recorded(id, answer),
	label: ({ id, label }) => history.correct(id, label),
	erasure: ({ id }) => history.remove(id),
}

const reader = createReader({
	session,
	predict,
	push: outbox.push,
	changed: failure => {
		if (failure) explain(failure)
		show(reader.digits)
	},
})

const show = createReading({
	corrected: async (digit, label) => {
		const place = reader.digits.indexOf(digit)
		await record()
		reader.correct((reader.digits[place] ?? digit).id, label)
		say(texts.thanks(label))
	},
	weigh: async (pixels, { digit, confidence }) => {
		const { importance, patches, without } = await import("./reading/occlusion.js")
		const cells = patches(pixels)
		const answers = await predict(cells.map(patch => without(pixels, patch)))
		return importance(cells, confidence, answers.map(({ probabilities }) => probabilities[digit]))
	},
})

const history = createHistory({
	get: (path, more = "") => call("GET", `${path}?session=${session}${more}`),
	erase: reader.erase,
	open: row => show([{ id: row.id, answer: row }]),
	failed: () => say(texts.noHistory),
})

const pad = createPad($("paper"), $("tip"), {
	erases: () => isPressed($("eraser")),
	touched: warm,
	changed: drawn,
	pressed: key => {
		if (key === "Enter") record()
		document.querySelector(`[aria-keyshortcuts="${CSS.escape(key)}"]`)?.click()
	},
})

let warmed
/** At the first touch, have the model loaded. */
function warm() {
	warmed ??= ask("GET", "/health?load=1").catch(() => (warmed = null))
}

const read = () => reader.read(pad.strokes())

function drawn() {
	const strokes = pad.strokes()
	const { undo, redo } = pad.drawing.steps
	$("hint").hidden = strokes.length
	$("undo").disabled = !undo
	$("redo").disabled = !redo
	$("number").ariaBusy = true
	if (strokes.length === 1 && strokes[0].length === 1) reader.begin()
	if (!timers.glance) later("glance", GLANCE, () => timers.read && reader.idle && read())
	later("read", READ, read)
	later("record", RECORD, record)
}

/** Record what is on the page now, and read it out. */
async function record() {
	if (timers.read) read()
	later("read")
	later("record")
	await reader.record()
	$("number").ariaBusy = timers.record > 0
	announce()
}

function announce() {
	const answers = reader.digits.map(({ answer }) => answer)
	if (!answers[0] || answers.includes(undefined)) return
	$("aloud").textContent = [texts.readAs(answers.map(glyph)), ...answers.map(certainty)].join(" ")
}

function recorded(id, answer) {
	const digit = reader.digits.find(each => each.id === id)
	if (digit) digit.answer = answer
	show(reader.digits)
	announce()
	if (answer.recorded !== true) say(answer.recorded ? texts.queued : texts.unrecorded)
	history.put({ time: Date.now(), ...answer })
}

async function look(file) {
	if (!file) return
	warm()
	const { crop } = await import("./picture/crop.js")
	const parts = await crop(file).catch(() => say(texts.errors.unreadable))
	if (parts) reader.picture(parts, file.name)
}

for (const name of ["undo", "redo", "clear"]) $(name).onclick = () => pad.edit(name)
$("eraser").onclick = () => press($("eraser"))
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
ondragover = ondrop = document.onpaste = event => {
	event.preventDefault()
	look((event.dataTransfer ?? event.clipboardData).files[0])
}
ononline = outbox.flush

drawn()
outbox.flush().then(history.load)
navigator.serviceWorker?.register("sw.js")
