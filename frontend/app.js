import { FUNCTION } from "./config.js"
import { ask, explain, say } from "./connection.js"
import { connectControls } from "./controls.js"
import { createDelivery } from "./delivery.js"
import { $, isPressed, make, pause } from "./dom.js"
import { isNew } from "./ids.js"
import { drawMarks, layPicture } from "./pad/boxes.js"
import { keepInk, keptInk } from "./pad/kept.js"
import { createPad } from "./pad/pad.js"
import { certainty, leastCertain, numberOf } from "./reading/answer.js"
import { createPanel } from "./reading/panel.js"
import { createReader, newSheet } from "./reading/reader.js"
import { texts, translate } from "./texts/texts.js"

/** Milliseconds of a frame, between readings while the pen moves, and of rest before a reading and recording. */
const [FRAME, GLANCE, READ, RECORD] = [16, 250, 120, 1200]

// From here on, the page may connect only to its function.
const content = `connect-src 'self' ${new URL(FUNCTION).origin}`
document.head.append(make("meta", { httpEquiv: "Content-Security-Policy", content }))
translate()

const [eraser, marks, number, picture] = ["eraser", "marks", "number", "shown"].map($)

const timers = {}
/** Run an action after a delay, in place of a pending one; without an action, cancel. */
function later(name, wait, action) {
	clearTimeout(timers[name])
	timers[name] = action && setTimeout(() => {
		timers[name] = 0
		action()
	}, wait)
}

// The sheet that is read and shown: the pad's drawing, a picture, or an earlier result.

let shown = newSheet()

/** Show a sheet, with a canvas as picture under its marks if there is one. */
function present(sheet, canvas) {
	if (sheet !== shown) {
		shown = sheet
		say("sheet")
		say("note")
		$("aloud").textContent = ""
		number.ariaBusy = false
		document.querySelector(":popover-open")?.hidePopover()
		layPicture(picture, canvas)
	}
	panel(sheet)
	enable()
}

/** Enable the buttons that have something to act on. */
function enable() {
	const { undo, redo } = pad.steps
	const { classList } = document.body
	const blank = !pad.strokes()[0] && !shown.digits[0] && !picture.firstChild
	classList.toggle("blank", blank)
	classList.toggle("bare", blank && !undo && !redo)
	$("undo").disabled = !undo
	$("redo").disabled = !redo
	$("clear").disabled = $("share").disabled = blank
	eraser.disabled = !pad.strokes()[0]
	if (eraser.disabled) eraser.ariaPressed = false
	// The browser takes the focus from a disabled button.
	if (document.activeElement.disabled) $("paper").focus()
}

function announce() {
	const { digits } = shown
	const isRead = digits[0] && digits.every(({ answer }) => answer)
	$("aloud").textContent = isRead ? `${texts.readAs(numberOf(digits))} ${certainty(leastCertain(digits))}` : ""
}

let list
/** Run an action on the list of earlier drawings, which is loaded lazily. */
async function history(action) {
	list ??= import("./history/list.js").then(({ createHistory }) => createHistory(page)).catch(() => (list = null))
	const loaded = await list
	if (loaded) action(loaded)
}

const delivery = createDelivery({
	digitOf: id => shown.digits.find(digit => digit.id === id) ?? reader.digitOf(id),
	shown: () => shown,
	present, announce, history,
})

const reader = createReader({
	push: delivery.push,
	changed(sheet, failure) {
		if (sheet !== shown) return
		say("sheet")
		if (failure) explain(failure, sheet.foreign ? "nothing" : "prediction")
		present(sheet)
	},
})

const panel = createPanel({
	corrected(digit, label) {
		if (!digit) return
		if (timers.read) read()
		reader.correct(shown, digit, label)
		if (digit.id) delivery.handlers.label({ id: digit.id, label })
		present(shown)
		say("note", label !== null && (shown.foreign ? texts.example : texts.thanks))
	},
	chosen: digit => drawMarks(marks, shown.digits, digit),
})

/** A box on a picture is like the digit's numeral. */
marks.onclick = ({ target }) => {
	const box = target.closest("li")
	if (box) number.children[[...marks.children].indexOf(box)].click()
}

// The pad's drawing is read while it is drawn, and recorded when the pen rests or the drawing ends.

const kept = keptInk()
let first = kept && reader.restore(kept.sheet)

const pad = createPad($("paper"), $("tip"), {
	newSheet(foreign) {
		const sheet = first ?? newSheet({ foreign })
		first = null
		return sheet
	},
	erases: () => isPressed(eraser),
	touched() {
		warm()
		if (pad.sheet.foreign && !isPressed(eraser)) edit("clear")
	},
	changed: drawn,
	entered: record,
})

let warmed
/** Load the model when a pointer reaches the pad, but after the first frames of a finger's contact. */
function warm() {
	warmed ??= pause(6 * FRAME)
		.then(() => (reader.load(), pause(2 * FRAME)))
		.then(() => ask("GET", "/health?load=1"))
		.catch(() => (warmed = null))
}
$("paper").onpointerenter = warm

function read() {
	later("read")
	reader.read(pad.sheet, pad.strokes())
}

function drawn() {
	if (shown !== pad.sheet) present(pad.sheet)
	else if (!timers.enable) later("enable", FRAME, enable)
	number.ariaBusy = true
	if (!timers.glance) later("glance", GLANCE, () => timers.read && reader.idle && read())
	later("read", READ, read)
	later("record", RECORD, record)
}

/** Record the current drawing, and announce its reading. */
async function record() {
	if (timers.read) read()
	later("record")
	await reader.record(pad.sheet)
	delivery.flush()
	keep()
	if (shown !== pad.sheet) return
	number.ariaBusy = timers.record > 0
	announce()
}

/** Undo, redo or clear. Clearing ends the drawing, which is recorded first. */
function edit(what) {
	pad.end()
	if (what === "clear") record()
	pad.edit(what)
	present(pad.sheet)
}

const keep = () => keepInk(pad.strokes(), pad.sheet)

/** Send the reading and keep the ink for a reload, because the page may close. */
function leave() {
	pad.end()
	if (timers.read) read()
	reader.leave(pad.sheet)
	keep()
}
document.onvisibilitychange = () => document.hidden && leave()
onpagehide = () => {
	leave()
	delivery.hurry()
}

/** What the parts of the page that are loaded later do with it. */
const page = {
	announce, delivery, edit, pad, present, read, reader, warm,
	shown: () => shown,
	/** Show a picture's sheet, or an earlier one, in place of the drawing. */
	show(sheet, canvas) {
		edit("clear")
		present(sheet, canvas)
	},
	/** Remove what is shown without recording it. */
	drop() {
		if (shown === pad.sheet) pad.edit("clear")
		present(pad.sheet)
	},
}

if (kept) pad.restore(kept.strokes)
present(pad.sheet)
connectControls(page)
delivery.flush().then(() => isNew || history(() => {}))
/** A part of the page that could not be loaded, for example. */
onunhandledrejection = ({ reason }) => explain(reason)
ononline = () => {
	delivery.flush()
	read()
}
navigator.serviceWorker?.register("sw.js").catch(() => null)
