import { say } from "../connection.js"
import { $, make, place, save } from "../dom.js"
import { drawAll } from "../pad/ink.js"
import { onPad } from "../pad/boxes.js"
import { texts } from "../texts/texts.js"
import { linkOf } from "./link.js"

/** The saved picture's width, which is the pad's, and its height, in pixels. */
const [WIDTH, HEIGHT] = [1200, 1100]

/** Copy text and confirm it, or show another message if the browser forbids it. */
export async function copy(text) {
	const done = navigator.clipboard.writeText(text).then(() => texts.copied(text))
	say("note", await done.catch(() => texts.notCopied))
}

/** Offer a link with the strokes, and a picture of the strokes with their reading. */
export function openShare(strokes, number) {
	if ($("share").disabled) return
	$("copylink").hidden = !strokes.length
	$("copylink").onclick = async () => {
		const link = await linkOf(strokes)
		// Without access to the clipboard, put the link into the address bar.
		const inAddress = () => (history.replaceState(null, "", link), texts.linkThere)
		say("note", await navigator.clipboard.writeText(link).then(() => texts.linkCopied).catch(inAddress))
	}
	$("save").onclick = () => savePicture(strokes, $("shown").firstChild, number)
	$("menu").showPopover()
	place($("menu"), $("share"), $("desk"))
}

/** Save the ink and its reading as a picture. */
function savePicture(strokes, shown, number) {
	const canvas = make("canvas", { width: WIDTH, height: HEIGHT })
	const context = canvas.getContext("2d")
	context.fillStyle = "#fdfaf3"
	context.fillRect(0, 0, WIDTH, HEIGHT)
	if (shown) {
		const { left, top, right, bottom } = onPad(shown)
		context.drawImage(shown, left * WIDTH, top * WIDTH, (right - left) * WIDTH, (bottom - top) * WIDTH)
	}
	context.save()
	drawAll(context, WIDTH, "#1f2c4d", strokes)
	context.restore()
	context.fillStyle = "#a53f28"
	context.font = `${Math.min(150, (1.6 * WIDTH) / number.length)}px Georgia, serif`
	context.textAlign = "center"
	context.fillText(number, WIDTH / 2, HEIGHT - 55, WIDTH - 80)
	canvas.toBlob(blob => save("digits.png", blob))
}
