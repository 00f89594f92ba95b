import { say } from "../connection.js"

let playing
/** Replay strokes on the pad, read them without recording, and show a note. */
export async function replay({ edit, pad, read }, strokes, note) {
	edit("clear")
	const sheet = (playing = pad.sheet)
	sheet.foreign = true
	const start = performance.now() - strokes[0][0].time
	for (const stroke of strokes) {
		for (const point of stroke) {
			const wait = start + point.time - performance.now()
			if (wait > 8 && !matchMedia("(prefers-reduced-motion)").matches) await new Promise(go => setTimeout(go, wait))
			if (playing !== sheet || pad.sheet !== sheet) return
			pad.extend(point)
		}
		pad.end()
	}
	read()
	sheet.ended = true
	say("note", note)
}
