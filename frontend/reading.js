import { SIDE } from "./raster.js"
import { texts } from "./texts.js"

export const $ = id => document.getElementById(id)

/** An element with its properties and children. */
export function make(tag, properties, ...children) {
	const element = Object.assign(document.createElement(tag), properties)
	element.append(...children)
	return element
}

/** Whether a button that stays pressed is pressed, and pressing it. */
export const isPressed = button => button.ariaPressed === "true"
export const press = button => (button.ariaPressed = !isPressed(button))

/** Paint 784 pixels as the network has them, white on black; weights of 0 to 1 redden the ink. */
export function paint(canvas, pixels = [], weights = []) {
	const image = new ImageData(SIDE, SIDE)
	for (let i = 0; i < SIDE * SIDE; i++) {
		const [ink, weight] = [pixels[i] ?? 0, weights[i] ?? 0]
		image.data.set([ink, ink * (1 - 0.7 * weight), ink * (1 - 0.9 * weight), 255], 4 * i)
	}
	canvas.getContext("2d").putImageData(image, 0, 0)
}

/** The digit, or a question mark where the reader is not sure. */
export const glyph = ({ digit, identified }) => (identified ? `${digit}` : "?")

/** How sure the reader is, or the two likeliest digits where that is not enough. */
export function certainty({ confidence, identified, probabilities }) {
	if (identified) return texts.certain(confidence)
	const digits = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a])
	return texts.unidentified(...digits)
}

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
