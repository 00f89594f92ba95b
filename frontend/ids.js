/** 122 random bits as 32 hexadecimal digits: who has them has this browser's results. */
export const newSession = () => crypto.randomUUID().replaceAll("-", "")

/** 62 random bits, as the last two parts of a UUID: what the ids of one number's digits share. */
export const newGroup = () => crypto.randomUUID().slice(19)

/**
 * A UUID of version 7 (RFC 9562): the time in milliseconds, 12 bits of place in the number, by chance
 * where there is no number, and the number's 62 bits.
 */
export function newId(now = Date.now(), place = Math.floor(Math.random() * 4096), group = newGroup()) {
	const time = now.toString(16).padStart(12, "0")
	return `${time.slice(0, 8)}-${time.slice(8)}-7${place.toString(16).padStart(3, "0")}-${group}`
}

/** The number that a result belongs to, and its place there from left to right. */
export const groupOf = ({ id, number_id }) => number_id ?? id.slice(19)
export const placeOf = ({ id, position }) => position ?? parseInt(id.slice(15, 18), 16)
