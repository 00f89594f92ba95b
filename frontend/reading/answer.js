import { texts } from "../texts/texts.js"

/** The digit, or a question mark where the reader is not sure. */
export const glyph = ({ digit, identified }) => (identified ? `${digit}` : "?")

/** How sure the reader is, or the two likeliest digits where that is not enough. */
export function certainty({ confidence, identified, probabilities }) {
	if (identified) return texts.certain(confidence)
	const digits = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a])
	return texts.unidentified(...digits)
}
