export const help = {
	keys: [
		["Ctrl Z", "Undo"],
		["Ctrl Shift Z", "Redo"],
		["Ctrl V", "Read a copied picture"],
	],
	privacy: [
		"Of each digit the server keeps 28 × 28 grey levels, what it was read as, how surely and when, what you say it is, and a picture's file name. It does not keep the picture, your address or who you are.",
		"A random number in this browser joins what you drew, so that only you see it. There are no cookies, and nothing comes from elsewhere.",
		"What you delete here is deleted there. A reader may have learnt from drawings that you corrected before.",
	],
}
