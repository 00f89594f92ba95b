import { call, requestOf } from "./api.js"
import { FUNCTION } from "./config.js"
import { createConnection } from "./connection.js"
import { connectControls } from "./controls.js"
import { $, createStatus, isPressed, make, press } from "./dom.js"
import { newSession } from "./ids.js"
import { createOutbox } from "./outbox.js"
import { keepInk, keptInk } from "./pad/kept.js"
import { drawMarks, layPicture } from "./pad/marks.js"
import { createPad } from "./pad/pad.js"
import { certainty, least, numberOf } from "./reading/answer.js"
import { createPanel } from "./reading/panel.js"
import { painted } from "./reading/pixels.js"
import { createReader, newSheet } from "./reading/reader.js"
import { KEYS, shared } from "./storage.js"
import { texts, translate } from "./texts/texts.js"

/** Milliseconds between readings while the pen moves, and of rest before a reading and recording. */
const [GLANCE, READ, RECORD] = [250, 120, 1200]

// From here on, the page may connect only to its function.
const content = `connect-src 'self' ${new URL(FUNCTION).origin}`
document.head.append(make("meta", { httpEquiv: "Content-Security-Policy", content }))
translate()

const isNew = !/^[0-9a-f]{32}$/.test(shared.get(KEYS.session))
if (isNew) shared.set(KEYS.session, newSession())
const session = shared.get(KEYS.session)

const say = createStatus($("said"))
const { ask, predict } = createConnection(say)

/** Show an error: a temporary one until the function answers, any other one for this sheet. */
function explain({ status, code, passes }, kind = "prediction") {
	const known = texts.errors[code] ?? texts.errors[status] ?? texts.errors.other
	say(passes ? "absence" : "sheet", passes ? texts.delayed[kind] : known)
}

const timers = {}
/** Run an action after a delay, in place of a pending one; without an action, cancel. */
function later(name, wait, action) {
	clearTimeout(timers[name])
	timers[name] = action && setTimeout(() => action((timers[name] = 0)), wait)
}

// Delivery of outbox entries, by this tab or another one.

const channel = new BroadcastChannel("digits")
channel.onmessage = ({ data: [entry, answer] }) => entry.session === session && hear[entry.kind](entry, answer)

/** Handlers of an outbox entry's answer, by the entry's kind. */
const hear = {
	prediction({ id }, answer) {
		const digit = reader.digitOf(id)
		if (digit) digit.answer = answer
		if (shown.digits.includes(digit)) present(shown)
		history(({ put }) => put({ time: Date.now(), ...answer }))
	},
	label: ({ id, label }) => history(({ correct }) => correct(id, label)),
	erasure: ({ id }) => history(({ remove }) => remove(id && [id])),
}

/** Handle an answer in all tabs. */
function tell(entry, answer) {
	hear[entry.kind](entry, answer)
	channel.postMessage([entry, answer])
}

const outbox = createOutbox(shared, {
	send: entry => ask(...requestOf(entry), { keep: true }),
	answered(entry, answer) {
		tell(entry, answer)
		if (entry.kind !== "prediction" || !shown.digits.includes(reader.digitOf(entry.id))) return
		announce()
		if (answer.recorded !== true) say("sheet", answer.recorded ? texts.queued : texts.unrecorded)
	},
	failed(failure, { kind, id }) {
		const digit = digitOf(id)
		const isShown = shown.digits.includes(digit)
		if (!failure.passes && kind === "label") {
			hear.label({ id, label: null })
			if (digit) digit.label = null
		}
		if (!failure.passes && isShown) {
			if (!digit.answer) shown.digits = shown.digits.filter(each => each !== digit)
			present(shown)
		}
		if (failure.passes || isShown) explain(failure, kind)
	},
})

const digitOf = id => reader.digitOf(id) ?? shown.digits.find(digit => digit.id === id)

const reader = createReader({
	session,
	predict,
	push: outbox.push,
	changed(sheet, failure) {
		if (sheet !== shown) return
		say("sheet")
		if (failure) explain(failure)
		present(sheet)
	},
})

// The sheet that is read and shown: the pad's drawing, a picture, or an earlier result.

let shown = newSheet()
/** A box on a picture is like the digit's numeral. */
$("marks").onclick = ({ target }) => {
	const box = target.closest("li")
	if (box) $("number").children[[...$("marks").children].indexOf(box)].click()
}

const panel = createPanel({
	explain: pixels => ask("POST", "/", { pixels, record: false, explain: true }).catch(explain),
	corrected(digit, label) {
		if (timers.read) read()
		reader.correct(shown, digit, label)
		if (digit.id) hear.label({ id: digit.id, label })
		present(shown)
		say("note", label !== null && (shown.foreign ? texts.example : texts.thanks))
	},
	chosen: digit => drawMarks($("marks"), shown.digits, digit),
})

/** Show a sheet, with a picture under its marks if there is one. */
function present(sheet, picture) {
	if (sheet !== shown) {
		shown = sheet
		say("sheet")
		say("note")
		$("aloud").textContent = ""
		$("number").ariaBusy = false
		$("labels").hidePopover()
		layPicture($("shown"), picture)
	}
	panel(sheet)
	const blank = !pad.strokes().length && !sheet.digits.length && !$("shown").firstChild
	document.body.classList.toggle("blank", blank)
	document.body.classList.toggle("bare", blank && !pad.steps.undo && !pad.steps.redo)
	$("undo").disabled = !pad.steps.undo
	$("redo").disabled = !pad.steps.redo
	$("clear").disabled = $("eraser").disabled = $("share").disabled = blank
}

