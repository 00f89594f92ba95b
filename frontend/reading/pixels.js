/** Rows and columns of the network's images. */
export const SIDE = 28

/**
 * Paint the network's 784 pixels, white on black, as picture number `place` of a canvas. Weights of 0 to
 * 1 redden the ink.
 */
export function paint(canvas, pixels = [], weights = [], place = 0) {
	const image = new ImageData(SIDE, SIDE)
	for (let i = 0; i < SIDE * SIDE; i++) {
		const [ink, weight] = [pixels[i] ?? 0, weights[i] ?? 0]
		image.data.set([ink, ink * (1 - 0.7 * weight), ink * (1 - 0.9 * weight), 255], 4 * i)
	}
	canvas.getContext("2d").putImageData(image, place * SIDE, 0)
}

/** Return a canvas with the pixels of several digits side by side. */
export function painted(canvas, images) {
	Object.assign(canvas, { width: SIDE * images.length, height: SIDE })
	images.forEach((pixels, i) => paint(canvas, pixels ?? [], [], i))
	return canvas
}
