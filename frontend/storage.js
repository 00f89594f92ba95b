/** What the page keeps in the browser: the keys, or what they begin with. */
export const KEYS = { session: "session", outbox: "outbox/", language: "language", ink: "ink" }

/**
 * The browser's storage of an area, `() => localStorage` for one. What the browser refuses, because
 * storage is blocked or full, is kept in memory while the page is open.
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

	/** The text of a key, null where there is none. */
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

	/** The value that a key's text stands for as JSON, null where it stands for none. */
	function parse(key) {
		try {
			return JSON.parse(get(key))
		} catch {
			return null
		}
	}

	/** The keys that begin with `prefix`, sorted. */
	function keys(prefix) {
		const all = [...(attempt(Object.keys) ?? []), ...memory.keys()]
		return [...new Set(all)].filter(key => key.startsWith(prefix)).sort()
	}

	return { get, set, remove, parse, keys }
}

/** What all tabs share and stays, and what one tab has until it is closed. */
export const shared = createStorage(() => localStorage)
export const own = createStorage(() => sessionStorage)
