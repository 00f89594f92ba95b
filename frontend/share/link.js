import { isStrokes } from "../pad/kept.js"

/** What the page's address carries a drawing as, and how many letters of it are read. */
export const NAME = "#ink="
const MOST = 40_000
/** Steps in the pad's width and of pressure, and how many milliseconds are one. */
const [UNIT, FORCES, TICK] = [2048, 32, 4]

async function through(data, stream) {
	return new Response(new Blob([data]).stream().pipeThrough(stream))
}

/** Each number of a stroke's points as its difference from the point before. */
function differences(strokes) {
	let last = [0, 0, 0, Math.round(strokes[0][0].time / TICK)]
	return strokes.map(stroke =>
		stroke.flatMap(({ x, y, pressure, time }) => {
			const before = last
			last = [x * UNIT, y * UNIT, pressure * FORCES, time / TICK].map(Math.round)
			return last.map((value, i) => value - before[i])
		}),
	)
}

/** The strokes whose differences these are, as far as they are some. */
function sums(lists) {
	const last = [0, 0, 0, 0]
	return lists.map(list =>
		Array.from({ length: list.length / 4 }, (_, point) => {
			for (const i of last.keys()) last[i] += list[4 * point + i]
			const [x, y, pressure, time] = last
			return { x: x / UNIT, y: y / UNIT, pressure: pressure / FORCES, time: time * TICK }
		}),
	)
}

/** The page's address with a drawing in its fragment, which no server gets to see. */
export async function linkOf(strokes) {
	const json = JSON.stringify(differences(strokes))
	const packed = await (await through(json, new CompressionStream("deflate-raw"))).arrayBuffer()
	const text = btoa(Array.from(new Uint8Array(packed), byte => String.fromCharCode(byte)).join(""))
	return location.href.split("#")[0] + NAME + text.replaceAll("+", "-").replaceAll("/", "_")
}

/** The drawing in an address's fragment, null where there is none that can be read. */
export async function drawingIn(fragment) {
	try {
		const text = fragment.slice(NAME.length, MOST).replaceAll("-", "+").replaceAll("_", "/")
		const packed = Uint8Array.from(atob(text), letter => letter.charCodeAt())
		const strokes = sums(await (await through(packed, new DecompressionStream("deflate-raw"))).json())
		return isStrokes(strokes) ? strokes : null
	} catch {
		return null
	}
}
