import { $, glyph, make, paint } from "./reading.js";
import { texts } from "./texts.js";

const COLUMNS = ["id", "time", "digit", "confidence", "label", "source", "filename"];

const quoted = (value) => `"${String(value ?? "").replaceAll('"', '""')}"`;

/** Results → CSV (RFC 4180). */
export const csvOf = (rows) =>
	[COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column]))]
		.map((values) => `${values.map(quoted)}\r\n`)
		.join("");

/** The session's results, newest first, as they lie in the results store. */
export class History {
	#rows = new Map();
	#next;

	/** `page(before)` → {results, next}; `erase(id?)` deletes one or all; `open(row)` shows one. */
	constructor({ page, erase, open }) {
		Object.assign(this, { page, erase, open });
		$("more").onclick = () => this.load(this.#next);
		$("forget").onclick = () => confirm(texts.reallyForget) && this.erase();
		$("csv").onclick = () => this.#save("digits.csv", csvOf);
		$("json").onclick = () => this.#save("digits.json", (rows) => JSON.stringify(rows, null, 1));
	}

	/** The newest page, or the one after the result `before`. */
	async load(before) {
		const { results, next } = await this.page(before);
		for (const row of results) this.#put(row, "append");
		this.#next = next;
		$("more").hidden = !next;
	}

	/** A result that was recorded just now. */
	add(row) {
		this.#put(row, "prepend");
	}

	correct(id, label) {
		const known = this.#rows.get(id);
		if (known) this.#put({ ...known.row, label });
	}

	#put(row, where) {
		const known = this.#rows.get(row.id);
		const element = this.#element(row);
		if (known) known.element.replaceWith(element);
		else $("entries")[where](element);
		this.#rows.set(row.id, { row, element });
		$("none").hidden = true;
	}

	#element(row) {
		const thumbnail = make("canvas", { width: 28, height: 28 });
		paint(thumbnail, row.pixels);
		const time = new Date(row.time).toLocaleString([], { dateStyle: "short", timeStyle: "short" });
		const label = row.label ?? null;
		return make(
			"li",
			{},
			make("button", { ariaLabel: texts.open(glyph(row), time), onclick: () => this.open(row) }, thumbnail),
			make("b", { textContent: glyph(row) }),
			make("span", { textContent: label === null ? texts.percent(row.confidence) : texts.corrected(label) }),
			make("time", { dateTime: row.time, textContent: time }),
			make("button", {
				textContent: "×",
				ariaLabel: texts.remove(glyph(row), time),
				onclick: () => this.erase(row.id),
			}),
		);
	}

	/** One result is gone from the store, or all of them are. */
	remove(id) {
		for (const gone of id ? [id] : [...this.#rows.keys()]) {
			this.#rows.get(gone)?.element.remove();
			this.#rows.delete(gone);
		}
		if (!id) $("more").hidden = true;
		$("none").hidden = this.#rows.size > 0;
	}

	async #save(download, write) {
		const rows = [];
		for (let page = {}; page.next !== null; rows.push(...page.results)) page = await this.page(page.next);
		const href = URL.createObjectURL(new Blob([write(rows)]));
		make("a", { href, download }).click();
		setTimeout(() => URL.revokeObjectURL(href), 1000);
	}
}
