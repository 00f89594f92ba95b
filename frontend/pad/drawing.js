/**
 * Strokes that remember: each change, clearing included, can be undone and redone. Each state lies on
 * a sheet, made by `newSheet()`: clearing ends one and begins another, and what is drawn on a sheet
 * that has ended, because clearing was undone, lies on a new one.
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
		/** The sheet of what is drawn next. */
		get next() { return this.sheet.ended ? (fresh ??= newSheet()) : this.sheet },
		/** How many steps back and forth there are. */
		get steps() { return { undo: now, redo: states.length - 1 - now } },
		/** Make `strokes` the drawing; what had been undone is forgotten. */
		change(strokes) {
			add(strokes, this.next)
		},
		clear() {
			if (!this.strokes.length) return
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
