import { raster } from "./raster.js"

/** Images that are remembered at most: some 6 MB. */
const MOST = 1000

/**
 * Images {pixels, answer} of strokes, each drawn once: the same strokes, and other strokes with equal
 * pixels, have the same image, so that images can be compared by identity and answers stay with them.
 */
export function createImages() {
	const [byStrokes, byPixels] = [new Map(), new Map()]
	const numbers = new WeakMap()
	let count = 0

	/** A name for a stroke as long as it is now; only the stroke being drawn grows. */
	function nameOf(stroke) {
		if (!numbers.has(stroke)) numbers.set(stroke, ++count)
		return `${numbers.get(stroke)}:${stroke.length}`
	}

	/** The image of a digit's strokes, in any order. */
	function of(strokes) {
		const name = strokes.map(nameOf).sort().join()
		if (!byStrokes.has(name)) byStrokes.set(name, withPixels(raster(strokes)))
		return byStrokes.get(name)
	}

	/** The image with these pixels. */
	function withPixels(pixels) {
		const key = String.fromCharCode(...pixels)
		if (byPixels.size > MOST) clear()
		if (!byPixels.has(key)) byPixels.set(key, { pixels })
		return byPixels.get(key)
	}

	function clear() {
		byStrokes.clear()
		byPixels.clear()
	}

	return { of, with: withPixels }
}
