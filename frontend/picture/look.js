import { ask, explain, say } from "../connection.js"
import { $, pause } from "../dom.js"
import { newId, session } from "../ids.js"
import { onPad } from "../pad/boxes.js"
import { newSheet } from "../reading/reader.js"
import { texts } from "../texts/texts.js"
import { crop, pictureOf } from "./crop.js"

/** Format and quality of a picture that is sent; it may be transparent. */
const FORMAT = ["image/webp", 0.95]
/** Milliseconds before a picture is sent again. */
const AGAIN = 2000

/**
 * Read a picture, a canvas, and return its digits {id, answer, box, row}. Only a number is recorded, with
 * the keys of `record`, and so only a number's digits have an id. One digit is read by itself, because the
 * function then looks for nothing else; its place is where the function finds that digit in a number.
 */
async function digitsIn(canvas, record) {
	const body = { image: canvas.toDataURL(...FORMAT), show_pixels: true }
	const unrecorded = { ...body, record: false }
	const answer = await ask("POST", "/", unrecorded)
	const isOne = answer.identified && !(answer.digits_found > 1)
	const isRecorded = record && !isOne
	const number = await ask("POST", "/numbers", isRecorded ? { ...body, ...record } : unrecorded)
	const found = number.lines.flatMap(({ digits }, row) => digits.map(({ box, ...read }) => ({ answer: read, box, row })))
	if (isOne || !found[0]) return [{ answer, box: found.find(each => each.answer.digit === answer.digit)?.box }]
	return found.map(({ answer, ...digit }, i) => ({
		...digit,
		id: isRecorded && answer.id,
		answer: { ...answer, number_id: number.id, position: i + digit.row },
	}))
}

/**
 * Read a picture, a canvas, into its sheet, and record it if it is not foreign. While the function cannot be
 * reached, call `delayed(failure, "picture")` and try again.
 */
async function see(sheet, canvas, filename, { delivery, reader }, delayed) {
	const source = { id: newId(), session: session(), filename, source: "upload" }
	let digits
	while (!digits) {
		digits = await digitsIn(canvas, !sheet.foreign && source).catch(failure => {
			if (!failure.passes) throw failure
			delayed(failure, "picture")
			return pause(AGAIN)
		})
	}
	for (const { id, answer } of digits) if (id) delivery.publish({ kind: "prediction", session: source.session, id }, answer)
	sheet.digits = digits.map(digit => ({ ...digit, box: onPad(canvas, digit.box) }))
	const [digit] = sheet.digits
	if (!sheet.foreign && !digit.id) reader.send(digit, { ...source, pixels: digit.answer.pixels })
}

/** Read one picture file, after asking for a part of it, or several ones. A foreign one needs a blank pad. */
export async function look(files, foreign, page) {
	const [file, another] = files
	if (another) return (await import("./table.js")).readAll(files, page, see)
	const picture = await pictureOf(file).catch(() => say("sheet", texts.errors[415]))
	const canvas = picture && (foreign ? picture : await crop(picture))
	if (!canvas || (foreign && !document.body.matches(".blank"))) return
	const sheet = newSheet({ ended: true, foreign })
	page.show(sheet, canvas)
	$("number").ariaBusy = true
	const problem = await see(sheet, canvas, file.name, page, explain).catch(failure => failure)
	if (sheet !== page.shown()) return
	$("number").ariaBusy = false
	page.present(sheet)
	if (problem) explain(problem)
	page.announce()
	if (foreign) say("note", texts.example)
}
