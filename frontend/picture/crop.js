import { $, make } from "../dom.js"
import { ARROWS } from "../pad/input.js"

/** Longest side of a picture in pixels: the function looks at no more. */
const LONGEST = 1024
/** The reach of a handle, which is half as wide, in CSS pixels, and the keyboard's steps in the longer side. */
const [REACH, STEPS] = [24, 80]

/** Return a part of a picture as a canvas. */
function cut(picture, [left, top, right, bottom], scale = 1) {
	const [width, height] = [right - left, bottom - top]
	const canvas = make("canvas", { width: Math.ceil(width * scale), height: Math.ceil(height * scale) })
	const context = canvas.getContext("2d")
	context.imageSmoothingQuality = "high"
	context.drawImage(picture, left, top, width, height, 0, 0, canvas.width, canvas.height)
	return canvas
}

/** Return a picture file as a canvas. */
export async function pictureOf(file) {
	const picture = await createImageBitmap(file)
	const { width, height } = picture
	return cut(picture, [0, 0, width, height], Math.min(1, LONGEST / Math.max(width, height)))
}

/** Ask for the part of a picture to read. Return the part as a canvas, or null if cancelled. */
export async function crop(picture) {
	const size = [picture.width, picture.height]
	const canvas = Object.assign($("picture"), { width: size[0], height: size[1] })
	const context = canvas.getContext("2d")
	const step = Math.ceil(Math.max(...size) / STEPS)
	// The frame's edges: left, top, right, bottom.
	let frame
	let held

	/** Return the picture's pixels for each CSS pixel. */
	const ratio = () => size[0] / canvas.clientWidth

	function draw() {
		const [left, top, right, bottom] = frame
		const side = (ratio() * REACH) / 2
		context.clearRect(0, 0, ...size)
		context.drawImage(picture, 0, 0)
		context.fillStyle = "#000a"
		context.beginPath()
		context.rect(0, 0, ...size)
		context.rect(left, top, right - left, bottom - top)
		context.fill("evenodd")
		context.fillStyle = "#e8432d"
		for (const x of [left, (left + right - side) / 2, right - side]) {
			for (const y of [top, (top + bottom - side) / 2, bottom - side]) context.fillRect(x, y, side, side)
		}
	}

	/** Move edges of an axis from where they were, but not out of the picture or past one another. */
	function move(axis, edges, by, start = frame) {
		const [low, high] = [start[axis], start[axis + 2]]
		const least = edges.includes(axis) ? -low : low + step - high
		const most = edges.includes(axis + 2) ? size[axis] - high : high - step - low
		const moved = [...frame]
		for (const edge of edges) moved[edge] = start[edge] + Math.round(Math.max(least, Math.min(most, by)))
		frame = moved
		draw()
	}

	function reset() {
		frame = [0, 0, ...size]
		draw()
	}

	/** Return the edges that follow a pointer: the nearest ones, or all from within the frame. */
	function edgesAt(at) {
		const isWithin = axis => {
			const reach = Math.min(ratio() * REACH, (frame[axis + 2] - frame[axis]) / 4)
			return at[axis] > frame[axis] + reach && at[axis] < frame[axis + 2] - reach
		}
		const within = [isWithin(0), isWithin(1)]
		const nearest = axis => axis + 2 * (2 * at[axis] > frame[axis] + frame[axis + 2])
		return within.map((isIn, axis) => (within[0] && within[1] ? [axis, axis + 2] : isIn ? [] : [nearest(axis)]))
	}

	canvas.onpointerdown = canvas.onpointermove = ({ type, pointerId, offsetX, offsetY }) => {
		const at = [offsetX * ratio(), (offsetY * size[1]) / canvas.clientHeight]
		if (type === "pointerdown") {
			canvas.setPointerCapture(pointerId)
			held = { at, start: frame, edges: edgesAt(at) }
		}
		held?.edges.forEach((edges, axis) => move(axis, edges, at[axis] - held.at[axis], held.start))
	}
	canvas.onlostpointercapture = () => (held = null)
	canvas.onkeydown = event => {
		const arrow = ARROWS[event.key]
		if (arrow) event.preventDefault()
		arrow?.forEach((way, axis) => move(axis, event.ctrlKey ? [axis, axis + 2] : [axis + 2 * event.shiftKey], way * step))
	}
	$("whole").onclick = reset

	const dialog = $("crop")
	dialog.returnValue = ""
	dialog.showModal()
	reset()
	await new Promise(resolve => (dialog.onclose = resolve))
	return dialog.returnValue ? cut(picture, frame) : null
}
