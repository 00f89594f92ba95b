import { fill, make, write } from "../dom.js"
import { symbol } from "../reading/answer.js"

/** Set a box's edges as lengths of an element's style. */
function setBox(element, box) {
	for (const [edge, at] of Object.entries(box)) element.style.setProperty(`--${edge}`, `${100 * at}cqi`)
}

/** Mark each digit's ink on the pad; boxes are in widths of the pad. */
export function drawMarks(list, digits, chosen) {
	const marked = digits.filter(({ box }) => box)
	fill(list, marked, () => make("li", {}, make("b")), (mark, digit) => {
		mark.className = digit === chosen ? "chosen" : ""
		setBox(mark, digit.box)
		write(mark.firstChild, symbol(digit))
	})
}

/** The pad's height, and the largest part of it that a picture fills. */
const [HEIGHT, PART] = [0.75, 0.92]

/** Return the place on the pad of a picture, or of a box in it: [x, y, width, height] in its pixels. */
export function onPad({ width, height }, box) {
	const [x, y, wide, high] = box ?? [0, 0, width, height]
	const scale = PART * Math.min(1 / width, HEIGHT / height)
	const left = (1 - width * scale) / 2 + x * scale
	const top = (HEIGHT - height * scale) / 2 + y * scale
	return { left, top, right: left + wide * scale, bottom: top + high * scale }
}

/** Lay a canvas on the pad, as large as fits, or remove it without an argument. */
export function layPicture(place, canvas) {
	place.replaceChildren(...(canvas ? [canvas] : []))
	if (canvas) setBox(canvas, onPad(canvas))
}
