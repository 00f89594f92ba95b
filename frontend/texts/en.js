const AWAY = "The reader cannot be reached now."

/** Texts by the id of the element that shows them, or by their meaning. */
export const texts = {
	title: "Digit reader",
	tagline: "Draw a digit or a number and watch it being read.",
	language: "Deutsch",
	keys: "Keys",
	paper: "Drawing pad",
	hint: "Draw here",
	try: "or try",
	seven: "7 with a bar",
	several: "a number",
	photo: "a photo of squared paper",
	drop: "or drop, paste or take a photo",
	how: "Arrow keys move the pen, Shift slows it. Space lowers or lifts it. Enter reads.",
	undo: "Undo",
	redo: "Redo",
	eraser: "Eraser",
	clear: "Clear",
	choose: "Picture",
	photograph: "Photo",
	share: "Share",
	copylink: "Copy a link that draws this",
	save: "Save as a picture",
	number: "Reading",
	awaited: "Readings appear here.",
	copy: "Copy",
	seen: "What the network sees",
	decided: "What decided?",
	inside: "Look inside",
	wrong: "Wrong? Tell us",
	untell: "Take back",
	labels: "Which digit is it?",
	nodigit: "Not a digit",
	history: "Your drawings",
	privacy: "What is kept?",
	forget: "Delete all",
	more: "Show more",
	which: "Which part?",
	picture: "The picture, with a frame",
	corners: "Drag the frame or an edge. Arrow keys move a corner, Shift the other, Ctrl both.",
	whole: "All of it",
	read: "Read it",
	cancel: "Cancel",
	close: "Close",
	busy: "Waiting for the reader",

	/** Several pictures, and the columns of their table. */
	files: "Pictures",
	columns: ["Picture", "File", "Number", "Certainty"],
	keeping(store, days) {
		if (store === "none") return "Your drawings are read and not kept."
		const until = days ? `for ${days} days` : "for a limited time"
		return `Your drawings are kept on the server ${until}, or until you delete them.`
	},
	open: (digit, time) => `Look at the ${digit} of ${time}`,
	remove: (digit, time) => `Delete the ${digit} of ${time}`,
	reallyForget: "Delete all drawings for good?",
	waking: "The reader is waking up. Go on drawing…",
	queued: "Read. It will be recorded soon.",
	unrecorded: "Read, but not recorded.",
	thanks: "Thank you.",
	example: "An example: read, not recorded.",
	shared: "Drawn by the sender of the link; not recorded.",
	noDrawing: "This link holds no drawing.",
	linkCopied: "Link copied.",
	linkThere: "The link is in the address bar.",
	copied: number => `Copied ${number}.`,
	notCopied: "It could not be copied.",
	told: (label, { digit, identified }) =>
		`You said ${label === "none" ? "that it is not a digit" : label}.${identified ? ` It was read as ${digit}.` : ""}`,
	corrected: digits => (digits === "–" ? "is not a digit" : `corrected to ${digits}`),
	noHistory: "Your earlier drawings cannot be loaded now.",
	/** Words for certainty, the least first, and for its figures. */
	certain: ["Not quite sure", "Fairly sure", "Sure", "Very sure"],
	figures: "How sure",
	unidentified: (first, second) => `Could not be identified. Most like ${first} or ${second}.`,
	readAs: digits => `Read as ${digits}.`,
	/** Messages about temporary failures, by what waits: an outbox entry's kind, a picture, or nothing. */
	delayed: {
		prediction: `${AWAY} Your drawing will be read later.`,
		picture: `${AWAY} The picture will be read later, if the page stays open.`,
		label: `${AWAY} Your correction will be sent later.`,
		erasure: `${AWAY} Your deletion will be sent later.`,
		nothing: `${AWAY} Try again later.`,
	},
	/** Messages by the error's code or status. */
	errors: {
		blank: "No digit was found there.",
		unknown_id: "This drawing is not among the results.",
		401: "The reader needs a key.",
		413: "Too large. Cut out a smaller part.",
		415: "This file cannot be opened. Try PNG or JPEG.",
		422: "That could not be read as a digit. Draw it larger.",
		other: "Something went wrong. Try again.",
	},
	/** Keys that no button names, and which data are kept. */
	moreKeys: [
		["Ctrl Z", "Undo"],
		["Ctrl Shift Z", "Redo"],
		["Ctrl V", "Read a copied picture"],
	],
	kept: [
		"For each digit, the server keeps 28 × 28 grey levels, the reading with its certainty and time, your correction, and a picture's file name. It does not keep the picture, your address or your identity.",
		"A random number in this browser links your drawings, so that only you see them. There are no cookies, and nothing comes from other sites.",
		"What you delete here is deleted on the server. A reader may already have learnt from drawings you corrected.",
	],
	/** Parts of look inside: a title and two sentences each. */
	layer: ({ channels, height, field, active }, i) => [
		`Layer ${i + 1}: ${active} active`,
		`${channels} maps of ${height} × ${height} places, each of which sees ${field} × ${field} pixels. ${i ? "Each cell is a map, the brighter the more" : "A map is bright where"} it finds its pattern.`,
	],
	logits: ["Logits", "The last layer gives each digit a number, the higher the likelier. Their exponentials, divided by their sum, are the certainty."],
	neighbours: (count, layer) => [
		`${count} nearest training digits`,
		`Layer ${layer}'s answers are a direction, and these digits' are nearest to it. Below is the distance: 0 is the same direction, 1 has nothing in common.`,
	],
}
