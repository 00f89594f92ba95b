import { absence, problem } from "../connection.js"
import { $, make, save } from "../dom.js"
import { certainty, leastCertain, numberOf } from "../reading/answer.js"
import { newSheet } from "../reading/reader.js"
import { texts } from "../texts/texts.js"
import { pictureOf } from "./crop.js"

/** Return a CSV field, quoted; no spreadsheet takes it for a formula. */
const field = value => `"${`${value}`.replace(/^[=+@-]/, "'$&").replaceAll('"', '""')}"`

/**
 * Read picture files one after the other, and show them in a table. `see(sheet, canvas, filename, page,
 * delayed)` reads one; `page.show(sheet, canvas)` shows it on the pad. Closing the dialogue stops the reading.
 */
export async function readAll(files, page, see) {
	const progress = make("progress", { max: files.length, value: 0, ariaLabel: texts.files })
	const body = make("tbody")
	const head = make("tr", {}, ...texts.columns.map(name => make("th", { scope: "col" }, name)))
	const rows = [texts.columns.slice(1)]
	const csv = () => save("numbers.csv", rows.map(row => row.map(field).join()).join("\r\n"))
	$("topic").textContent = texts.files
	$("telling").replaceChildren(progress, make("table", {}, make("thead", {}, head), body), make("button", { onclick: csv }, "CSV"))
	$("about").showModal()
	for (const file of files) {
		const row = [file.name, "", ""]
		// A name may break before its extension, which stays whole.
		const parts = text => text.split(/(?=\.\w+$)/).flatMap(part => [part, make("wbr")])
		const cells = row.map(text => make("td", {}, ...parts(text)))
		const line = make("tr", {}, make("td"), ...cells)
		body.append(line)
		try {
			const canvas = await pictureOf(file)
			line.firstChild.append(canvas)
			const sheet = newSheet({ ended: true })
			await see(sheet, canvas, file.name, page, () => (cells[2].textContent = absence("picture")))
			const doubt = leastCertain(sheet.digits)
			row.splice(1, 2, numberOf(sheet.digits), doubt.confidence.toFixed(4))
			cells[1].append(make("button", { onclick: () => ($("about").close(), page.show(sheet, canvas)) }, row[1]))
			cells[2].textContent = certainty(doubt)
		} catch (failure) {
			cells[2].textContent = problem({ status: 415, ...failure })
		}
		rows.push(row)
		progress.value++
		if (!line.checkVisibility()) return
	}
}
