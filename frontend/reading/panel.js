import { ask, explain } from "../connection.js"
import { $, afterFrame, fill, isPressed, make, press, write } from "../dom.js"
import { texts } from "../texts/texts.js"
import { certainty, numberOf, percent, symbol } from "./answer.js"
import { openCorrection } from "./correction.js"
import { paint } from "./pixels.js"

/** Digits that fit into a line of the smallest panel. */
const LINE = 14

/**
 * The panel with the reading: all digits of a sheet, and details of the last digit or of the one pointed
 * at. `corrected(digit, label)` and `chosen(digit)` report the user's choices. Returns `show(sheet)`.
 */
export function createPanel({ corrected, chosen }) {
	const [bars, decided, inside, layers, number, reading] = ["bars", "decided", "inside", "layers", "number", "reading"].map($)
	let sheet = { digits: [] }
	let pointed, last, asked, place, changed, waiting

	for (let label = 0; label < 10; label++) bars.append(make("div", {}, make("i"), make("b", {}, label)))

	/** Return the digit to correct: if the ink was read again since, the one in the same place. */
	const current = () => (sheet.digits.includes(asked) ? asked : sheet.digits[place])

	function correct(digit) {
		asked = digit
		place = sheet.digits.indexOf(digit)
		if (digit?.answer) openCorrection(digit, number.children[place], label => corrected(current(), label))
	}

	/** Return the digit that is shown in detail. */
	const inDetail = () => [pointed, sheet.last, sheet.digits[0]].find(digit => sheet.digits.includes(digit))

	function point(digit) {
		pointed = digit
		draw()
	}

	/** Return a numeral's button: pointing at it shows details, pressing it opens the correction. */
	function numeral() {
		const button = make("button", { ariaHasPopup: "dialog" }, make("b"))
		const digit = () => sheet.digits[[...number.children].indexOf(button)]
		button.onpointerenter = ({ pointerType }) => pointerType !== "touch" && point(digit())
		button.onfocus = () => button.matches(":focus-visible") && point(digit())
		button.onclick = () => {
			if (digit() !== inDetail()) point(digit())
			else correct(digit())
		}
		return button
	}

	function draw() {
		drawNumber()
		drawWords()
		drawFigures()
	}

	function drawNumber() {
		const { digits } = sheet
		const shown = inDetail()
		const lines = numberOf(digits).split("\n")
		number.style.setProperty("--count", Math.max(...lines.map(line => line.length), 1))
		number.style.setProperty("--lines", lines.length + Math.floor(digits.length / LINE))
		fill(number, digits, numeral, (button, digit, i) => {
			write(button.firstChild, symbol(digit))
			button.ariaCurrent = digit === shown
			button.style.gridColumn = digit.row === digits[i - 1]?.row ? "" : 1
			button.className = digit.label == null ? "" : "told"
		})
		chosen(shown)
	}

	function drawWords() {
		const { answer, label } = inDetail() ?? {}
		reading.classList.toggle("unread", !answer)
		const words = () => (label == null ? certainty(answer) : texts.told(label, answer))
		write($("certainty"), answer ? words() : sheet.digits[0] ? "" : texts.awaited)
		$("untell").hidden = label == null
		$("wrong").disabled = decided.disabled = inside.disabled = !answer
		if (!current()?.answer) $("labels").hidePopover()
	}

	function drawFigures() {
		const digit = inDetail()
		const { answer } = digit ?? {}
		const pixels = answer?.pixels ?? digit?.pixels
		const parts = answer?.probabilities ?? []
		bars.ariaLabel = `${texts.figures}: ${parts.map((part, value) => `${value} ${percent(part)}`)}`
		;[...bars.children].forEach((bar, value) => {
			bar.firstChild.style.setProperty("--part", parts[value] ?? 0)
			bar.className = value === answer?.digit ? "most" : ""
		})
		paint($("pixels"), pixels)
		const asked = [decided, inside].filter(button => answer && isPressed(button))
		if (!asked.includes(inside)) layers.hidden = true
		if (asked[0]) look(digit, pixels)
	}

	/** Show what the network did with a digit; what was shown stays until that is known. */
	async function look(digit, pixels) {
		const request = { pixels, record: false, explain: true }
		digit.explained ??= ask("POST", "/", request).catch(failure => {
			digit.explained = null
			explain(failure, "nothing")
		})
		const [answer, { bytes, showInside }] = await Promise.all([digit.explained, import("../inside/inside.js")])
		if (!answer || digit !== inDetail()) return
		const { explanation } = answer
		if (isPressed(decided)) paint($("pixels"), pixels, bytes(explanation.importance))
		if (isPressed(inside)) showInside(explanation)
	}

	function show(shown) {
		if (shown !== sheet || shown.last !== last) pointed = null
		sheet = shown
		last = sheet.last
		drawNumber()
		// Each part has a frame of its own, because all of them would hold up the pen.
		changed = true
		waiting ||= afterFrame(function words() {
			changed = false
			drawWords()
			afterFrame(() => {
				drawFigures()
				waiting = changed && afterFrame(words)
			})
		})
	}

	for (const button of [decided, inside]) {
		button.onclick = () => {
			press(button)
			draw()
		}
	}
	$("wrong").onclick = () => correct(inDetail())
	$("untell").onclick = () => {
		corrected(inDetail(), null)
		$("wrong").focus()
	}

	draw()
	return show
}
