import { $, isPressed, make, press } from "../dom.js"
import { texts } from "../texts/texts.js"
import { certainty, held } from "./answer.js"
import { paint } from "./pixels.js"

/**
 * The panel with the reading: all digits of a sheet, and details of the last digit or of the one pointed
 * at. `weigh(pixels, answer)` returns the weights of an occlusion map; `corrected(digit, label)` and
 * `chosen(digit)` report the user's choices. Returns `show(sheet)`.
 */
export function createPanel({ weigh, corrected, chosen }) {
	let sheet = { digits: [] }
	let pointed, last, place

	for (let label = 0; label < 10; label++) $("bars").append(make("div", {}, make("i"), make("b", {}, label)))

	// The ink may change before the choice; the choice applies to the digit in the same place.
	const choose = (digit, label) =>
		corrected(sheet.digits.includes(digit) ? digit : (sheet.digits[place] ?? close()), label)

	async function correct(digit) {
		const { openCorrection } = await import("./correction.js")
		place = sheet.digits.indexOf(digit)
		if (digit.answer && place >= 0) openCorrection(digit, $("number").children[place], choose)
	}

	/** Return the digit that is shown in detail. */
	const close = () => [pointed, sheet.last, sheet.digits[0]].find(digit => sheet.digits.includes(digit))

	function point(digit) {
		pointed = digit
		draw()
	}

	/** Return a numeral's button: pointing at it shows details, pressing it opens the correction. */
	function numeral() {
		const button = make("button", { ariaHasPopup: "dialog" }, make("b"))
		const digit = () => sheet.digits[[...$("number").children].indexOf(button)]
		button.onpointerenter = ({ pointerType }) => pointerType !== "touch" && point(digit())
		button.onfocus = () => button.matches(":focus-visible") && point(digit())
		button.onclick = () => {
			if (digit() !== close()) point(digit())
			else if (digit().answer) correct(digit())
		}
		return button
	}

	function drawNumber() {
		const { digits } = sheet
		const buttons = $("number").children
		while (buttons.length > digits.length) $("number").lastChild.remove()
		while (buttons.length < digits.length) $("number").append(numeral())
		$("number").style.setProperty("--count", Math.max(digits.length, 1))
		digits.forEach((digit, i) => {
			buttons[i].firstChild.textContent = held(digit)
			buttons[i].ariaCurrent = digit === close()
			buttons[i].className = digit.label == null ? "" : "told"
		})
	}

	function draw() {
		const digit = close()
		const { answer, label } = digit ?? {}
		const pixels = answer?.pixels ?? digit?.pixels
		drawNumber()
		$("reading").classList.toggle("blank", !digit)
		$("reading").classList.toggle("unanswered", !answer)
		$("certainty").textContent = !answer ? "" : label == null ? certainty(answer) : texts.told(label, answer)
		$("untell").hidden = label == null
		$("wrong").disabled = $("decided").disabled = !answer
		if (!answer) $("labels").hidePopover()
		$("bars").ariaLabel = answer ? texts.barsOf(answer.probabilities) : ""
		for (const [value, bar] of [...$("bars").children].entries()) {
			bar.style.setProperty("--part", answer?.probabilities[value] ?? 0)
			bar.className = value === answer?.digit ? "most" : ""
		}
		paint($("pixels"), pixels)
		if (answer) import("./correction.js")
		if (answer && isPressed($("decided"))) redden(digit, pixels)
		chosen(digit)
	}

	async function redden(digit, pixels) {
		digit.weights ??= await weigh(pixels, digit.answer).catch(() => undefined)
		if (digit === close()) paint($("pixels"), pixels, digit.weights)
	}

	function show(shown) {
		if (shown !== sheet || shown.last !== last) pointed = null
		sheet = shown
		last = sheet.last
		draw()
	}

	$("decided").onclick = () => {
		press($("decided"))
		draw()
	}
	$("wrong").onclick = () => correct(close())
	$("untell").onclick = () => corrected(close(), null)

	draw()
	return show
}
