/** The keyboard's two steps, in widths of the pad. */
const [STEP, SMALL_STEP] = [0.02, 0.005]
/** A touch is a palm if it is this wide in CSS pixels, or within these milliseconds of a pen. */
const [PALM, AFTER_PEN] = [90, 1000]
/** Longest time in milliseconds between the two fingers of a pinch. */
const PINCH = 300
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

/**
 * Follow one pointer at a time on an element: a pen takes precedence over a finger, palms are ignored,
 * and two fingers zoom in the browser. `touched()` is called at every contact; `down(point)` and
 * `move(points)` with points of the pad; `up()`; `drop()` if the stroke was no drawing; `hover(point)`
 * for a pointer that is not down, or without a point when the pointer leaves.
 */
export function followPointers(element, { touched, down, move, up, drop, hover }) {
	const fingers = new Set()
	let penSeen = -Infinity
	let pointer, pinches

	function at({ clientX, clientY, pointerType, pressure, timeStamp }) {
		const { left, top, width } = element.getBoundingClientRect()
		const force = pointerType === "pen" ? pressure : 0.5
		return { x: (clientX - left) / width, y: (clientY - top) / width, pressure: force, time: timeStamp }
	}

	function isPalm({ pointerType, width, height, timeStamp }) {
		if (pointerType === "pen") penSeen = timeStamp
		const resting = timeStamp - penSeen < AFTER_PEN || Math.max(width, height) > PALM
		return pointerType === "touch" && resting
	}

	function forget() {
		pointer = null
		drop()
	}

	element.onpointerdown = event => {
		const isFinger = event.pointerType === "touch"
		touched()
		if (isPalm(event) || event.button > 0) return
		if (isFinger) fingers.add(event.pointerId)
		if (pointer?.pointerType === "touch") {
			const early = event.timeStamp - pointer.timeStamp < PINCH
			pinches ||= isFinger && early
			if (!isFinger || early) forget()
		}
		if (pointer || (isFinger && pinches)) return
		pointer = event
		element.setPointerCapture(event.pointerId)
		down(at(event))
	}

	element.onpointermove = event => {
		isPalm(event)
		if (!pointer && event.pointerType !== "touch") hover(at(event))
		if (event.pointerId !== pointer?.pointerId) return
		const passed = event.getCoalescedEvents?.() ?? []
		move((passed.length ? passed : [event]).map(at))
	}

	element.onpointerleave = () => hover()

	element.onpointerup = element.onpointercancel = event => {
		fingers.delete(event.pointerId)
		const isOwn = event.pointerId === pointer?.pointerId
		const early = event.timeStamp - pointer?.timeStamp < PINCH
		if (isOwn && event.type === "pointercancel" && early) forget()
		pinches &&= fingers.size
	}

	element.onlostpointercapture = ({ pointerId }) => {
		if (pointerId !== pointer?.pointerId) return
		pointer = null
		up()
	}

	return { get isDown() { return pointer } }
}

/**
 * Follow the keys on a canvas: arrows move a pen, `moved(point)`; space puts the pen down or lifts it,
 * `toggled(point)`; Enter calls `entered()`. `touched()` is called before these, `left()` when the
 * canvas loses the focus. `cursor` is the pen's place while keys move the pen.
 */
export function followKeys(canvas, { touched, moved, toggled, entered, left }) {
	const arrows = new Set()
	let pen = { x: 0.5, y: 0.375, pressure: 0.5, time: 0 }
	let shown = false

	canvas.onkeydown = event => {
		const { key, shiftKey, ctrlKey, metaKey, altKey } = event
		if (ctrlKey || metaKey || altKey) return
		if (key === "Enter") return entered()
		if (key !== " " && !ARROWS[key]) return
		event.preventDefault()
		touched()
		shown = true
		if (key === " ") return toggled(pen)
		arrows.add(key)
		step(shiftKey ? SMALL_STEP : STEP)
		moved(pen)
	}

	canvas.onkeyup = ({ key }) => arrows.delete(key)

	canvas.onblur = () => {
		arrows.clear()
		shown = false
		left()
	}

	function step(size) {
		const within = (value, most) => Math.min(most, Math.max(0, value))
		let { x, y, pressure } = pen
		for (const key of arrows) {
			x = within(x + ARROWS[key][0] * size, 1)
			y = within(y + ARROWS[key][1] * size, canvas.height / canvas.width)
		}
		pen = { x, y, pressure, time: performance.now() }
	}

	return {
		get cursor() { return shown ? pen : null },
		hide: () => (shown = false),
	}
}
