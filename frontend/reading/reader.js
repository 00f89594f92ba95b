import { ask, explain } from "../connection.js"
import { pause } from "../dom.js"
import { newGroup, newId, placeAt, session } from "../ids.js"
import { box } from "../pad/strokes.js"

/** Milliseconds of a frame (16) that reading may take while the pen moves, and before another attempt. */
const [SPARE, AGAIN] = [8, 2000]

/** Let frames and the pen go first; a continuation by yield() would precede frames. */
const turn = () => self.scheduler?.postTask(() => {})

/**
 * A sheet is a unit of reading: a drawing, a picture's digits, or earlier results. Its digits, line by
 * line from left to right, are {pixels, answer, id, label, box, row}: `answer` is set after the function's
 * answer, `id` after the digit is sent for recording, `label` after a correction, `box` for a place on the
 * pad, `row` is the line's number. `kept` are the digits recorded last; the sheet's ids share a `group`. A
 * sheet that has `ended` is not recorded again, and a `foreign` sheet is not recorded automatically.
 */
export const newSheet = more => ({ digits: [], kept: [], group: newGroup(), ...more })

/**
 * Reads and records sheets. `push(entry)` adds to the outbox; `changed(sheet, failure?)` is called when a
 * sheet's digits change.
 */
export function createReader({ push, changed }) {
	let engine, loading
	const byId = new Map()
	/** Strokes of the drawings that are being read to be recorded. */
	const pending = new Map()
	/** Corrections to send after a reading. */
	const corrections = new Set()
	let cost = 0

	/**
	 * Read a drawing while it is drawn, without recording; only the newest reading counts. If the drawing has
	 * been cleared and brought back since, its earlier reading counts, which will be recorded.
	 */
	function read(sheet, strokes) {
		if (sheet.ended && pending.has(sheet)) return
		sheet.request?.abort()
		sheet.request = new AbortController()
		if (!sheet.ended && !sheet.foreign) pending.set(sheet, strokes)
		sheet.reading = answer(sheet, strokes, sheet.request.signal)
	}

	async function answer(sheet, strokes, signal) {
		await load()
		if (signal.aborted) return
		const runs = candidates(sheet, strokes)
		cost = await prepare(runs, signal)
		if (signal.aborted) return
		const problem = await predict(new Set(runs.map(({ image }) => image)), signal).catch(error => error)
		if (signal.aborted) return
		settle(sheet, runs, strokes.at(-1))
		changed(sheet, problem)
		// What is recorded is read later, with the outbox.
		if (pending.delete(sheet) || !problem?.passes) return
		await pause(AGAIN)
		if (!signal.aborted) await answer(sheet, strokes, signal)
	}

	/** Return the candidates for a drawing's digits. */
	function candidates(sheet, strokes) {
		engine.images.trim()
		// Digits are compared by the identity of their pixels, which a reload or trim() loses.
		for (const digit of sheet.kept) digit.pixels = engine.images.with(digit.pixels).pixels
		return engine.candidates(strokes)
	}

	/** Load the segmentation when drawing begins, after a failure again; drawings wait for it. */
	const load = () => (loading ??= start().catch(retry))

	async function retry() {
		if (pending.size) explain({ passes: true }, "prediction")
		await pause(AGAIN)
		loading = null
		return load()
	}

	async function start() {
		await turn()
		const [{ createImages }, segment] = await Promise.all([import("./images.js"), import("./segment.js")])
		engine = { images: createImages(), ...segment }
		// The first reading compiles the code: rather now than between the first strokes.
		const zigzag = [0, 1, 0].map(x => ({ x, y: x }))
		await prepare(engine.candidates([zigzag, zigzag]))
	}

	/** Rasterise candidates, each in a task of its own; return the milliseconds that this took. */
	async function prepare(runs, signal) {
		let spent = 0
		for (const run of runs) {
			await turn()
			if (signal?.aborted) break
			const began = performance.now()
			run.image = engine.images.of(run.strokes)
			spent += performance.now() - began
		}
		return spent
	}

	/** Send the images without an answer to the function. */
	async function predict(images, signal) {
		await turn()
		const unread = [...images].filter(({ answer }) => !answer)
		if (!unread[0]) return
		const instances = unread.map(({ pixels }) => pixels)
		const answer = await ask("POST", "/", { instances, record: false, show_pixels: true }, { signal })
		unread.forEach((image, i) => (image.answer = answer.predictions[i]))
	}

	/** Choose a sheet's digits among candidates; a digit with the same pixels as before is kept. */
	function settle(sheet, runs, last) {
		const answers = runs.map(({ image }) => image.answer)
		const earlier = [...new Set([...sheet.kept, ...sheet.digits])]
		sheet.digits = engine.best(runs, answers.every(Boolean) ? answers : []).map(i => {
			const { image, strokes, row } = runs[i]
			const place = earlier.findIndex(({ pixels }) => pixels === image.pixels)
			const digit = place < 0 ? { pixels: image.pixels } : earlier.splice(place, 1)[0]
			digit.answer ??= image.answer
			Object.assign(digit, { row, box: box(strokes) })
			if (strokes.includes(last)) sheet.last = digit
			return digit
		})
	}

	/** Record each digit of a drawing once, and erase recorded digits that have changed. */
	async function record(sheet) {
		const { ended, reading } = sheet
		await reading
		if (!ended && reading === sheet.reading) commit(sheet)
	}

	function commit(sheet) {
		if (sheet.foreign || !sheet.digits[0]) return
		const now = Date.now()
		let last = -1
		for (const digit of sheet.digits) {
			// A line's place is that of its first recorded digit.
			const isInLine = each => each.row === digit.row
			const first = sheet.digits.find(each => each.id && isInLine(each)) ?? sheet.digits.find(isInLine)
			last = Math.max(last + 1, placeAt(digit.box, first.box))
			const id = newId(now, last, sheet.group)
			if (!digit.id) send(digit, { id, session: session(), pixels: digit.pixels, source: "draw" })
		}
		const { kept } = sheet
		sheet.kept = sheet.digits
		for (const digit of kept) if (!sheet.digits.includes(digit)) erase(digit.id)
	}

	/** Record the drawing, and those that are being read, immediately, because the page may close. */
	function leave(drawing) {
		const sheets = new Set(pending.keys())
		if (!drawing.ended) sheets.add(drawing)
		for (const sheet of sheets) {
			const strokes = pending.get(sheet)
			if (strokes && engine) {
				const runs = candidates(sheet, strokes).map(run => ({ ...run, image: engine.images.of(run.strokes) }))
				settle(sheet, runs, strokes.at(-1))
			}
			commit(sheet)
		}
		for (const apply of corrections) apply()
	}

	/** Record a digit: `record` is the request's body, with the digit's id. */
	function send(digit, record) {
		digit.id = record.id
		byId.set(record.id, digit)
		push({ kind: "prediction", ...record })
	}

	/** Label a digit: 0 to 9, "none" for no digit, or null to remove the label. */
	async function correct(sheet, corrected, label) {
		const place = sheet.digits.indexOf(corrected)
		corrected.label = label
		// Ink that was brought back in part is not recorded.
		if (sheet.foreign || (sheet.ended && !corrected.id)) return
		corrections.add(apply)
		// The ink may be read again meanwhile.
		for (let reading; reading !== sheet.reading; ) await (reading = sheet.reading)
		if (sheet.reading !== null) apply()

		function apply() {
			// The ink may have changed since; the label applies to the digit in the same place.
			const digit = sheet.digits.includes(corrected) ? corrected : sheet.digits[place]
			if (!corrections.delete(apply) || !digit) return
			digit.label = label
			if (!digit.id) commit(sheet)
			push({ kind: "label", session: session(), id: digit.id, label })
			changed(sheet)
		}
	}

	/** Erase one result, or all of them. A drawing that is being read in place of an erased one is not recorded. */
	function erase(id) {
		for (const sheet of pending.keys()) {
			if (id && !sheet.kept.some(digit => digit.id === id)) continue
			sheet.reading = null
			pending.delete(sheet)
		}
		push({ kind: "erasure", session: session(), ...(id && { id }) })
	}

	/** Restore a sheet that was kept when the page closed. */
	function restore({ kept, ...sheet }) {
		for (const digit of kept) byId.set(digit.id, digit)
		return newSheet({ ...sheet, kept })
	}

	return {
		/** Whether no answer is pending and reading takes little of a frame. */
		get idle() { return engine && !pending.size && cost < SPARE },
		/** Return the digit of a result that this page has sent. */
		digitOf: id => byId.get(id),
		load, read, record, leave, send, correct, erase, restore,
	}
}
