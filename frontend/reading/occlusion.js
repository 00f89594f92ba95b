import { SIDE } from "./pixels.js"

/** Side of the faded patch, step between patches, and factor of the faded ink. */
const [PATCH, STEP, FADED] = [5, 2, 0.1]

/** Return the patches with ink, each as indices of its cells among the 784 pixels. */
export function patches(pixels) {
	const found = []
	for (let top = 0; top <= SIDE - PATCH; top += STEP) {
		for (let left = 0; left <= SIDE - PATCH; left += STEP) {
			const cell = (_, i) => (top + Math.floor(i / PATCH)) * SIDE + left + (i % PATCH)
			const cells = Array.from({ length: PATCH ** 2 }, cell)
			if (cells.some(cell => pixels[cell] > 127)) found.push(cells)
		}
	}
	return found
}

/** Return the pixels with a patch faded but not blank, so that the ink's bounding box is unchanged. */
export const without = (pixels, cells) =>
	pixels.map((ink, i) => (cells.includes(i) ? Math.ceil(ink * FADED) : ink))

/**
 * Return how much each pixel supports a digit (occlusion maps: Zeiler and Fergus, 2014): the loss of
 * the digit's log probability when the pixel is faded, averaged over its patches, with a maximum of 1.
 */
export function importance(patches, probability, faded) {
	const losses = Array.from({ length: SIDE * SIDE }, () => [])
	patches.forEach((cells, i) => {
		const loss = Math.max(0, Math.log(probability / (faded[i] + 1e-9)))
		for (const cell of cells) losses[cell].push(loss)
	})
	const means = losses.map(some => some.reduce((sum, loss) => sum + loss, 0) / (some.length || 1))
	const most = Math.max(...means) || 1
	return means.map(mean => mean / most)
}
