import { Drawing, away } from "./strokes.js";
import { smooth } from "./ink.js";

/** In widths of the pad: the pen, the eraser's reach, the least step, the keyboard's two steps. */
const [PEN, REACH, LEAST, STEP, SMALL_STEP] = [0.022, 0.03, 0.003, 0.02, 0.005];
/** A touch this wide, in CSS pixels, is a palm's; so is one within these milliseconds of a pen. */
const [PALM, AFTER_PEN] = [90, 1000];
const ERASER_BUTTON = 32;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Pointers and keys → strokes, drawn on two canvases: `paper` keeps ink, `tip` what still moves. */
export class Pad {
	erasing = false;
	#drawing = new Drawing();
	#stroke = null;
	#inked = 0;
	#pointer = null;
	#penSeen = -Infinity;
	#pen = { x: 0.5, y: 0.375, pressure: 0.5 };
	#arrows = new Set();
	#keyboard = false;
	#frame = 0;
	#colour;

	/** `touched` is called at every sign of use, `changed` after every change of the ink. */
	constructor(paper, tip, { touched, changed }) {
		Object.assign(this, { paper, tip, touched, changed });
		for (const type of ["down", "move", "up", "cancel"]) paper.addEventListener(`pointer${type}`, this);
		for (const type of ["keydown", "keyup", "blur"]) paper.addEventListener(type, this);
		matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#redraw());
		new ResizeObserver(() => this.#resize()).observe(paper);
	}

	handleEvent(event) {
		this[event.type](event);
	}

	/** All strokes, the one being drawn included. */
	get strokes() {
		return this.#stroke ? [...this.#drawing.strokes, this.#stroke] : this.#drawing.strokes;
	}

	get steps() {
		return this.#drawing.steps;
	}

	/** "undo", "redo" or "clear", or "change" to other strokes. */
	edit(what, strokes) {
		this.#end();
		this.#drawing[what](strokes);
		this.#redraw();
		this.changed();
	}

	#extend(point) {
		const last = this.#stroke?.at(-1);
		if (last && Math.hypot(point.x - last.x, point.y - last.y) < LEAST) return;
		(this.#stroke ??= []).push(point);
		this.#nextFrame();
	}

	#end() {
		if (!this.#stroke) return;
		this.#ink(this.paper, this.#stroke, this.#inked);
		this.#drawing.change(this.strokes);
		this.#stroke = null;
		this.#inked = 0;
		this.#nextFrame();
		this.changed();
	}

	#erase(point) {
		const { strokes } = this.#drawing;
		const hit = strokes.findLast((stroke) => away(point, stroke) <= REACH);
		if (hit) this.edit("change", strokes.filter((stroke) => stroke !== hit));
	}

	// Pointers: one at a time, and a pen before a finger.

