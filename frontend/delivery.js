import { call, requestOf } from "./api.js"
import { ask, explain, say } from "./connection.js"
import { session } from "./ids.js"
import { createOutbox } from "./outbox.js"
import { shared } from "./storage.js"
import { texts } from "./texts/texts.js"

/**
 * Deliver outbox entries, by this tab or another one, and handle their answers. `digitOf(id)` returns a
 * digit that this tab knows; `shown()` the sheet that is shown; `present(sheet)` shows a change of it;
 * `announce()` says its reading; `history(action)` runs an action on the list of earlier drawings.
 */
export function createDelivery({ digitOf, shown, present, announce, history }) {
	const channel = new BroadcastChannel("digits")
	channel.onmessage = ({ data: [entry, answer] }) => entry.session === session() && handlers[entry.kind](entry, answer)

	/** Handlers of an outbox entry's answer, by the entry's kind. */
	const handlers = {
		prediction({ id }, answer) {
			const digit = digitOf(id)
			if (digit) digit.answer = answer
			if (isShown(digit)) present(shown())
			history(list => list.put({ time: Date.now(), ...answer }))
		},
		label: ({ id, label }) => history(list => list.correct(id, label)),
		erasure: ({ id }) => history(list => list.remove(id && [id])),
	}

	const isShown = digit => shown().digits.includes(digit)

	/** Handle an answer in all tabs. */
	function publish(entry, answer) {
		handlers[entry.kind](entry, answer)
		channel.postMessage([entry, answer])
	}

	const outbox = createOutbox(shared, {
		send: entry => ask(...requestOf(entry), { keep: true }),
		answered(entry, answer) {
			publish(entry, answer)
			if (entry.kind !== "prediction" || !isShown(digitOf(entry.id))) return
			announce()
			if (answer.recorded !== true) say("sheet", answer.recorded ? texts.queued : texts.unrecorded)
		},
		// Another tab may have sent what this one could not.
		emptied: () => say("absence"),
		failed(failure, { kind, id }) {
			if (failure.passes) return explain(failure, kind)
			const sheet = shown()
			const digit = digitOf(id)
			if (kind === "label") {
				handlers.label({ id, label: null })
				if (digit) digit.label = null
			}
			if (!isShown(digit)) return
			if (!digit.answer) sheet.digits = sheet.digits.filter(each => each !== digit)
			present(sheet)
			explain(failure)
		},
	})

	/** Send all entries at once, because the page may close. */
	function hurry() {
		for (const entry of outbox.waiting()) call(...requestOf(entry), { keep: true }).catch(() => null)
	}

	return { ...outbox, handlers, hurry, publish }
}
