export const help = {
	keys: [
		["Strg Z", "Zurück"],
		["Strg Umschalt Z", "Vor"],
		["Strg V", "Ein kopiertes Bild lesen"],
	],
	privacy: [
		"Der Server behält von jeder Ziffer 28 × 28 Graustufen, wie, wann und wie sicher sie gelesen wurde, was du über sie sagst und den Namen einer Bilddatei; weder Bild noch Adresse noch wer du bist.",
		"Eine Zufallszahl in diesem Browser verbindet, was du zeichnest, damit nur du es siehst. Es gibt keine Cookies, und nichts kommt von anderswo.",
		"Was du hier löschst, wird dort gelöscht. Aus vorher berichtigten Zeichnungen kann ein Leser schon gelernt haben.",
	],
}
