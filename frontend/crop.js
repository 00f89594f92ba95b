import { digitsOf } from "./picture.js";
import { $ } from "./reading.js";

/** Longest side of the picture as it is shown and as it is sent, and the frame's steps, in pixels. */
const [SHOWN, SENT, STEP] = [640, 400, 8];
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

/** Ask which part of a picture file is meant → its digits as parts of requests; null when cancelled. */
export async function crop(file) {
	const picture = await createImageBitmap(file);
	const scale = Math.min(1, SHOWN / Math.max(picture.width, picture.height));
	const canvas = $("picture");
	const context = canvas.getContext("2d");
	canvas.width = Math.ceil(picture.width * scale);
	canvas.height = Math.ceil(picture.height * scale);
	const size = [canvas.width, canvas.height];
	// The frame's corners: the first is the upper left one, the second the lower right one.
	const corners = [[0, 0], [...size]];

	const draw = () => {
		const [[left, top], [right, bottom]] = corners;
		context.drawImage(picture, 0, 0, ...size);
		context.fillStyle = "#000a";
		context.beginPath();
		context.rect(0, 0, ...size);
		context.rect(left, top, right - left, bottom - top);
		context.fill("evenodd");
	};

	/** Move a corner along an axis, but not out of the picture nor past the other corner. */
	const move = (corner, axis, to) => {
		const low = corner ? corners[0][axis] + STEP : 0;
		const high = corner ? size[axis] : corners[1][axis] - STEP;
		corners[corner][axis] = Math.max(low, Math.min(high, to));
		draw();
	};

	let held = null;
	canvas.onpointerdown = canvas.onpointermove = ({ type, pointerId, offsetX, offsetY }) => {
		const at = [offsetX, offsetY].map((offset) => (offset * canvas.width) / canvas.clientWidth);
		if (type === "pointerdown") {
			canvas.setPointerCapture(pointerId);
			held = at.map((to, axis) => Number(to > (corners[0][axis] + corners[1][axis]) / 2));
		}
		held?.forEach((corner, axis) => move(corner, axis, at[axis]));
	};
	canvas.onpointerup = canvas.onpointercancel = () => (held = null);
	canvas.onkeydown = (event) => {
		const corner = Number(event.shiftKey);
		const step = ARROWS[event.key];
		if (step) event.preventDefault();
		step?.forEach((by, axis) => move(corner, axis, corners[corner][axis] + by));
	};

	draw();
	$("crop").showModal();
	const chosen = await new Promise((resolve) => {
		$("readpicture").onclick = () => resolve(true);
		$("cancel").onclick = $("crop").oncancel = () => resolve(false);
	});
	$("crop").close();
	return chosen ? partsOf(picture, ...corners.flat().map((length) => length / scale)) : null;
}

function partsOf(picture, left, top, right, bottom) {
	const smaller = Math.min(1, SENT / Math.max(right - left, bottom - top));
	const canvas = document.createElement("canvas");
	canvas.width = Math.max(8, (right - left) * smaller);
	canvas.height = Math.max(8, (bottom - top) * smaller);
	const { width, height } = canvas;
	const context = canvas.getContext("2d");
	context.drawImage(picture, left, top, right - left, bottom - top, 0, 0, width, height);
	const digits = digitsOf(greyOf(context.getImageData(0, 0, width, height).data), width, height);
	return digits.length > 1 ? digits.map((pixels) => ({ pixels })) : [{ image: canvas.toDataURL() }];
}

/** RGBA → grey levels as on white paper, or on black where white would swallow the ink. */
function greyOf(data, paper = 255) {
	const grey = Uint8Array.from({ length: data.length / 4 }, (_, i) => {
		const [red, green, blue, alpha] = data.subarray(4 * i, 4 * i + 4);
		return paper + ((0.3 * red + 0.59 * green + 0.11 * blue - paper) * alpha) / 255;
	});
	return paper && grey.every((level) => level > 245) ? greyOf(data, 0) : grey;
}
