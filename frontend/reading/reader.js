import { failure } from "../api.js"
import { newGroup, newId } from "../ids.js"
import { box } from "../pad/strokes.js"

/** Milliseconds of a frame's 16 that reading may take while the pen moves. */
const SPARE = 8
/** How many places an id has room for. */
const PLACES = 4096

/**
 * What is read together: a drawing, a picture's digits, or earlier results. Its digits, from left to
 * right, are {pixels, answer, id, label, box}: `answer` once the function has given one, `id` once the
 * digit is on its way into the results, `label` once somebody told it, `box` where there is one on the
 * pad. `kept` are those of them that were recorded last; the sheet's ids share a `group`. A sheet that
 * has `ended` is not read again, and a `foreign` one is not recorded by itself.
 */
export const newSheet = more => ({ digits: [], kept: [], group: newGroup(), ...more })

/**
 * Reads sheets and records them. `predict(images, signal)` → answers; `push(entry)` sends for good;
 * `changed(sheet, failure?)` is called when a sheet's digits are others.
 */
export function createReader({ session, predict, push, changed }) {
	let engine
	const byId = new Map()
	let cost = 0
	let request

	/** Read a drawing while it is drawn: unrecorded, and only the newest reading of a sheet counts. */
	function read(sheet, strokes) {
		sheet.request?.abort()
		request = sheet.request = new AbortController()
		sheet.reading = answer(sheet, strokes, request.signal)
	}

	async function answer(sheet, strokes, signal) {
		const missing = await load().catch(error => error)
		if (signal.aborted) return
		if (missing) return changed(sheet, missing)
		for (const digit of sheet.kept) digit.pixels = engine.images.with(digit.pixels).pixels
		const began = performance.now()
		const runs = imagesOf(strokes)
		cost = performance.now() - began
		const problem = await ask(new Set(runs.map(({ image }) => image)), signal).catch(error => error)
		if (signal.aborted) return
		if (request === sheet.request) request = null
		sheet.request = null
		settle(sheet, runs, strokes.at(-1))
		changed(sheet, problem)
	}

	/** What finds digits among strokes is loaded when one begins to draw. */
	async function load() {
		if (engine) return
		const loading = Promise.all([import("./images.js"), import("./segment.js")])
		const [{ createImages }, segment] = await loading.catch(() => {
			throw failure(0)
		})
		engine ??= { images: createImages(), ...segment }
	}

	const imagesOf = strokes =>
		engine.candidates(strokes).map(run => ({ ...run, image: engine.images.of(run.strokes) }))

	/** Have the function read the images that it has not read yet. */
	async function ask(images, signal) {
		const unread = [...images].filter(({ answer }) => !answer)
		if (!unread.length) return
		const answers = await predict(unread.map(({ pixels }) => pixels), signal)
		unread.forEach((image, i) => (image.answer = answers[i]))
	}

	/** Choose a sheet's digits among candidates; a digit with the pixels of an earlier one is that one. */
	function settle(sheet, runs, last) {
		const isRead = runs.every(({ image }) => image.answer)
		const earlier = [...new Set([...sheet.kept, ...sheet.digits])]
		sheet.digits = engine.best(runs, isRead ? runs.map(({ image }) => image.answer) : []).map(i => {
			const { image, strokes } = runs[i]
			const place = earlier.findIndex(({ pixels }) => pixels === image.pixels)
			const [digit] = place < 0 ? [{ pixels: image.pixels }] : earlier.splice(place, 1)
			digit.answer ??= image.answer
			digit.box = box(strokes)
			if (strokes.includes(last)) sheet.last = digit
			return digit
		})
	}

	/** Record each digit of a drawing once, and erase those that it has outgrown. */
	async function record(sheet) {
		const { reading } = sheet
		await reading
		if (reading === sheet.reading && !sheet.foreign) commit(sheet)
	}

	function commit(sheet) {
		if (!sheet.digits.length) return
		const now = Date.now()
		let last = -1
		for (const digit of sheet.digits) {
			const middle = Math.round(((digit.box.left + digit.box.right) / 2) * (PLACES - 1))
			last = Math.max(last + 1, Math.min(PLACES - 1, middle || 0))
			if (digit.id) continue
			send(digit, newId(now, last, sheet.group), { pixels: digit.pixels, source: "draw" })
		}
		for (const digit of sheet.kept) if (!sheet.digits.includes(digit)) erase(digit.id)
		sheet.kept = sheet.digits
	}

	/** Record a drawing now, as far as it was read: its page may be gone the next moment. */
	function leave(sheet, strokes) {
		if (sheet.ended || sheet.foreign || !strokes.length) return
		if (sheet.request && engine) settle(sheet, imagesOf(strokes), strokes.at(-1))
		commit(sheet)
	}

	/** Read and record a picture's digits, each the part of a request that holds it, with its box. */
	function picture(parts, filename) {
		const sheet = newSheet({ ended: true })
		sheet.digits = parts.map(({ box }) => ({ box }))
		const now = Date.now()
		sheet.digits.forEach((digit, i) => {
			const { box, ...part } = parts[i]
			send(digit, newId(now, i, sheet.group), { ...part, filename, source: "upload" })
		})
		return sheet
	}

	/** Read a picture's digits without recording them. */
	async function peek(parts) {
		const answers = await predict(parts.map(({ box, ...part }) => part))
		const digits = parts.map(({ box }, i) => ({ box, answer: answers[i] }))
		return newSheet({ ended: true, foreign: true, digits })
	}

	function send(digit, id, part) {
		digit.id = id
		byId.set(id, digit)
		push({ kind: "prediction", session, id, ...part })
	}

	/** Tell what a digit is: 0 to 9, "none" for no digit, null to take it back. */
	async function correct(sheet, corrected, label) {
		const place = sheet.digits.indexOf(corrected)
		corrected.label = label
		if (sheet.foreign) return
		await sheet.reading
		// The ink may have gone on since the digit was shown: what stands in its place is meant.
		const digit = sheet.digits.includes(corrected) ? corrected : sheet.digits[place]
		if (!digit) return
		digit.label = label
		if (!digit.id) commit(sheet)
		push({ kind: "label", session, id: digit.id, label })
		changed(sheet)
	}

	/** Erase one result, or all of them. */
	const erase = id => push({ kind: "erasure", session, ...(id && { id }) })

	/** Make a sheet of what was kept of one when the page was left. */
	function restore({ kept, ...sheet }) {
		for (const digit of kept) byId.set(digit.id, digit)
		return newSheet({ ...sheet, kept })
	}

	return {
		/** True when no answer is awaited, and reading takes less than a frame can spare. */
		get idle() { return engine && !request && cost < SPARE },
		/** The digit of a result that this page has sent. */
		digitOf: id => byId.get(id),
		load, read, record, leave, picture, peek, correct, erase, restore,
	}
}
