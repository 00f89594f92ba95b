import { $, make } from "../dom.js"
import { ranked } from "./answer.js"

/** Space between a numeral and the choice below it, in CSS pixels. */
const GAP = 4

/**
 * The choice of what a digit is, opened below its numeral: the two likeliest others, all ten, none.
 * `corrected(digit, label)` is called with what was chosen. → `open(digit, numeral)`
 */
export function createCorrection(corrected) {
	let digit

	function choose(label) {
		$("labels").hidePopover()
		corrected(digit, label)
	}

	const option = label => make("button", { onclick: () => choose(label) }, label)

	$("digits").append(...[...Array(10).keys()].map(option))
	$("nodigit").onclick = () => choose("none")
	$("labels").onkeydown = ({ key, ctrlKey, metaKey }) => {
		if (/^\d$/.test(key) && !ctrlKey && !metaKey) choose(Number(key))
	}

	return function open(chosen, numeral) {
		digit = chosen
		const { answer, label } = digit
		const shown = label ?? (answer.identified ? answer.digit : null)
		const likely = ranked(answer).filter(each => each !== shown)
		$("likely").replaceChildren(...likely.slice(0, 2).map(option))
		$("labels").showPopover()
		const [at, room] = [numeral, $("reading")].map(element => element.getBoundingClientRect())
		const left = Math.max(room.left, Math.min(at.left, room.right - $("labels").offsetWidth))
		$("labels").style.left = `${left + scrollX}px`
		$("labels").style.top = `${at.bottom + scrollY + GAP}px`
		$("labels").scrollIntoView({ block: "nearest" })
		$("likely").firstChild.focus()
	}
}
