import { raster } from "./raster.js"

/** Most images in the cache, about 6 MB. */
const MOST = 1000

/**
 * A cache of images {pixels, answer} of strokes. Strokes with equal pixels share one image, so images can
 * be compared by identity, and each answer stays with its image.
 */
export function createImages() {
	const [byStrokes, byPixels] = [new Map(), new Map()]
	const numbers = new WeakMap()
	let count = 0

	/** Return a key for a stroke at its current length; only the stroke being drawn grows. */
	function nameOf(stroke) {
		if (!numbers.has(stroke)) numbers.set(stroke, ++count)
		return `${numbers.get(stroke)}:${stroke.length}`
	}

	/** Return the image of a digit's strokes, in any order. */
	function of(strokes) {
		const name = strokes.map(nameOf).sort().join()
		if (!byStrokes.has(name)) byStrokes.set(name, withPixels(raster(strokes)))
		return byStrokes.get(name)
	}

	/** Return the image with these pixels. */
	function withPixels(pixels) {
		const key = String.fromCharCode(...pixels)
		if (!byPixels.has(key)) byPixels.set(key, { pixels })
		return byPixels.get(key)
	}

	/** Forget very many images; not during a reading, which compares images. */
	function trim() {
		if (byPixels.size <= MOST) return
		byStrokes.clear()
		byPixels.clear()
	}

	return { of, trim, with: withPixels }
}