function announce() {
	const { digits } = shown
	if (!digits[0] || digits.some(({ answer }) => !answer)) return
	$("aloud").textContent = `${texts.readAs(numberOf(digits))} ${certainty(least(digits))}`
}

// The pad's drawing is read while it is drawn, and recorded when the pen rests or the drawing ends.

const kept = keptInk()
let first = kept && reader.restore(kept.sheet)

const pad = createPad($("paper"), $("tip"), {
	newSheet() {
		const sheet = first ?? newSheet()
		first = null
		return sheet
	},
	erases: () => isPressed($("eraser")),
	touched() {
		warm()
		if (pad.sheet.foreign && !isPressed($("eraser"))) edit("clear")
	},
	changed: drawn,
	entered: record,
})

let warmed
/** Load the model at the first touch. */
function warm() {
	reader.load().catch(() => null)
	warmed ??= ask("GET", "/health?load=1").catch(() => (warmed = null))
}

function read() {
	later("read")
	const { sheet } = pad
	if (!sheet.ended || !sheet.digits.length) reader.read(sheet, pad.strokes())
}

function drawn() {
	present(pad.sheet)
	$("number").ariaBusy = true
	if (!timers.glance) later("glance", GLANCE, () => timers.read && reader.idle && read())
	later("read", READ, read)
	later("record", RECORD, record)
}

/** Record the current drawing, and announce its reading. */
async function record() {
	if (timers.read) read()
	later("record")
	await reader.record(pad.sheet)
	keep()
	if (shown !== pad.sheet) return
	$("number").ariaBusy = timers.record > 0
	announce()
}

/** Undo, redo or clear. Clearing ends the drawing, which is recorded first. */
function edit(what) {
	pad.end()
	if (what === "clear") record()
	if (what === "clear" && isPressed($("eraser"))) press($("eraser"))
	pad.edit(what)
	present(pad.sheet)
}

const keep = () => keepInk(pad.strokes(), pad.sheet)

/** Send the reading and keep the ink for a reload, because the page may close. */
function leave() {
	pad.end()
	reader.leave(pad.sheet, pad.strokes())
	keep()
}
document.onvisibilitychange = () => document.hidden && leave()
onpagehide = () => {
	leave()
	for (const entry of outbox.waiting()) call(...requestOf(entry), { keep: true }).catch(() => null)
}

let list
/** Run an action on the list of earlier drawings, which is loaded lazily. */
async function history(action) {
	list ??= import("./history/list.js").then(({ createHistory }) => createHistory(listed))
	action(await list)
}

const listed = {
	get: (path, more = "") => call("GET", `${path}?session=${session}${more}`),
	erase(ids) {
		if (!ids || shown.digits.some(({ id }) => ids.includes(id))) {
			later("record")
			if (shown === pad.sheet) pad.edit("clear")
			present(pad.sheet)
		}
		for (const id of ids ?? [undefined]) reader.erase(id)
	},
	open(rows) {
		edit("clear")
		const canvas = painted(make("canvas", { className: "row" }), rows.map(({ pixels }) => pixels))
		present(newSheet({ ended: true, digits: rows.map(row => ({ id: row.id, label: row.label, answer: row })) }), canvas)
		document.querySelector("main").scrollIntoView()
		$("number").firstChild.focus({ preventScroll: true })
	},
	failed: isSo => say("history", isSo && texts.noHistory),
	isErased: id => outbox.waiting().some(entry => entry.kind === "erasure" && (!entry.id || entry.id === id)),
}

/** Read picture files; do not record a foreign one. */
async function look(files, foreign) {
	if (!files[0]) return
	warm()
	say("sheet")
	;(await import("./picture/look.js")).look(files, foreign, pictures)
}

const pictures = {
	ask, say, explain, session,
	record(sheet, source) {
		for (const { id, answer } of sheet.digits) if (id) tell({ kind: "prediction", session, id }, answer)
		reader.picture(sheet, source)
	},
	/** Show a picture's sheet in place of the drawing. */
	show(sheet, canvas) {
		edit("clear")
		present(sheet, canvas)
		$("number").ariaBusy = !sheet.digits.length
	},
	changed(sheet) {
		if (sheet !== shown) return
		$("number").ariaBusy = false
		present(sheet)
		announce()
	},
}

let playing
/** Replay strokes on the pad and read them without recording. */
async function play(strokes, note) {
	edit("clear")
	const sheet = (playing = pad.sheet)
	sheet.foreign = true
	const start = performance.now() - strokes[0][0].time
	for (const stroke of strokes) {
		for (const point of stroke) {
			const wait = start + point.time - performance.now()
			if (wait > 8 && !matchMedia("(prefers-reduced-motion)").matches) await new Promise(go => setTimeout(go, wait))
			if (playing !== sheet || pad.sheet !== sheet) return
			pad.extend(point)
		}
		pad.end()
	}
	read()
	sheet.ended = true
	say("note", note)
}

connectControls({ edit, look, play, pad, say, shown: () => shown })

if (kept) pad.restore(kept.strokes)
present(pad.sheet)
outbox.flush().then(() => isNew || history(({ load }) => load()))
ononline = () => {
	outbox.flush()
	read()
	list?.then(({ load }) => load())
}
navigator.serviceWorker?.register("sw.js")
