import { away, createDrawing, smooth } from "./strokes.js"

/** In widths of the pad: the pen, the eraser's reach, the least step, the keyboard's two steps. */
const [PEN, REACH, LEAST, STEP, SMALL_STEP] = [0.022, 0.03, 0.003, 0.02, 0.005]
/** A touch this wide, in CSS pixels, is a palm's; so is one within these milliseconds of a pen. */
const [PALM, AFTER_PEN] = [90, 1000]
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

/**
 * Pointers and keys → strokes, drawn on two canvases: `paper` keeps ink, `tip` what still moves.
 * `erases()` says whether the pen erases; `touched()` is called at every sign of use, `changed()`
 * after every change of the ink, `pressed(key)` for keys that do not move the pen.
 */
export function createPad(paper, tip, { erases, touched, changed, pressed }) {
	const drawing = createDrawing()
	const contexts = [paper, tip].map(canvas => canvas.getContext("2d"))
	const [kept, moving] = contexts
	const arrows = new Set()
	let pen = { x: 0.5, y: 0.375, pressure: 0.5 }
	let penSeen = -Infinity
	let inked = 0
	let stroke, pointer, keyboard

	/** All strokes, the one being drawn included. */
	const strokes = () => (stroke ? [...drawing.strokes, stroke] : drawing.strokes)

	/** "undo", "redo" or "clear", or "change" to other strokes. */
	function edit(what, others) {
		end()
		drawing[what](others)
		redraw()
		changed()
	}

	function extend(point) {
		const last = stroke?.at(-1)
		if (last && Math.hypot(point.x - last.x, point.y - last.y) < LEAST) return
		stroke ??= []
		stroke.push(point)
	}

	function end() {
		if (!stroke) return
		ink(kept, stroke, inked)
		drawing.change(strokes())
		stroke = null
		inked = 0
		refresh()
	}

	/** Put the pen, or what is an eraser now, to a point. */
	function use(point) {
		if (!erases()) return extend(point)
		const hit = drawing.strokes.findLast(each => away(point, each) <= REACH)
		if (hit) edit("change", drawing.strokes.filter(each => each !== hit))
	}

	// Pointers: one at a time, and a pen before a finger.

	function at({ clientX, clientY, pointerType, pressure }) {
		const { left, top, width } = paper.getBoundingClientRect()
		const force = pointerType === "pen" ? pressure : 0.5
		return { x: (clientX - left) / width, y: (clientY - top) / width, pressure: force }
	}

	function isPalm({ pointerType, width, height, timeStamp }) {
		if (pointerType === "pen") penSeen = timeStamp
		const resting = timeStamp - penSeen < AFTER_PEN || Math.max(width, height) > PALM
		return pointerType === "touch" && resting
	}

	paper.onpointerdown = event => {
		touched()
		if (isPalm(event) || event.button > 0) return
		if (pointer?.pointerType === "touch" && event.pointerType === "pen") {
			pointer = stroke = null
			redraw()
		}
		if (pointer) return
		end()
		pointer = event
		keyboard = false
		paper.setPointerCapture(event.pointerId)
		use(at(event))
		refresh()
	}

	paper.onpointermove = event => {
		isPalm(event)
		if (event.pointerId !== pointer?.pointerId) return
		const passed = event.getCoalescedEvents?.() ?? []
		for (const each of passed.length ? passed : [event]) use(at(each))
		refresh()
	}

	paper.onlostpointercapture = ({ pointerId }) => {
		if (pointerId !== pointer?.pointerId) return
		pointer = null
		end()
	}

	// Keys: arrows move the pen, space puts it down and lifts it.

	paper.onkeydown = event => {
		const { key, shiftKey, ctrlKey, metaKey, altKey } = event
		if (ctrlKey || metaKey || altKey) return
		if (key !== " " && !ARROWS[key]) return pressed(key)
		event.preventDefault()
		touched()
		keyboard = true
		if (ARROWS[key]) step(arrows.add(key), shiftKey ? SMALL_STEP : STEP)
		else if (stroke) end()
		else use(pen)
		refresh()
	}

	paper.onkeyup = ({ key }) => arrows.delete(key)

	paper.onblur = () => {
		arrows.clear()
		keyboard = false
		if (!pointer) end()
		drawTip()
	}

	function step(keys, size) {
		const within = (value, most) => Math.min(most, Math.max(0, value))
		let { x, y, pressure } = pen
		for (const key of keys) {
			x = within(x + ARROWS[key][0] * size, 1)
			y = within(y + ARROWS[key][1] * size, paper.height / paper.width)
		}
		pen = { x, y, pressure }
		if (stroke) extend(pen)
	}

	// Ink: one unit of both canvases is the pad's width.

	function resize() {
		const { width, height } = paper.getBoundingClientRect()
		for (const context of contexts) {
			context.canvas.width = Math.round(width * devicePixelRatio)
			context.canvas.height = Math.round(height * devicePixelRatio)
			context.scale(context.canvas.width, context.canvas.width)
			context.lineCap = context.lineJoin = "round"
		}
		redraw()
	}

	function redraw() {
		kept.strokeStyle = moving.strokeStyle = getComputedStyle(paper).color
		kept.clearRect(0, 0, 1, 1)
		for (const each of drawing.strokes) ink(kept, each, 0)
		inked = 0
		drawTip()
	}

	function refresh() {
		drawTip()
		changed()
	}

	/** What later points cannot change goes to the paper for good; the rest is drawn anew each time. */
	function drawTip() {
		moving.clearRect(0, 0, 1, 1)
		if (stroke) {
			const final = stroke.length - 1
			ink(kept, stroke, inked, final)
			ink(moving, stroke, final)
			inked = final
		}
		if (!keyboard) return
		moving.lineWidth = PEN / 8
		moving.beginPath()
		moving.arc(pen.x, pen.y, PEN, 0, 7)
		moving.stroke()
	}

	function ink(context, points, from, to) {
		let last
		for (const { x, y, pressure } of smooth(points, Math.max(0, from - 1), to)) {
			const wide = (PEN * Math.round(32 * (0.5 + pressure))) / 32
			if (wide !== last?.wide) {
				if (last) context.stroke()
				context.lineWidth = wide
				context.beginPath()
				context.moveTo(last?.x ?? x, last?.y ?? y)
			}
			context.lineTo(x, y)
			last = { x, y, wide }
		}
		if (last) context.stroke()
	}

	matchMedia("(prefers-color-scheme: dark)").onchange = redraw
	new ResizeObserver(resize).observe(paper)
	return { drawing, edit, strokes }
}
