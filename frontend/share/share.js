import { $, place } from "../dom.js"
import { texts } from "../texts/texts.js"
import { linkOf } from "./link.js"
import { savePicture } from "./picture.js"

/** Copy text and say so, or else what says that the browser did not allow it. */
export async function copy(text, say) {
	const done = navigator.clipboard.writeText(text).then(() => texts.copied(text))
	say("note", await done.catch(() => texts.notCopied))
}

/** Offer a link that carries strokes, and a picture of them with their reading. */
export function openShare(strokes, number, say) {
	$("copylink").hidden = !strokes.length
	$("copylink").onclick = async () => {
		const link = await linkOf(strokes)
		// Where the clipboard is closed to the page, its address is the link.
		const inAddress = () => (history.replaceState(null, "", link), texts.linkThere)
		say("note", await navigator.clipboard.writeText(link).then(() => texts.linkCopied).catch(inAddress))
	}
	$("savepicture").onclick = () => savePicture(strokes, $("shown").firstChild, number)
	$("menu").showPopover()
	place($("menu"), $("share"), $("desk"))
}