	#at({ clientX, clientY, pointerType, pressure }) {
		const { left, top, width } = this.paper.getBoundingClientRect();
		const force = pointerType === "pen" ? pressure : 0.5;
		return { x: (clientX - left) / width, y: (clientY - top) / width, pressure: force };
	}

	#isPalm({ pointerType, width, height, timeStamp }) {
		if (pointerType === "pen") this.#penSeen = timeStamp;
		const resting = timeStamp - this.#penSeen < AFTER_PEN || Math.max(width, height) > PALM;
		return pointerType === "touch" && resting;
	}

	pointerdown(event) {
		this.touched();
		const { pointerType, pointerId, button, buttons } = event;
		if (this.#isPalm(event) || (button > 0 && !(buttons & ERASER_BUTTON))) return;
		if (this.#pointer?.pointerType === "touch" && pointerType === "pen") this.#stroke = null;
		else if (this.#pointer) return;
		this.#end();
		this.#pointer = event;
		this.#keyboard = false;
		this.paper.setPointerCapture(pointerId);
		if (this.erasing || buttons & ERASER_BUTTON) this.#erase(this.#at(event));
		else this.#extend(this.#at(event));
		this.changed();
	}

	pointermove(event) {
		this.#isPalm(event);
		if (event.pointerId !== this.#pointer?.pointerId) return;
		const passed = event.getCoalescedEvents?.() ?? [];
		for (const each of passed.length ? passed : [event]) {
			if (this.#stroke) this.#extend(this.#at(each));
			else this.#erase(this.#at(each));
		}
		this.changed();
	}

	pointerup({ pointerId }) {
		if (pointerId !== this.#pointer?.pointerId) return;
		this.#pointer = null;
		this.#end();
	}

	pointercancel(event) {
		this.pointerup(event);
	}

	// Keys: arrows move the pen, space puts it down and lifts it.

	keydown(event) {
		const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
		if (ctrlKey || metaKey || altKey || !(key === " " || ARROWS[key])) return;
		event.preventDefault();
		this.touched();
		this.#keyboard = true;
		if (ARROWS[key]) this.#step(this.#arrows.add(key), shiftKey ? SMALL_STEP : STEP);
		else if (this.erasing) this.#erase(this.#pen);
		else if (this.#stroke) this.#end();
		else this.#extend(this.#pen);
		this.#nextFrame();
		this.changed();
	}

	keyup({ key }) {
		this.#arrows.delete(key);
	}

	blur() {
		this.#arrows.clear();
		this.#keyboard = false;
		if (!this.#pointer) this.#end();
		this.#nextFrame();
	}

	#step(keys, size) {
		let { x, y, pressure } = this.#pen;
		for (const key of keys) {
			x += ARROWS[key][0] * size;
			y += ARROWS[key][1] * size;
		}
		const lowest = this.paper.height / this.paper.width;
		this.#pen = { x: Math.min(1, Math.max(0, x)), y: Math.min(lowest, Math.max(0, y)), pressure };
		if (this.#stroke) this.#extend(this.#pen);
	}

	// Ink

	#resize() {
		for (const canvas of [this.paper, this.tip]) {
			canvas.width = Math.round(this.paper.clientWidth * devicePixelRatio);
			canvas.height = Math.round(this.paper.clientHeight * devicePixelRatio);
		}
		this.#redraw();
	}

	#redraw() {
		this.#colour = getComputedStyle(this.paper).color;
		this.paper.getContext("2d").clearRect(0, 0, this.paper.width, this.paper.height);
		for (const stroke of this.#drawing.strokes) this.#ink(this.paper, stroke, 0);
		this.#inked = 0;
		this.#nextFrame();
	}

	#nextFrame() {
		this.#frame ||= requestAnimationFrame(() => this.#drawTip());
	}

	/** What later points cannot change goes to the paper for good; the rest is drawn anew each time. */
	#drawTip() {
		this.#frame = 0;
		const context = this.tip.getContext("2d");
		context.clearRect(0, 0, this.tip.width, this.tip.height);
		if (this.#stroke) {
			const final = this.#stroke.length - 1;
			this.#ink(this.paper, this.#stroke, this.#inked, final);
			this.#ink(this.tip, this.#stroke, final);
			this.#inked = final;
		}
		if (!this.#keyboard) return;
		context.lineWidth = 2 * devicePixelRatio;
		context.beginPath();
		context.arc(this.#pen.x * this.tip.width, this.#pen.y * this.tip.width, PEN * this.tip.width, 0, 7);
		context.stroke();
	}

	#ink(canvas, points, from, to) {
		const context = canvas.getContext("2d");
		context.lineCap = context.lineJoin = "round";
		context.strokeStyle = this.#colour;
		let last;
		for (const point of smooth(points, Math.max(0, from - 1), to)) {
			const [x, y] = [point.x * canvas.width, point.y * canvas.width];
			const wide = Math.round(4 * PEN * canvas.width * (0.5 + point.pressure)) / 4;
			if (wide !== last?.wide) {
				if (last) context.stroke();
				context.lineWidth = wide;
				context.beginPath();
				context.moveTo(last?.x ?? x, last?.y ?? y);
			}
			context.lineTo(x, y);
			last = { x, y, wide };
		}
		if (last) context.stroke();
	}
}
