/** Rows and columns of the network's images. */
export const SIDE = 28

/**
 * Paint a square of the network's pixels, white on black, as picture number `place` of a canvas. Weights
 * of 0 to 255 redden the ink.
 */
export function paint(canvas, pixels = [], weights = [], place = 0, side = SIDE) {
	const image = new ImageData(side, side)
	const columns = canvas.width / side
	for (let i = 0; i < side * side; i++) {
		const [ink, weight] = [pixels[i] ?? 0, weights[i] ?? 0]
		image.data.set([ink, ink * (1 - weight / 360), ink * (1 - weight / 280), 255], 4 * i)
	}
	canvas.getContext("2d").putImageData(image, (place % columns) * side, Math.floor(place / columns) * side)
}

/** Return a canvas with square images, by default digits and by default all in one row. */
export function painted(canvas, images, side = SIDE, columns = images.length) {
	Object.assign(canvas, { width: side * columns, height: side * Math.ceil(images.length / columns) })
	images.forEach((pixels, i) => paint(canvas, pixels ?? [], [], i, side))
	return canvas
}
