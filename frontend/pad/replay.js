import { say } from "../connection.js"
import { pause } from "../dom.js"

/** Replay strokes on the pad if it is still blank, read them without recording, and show a note. */
export async function replay({ pad, read }, strokes, note) {
	if (!document.body.matches(".blank")) return
	const { sheet } = pad
	sheet.foreign = true
	const start = performance.now() - strokes[0][0].time
	for (const stroke of strokes) {
		for (const point of stroke) {
			const wait = start + point.time - performance.now()
			if (wait > 8 && !matchMedia("(prefers-reduced-motion)").matches) await pause(wait)
			if (pad.sheet !== sheet) return
			pad.extend(point)
		}
		pad.end()
	}
	read()
	say("note", note)
}
