/** Return 122 random bits as 32 hexadecimal digits, which give access to this browser's results. */
export const newSession = () => crypto.randomUUID().replaceAll("-", "")

/** Return 62 random bits as the last two parts of a UUID, shared by the ids of a number's digits. */
export const newGroup = () => crypto.randomUUID().slice(19)

/** Return whether an untrusted value is such a part. */
export const isGroup = value => /^[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value)

/**
 * Return a UUID of version 7 (RFC 9562): the time in milliseconds, 12 bits for the place in the number
 * (random without a number), and the number's 62 bits.
 */
export function newId(now = Date.now(), place = Math.floor(Math.random() * 4096), group = newGroup()) {
	const time = now.toString(16).padStart(12, "0")
	return `${time.slice(0, 8)}-${time.slice(8)}-7${place.toString(16).padStart(3, "0")}-${group}`
}

/** Return the number that a result belongs to, and the result's place in it from the left. */
export const groupOf = ({ id, number_id }) => number_id ?? id.slice(19)
export const placeOf = ({ id, position }) => position ?? parseInt(id.slice(15, 18), 16)
