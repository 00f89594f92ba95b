/**
 * Strokes with a history of changes to undo and redo. Each state belongs to a sheet, made by
 * `newSheet()`. Clearing ends the sheet and begins another. If clearing is undone, the next stroke
 * begins a new sheet, because the old one has ended.
 */
export function createDrawing(newSheet) {
	const states = [{ strokes: [], sheet: newSheet() }]
	let now = 0
	let fresh

	function add(strokes, sheet) {
		states.splice(++now, Infinity, { strokes, sheet })
		fresh = null
	}

	return {
		restore: strokes => (states[0].strokes = strokes),
		get strokes() { return states[now].strokes },
		get sheet() { return states[now].sheet },
		/** The sheet of the next stroke. */
		get next() { return this.sheet.ended ? (fresh ??= newSheet(this.sheet.foreign)) : this.sheet },
		/** Numbers of steps to undo and to redo. */
		get steps() { return { undo: now, redo: states.length - 1 - now } },
		/** Make `strokes` the drawing, and forget the steps to redo. */
		change(strokes) {
			add(strokes, this.next)
		},
		clear() {
			if (!this.strokes[0] && !this.sheet.foreign) return
			this.sheet.ended = true
			add([], newSheet())
		},
		undo() {
			if (now) now--
			fresh = null
		},
		redo() {
			if (this.steps.redo) now++
			fresh = null
		},
	}
}
