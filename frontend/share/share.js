import { $, place } from "../dom.js"
import { texts } from "../texts/texts.js"
import { linkOf } from "./link.js"
import { savePicture } from "./picture.js"

/** Copy text and confirm it, or show another message if the browser forbids it. */
export async function copy(text, say) {
	const done = navigator.clipboard.writeText(text).then(() => texts.copied(text))
	say("note", await done.catch(() => texts.notCopied))
}

/** Offer a link with the strokes, and a picture of the strokes with their reading. */
export function openShare(strokes, number, say) {
	$("copylink").hidden = !strokes.length
	$("copylink").onclick = async () => {
		const link = await linkOf(strokes)
		// Without access to the clipboard, put the link into the address bar.
		const inAddress = () => (history.replaceState(null, "", link), texts.linkThere)
		say("note", await navigator.clipboard.writeText(link).then(() => texts.linkCopied).catch(inAddress))
	}
	$("savepicture").onclick = () => savePicture(strokes, $("shown").firstChild, number)
	$("menu").showPopover()
	place($("menu"), $("share"), $("desk"))
}
