import { make } from "../dom.js"
import { draw } from "../pad/ink.js"

/** The picture's width and height, and the pad's height in the picture, in pixels. */
const [WIDTH, HEIGHT, PAD] = [1200, 1100, 900]

/** Save the ink and its reading as a picture. */
export function savePicture(strokes, shown, number) {
	const canvas = make("canvas", { width: WIDTH, height: HEIGHT })
	const context = canvas.getContext("2d")
	context.fillStyle = "#fdfaf3"
	context.fillRect(0, 0, WIDTH, HEIGHT)
	if (shown) {
		const scale = 0.92 * Math.min(WIDTH / shown.width, PAD / shown.height)
		const [width, height] = [shown.width * scale, shown.height * scale]
		context.drawImage(shown, (WIDTH - width) / 2, (PAD - height) / 2, width, height)
	}
	context.save()
	context.scale(WIDTH, WIDTH)
	context.strokeStyle = "#1f2c4d"
	context.lineCap = context.lineJoin = "round"
	for (const stroke of strokes) draw(context, stroke)
	context.restore()
	context.fillStyle = "#a53f28"
	context.font = `${Math.min(150, (1.6 * WIDTH) / number.length)}px Georgia, serif`
	context.textAlign = "center"
	context.fillText(number, WIDTH / 2, HEIGHT - 55, WIDTH - 80)
	canvas.toBlob(blob => make("a", { download: "digits.png", href: URL.createObjectURL(blob) }).click())
}
