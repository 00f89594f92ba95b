import { createInk } from "./ink.js"
import { followKeys, followPointers } from "./input.js"
import { away, createDrawing } from "./strokes.js"

/** In widths of the pad: the eraser's reach, and the least step from point to point. */
const [REACH, LEAST] = [0.03, 0.003]

/**
 * Pointers and keys → strokes, drawn on two canvases. `erases()` says whether the pen erases;
 * `touched()` is called at every sign of use, `changed()` after every change of the ink,
 * `pressed(key)` for keys that do not move the pen.
 */
export function createPad(paper, tip, { erases, touched, changed, pressed }) {
	const drawing = createDrawing()
	const ink = createInk(paper, tip, redraw)
	let stroke

	/** All strokes, the one being drawn included. */
	const strokes = () => (stroke ? [...drawing.strokes, stroke] : drawing.strokes)

	/** "undo", "redo" or "clear", or "change" to other strokes. */
	function edit(what, others) {
		end()
		drawing[what](others)
		redraw()
		changed()
	}

	function redraw() {
		ink.redraw(drawing.strokes)
		ink.grow(stroke, keys.cursor)
	}

	function refresh() {
		ink.grow(stroke, keys.cursor)
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

	/** Put the pen, or what is an eraser now, to a point. */
	function use(point) {
		if (!erases()) return extend(point)
		const hit = drawing.strokes.findLast(each => away(point, each) <= REACH)
		if (hit) edit("change", drawing.strokes.filter(each => each !== hit))
	}

	const pointers = followPointers(paper, {
		touched,
		down(point) {
			end()
			keys.hide()
			use(point)
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
			else use(point)
			refresh()
		},
		pressed,
		left() {
			if (!pointers.isDown) end()
			ink.grow(stroke, keys.cursor)
		},
	})

	return { drawing, edit, strokes }
}
