import { make } from "../dom.js"
import { drawAll } from "../pad/ink.js"

/** Milliseconds between points, and between strokes. */
const [STEP, PAUSE] = [9, 160]

/** Return a stroke along corners, slightly bent as if by hand. */
const line = (...corners) =>
	corners.slice(1).flatMap(([x1, y1], i) => {
		const [x0, y0] = corners[i]
		return Array.from({ length: 12 }, (_, step) => {
			const part = step / 11
			const bow = 0.03 * Math.sin(Math.PI * part)
			return [x0 + (x1 - x0) * part + bow, y0 + (y1 - y0) * part + bow]
		})
	})

/** Return a stroke of arcs, each with centre, radius, and first and last angle in degrees. */
const curve = (...arcs) =>
	arcs.flatMap(([x, y, radius, from, to]) =>
		Array.from({ length: 16 }, (_, step) => {
			const angle = ((from + ((to - from) * step) / 15) * Math.PI) / 180
			return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]
		}),
	)

// Each digit has height 1 and its origin at the upper left corner.
const ONE = [line([0, 0.16], [0.16, 0], [0.14, 1])]
const THREE = [curve([0.24, 0.25, 0.24, -150, 80], [0.24, 0.74, 0.27, -80, 150])]
const FOUR = [line([0.34, 0], [0, 0.62], [0.66, 0.58]), line([0.46, 0.3], [0.42, 1])]
const SEVEN = [line([0, 0.04], [0.62, 0], [0.27, 1]), line([0.14, 0.52], [0.56, 0.48])]

/** Return the strokes of digits with upper left corners [x, y] and this height, in pad widths. */
function written(height, ...digits) {
	let time = 0
	return digits.flatMap(([digit, left, top]) =>
		digit.map(points => {
			time += PAUSE
			return points.map(([x, y]) => ({ x: left + x * height, y: top + y * height, pressure: 0.5, time: (time += STEP) }))
		}),
	)
}

/** Strokes to replay on the pad, by the example's name. */
export const drawings = {
	seven: () => written(0.42, [SEVEN, 0.38, 0.16]),
	several: () => written(0.34, [THREE, 0.16, 0.18], [ONE, 0.46, 0.19], [FOUR, 0.66, 0.17]),
}

/** Return a picture of a number on squared paper in uneven light, like a phone's photo. */
export async function photo() {
	const [width, height, square] = [640, 440, 32]
	const canvas = make("canvas", { width, height })
	const context = canvas.getContext("2d")
	const light = context.createLinearGradient(0, 0, width, height)
	light.addColorStop(0, "#f1eee6")
	light.addColorStop(1, "#b9b4a8")
	context.fillStyle = light
	context.fillRect(0, 0, width, height)
	context.rotate(-0.02)
	context.fillStyle = "#6b86a830"
	for (let at = -square; at < 2 * width; at += square) {
		context.fillRect(at, -square, 1.5, 2 * height)
		context.fillRect(-square, at, 2 * width, 1.5)
	}
	drawAll(context, width, "#2b3768", written(0.3, [FOUR, 0.2, 0.2], [SEVEN, 0.55, 0.2]))
	return new Promise(done => canvas.toBlob(done))
}
