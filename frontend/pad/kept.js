import { isGroup } from "../ids.js"
import { own } from "../storage.js"

/** Keep the drawing and its recorded digits, so that a reload of this tab loses nothing. */
export function keepInk(strokes, { kept, group, ended, foreign }) {
	const digits = kept.map(({ id, label, pixels }) => ({ id, label, pixels }))
	if (!strokes[0]) own.remove("ink")
	else own.set("ink", JSON.stringify({ strokes, sheet: { kept: digits, group, ended, foreign } }))
}

/** Return the kept {strokes, sheet}, or null if there is no valid drawing. */
export function keptInk() {
	const kept = own.parse("ink")
	const isDrawing = isStrokes(kept?.strokes) && isGroup(kept.sheet?.group) && Array.isArray(kept.sheet.kept)
	return isDrawing && kept.sheet.kept.every(each => each?.id && each.pixels?.length === 784) ? kept : null
}

/** Return whether an untrusted value is strokes, with points on or near the pad. */
export const isStrokes = strokes => isList(strokes) && strokes.every(stroke => isList(stroke) && stroke.every(isPoint))

const isList = value => Array.isArray(value) && value.length > 0

function isPoint(value) {
	const { x, y, pressure, time } = value ?? {}
	const isNear = Math.hypot(x, y) < 9 && pressure >= 0 && pressure <= 1
	return isNear && [x, y, pressure, time].every(Number.isFinite)
}
