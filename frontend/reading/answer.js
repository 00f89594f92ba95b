import { texts } from "../texts/texts.js"

/** Return the digit read, a question mark if the reader is not sure, or a dot before the answer. */
export const glyph = answer => (!answer ? "·" : answer.identified ? `${answer.digit}` : "?")

/** Return a digit's label, or else the digit read. */
export const symbol = ({ label, answer }) => (label == null ? glyph(answer) : label === "none" ? "–" : `${label}`)

/** Return the number of digits, a line of text for each of its lines. */
export const numberOf = (digits, show = symbol) =>
	digits.map((digit, i) => (i && digit.row !== digits[i - 1].row ? "\n" : "") + show(digit)).join("")

/** Return the digits by probability, the likeliest first. */
export const ranked = ({ probabilities }) =>
	[...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a])

/** Return the least certain answer of digits. */
export const leastCertain = digits =>
	digits.map(({ answer }) => answer).reduce((a, b) => (a.confidence < b.confidence ? a : b))

/** Return a part of 1 as a percentage. */
export const percent = part => `${Math.round(100 * part)}\u00a0%`

/** Certainties from which on there is a stronger word for them. */
const STEPS = [0.75, 0.9, 0.985]

/** Return a text with the reader's certainty, or with the two likeliest digits if it is too low. */
export function certainty(answer) {
	const { identified, confidence } = answer
	if (!identified) return texts.unidentified(...ranked(answer))
	return `${texts.certain[STEPS.filter(step => confidence >= step).length]}: ${percent(confidence)}`
}
