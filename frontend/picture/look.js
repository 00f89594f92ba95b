import { onPad } from "../pad/marks.js"
import { newSheet } from "../reading/reader.js"
import { texts } from "../texts/texts.js"
import { crop, pictureOf } from "./crop.js"

/** Format and quality of a picture that is sent; it may be transparent. */
const FORMAT = ["image/webp", 0.95]

/**
 * Read one picture file, after asking for a part of it if it is not foreign, or several ones. `page` has
 * the page's session; `ask`, `say` and `explain`; `record(sheet, source)`; `show(sheet, canvas)`; and
 * `changed(sheet)`, which is called when a sheet's digits are read.
 */
export async function look(files, foreign, page) {
	const [file, another] = files
	if (another) return (await import("./table.js")).readAll(files, { ...page, see })
	const picture = await pictureOf(file).catch(() => page.say("sheet", texts.errors[415]))
	const canvas = picture && (foreign ? picture : await crop(picture))
	if (!canvas) return
	const sheet = newSheet({ ended: true, foreign })
	page.show(sheet, canvas)
	await see(sheet, canvas, file.name, page).catch(page.explain)
	page.changed(sheet)
}

/** Read a picture, a canvas, into its sheet, and record it if it is not foreign. */
async function see(sheet, canvas, filename, { ask, session, record }) {
	const source = { session, filename, source: "upload" }
	const digits = await digitsIn(canvas, ask, !sheet.foreign && source)
	sheet.digits = digits.map(digit => ({ ...digit, box: onPad(canvas, digit.box) }))
	if (!sheet.foreign) record(sheet, source)
}

/**
 * Read a picture, a canvas, and return its digits {id, answer, box, row}. Only a number is recorded, with
 * the keys of `record`, and so only a number's digits have an id. One digit is read by itself, because the
 * function then looks for nothing else; its place is where the function finds that digit in a number.
 */
async function digitsIn(canvas, ask, record) {
	const body = { image: canvas.toDataURL(...FORMAT), show_pixels: true }
	const unrecorded = { ...body, record: false }
	const answer = await ask("POST", "/", unrecorded)
	const isOne = answer.identified && !(answer.digits_found > 1)
	const isRecorded = record && !isOne
	const { id: number_id, lines } = await ask("POST", "/numbers", isRecorded ? { ...body, ...record } : unrecorded)
	const found = lines.flatMap(({ digits }, row) => digits.map(({ box, ...read }) => ({ answer: read, box, row })))
	if (isOne || !found[0]) return [{ answer, box: found.find(each => each.answer.digit === answer.digit)?.box }]
	return found.map(({ answer, ...digit }, position) => ({
		...digit,
		id: isRecorded && answer.id,
		answer: { ...answer, number_id, position },
	}))
}
