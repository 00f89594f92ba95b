import { $, make } from "../dom.js"
import { ARROWS } from "../pad/input.js"
import { digitsOf } from "./segment.js"

/** Width to which the picture is scaled, and the frame's steps, in pixels. */
const [WIDTH, STEP] = [640, 8]

/**
 * Ask for the part of a picture file to read. Return the part as a canvas, and its digits as parts of
 * requests with their boxes; or null if cancelled.
 */
export async function crop(file) {
	const picture = await bitmapOf(file)
	const size = [WIDTH, picture.height]
	const canvas = Object.assign($("picture"), { width: WIDTH, height: picture.height })
	const context = canvas.getContext("2d")
	// The frame's edges: left, top, right, bottom.
	const frame = [0, 0, ...size]

	function draw() {
		const [left, top, right, bottom] = frame
		context.drawImage(picture, 0, 0)
		context.fillStyle = "#000a"
		context.beginPath()
		context.rect(0, 0, ...size)
		context.rect(left, top, right - left, bottom - top)
		context.fill("evenodd")
	}

	/** Move an edge, but not out of the picture or past the other edge. */
	function move(edge, to) {
		const axis = edge % 2
		const [low, high] = edge < 2 ? [0, frame[axis + 2] - STEP] : [frame[axis] + STEP, size[axis]]
		frame[edge] = Math.round(Math.max(low, Math.min(high, to)))
		draw()
	}

	// The nearest corner follows the pointer at a constant distance.
	let held
	canvas.onpointerdown = canvas.onpointermove = ({ type, pointerId, offsetX, offsetY }) => {
		const at = [offsetX, offsetY].map(offset => (offset * canvas.width) / canvas.clientWidth)
		if (type === "pointerdown") {
			canvas.setPointerCapture(pointerId)
			held = at.map((from, axis) => {
				const edge = axis + 2 * (from > (frame[axis] + frame[axis + 2]) / 2)
				return { edge, off: frame[edge] - from }
			})
		}
		held?.forEach(({ edge, off }, axis) => move(edge, at[axis] + off))
	}
	canvas.onlostpointercapture = () => (held = null)
	canvas.onkeydown = event => {
		const arrow = ARROWS[event.key]
		if (arrow) event.preventDefault()
		arrow?.forEach((way, axis) => {
			const edge = axis + 2 * event.shiftKey
			move(edge, frame[edge] + way * STEP)
		})
	}

	draw()
	const dialog = $("crop")
	dialog.returnValue = ""
	dialog.showModal()
	await new Promise(resolve => (dialog.onclose = resolve))
	return dialog.returnValue ? partsOf(picture, ...frame) : null
}

const bitmapOf = file => createImageBitmap(file, { resizeWidth: WIDTH, resizeQuality: "high" })

/** Return the whole picture in the format of `crop`. */
export async function whole(file) {
	const picture = await bitmapOf(file)
	return partsOf(picture, 0, 0, picture.width, picture.height)
}

function partsOf(picture, left, top, right, bottom) {
	const [width, height] = [right - left, bottom - top]
	const canvas = make("canvas", { width, height })
	const context = canvas.getContext("2d")

	/** Return the picture's grey levels on paper of this colour. */
	function greyOn(paper) {
		context.fillStyle = paper
		context.fillRect(0, 0, width, height)
		context.drawImage(picture, -left, -top)
		const { data } = context.getImageData(0, 0, width, height)
		const grey = (_, i) => 0.3 * data[4 * i] + 0.59 * data[4 * i + 1] + 0.11 * data[4 * i + 2]
		return Uint8Array.from({ length: width * height }, grey)
	}

	// White ink on a transparent background is visible only on black.
	const onWhite = greyOn("white")
	const grey = onWhite.some(level => level < 246) ? onWhite : greyOn("black")
	const digits = digitsOf(grey, width, height)
	const one = { image: canvas.toDataURL(), box: digits[0]?.box ?? [0, 0, width, height] }
	return { canvas, parts: digits.length > 1 ? digits : [one] }
}
