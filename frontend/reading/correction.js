import { $, make, place } from "../dom.js"
import { ranked } from "./answer.js"

/**
 * Offer labels for a digit, below its numeral: the two likeliest others, all ten, or none.
 * `corrected(label)` is called with the chosen label.
 */
export function openCorrection(digit, numeral, corrected) {
	const { answer, label } = digit
	const labels = $("labels")

	function choose(chosen) {
		labels.hidePopover()
		corrected(chosen)
	}

	const option = each => make("button", { onclick: () => choose(each) }, each)
	const shown = label ?? (answer.identified ? answer.digit : null)
	const likely = ranked(answer).filter(each => each !== shown)

	$("likely").replaceChildren(...likely.slice(0, 2).map(option))
	$("digits").replaceChildren(...[...Array(10).keys()].map(option))
	$("nodigit").onclick = () => choose("none")
	labels.onkeydown = ({ key, ctrlKey, metaKey }) => {
		if (/^\d$/.test(key) && !ctrlKey && !metaKey) choose(Number(key))
	}
	labels.showPopover()
	place(labels, numeral, $("reading"))
	$("likely").firstChild.focus()
}
