import { newId } from "../api.js"
import { best, candidates } from "./segment.js"
import { raster } from "./raster.js"

/** Milliseconds of a frame's 16 that reading may take while the pen moves. */
const SPARE = 8

/**
 * What is on the page, read and recorded. Its digits are {pixels, answer, id}: `answer` once the
 * function has given one, `id` once the digit is on its way into the results.
 *
 * `predict(images, signal)` → answers; `push(entry)` sends for good; `changed(failure?)`.
 */
export function createReader({ session, predict, push, changed }) {
	let digits = []
	let kept = []
	let request, reading, cost

	/** Read strokes while they are drawn: unrecorded, and only the newest reading counts. */
	function read(strokes) {
		request?.abort()
		request = new AbortController()
		reading = answer(strokes, request.signal)
	}

	async function answer(strokes, signal) {
		const began = performance.now()
		const runs = candidates(strokes)
		const images = runs.map(run => raster(run.strokes))
		cost = performance.now() - began
		let answers = []
		let failure
		try {
			if (images.length) answers = await predict(images, signal)
		} catch (error) {
			failure = error
		}
		if (signal.aborted) return
		request = null
		digits = best(runs, answers).map(i => ({
			pixels: images[i],
			answer: answers[i],
			id: kept.find(({ pixels }) => `${pixels}` === `${images[i]}`)?.id,
		}))
		changed(failure)
	}

	/** A new drawing begins: what was recorded of the last one stays. */
	function begin() {
		kept = []
	}

	/** Record each digit of the drawing once, and erase those that it has outgrown. */
	async function record() {
		const last = reading
		await last
		if (!last || last !== reading || !digits.length) return
		for (const digit of digits.filter(({ id }) => !id)) {
			digit.id = newId()
			send({ id: digit.id, pixels: digit.pixels, source: "draw" })
		}
		const ids = digits.map(({ id }) => id)
		for (const { id } of kept) if (!ids.includes(id)) erase(id)
		kept = digits
	}

	/** Read and record a picture's digits, each the part of a request that holds it. */
	function picture(parts, filename) {
		begin()
		request?.abort()
		request = reading = null
		digits = parts.map(() => ({ id: newId() }))
		changed()
		digits.forEach(({ id }, i) => send({ id, ...parts[i], filename, source: "upload" }))
	}

	const send = digit => push({ kind: "prediction", session, ...digit })

	const correct = (id, label) => push({ kind: "label", session, id, label })

	/** Erase one result, or all of them. */
	const erase = id => push({ kind: "erasure", session, ...(id && { id }) })

	return {
		get digits() { return digits },
		/** True when no answer is awaited, and reading takes less than a frame can spare. */
		get idle() { return !request && cost < SPARE },
		read, begin, record, picture, correct, erase,
	}
}
