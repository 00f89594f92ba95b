/** Languages with a file of their own, such as texts.de.js, that has any of the keys below. */
const TRANSLATIONS = []

const notAPicture = "This file cannot be opened as a picture. Try a PNG or a JPEG."
const later = "The reader cannot be reached now. Your drawing is kept and will be read later."

/** By the id of the element that shows or is named by it, or by what it says. */
const english = {
	title: "Digit reader",
	tagline: "Draw a digit or a number and watch it being read.",
	paper: "Drawing pad",
	hint: "Draw here",
	how: "Arrow keys move the pen, with Shift a little. Space puts it down or lifts it. Enter reads.",
	undo: "Undo",
	redo: "Redo",
	eraser: "Eraser",
	clear: "Clear",
	choose: "Picture",
	photograph: "Photo",
	bars: "How sure, digit by digit",
	seen: "What the network sees",
	decided: "What decided?",
	wrong: "Wrong? Tell us",
	labels: "Which digit is it?",
	history: "Your drawings",
	none: "What you draw is kept here until you delete it.",
	forget: "Delete all",
	more: "Show more",
	which: "Which part?",
	picture: "The picture, with a frame",
	corners: "Drag a corner. Arrow keys move the first, with Shift the other.",
	readpicture: "Read it",
	cancel: "Cancel",
	open: (digit, time) => `Look at the ${digit} of ${time}`,
	remove: (digit, time) => `Delete the ${digit} of ${time}`,
	reallyForget: "Delete all your drawings for good?",
	busy: "Waiting for the reader",
	waking: "The reader is waking up. Go on drawing…",
	queued: "Read. It will be among the results soon.",
	unrecorded: "Read, but not recorded.",
	thanks: label => `Thank you. Corrected to ${label}.`,
	corrected: label => `is a ${label}`,
	noHistory: "Your earlier drawings cannot be loaded now.",
	percent: part => `${Math.floor(100 * part)} %`,
	certain: part => `${Math.floor(100 * part)} % sure`,
	unidentified: (first, second) => `Could not be identified. Most like ${first} or ${second}.`,
	readAs: digits => `Read as ${digits.join("")}.`,
	/** By the error's code, or by its status; 0 for no answer at all. */
	errors: {
		blank: "Nothing like a digit could be found there.",
		unreadable: notAPicture,
		unknown_id: "This drawing is not among the results.",
		0: later,
		401: "The reader wants a key that this page lacks.",
		408: later,
		413: "That is too large for the reader. Cut out a smaller part.",
		415: notAPicture,
		422: "That could not be read as a digit. Try drawing it larger.",
		429: later,
		503: later,
		other: "Something went wrong. Try again, or reload the page.",
	},
}

const language = TRANSLATIONS.find(tag => navigator.language.startsWith(tag))
export const texts = { ...english, ...(language && (await import(`./texts.${language}.js`)).texts) }
