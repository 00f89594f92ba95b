import { call } from "./api.js"
import { $, write } from "./dom.js"
import { texts } from "./texts/texts.js"

/** Milliseconds before the page reports that it waits. */
const SILENCE = 400

const messages = new Map()
const slow = new Set()

/**
 * Show a message about a subject in the status line, in place of an earlier one, or without a text remove
 * it. The line shows the latest of the current messages.
 */
export function say(about, text) {
	messages.delete(about)
	if (text) messages.set(about, text)
	write($("said"), [...messages.values()].at(-1) ?? "")
}

/** Return the message about a permanent failure. */
export const problem = ({ code, status }) => texts.errors[code] ?? texts.errors[status] ?? texts.errors.other

/** Return the message about a temporary failure, by what it delays. */
export const absence = kind => `${texts.away} ${texts.delayed[kind]}`

/** Show a failure: a temporary one, by what it delays, until the function answers; any other one for this sheet. */
export function explain(failure, kind) {
	if (failure.passes) say("absence", absence(kind))
	else say("sheet", problem(failure))
}

function showWaiting() {
	$("busy").hidden = !slow.size
	say("waiting", slow.size && texts.waking)
}

/** Send a request to the function and return the answer; say so while it takes long. Throws a failure. */
export async function ask(method, path, body, options) {
	const timer = setTimeout(() => (slow.add(timer), showWaiting()), SILENCE)
	try {
		const answer = await call(method, path, body, options)
		say("absence")
		return answer
	} finally {
		clearTimeout(timer)
		if (slow.delete(timer)) showWaiting()
	}
}
