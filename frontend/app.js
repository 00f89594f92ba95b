import { call, newSession } from "./api.js";
import { FUNCTION } from "./config.js";
import { crop } from "./crop.js";
import { History } from "./history.js";
import { importance, patches, without } from "./occlusion.js";
import { Outbox } from "./outbox.js";
import { Pad } from "./pad.js";
import { Reader } from "./reader.js";
import { $, Reading, certainty, glyph, make } from "./reading.js";
import { texts } from "./texts.js";

/** Milliseconds: without ink until it is read, until it is recorded; of waiting without a word. */
const [READ, RECORD, SILENCE] = [120, 1200, 400];

// From here on the page may talk to its own function and to nobody else.
const policy = `connect-src 'self' ${new URL(FUNCTION).origin}`;
document.head.append(make("meta", { httpEquiv: "Content-Security-Policy", content: policy }));

for (const element of document.querySelectorAll("[data-text]")) {
	element.textContent = texts[element.dataset.text];
	element.title = element.ariaKeyShortcuts ?? "";
}
for (const element of document.querySelectorAll("[data-label]")) {
	element.ariaLabel = texts[element.dataset.label];
}

const session = (localStorage.session ??= newSession());
const say = (text) => {
	if ($("said").textContent !== text) $("said").textContent = text;
};
const explain = ({ status, code }) =>
	say(status ? (texts.errors[code] ?? texts.errors[status] ?? texts.errors.other) : texts.away);

const timers = {};
const cancel = (name) => {
	clearTimeout(timers[name]);
	delete timers[name];
};
const later = (name, wait, action) => {
	cancel(name);
	timers[name] = setTimeout(() => {
		delete timers[name];
		action();
	}, wait);
};

/** Ask the function; after a while without an answer the page says that it waits. */
async function ask(method, path, body, signal) {
	if (!timers.waiting && $("busy").hidden) {
		later("waiting", SILENCE, () => {
			$("busy").hidden = false;
			say(texts.waking);
		});
	}
	try {
		const answer = await call(method, path, body, signal);
		if ([texts.waking, texts.away].includes($("said").textContent)) say("");
		return answer;
	} finally {
		if (!signal?.aborted) {
			cancel("waiting");
			$("busy").hidden = true;
		}
	}
}

const predict = async (instances, signal) =>
	(await ask("POST", "/", { instances, record: false }, signal)).predictions;

const outbox = new Outbox(localStorage, {
	send: ({ method, path, body }) => ask(method, path, body),
	failed: (_, failure) => explain(failure),
	answered: ({ path, body, erased }, answer) => {
		if (path === "/") recorded(body, answer);
		else if (path === "/feedback") history.correct(body.id, body.label);
		else history.remove(erased);
	},
});

const reader = new Reader({
	session,
	predict,
	push: (request) => outbox.push(request),
	changed: (failure) => {
		if (failure) explain(failure);
		reading.show(reader.digits);
	},
});

const reading = new Reading({
	corrected: async (digit, label) => {
		const place = reader.digits.indexOf(digit);
		await record();
		reader.correct((reader.digits[place] ?? digit).id, label);
		say(texts.thanks(label));
	},
	weigh: async (pixels, { digit, confidence }) => {
		const cells = patches(pixels);
		const answers = await predict(cells.map((patch) => without(pixels, patch)));
		return importance(cells, confidence, answers.map(({ probabilities }) => probabilities[digit]));
	},
});

const history = new History({
	page: (before) => call("GET", `/results?session=${session}&limit=24${before ? `&before=${before}` : ""}`),
	erase: (id) => reader.erase(id),
	open: (row) => reading.show([{ id: row.id, answer: row }]),
});

const pad = new Pad($("paper"), $("tip"), { touched: warm, changed: drawn });

let warmed;
/** At the first touch, have the model loaded. */
function warm() {
	warmed ??= ask("GET", "/health?load=1").catch(() => (warmed = null));
}

function drawn() {
	const { strokes, steps } = pad;
	$("hint").hidden = strokes.length > 0;
	$("undo").disabled = !steps.undo;
	$("redo").disabled = !steps.redo;
	if (strokes.length === 1 && strokes[0].length === 1) reader.begin();
	$("number").ariaBusy = true;
	later("read", READ, () => reader.read(pad.strokes));
	later("record", RECORD, record);
}

/** Record what is on the page now, and read it out. */
async function record() {
	if (timers.read) reader.read(pad.strokes);
	cancel("read");
	cancel("record");
	await reader.record();
	$("number").ariaBusy = "record" in timers;
	announce();
}

function announce() {
	const answers = reader.digits.map(({ answer }) => answer);
	if (!answers.length || answers.includes(undefined)) return;
	$("aloud").textContent = [texts.number(answers.map(glyph)), ...answers.map(certainty)].join(" ");
}

function recorded({ id, source, filename }, answer) {
	const digit = reader.digits.find((each) => each.id === id);
	if (digit) digit.answer = answer;
	reading.show(reader.digits);
	announce();
	if (answer.recorded !== true) say(answer.recorded ? texts.queued : texts.unrecorded);
	history.add({ time: new Date().toISOString(), source, filename, ...answer });
}

async function look(file) {
	if (!file) return;
	warm();
	const parts = await crop(file).catch(() => say(texts.errors.unreadable));
	if (Array.isArray(parts)) reader.picture(parts, file.name);
}

for (const name of ["undo", "redo", "clear"]) $(name).onclick = () => pad.edit(name);
$("eraser").onclick = () => ($("eraser").ariaPressed = pad.erasing = !pad.erasing);
for (const [button, input] of [["choose", $("file")], ["photograph", $("camera")]]) {
	$(button).onclick = () => input.click();
	input.onchange = () => {
		look(input.files[0]);
		input.value = "";
	};
}
addEventListener("paste", ({ clipboardData }) => look(clipboardData.files[0]));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
	event.preventDefault();
	look(event.dataTransfer.files[0]);
});
$("paper").addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) => {
	if (ctrlKey || metaKey || altKey) return;
	if (key === "Enter") record();
	document.querySelector(`[aria-keyshortcuts="${CSS.escape(key)}"]`)?.click();
});
addEventListener("online", () => outbox.flush());

drawn();
outbox.flush();
history.load().catch(() => say(texts.noHistory));
navigator.serviceWorker?.register("sw.js");
