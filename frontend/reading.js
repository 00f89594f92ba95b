import { texts } from "./texts.js";
import { SIDE } from "./raster.js";

export const $ = (id) => document.getElementById(id);

/** An element with its properties and children. */
export function make(tag, properties, ...children) {
	const element = Object.assign(document.createElement(tag), properties);
	element.append(...children);
	return element;
}

/** Paint 784 pixels as the network has them, white on black; weights of 0 to 1 redden the ink. */
export function paint(canvas, pixels, weights) {
	const image = new ImageData(SIDE, SIDE);
	for (let i = 0; i < SIDE * SIDE; i++) {
		const ink = pixels?.[i] ?? 0;
		const weight = weights?.[i] ?? 0;
		image.data.set([ink, ink * (1 - 0.7 * weight), ink * (1 - 0.9 * weight), 255], 4 * i);
	}
	canvas.getContext("2d").putImageData(image, 0, 0);
}

/** The digit, or a question mark where the reader is not sure. */
export const glyph = ({ digit, identified }) => (identified ? `${digit}` : "?");

/** How sure the reader is, or the two likeliest digits where that is not enough. */
export function certainty({ confidence, identified, probabilities }) {
	if (identified) return texts.certain(confidence);
	const likeliest = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
	return texts.unidentified(likeliest[0], likeliest[1]);
}

/** The part of the page that shows what was read: all digits, and one of them closely. */
export class Reading {
	#digits = [];
	#chosen = 0;

	/** `weigh(pixels, answer)` → weights of an occlusion map; `corrected(digit, label)`. */
	constructor({ weigh, corrected }) {
		this.weigh = weigh;
		for (let label = 0; label < 10; label++) {
			const name = () => make("b", { textContent: label });
			$("bars").append(make("li", {}, make("i"), name(), make("span")));
			const onclick = () => {
				this.#ask(false);
				corrected(this.#digits[this.#chosen], label);
			};
			$("labels").append(make("button", { onclick, ariaKeyShortcuts: label }, name()));
		}
		$("decided").onclick = () => {
			$("decided").ariaPressed = $("decided").ariaPressed !== "true";
			this.#draw();
		};
		$("wrong").onclick = () => this.#ask($("labels").hidden);
		this.show([]);
	}

	show(digits) {
		this.#digits = digits;
		this.#chosen = Math.max(0, Math.min(this.#chosen, digits.length - 1));
		this.#draw();
	}

	/** Show or hide the question which digit it is. */
	#ask(open) {
		$("labels").hidden = !open;
		$("wrong").ariaExpanded = open;
	}

	#draw() {
		const digit = this.#digits[this.#chosen];
		const answer = digit?.answer;
		$("number").replaceChildren(...this.#digits.map((each, i) => this.#button(each, i)));
		$("certainty").textContent = answer ? certainty(answer) : "";
		[...$("bars").children].forEach((bar, label) => {
			const part = answer?.probabilities[label] ?? 0;
			bar.style.setProperty("--part", part);
			bar.lastChild.textContent = texts.percent(part);
			bar.className = label === answer?.digit ? "most" : "";
		});
		$("wrong").disabled = $("decided").disabled = !answer;
		if (!answer) this.#ask(false);
		this.#paint(digit, answer?.pixels ?? digit?.pixels);
	}

	#button({ answer, id }, i) {
		const onclick = () => {
			this.#chosen = i;
			this.#draw();
			$("number").children[i].focus();
		};
		const large = make("b", { textContent: answer ? glyph(answer) : "·" });
		const several = answer && this.#digits.length > 1;
		const small = make("small", { textContent: several ? texts.percent(answer.confidence) : "" });
		const className = id ? "kept" : "";
		return make("button", { ariaPressed: i === this.#chosen, className, onclick }, large, small);
	}

	async #paint(digit, pixels) {
		paint($("seen"), pixels);
		if ($("decided").ariaPressed !== "true" || !digit?.answer) return;
		digit.weights ??= await this.weigh(pixels, digit.answer).catch(() => null);
		if (digit === this.#digits[this.#chosen]) paint($("seen"), pixels, digit.weights);
	}
}
