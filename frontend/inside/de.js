export const inside = {
	layer: ({ channels, height, field, active }, i) => [
		`Schicht ${i + 1}: ${active} aktiv`,
		`${channels} Karten aus ${height} × ${height} Stellen, deren jede ${field} × ${field} Pixel sieht. ${i ? "Jede Zelle ist eine Karte, umso heller, je mehr" : "Eine Karte ist hell, wo"} sie ihr Muster findet.`,
	],
	logits: ["Logits", "Die letzte Schicht gibt jeder Ziffer eine Zahl, je höher, desto wahrscheinlicher. Deren Exponentialwerte, geteilt durch ihre Summe, sind die Sicherheit."],
	neighbours: (count, layer) => [
		`${count} nächste Trainingsziffern`,
		`Was Schicht ${layer} antwortet, ist eine Richtung, und bei diesen Ziffern ist sie am ähnlichsten. Darunter der Abstand: 0 ist dieselbe Richtung, bei 1 ist nichts gemeinsam.`,
	],
}
