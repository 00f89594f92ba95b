import { shared } from "./storage.js"

const hasSession = () => /^[0-9a-f]{32}$/.test(shared.get("session"))

/** Whether this browser had no session when the page was opened. */
export const isNew = !hasSession()

/**
 * Return the browser's session, whose 122 random bits give access to its results. Tabs that open at the
 * same moment may each set one; all of them use the last one.
 */
export function session() {
	if (!hasSession()) shared.set("session", crypto.randomUUID().replaceAll("-", ""))
	return shared.get("session")
}
session()

/** Return 62 random bits as the last two parts of a UUID, shared by the ids of a number's digits. */
export const newGroup = () => crypto.randomUUID().slice(19)

/** Return whether an untrusted value is such a part. */
export const isGroup = value => /^[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value)

/** Places of a drawn line, and lines, across the pad's width. */
const [PLACES, LINES] = [256, 16]

const middle = (from, to, most) => Math.floor(Math.max(0, Math.min(most - 1, (most * (from + to)) / 2)))

/** Return the place in a drawn number of a digit in this box, in the line of a digit in the other box. */
export const placeAt = ({ left, right }, { top, bottom }) =>
	PLACES * middle(top, bottom, LINES) + middle(left, right, PLACES)

/**
 * Return a UUID of version 7 (RFC 9562): the time in milliseconds, 12 bits for the place in the number
 * (random without a number), and the number's 62 bits.
 */
export function newId(now = Date.now(), place = Math.floor(Math.random() * 4096), group = newGroup()) {
	const time = now.toString(16).padStart(12, "0")
	return `${time.slice(0, 8)}-${time.slice(8)}-7${place.toString(16).padStart(3, "0")}-${group}`
}

/** Return the number that a result belongs to, and the result's place in it. */
export const groupOf = ({ id, number_id }) => number_id ?? id.slice(19)
export const placeOf = ({ id, position }) => position ?? parseInt(id.slice(15, 18), 16)

/**
 * Return the line of a result after `count` others of its number. In what the function counts, the end of
 * a line is a place, too.
 */
export const lineAt = (row, count) =>
	row.position == null ? Math.floor(placeOf(row) / PLACES) : row.position - count
