/**
 * A point is {x, y, pressure}: x right and y down in widths of the pad, pressure from 0 to 1.
 * A stroke is a list of points, and a drawing a list of strokes.
 */

/** The smallest box around all points, or null where there are none. */
export function box(strokes) {
	let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
	for (const { x, y } of strokes.flat()) {
		[left, right] = [Math.min(left, x), Math.max(right, x)];
		[top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
	}
	return left <= right ? { left, top, right, bottom } : null;
}

/** How far a point lies from the line between the points a and b. */
export function distance({ x, y }, a, b) {
	const [dx, dy] = [b.x - a.x, b.y - a.y];
	const along = ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy) || 0;
	const part = Math.min(1, Math.max(0, along));
	return Math.hypot(x - a.x - part * dx, y - a.y - part * dy);
}

/** How far a point lies from a stroke. */
export const away = (point, stroke) =>
	stroke.reduce((least, b, i) => Math.min(least, distance(point, stroke[i && i - 1], b)), Infinity);

/** Strokes that remember: each change, clearing included, can be undone and redone. */
export class Drawing {
	#states = [[]];
	#now = 0;

	get strokes() {
		return this.#states[this.#now];
	}

	/** How many steps back and forth there are. */
	get steps() {
		return { undo: this.#now, redo: this.#states.length - 1 - this.#now };
	}

	/** Make `strokes` the drawing; what had been undone is forgotten. */
	change(strokes) {
		this.#states.splice(++this.#now, Infinity, strokes);
	}

	clear() {
		if (this.strokes.length) this.change([]);
	}

	undo() {
		if (this.steps.undo) this.#now--;
	}

	redo() {
		if (this.steps.redo) this.#now++;
	}
}
