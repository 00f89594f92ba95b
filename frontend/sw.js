/** Names of the page's files within them. */
const NAMES = /[\w./]+\.(?:css|js|svg|webmanifest)\b/g
/** The files kept. */
const kept = new Set()

/** Keep a file, and all files that it names. */
async function keep(name, from = location) {
	const { href } = new URL(name, from)
	if (kept.has(href)) return
	kept.add(href)
	const response = await fetch(href)
	await (await caches.open("shell")).put(href, response.clone())
	await Promise.all((await response.text()).match(NAMES)?.map(each => keep(each, href)) ?? [])
}

/** Return the page from the network, or else the last copy. */
async function shell(request) {
	const cache = await caches.open("shell")
	try {
		const response = await fetch(request)
		if (response.ok) cache.put(request, response.clone())
		return response
	} catch {
		return (await cache.match(request)) ?? Response.error()
	}
}

oninstall = event => event.waitUntil(Promise.all(["./", "texts/de.js"].map(name => keep(name))))

// Pages opened before this worker also load their files through it.
onactivate = event => event.waitUntil(clients.claim())

onfetch = event => {
	const { method, url } = event.request
	// A function on the same host may have another port.
	if (method === "GET" && new URL(url).origin === location.origin) event.respondWith(shell(event.request))
}
