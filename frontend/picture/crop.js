import { $, make } from "../dom.js"
import { ARROWS } from "../pad/input.js"
import { digitsOf } from "./segment.js"

/** The width that the picture is brought to, and the frame's steps, in pixels. */
const [WIDTH, STEP] = [640, 8]

/** Ask which part of a picture file is meant → its digits as parts of requests; null when cancelled. */
export async function crop(file) {
	const picture = await createImageBitmap(file, { resizeWidth: WIDTH, resizeQuality: "high" })
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

	/** Move an edge, but not out of the picture nor past the other edge. */
	function move(edge, to) {
		const axis = edge % 2
		const [low, high] = edge < 2 ? [0, frame[axis + 2] - STEP] : [frame[axis] + STEP, size[axis]]
		frame[edge] = Math.round(Math.max(low, Math.min(high, to)))
		draw()
	}

	let held
	canvas.onpointerdown = canvas.onpointermove = ({ type, pointerId, offsetX, offsetY }) => {
		const at = [offsetX, offsetY].map(offset => (offset * canvas.width) / canvas.clientWidth)
		if (type === "pointerdown") {
			canvas.setPointerCapture(pointerId)
			held = at.map((to, axis) => axis + 2 * (to > (frame[axis] + frame[axis + 2]) / 2))
		}
		held?.forEach((edge, axis) => move(edge, at[axis]))
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

function partsOf(picture, left, top, right, bottom) {
	const [width, height] = [right - left, bottom - top]
	const canvas = make("canvas", { width, height })
	const context = canvas.getContext("2d")

	/** The picture's grey levels as they are on a paper of this colour. */
	function greyOn(paper) {
		context.fillStyle = paper
		context.fillRect(0, 0, width, height)
		context.drawImage(picture, -left, -top)
		const { data } = context.getImageData(0, 0, width, height)
		const grey = (_, i) => 0.3 * data[4 * i] + 0.59 * data[4 * i + 1] + 0.11 * data[4 * i + 2]
		return Uint8Array.from({ length: width * height }, grey)
	}

	// White ink on nothing is seen on black alone.
	const onWhite = greyOn("white")
	const grey = onWhite.some(level => level < 246) ? onWhite : greyOn("black")
	const digits = digitsOf(grey, width, height)
	return digits.length > 1 ? digits.map(pixels => ({ pixels })) : [{ image: canvas.toDataURL() }]
}
