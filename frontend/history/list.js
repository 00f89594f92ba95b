import { call } from "../api.js"
import { say } from "../connection.js"
import { $, make, save } from "../dom.js"
import { groupOf, isNew, lineAt, placeOf, session } from "../ids.js"
import { glyph, numberOf } from "../reading/answer.js"
import { painted } from "../reading/pixels.js"
import { newSheet } from "../reading/reader.js"
import { language, texts } from "../texts/texts.js"

/** Most digits of a number that are shown, and milliseconds before the list is requested again. */
const [SHOWN, AGAIN] = [4, 4000]
const FORMAT = { dateStyle: "short", timeStyle: "short" }

const get = (path, more = "") => call("GET", `${path}?session=${session()}${more}`)
const failed = isSo => say("history", isSo && texts.noHistory)

/**
 * The session's results, newest first, with one entry for each number. `drop()` removes what is `shown()`,
 * and `show(sheet, picture)` shows a number in place of it.
 */
export function createHistory({ delivery, drop, reader, show, shown }) {
	const numbers = new Map()
	let next, timer
	let changes = 0

	/** Return whether a result's erasure is pending. */
	const isErased = id => delivery.waiting().some(entry => entry.kind === "erasure" && (!entry.id || entry.id === id))

	const page = before => get("/results", `&limit=24${before ? `&before=${before}` : ""}`)

	/** Load the newest page, or the page after the shown ones; retry on failure, or if results changed meanwhile. */
	async function load() {
		clearTimeout(timer)
		const before = changes
		const part = await page(next).catch(() => null)
		if (changes !== before) return load()
		failed(!part)
		for (const row of part?.results ?? []) put(row, "append")
		if (part) next = part.next
		else timer = setTimeout(load, AGAIN)
		$("more").hidden = part && !next
	}

	/** Show a result in its number's entry; a new entry is added at the top. */
	function put(row, where = "prepend") {
		if (isErased(row.id)) return
		const group = groupOf(row)
		const number = numbers.get(group) ?? { group, rows: new Map() }
		number.rows.set(row.id, { ...number.rows.get(row.id), ...row })
		draw(number, where)
		numbers.set(group, number)
	}

	const sorted = ({ rows }) => [...rows.values()].sort((a, b) => placeOf(a) - placeOf(b))

	function draw(number, where) {
		const entry = entryOf(number)
		if (number.entry) number.entry.replaceWith(entry)
		else $("entries")[where](entry)
		number.entry = entry
	}

	function entryOf(number) {
		const rows = sorted(number)
		const digits = rows.map((row, i) => ({ id: row.id, label: row.label, answer: row, row: lineAt(row, i) }))
		const textOf = show => numberOf(digits, show).replaceAll("\n", " / ")
		const read = textOf(({ answer }) => glyph(answer))
		const time = new Date(Math.max(...rows.map(row => new Date(row.time)))).toLocaleString(language, FORMAT)
		const canvas = painted(make("canvas"), rows.slice(0, SHOWN).map(({ pixels }) => pixels))
		const text = rows.some(({ label }) => label != null) ? texts.corrected(textOf()) : ""
		return make(
			"li",
			{},
			make("button", { ariaLabel: texts.open(read, time), onclick: () => open(digits) }, canvas),
			make("span", {}, make("b", {}, read), " ", text, make("small", {}, time)),
			make("button", { ariaLabel: texts.remove(read, time), onclick: () => discard(number) }, "×"),
		)
	}

	function open(digits) {
		const canvas = make("canvas", { className: "row" })
		show(newSheet({ ended: true, digits }), painted(canvas, digits.map(({ answer }) => answer.pixels)))
		document.querySelector("main").scrollIntoView()
		$("number").firstChild.focus({ preventScroll: true })
	}

	/** Erase some results, or all of them. */
	function erase(ids) {
		if (!ids || shown().digits.some(({ id }) => ids.includes(id))) drop()
		for (const id of ids ?? [undefined]) reader.erase(id)
	}

	/** Erase a number, also its digits that are not recorded yet, and move the focus to the next entry. */
	function discard(number) {
		const { entry, group, rows } = number
		const neighbour = entry.nextElementSibling ?? entry.previousElementSibling
		const unsent = delivery.waiting().filter(each => each.kind === "prediction" && groupOf(each) === group)
		const ids = [...rows.keys(), ...unsent.map(({ id }) => id)]
		remove(ids)
		;(neighbour?.lastChild ?? $("history")).focus()
		erase(ids)
	}

	/** Show the correction of a digit. */
	function correct(id, label) {
		changes++
		const row = [...numbers.values()].find(({ rows }) => rows.has(id))?.rows.get(id)
		if (row) put({ ...row, label })
	}

	/** Remove some results, or all of them, after their erasure. */
	function remove(ids) {
		changes++
		for (const [group, number] of numbers) {
			const { entry, rows } = number
			const removed = (ids ?? [...rows.keys()]).filter(id => rows.delete(id))
			if (!rows.size) {
				entry.remove()
				numbers.delete(group)
			} else if (removed[0]) draw(number)
		}
		if (!ids) $("more").hidden = true
	}

	async function all() {
		const rows = []
		for (let part = {}; part.next !== null; rows.push(...part.results)) part = await page(part.next)
		return JSON.stringify(rows)
	}

	async function fetched(download, asked) {
		const text = await asked.catch(() => null)
		failed(!text)
		if (text) save(download, text)
	}

	$("more").onclick = load
	$("forget").onclick = () => {
		if (confirm(texts.reallyForget)) {
			$("history").focus()
			remove()
			erase()
		}
	}
	$("csv").onclick = () => fetched("digits.csv", get("/results.csv"))
	$("json").onclick = () => fetched("digits.json", all())

	if (!isNew) load()

	return { put, correct, remove }
}
