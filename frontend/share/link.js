import { isStrokes } from "../pad/kept.js"

/** Prefix of a drawing in the page's address, most characters that are parsed, and most points. */
const [NAME, MOST, POINTS] = ["#ink=", 40_000, 20_000]
/** Steps of a coordinate in the pad's width, steps of pressure, and steps in a millisecond. */
const UNITS = { x: 2048, y: 2048, pressure: 32, time: 0.25 }

const through = (data, stream) => new Response(new Blob([data]).stream().pipeThrough(stream))

/** Return the page's address with a drawing in its fragment, which browsers do not send to servers. */
export async function linkOf(strokes) {
	const start = strokes[0][0].time
	const numbers = point => Object.entries(UNITS).map(([key, unit]) => Math.round(point[key] * unit))
	const lists = strokes.map(stroke => stroke.map(point => numbers({ ...point, time: point.time - start })))
	const packed = through(JSON.stringify(lists), new CompressionStream("deflate-raw"))
	const letters = Array.from(new Uint8Array(await packed.arrayBuffer()), byte => String.fromCharCode(byte))
	return location.href.split("#")[0] + NAME + btoa(letters.join("")).replaceAll("+", "-").replaceAll("/", "_")
}

/** Return the drawing in an address's fragment, or null if there is no valid one. */
export async function drawingIn(fragment) {
	try {
		const text = fragment.slice(NAME.length, MOST).replaceAll("-", "+").replaceAll("_", "/")
		const packed = Uint8Array.from(atob(text), letter => letter.charCodeAt())
		const lists = await through(packed, new DecompressionStream("deflate-raw")).json()
		if (lists.flat().length > POINTS) return null // few letters can unpack to millions
		const named = numbers => Object.entries(UNITS).map(([key, unit], i) => [key, numbers[i] / unit])
		const strokes = lists.map(list => list.map(numbers => Object.fromEntries(named(numbers))))
		return isStrokes(strokes) ? strokes : null
	} catch {
		return null
	}
}
