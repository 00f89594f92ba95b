import { texts } from "../texts/texts.js"

/** The digit that was read, a question mark where the reader is not sure, a dot before it has answered. */
export const glyph = answer => (!answer ? "·" : answer.identified ? `${answer.digit}` : "?")

/** What a digit is held for: what somebody told, or what was read. */
export const held = ({ label, answer }) => (label == null ? glyph(answer) : label === "none" ? "–" : `${label}`)

/** The digits by their probability, the likeliest first. */
export const ranked = ({ probabilities }) =>
	[...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a])

/** How sure the reader is, or the two likeliest digits where that is not enough. */
export const certainty = answer =>
	answer.identified ? texts.certain(answer.confidence) : texts.unidentified(...ranked(answer))
