import { smooth } from "./strokes.js"

/** The pen's width, in widths of the pad. */
const PEN = 0.022

/**
 * Ink on two canvases: `paper` has final ink, `tip` ink that still changes. The unit of both is the pad's
 * width. `resized()` is called after a change of size, when both canvases are empty.
 */
export function createInk(paper, tip, resized) {
	const contexts = [paper, tip].map(canvas => canvas.getContext("2d"))
	const [kept, moving] = contexts
	let inked = 0

	function resize() {
		const { width, height } = paper.getBoundingClientRect()
		for (const context of contexts) {
			context.canvas.width = Math.round(width * devicePixelRatio)
			context.canvas.height = Math.round(height * devicePixelRatio)
			context.scale(context.canvas.width, context.canvas.width)
			context.lineCap = context.lineJoin = "round"
		}
		resized()
	}

	/** Redraw only the finished strokes. */
	function redraw(strokes) {
		kept.strokeStyle = moving.strokeStyle = getComputedStyle(paper).color
		kept.clearRect(0, 0, 1, 1)
		for (const stroke of strokes) draw(kept, stroke)
		inked = 0
	}

	/**
	 * Draw the growing stroke, and the keyboard's pen or the eraser. Pieces that later points cannot change
	 * are drawn once, on the paper; the others are redrawn each time.
	 */
	function grow(stroke, cursor, radius = PEN) {
		moving.clearRect(0, 0, 1, 1)
		if (stroke) {
			const final = stroke.length - 1
			draw(kept, stroke, inked, final)
			draw(moving, stroke, final)
			inked = final
		}
		if (!cursor) return
		moving.lineWidth = PEN / 8
		moving.globalAlpha = radius === PEN ? 1 : 0.4
		moving.beginPath()
		moving.arc(cursor.x, cursor.y, radius, 0, 7)
		moving.stroke()
		moving.globalAlpha = 1
	}

	/** Draw the remaining pieces of the finished stroke. */
	function finish(stroke) {
		draw(kept, stroke, inked)
		inked = 0
	}

	for (const setting of ["prefers-color-scheme: dark", "forced-colors: active"]) matchMedia(`(${setting})`).onchange = resized
	new ResizeObserver(resize).observe(paper)
	return { redraw, grow, finish }
}

/** Draw a range of a stroke's pieces into a context whose unit is the pad's width. */
function draw(context, points, from = 0, to) {
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

/** Draw strokes on a picture of this width. */
export function drawAll(context, width, colour, strokes) {
	context.scale(width, width)
	context.strokeStyle = colour
	context.lineCap = context.lineJoin = "round"
	for (const stroke of strokes) draw(context, stroke)
}
