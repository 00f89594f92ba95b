import { $, make } from "../dom.js"
import { percent } from "../reading/answer.js"
import { painted, SIDE } from "../reading/pixels.js"
import { texts } from "../texts/texts.js"

let shown

/** Feature maps and cells in a row of their picture. */
const [MAPS, CELLS] = [8, 16]

/** The bytes in base64. */
export const bytes = text => Uint8Array.from(atob(text), byte => byte.charCodeAt())

/** A picture of square images, so many in a row. */
const picture = (images, side = 1, columns = CELLS) => painted(make("canvas"), images, side, columns)

const part = (picture, title, text) => make("div", {}, picture, make("h3", {}, title), make("p", {}, text))

/** Digits beside one another, [picture, digit, number] each. */
const row = digits => make("div", { className: "bars" }, ...digits.map(([picture, digit, number]) =>
	make("div", {}, picture, make("b", {}, digit), make("small", {}, number))))

/** Show what the network did with a digit; what is shown already is not drawn again. */
export function showInside(explanation) {
	if (explanation !== shown) draw(explanation)
	shown = explanation
	$("layers").hidden = false
}

function draw({ layers, feature_maps, logits, neighbours }) {
	const [{ channels, height }] = layers
	const levels = bytes(feature_maps)
	const map = (_, i) => levels.subarray(i * height ** 2, (i + 1) * height ** 2)
	const [least, most] = [Math.min(...logits), Math.max(...logits)]
	const bar = logit => make("i", { style: `--part:${(logit - least) / (most - least)}` })

	$("layers").replaceChildren(
		make("h2", {}, texts.inside),
		...layers.map((layer, i) => part(
			i ? picture(layer.strengths.map(level => [level])) : picture(Array.from({ length: channels }, map), height, MAPS),
			...texts.layer({ ...layer, active: percent(layer.active) }, i),
		)),
		part(row(logits.map((logit, digit) => [bar(logit), digit, logit.toFixed(0)])), ...texts.logits),
		neighbours[0] ? part(row(neighbours.map(({ digit, distance, pixels }) =>
			[picture([bytes(pixels)], SIDE, 1), digit, distance.toFixed(2)])), ...texts.neighbours(neighbours.length, layers.length)) : "",
	)
}
