/** Ink is darker than the mean of its surroundings by this part (Bradley and Roth, 2007). */
const DARKER = 0.15;
/** Ink lower than this part of the tallest is dust; ink that overlaps sideways this much is one digit. */
const [DUST, ABOVE] = [0.3, 0.5];
const MARGIN = 4;

/** Grey levels → by how much each is darker than the mean around it, 0 where it is paper. */
function inkOf(grey, width, height) {
	const reach = Math.max(4, Math.round(Math.max(width, height) / 10));
	const sums = new Float64Array((width + 1) * (height + 1));
	const at = (x, y) => y * (width + 1) + x;
	for (let y = 0; y < height; y++) {
		for (let x = 0, row = 0; x < width; x++) {
			row += grey[y * width + x];
			sums[at(x + 1, y + 1)] = sums[at(x + 1, y)] + row;
		}
	}
	return grey.map((level, i) => {
		const [x, y] = [i % width, Math.floor(i / width)];
		const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach)];
		const [top, bottom] = [Math.max(0, y - reach), Math.min(height, y + reach)];
		const sum =
			sums[at(right, bottom)] - sums[at(left, bottom)] - sums[at(right, top)] + sums[at(left, top)];
		const mean = sum / ((right - left) * (bottom - top));
		return level < mean * (1 - DARKER) ? mean - level : 0;
	});
}

/** Connected ink as {left, top, right, bottom, cells}, found by flooding. */
function piecesOf(ink, width) {
	const seen = new Set();
	const pieces = [];
	ink.forEach((depth, start) => {
		if (!depth || seen.has(start)) return;
		const cells = [start];
		seen.add(start);
		for (const cell of cells) {
			for (const step of [-width - 1, -width, 1 - width, -1, 1, width - 1, width, width + 1]) {
				const next = cell + step;
				const wraps = Math.abs((next % width) - (cell % width)) > 1;
				if (!ink[next] || wraps || seen.has(next)) continue;
				seen.add(next);
				cells.push(next);
			}
		}
		pieces.push(bounded(cells, width));
	});
	return pieces;
}

function bounded(cells, width) {
	const piece = { left: Infinity, top: Infinity, right: 0, bottom: 0, cells };
	for (const cell of cells) {
		const [x, y] = [cell % width, Math.floor(cell / width)];
		piece.left = Math.min(piece.left, x);
		piece.right = Math.max(piece.right, x);
		piece.top = Math.min(piece.top, y);
		piece.bottom = Math.max(piece.bottom, y);
	}
	return piece;
}

/**
 * A picture's grey levels, 0 to 255 row by row → its digits from left to right, each as rows of
 * numbers with the ink of that digit alone, white on black.
 */
export function digitsOf(grey, width, height) {
	const dark = Uint8Array.from(grey).sort()[grey.length >> 1] < 128;
	const ink = inkOf(dark ? grey.map((level) => 255 - level) : grey, width, height);
	const pieces = piecesOf(ink, width).sort((a, b) => a.left - b.left);
	const tall = ({ top, bottom }) => bottom - top + 1;
	const tallest = pieces.reduce((most, piece) => Math.max(most, tall(piece)), 0);
	const digits = [];
	for (const piece of pieces.filter(({ cells }) => cells.length > DUST * tallest)) {
		const last = digits.at(-1);
		const narrower = last && Math.min(last.right - last.left, piece.right - piece.left);
		const above = last && Math.min(last.right, piece.right) - piece.left >= ABOVE * narrower;
		if (above) digits.push(bounded(digits.pop().cells.concat(piece.cells), width));
		else digits.push(piece);
	}
	return digits
		.filter((digit) => tall(digit) >= DUST * tallest)
		.map(({ left, top, right, bottom, cells }) => {
			const row = () => new Array(right - left + 1 + 2 * MARGIN).fill(0);
			const rows = Array.from({ length: bottom - top + 1 + 2 * MARGIN }, row);
			for (const cell of cells) {
				rows[Math.floor(cell / width) - top + MARGIN][(cell % width) - left + MARGIN] = ink[cell];
			}
			return rows;
		});
}
