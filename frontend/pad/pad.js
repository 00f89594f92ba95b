import { createDrawing } from "./drawing.js"
import { createInk } from "./ink.js"
import { followKeys, followPointers } from "./input.js"
import { distanceToStroke } from "./strokes.js"

/** The eraser's reach, and the shortest distance between two points, in widths of the pad. */
const [REACH, LEAST] = [0.03, 0.003]

/**
 * Turn pointers and keys into strokes, drawn on two canvases. `newSheet()` makes a drawing's sheet;
 * `erases()` returns whether the pen erases; `touched()` is called at every contact, `changed()` after
 * every change of the ink, `entered()` when Enter is pressed.
 */
export function createPad(paper, tip, { newSheet, erases, touched, changed, entered }) {
	const drawing = createDrawing(newSheet)
	const ink = createInk(paper, tip, redraw)
	let stroke, pointed, isErasing
	let notified = {}

	/** Return all strokes, including the growing one. */
	const strokes = () => (stroke ? [...drawing.strokes, stroke] : drawing.strokes)

	/** Apply "undo", "redo" or "clear", or "change" to other strokes. */
	function edit(what, others) {
		end()
		drawing[what](others)
		redraw()
		notify()
	}

	function show() {
		if (erases() && pointed) ink.grow(stroke, pointed, REACH)
		else ink.grow(stroke, keys.cursor)
	}

	function redraw() {
		ink.redraw(drawing.strokes)
		show()
	}

	function refresh() {
		show()
		notify()
	}

	/** Call `changed` if the ink has changed. */
	function notify() {
		const now = { strokes: drawing.strokes, points: stroke?.length }
		if (now.strokes === notified.strokes && now.points === notified.points) return
		notified = now
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
		ink.finish(stroke)
		drawing.change(strokes())
		stroke = null
		refresh()
	}

	/** Begin to draw, or to erase until the contact ends, at a point. */
	function begin(point) {
		isErasing = erases()
		use(point)
	}

	/** Draw or erase at a point. */
	function use(point) {
		if (!isErasing) return extend(point)
		pointed = point
		const hit = drawing.strokes.findLast(each => distanceToStroke(point, each) <= REACH)
		if (hit) edit("change", drawing.strokes.filter(each => each !== hit))
	}

	const pointers = followPointers(paper, {
		touched,
		down(point) {
			end()
			keys.hide()
			begin(point)
			refresh()
		},
		move(points) {
			points.forEach(use)
			refresh()
		},
		up: end,
		drop() {
			stroke = null
			redraw()
			notify()
		},
		hover(point) {
			pointed = point
			if (!keys.cursor) show()
		},
	})

	const keys = followKeys(paper, {
		touched,
		moved(point) {
			if (stroke) extend(point)
			refresh()
		},
		toggled(point) {
			if (stroke) end()
			else begin(point)
			refresh()
		},
		entered,
		left() {
			if (!pointers.isDown) end()
			show()
		},
	})

	return {
		edit, strokes, redraw,
		/** The drawing's sheet, and the numbers of steps to undo and to redo. */
		get sheet() { return stroke ? drawing.next : drawing.sheet },
		get steps() { return drawing.steps },
		/** Restore kept ink on the first sheet. */
		restore(strokes) {
			drawing.restore(strokes)
			redraw()
			notify()
		},
		/** Draw a replayed stroke point by point, or end the stroke. */
		extend(point) {
			extend(point)
			refresh()
		},
		end,
	}
}
