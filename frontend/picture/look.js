import { onPad } from "../pad/marks.js"
import { newSheet } from "../reading/reader.js"
import { texts } from "../texts/texts.js"
import { crop, pictureOf } from "./crop.js"
import { digitsIn } from "./read.js"

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
