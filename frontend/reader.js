import { newId } from "./api.js";
import { best, candidates } from "./numbers.js";
import { raster } from "./raster.js";

const same = (one, other) => `${one}` === `${other}`;

/**
 * The digits on the page. Each is {pixels, answer, id}: `answer` once the function has given one,
 * `id` once the digit is on its way into the results.
 */
export class Reader {
	digits = [];
	#kept = [];
	#request = new AbortController();
	#reading;

	/** `predict(images, signal)` → answers; `push(request)` sends for good; `changed(failure?)`. */
	constructor({ session, predict, push, changed }) {
		Object.assign(this, { session, predict, push, changed });
	}

	/** Read strokes while they are drawn: unrecorded, and only the newest reading counts. */
	read(strokes) {
		this.#request.abort();
		this.#request = new AbortController();
		return (this.#reading = this.#read(strokes, this.#request.signal));
	}

	async #read(strokes, signal) {
		const runs = candidates(strokes);
		const images = runs.map((run) => raster(run.strokes));
		const [answers, failure] = await (images.length ? this.predict(images, signal) : Promise.resolve([])).then(
			(answers) => [answers],
			(failure) => [[], failure],
		);
		if (signal.aborted) return;
		this.digits = best(runs, answers).map((i) => ({
			pixels: images[i],
			answer: answers[i],
			id: this.#kept.find(({ pixels }) => same(pixels, images[i]))?.id,
		}));
		this.changed(failure);
	}

	/** A new drawing begins: what was recorded of the last one stays. */
	begin() {
		this.#kept = [];
	}

	/** Record each digit on the page once, and erase those that the drawing has outgrown. */
	async record() {
		const reading = this.#reading;
		await reading;
		if (reading !== this.#reading || !reading || !this.digits.length) return;
		for (const digit of this.digits.filter(({ id }) => !id)) {
			digit.id = newId();
			this.#post("/", { id: digit.id, pixels: digit.pixels, source: "draw", show_pixels: true });
		}
		const outgrown = this.#kept.filter(({ id }) => !this.digits.some((digit) => digit.id === id));
		for (const { id } of outgrown) this.erase(id);
		this.#kept = this.digits;
	}

	/** Read and record a picture's digits, each the part of a request that holds it. */
	picture(parts, filename) {
		this.begin();
		this.#request.abort();
		this.#reading = null;
		this.digits = parts.map(() => ({ id: newId() }));
		this.changed();
		parts.forEach((part, i) => {
			const { id } = this.digits[i];
			this.#post("/", { id, ...part, filename, source: "upload", show_pixels: true });
		});
	}

	correct(id, label) {
		this.#post("/feedback", { id, label });
	}

	/** Erase one result, or all of them. */
	erase(id) {
		const path = `/results?session=${this.session}${id ? `&id=${id}` : ""}`;
		this.push({ method: "DELETE", path, erased: id });
	}

	#post(path, body) {
		this.push({ method: "POST", path, body: { session: this.session, ...body } });
	}
}
