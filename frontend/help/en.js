export const help = {
	keys: [
		["Ctrl Z", "Undo"],
		["Ctrl Shift Z", "Redo"],
		["Ctrl V", "Read a copied picture"],
	],
	privacy: [
		"For each digit, the server keeps 28 × 28 grey levels, the reading with its certainty and time, your correction, and a picture's file name. It does not keep the picture, your address or your identity.",
		"A random number in this browser links your drawings, so that only you see them. There are no cookies, and nothing is loaded from other sites.",
		"When you delete a drawing here, it is deleted on the server. A reader may already have learnt from drawings that you corrected.",
	],
}
