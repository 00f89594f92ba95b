export const inside = {
	layer: ({ channels, height, field, active }, i) => [
		`Schicht ${i + 1}: ${active} antworten`,
		`${channels} Karten aus ${height} × ${height} Stellen, deren jede ${field} × ${field} Pixel sieht. ${i ? "Jede Zelle ist eine Karte, umso heller, je mehr" : "Eine Karte ist hell, wo"} sie ihr Muster findet.`,
	],
	logits: ["Logits", "Die letzte Schicht gibt jeder Ziffer eine Zahl, je höher, desto wahrscheinlicher. Deren Exponentialwerte, geteilt durch ihre Summe, sind die Sicherheit."],
	neighbours: ({ length }) => [
		`${length} nächste Trainingsziffern`,
		"Was die letzte Schicht antwortet, ist eine Richtung, und bei diesen Ziffern war sie am ähnlichsten. Darunter der Abstand: 0 ist dieselbe Richtung, bei 1 ist nichts gemeinsam.",
	],
}
