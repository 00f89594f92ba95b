import { $, make } from "../dom.js"
import { glyph } from "../reading/answer.js"
import { paint } from "../reading/pixels.js"
import { texts } from "../texts/texts.js"

/**
 * The session's results, newest first, as they lie in the results store. `get(path, more)` → what
 * the store has at a path; `erase(id?)` deletes one or all; `open(row)` shows one; `failed()` is told
 * when they cannot be had.
 */
export function createHistory({ get, erase, open, failed }) {
	let next

	const page = before => get("/results", `&limit=24${before ? `&before=${before}` : ""}`)

	/** The newest page, or the one after those that are shown; what cannot be had can be asked for again. */
	async function load() {
		const part = await page(next).catch(failed)
		for (const row of part?.results ?? []) put(row, "append")
		if (part) next = part.next
		$("more").hidden = part && !next
	}

	/** Show a result, at the top unless it is there already. */
	function put(row, where = "prepend") {
		const entry = entryOf(row)
		const known = $(row.id)
		if (known) known.replaceWith(entry)
		else $("entries")[where](entry)
	}

	function correct(id, label) {
		if ($(id)) put({ ...$(id).row, label })
	}

	function entryOf(row) {
		const { id, label, confidence, pixels } = row
		const digit = glyph(row)
		const time = new Date(row.time).toLocaleString()
		const sure = label == null ? texts.percent(confidence) : texts.corrected(label)
		const thumbnail = make("canvas", { width: 28, height: 28 })
		paint(thumbnail, pixels)
		return make(
			"li",
			{ id, row },
			make("button", { ariaLabel: texts.open(digit, time), onclick: () => open(row) }, thumbnail),
			make("b", {}, digit),
			make("span", {}, sure, make("small", {}, time)),
			make("button", { ariaLabel: texts.remove(digit, time), onclick: () => erase(id) }, "×"),
		)
	}

	/** One result is gone from the store, or all of them are. */
	function remove(id) {
		if (id) $(id)?.remove()
		else $("entries").replaceChildren()
		if (!id) $("more").hidden = true
	}

	async function all() {
		const rows = []
		for (let part = {}; part.next !== null; rows.push(...part.results)) part = await page(part.next)
		return JSON.stringify(rows)
	}

	async function save(download, asked) {
		const text = await asked.catch(failed)
		if (text) make("a", { download, href: URL.createObjectURL(new Blob([text])) }).click()
	}

	$("more").onclick = load
	$("forget").onclick = () => confirm(texts.reallyForget) && erase()
	$("csv").onclick = () => save("digits.csv", get("/results.csv"))
	$("json").onclick = () => save("digits.json", all())

	return { load, put, correct, remove }
}
