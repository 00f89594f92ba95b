/** Format and quality of a picture that is sent; it may be transparent. */
const FORMAT = ["image/webp", 0.95]

/**
 * Read a picture, a canvas, and return its digits {id, answer, box, row}. Only a number is recorded, with
 * the keys of `record`, and so only a number's digits have an id. One digit is read by itself, because the
 * function then looks for nothing else; its place is where the function finds that digit in a number.
 */
export async function digitsIn(canvas, ask, record) {
	const body = { image: canvas.toDataURL(...FORMAT), show_pixels: true }
	const unrecorded = { ...body, record: false }
	const answer = await ask("POST", "/", unrecorded)
	const isOne = answer.identified && !(answer.digits_found > 1)
	const { id, lines } = await ask("POST", "/numbers", isOne || !record ? unrecorded : { ...body, ...record })
	const found = lines.flatMap(({ digits }, row) => digits.map(({ box, ...read }) => ({ answer: read, box, row })))
	if (!isOne && found[0]) {
		found.forEach((digit, position) => {
			if (record) digit.id = digit.answer.id
			Object.assign(digit.answer, { number_id: id, position })
		})
		return found
	}
	const { box } = found.find(digit => digit.answer.digit === answer.digit) ?? { box: [0, 0, canvas.width, canvas.height] }
	return [{ answer, box }]
}
