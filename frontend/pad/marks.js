import { make } from "../dom.js"
import { held } from "../reading/answer.js"

/** Return a box as custom properties of a style. */
const styleOf = box => Object.entries(box).map(([name, value]) => `--${name}:${value}`).join(";")

/** Mark each digit's ink on the pad; boxes are in widths of the pad. */
export function drawMarks(list, digits, chosen) {
	list.replaceChildren(...digits.filter(({ box }) => box).map(digit =>
		make("li", { className: digit === chosen ? "chosen" : "", style: styleOf(digit.box) }, make("b", {}, held(digit)))))
}

/** The pad's height, and the largest part of it that a picture fills. */
const [HEIGHT, PART] = [0.75, 0.92]

/**
 * Lay a canvas on the pad, as large as fits, or remove it without an argument. Return a function from
 * boxes in the canvas's pixels, [x, y, width, height], to boxes on the pad.
 */
export function layPicture(place, canvas) {
	place.replaceChildren(...(canvas ? [canvas] : []))
	if (!canvas) return
	const { width, height } = canvas
	const scale = PART * Math.min(1 / width, HEIGHT / height)
	const [left, top] = [(1 - width * scale) / 2, (HEIGHT - height * scale) / 2]
	canvas.style = styleOf({ left, top, right: 1 - left, bottom: HEIGHT - top })
	return ([x, y, wide, high]) => ({
		left: left + x * scale,
		top: top + y * scale,
		right: left + (x + wide) * scale,
		bottom: top + (y + high) * scale,
	})
}
