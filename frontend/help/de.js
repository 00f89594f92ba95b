export const help = {
	keys: [
		["Strg Z", "Zurück"],
		["Strg Umschalt Z", "Vor"],
		["Strg V", "Ein kopiertes Bild lesen"],
	],
	privacy: [
		"Der Server behält von jeder Ziffer 28 × 28 Graustufen, das Ergebnis mit Sicherheit und Zeit, deine Berichtigung und den Namen einer Bilddatei. Er behält weder das Bild noch deine Adresse noch deine Identität.",
		"Eine Zufallszahl in diesem Browser verbindet deine Zeichnungen, damit nur du sie siehst. Es gibt keine Cookies, und nichts wird von anderen Seiten geladen.",
		"Was du hier löschst, wird auch auf dem Server gelöscht. Aus berichtigten Zeichnungen kann ein Leser schon gelernt haben.",
	],
}
