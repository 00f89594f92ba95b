/**
 * An area of the browser's storage, such as `() => localStorage`. If storage is blocked or full, values
 * are kept in memory while the page is open.
 */
export function createStorage(area) {
	const memory = new Map()

	function attempt(action) {
		try {
			return action(area())
		} catch {
			return null
		}
	}

	/** Return a key's text, or null. */
	const get = key => memory.get(key) ?? attempt(stored => stored.getItem(key))

	function remove(key) {
		memory.delete(key)
		attempt(stored => stored.removeItem(key))
	}

	function set(key, text) {
		const kept = attempt(stored => (stored.setItem(key, text), true))
		if (kept) memory.delete(key)
		else memory.set(key, text)
	}

	/** Return the value of a key's JSON text, or null if there is none. */
	function parse(key) {
		try {
			return JSON.parse(get(key))
		} catch {
			return null
		}
	}

	/** Return the sorted keys that begin with `prefix`. */
	function keys(prefix) {
		const all = [...(attempt(Object.keys) ?? []), ...memory.keys()]
		return [...new Set(all)].filter(key => key.startsWith(prefix)).sort()
	}

	return { get, set, remove, parse, keys }
}

/** Permanent storage of all tabs, and storage of one tab until it is closed. */
export const shared = createStorage(() => localStorage)
export const own = createStorage(() => sessionStorage)
