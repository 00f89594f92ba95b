/** A title and two sentences each. */
export const inside = {
	layer: ({ channels, height, field, active }, i) => [
		`Layer ${i + 1}: ${active} active`,
		`${channels} maps of ${height} × ${height} places, each of which sees ${field} × ${field} pixels. ${i ? "Each cell is a map, the brighter the more" : "A map is bright where"} it finds its pattern.`,
	],
	logits: ["Logits", "The last layer gives each digit a number, the higher the likelier. Their exponentials, divided by their sum, are how sure the reader is."],
	neighbours: (count, layer) => [
		`${count} nearest training digits`,
		`Layer ${layer}'s answers are a direction, and these digits' are nearest to it. Below is the distance: 0 is the same direction, 1 has nothing in common.`,
	],
}
