import { $, isPressed, make, press } from "../dom.js"
import { texts } from "../texts/texts.js"
import { certainty, glyph } from "./answer.js"
import { paint } from "./pixels.js"

/**
 * The part of the page that shows what was read: all digits, and one of them closely.
 * `weigh(pixels, answer)` → weights of an occlusion map; `corrected(digit, label)`. → `show(digits)`
 */
export function createReading({ weigh, corrected }) {
	let digits = []
	let chosen = 0

	for (let label = 0; label < 10; label++) {
		const onclick = () => {
			$("labels").hidePopover()
			corrected(digits[chosen], label)
		}
		$("bars").append(make("li", {}, make("i"), make("b", {}, label), make("span")))
		$("labels").append(make("button", { onclick, ariaKeyShortcuts: label }, label))
	}
	$("decided").onclick = () => {
		press($("decided"))
		draw()
	}

	function draw() {
		const digit = digits[chosen]
		const answer = digit?.answer
		const pixels = answer?.pixels ?? digit?.pixels
		const focused = [...$("number").children].indexOf(document.activeElement)
		$("number").replaceChildren(...digits.map(button))
		$("number").children[focused]?.focus()
		$("certainty").textContent = answer ? certainty(answer) : ""
		$("wrong").disabled = $("decided").disabled = !answer
		if (!answer) $("labels").hidePopover()
		for (const [label, bar] of [...$("bars").children].entries()) {
			const part = answer?.probabilities[label] ?? 0
			bar.style.setProperty("--part", part)
			bar.lastChild.textContent = texts.percent(part)
			bar.className = label === answer?.digit ? "most" : ""
		}
		paint($("pixels"), pixels)
		if (answer && isPressed($("decided"))) redden(digit, pixels)
	}

	function button({ answer }, i) {
		const onclick = () => {
			chosen = i
			draw()
		}
		const large = make("b", {}, answer ? glyph(answer) : "·")
		const small = make("small", {}, answer && digits[1] ? texts.percent(answer.confidence) : "")
		return make("button", { ariaPressed: i === chosen, onclick }, large, small)
	}

	async function redden(digit, pixels) {
		digit.weights ??= await weigh(pixels, digit.answer).catch(() => undefined)
		if (digit === digits[chosen]) paint($("pixels"), pixels, digit.weights)
	}

	function show(those) {
		digits = those
		if (!digits[chosen]) chosen = 0
		draw()
	}

	show([])
	return show
}
