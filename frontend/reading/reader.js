import { newId } from "../api.js"
import { createImages } from "./images.js"
import { best, candidates } from "./segment.js"

/** Milliseconds of a frame's 16 that reading may take while the pen moves. */
const SPARE = 8

/**
 * What is on the page, read and recorded. Its digits are {pixels, answer, id}: `answer` once the
 * function has given one, `id` once the digit is on its way into the results.
 *
 * `predict(images, signal)` → answers; `push(entry)` sends for good; `changed(failure?)`.
 */
export function createReader({ session, predict, push, changed }) {
	const images = createImages()
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
		const drawn = runs.map(run => images.of(run.strokes))
		cost = performance.now() - began
		const failure = await ask(new Set(drawn), signal).catch(error => error)
		if (signal.aborted) return
		request = null
		const answers = failure ? [] : drawn.map(({ answer }) => answer)
		digits = best(runs, answers).map(i => {
			const { pixels, answer } = drawn[i]
			return { pixels, answer, id: kept.find(digit => digit.pixels === pixels)?.id }
		})
		changed(failure)
	}

	/** Have the function read the images that it has not read yet. */
	async function ask(images, signal) {
		const unread = [...images].filter(({ answer }) => !answer)
		if (!unread.length) return
		const answers = await predict(unread.map(({ pixels }) => pixels), signal)
		unread.forEach((image, i) => (image.answer = answers[i]))
	}

	/** A new drawing begins: what was recorded of the last one stays. */
	function begin() {
		kept = []
		images.clear()
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
