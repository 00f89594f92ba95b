/** Names of the page's files within them. */
const NAMES = /[\w./]+\.(?:css|js|svg|webmanifest)\b/g
/** The files kept. */
const kept = new Set()

/** Keep a file, and all files that it names. Throws an error page, which must not be kept. */
async function keep(name, from = location) {
	const { href } = new URL(name, from)
	if (kept.has(href)) return
	kept.add(href)
	const response = await fetch(href)
	if (!response.ok) throw response
	await (await caches.open("shell")).put(href, response.clone())
	await Promise.all((await response.text()).match(NAMES)?.map(each => keep(each, href)) ?? [])
}

/** Return a file from the network, or else the last copy. */
async function shell(request) {
	const cache = await caches.open("shell")
	const response = await fetch(request).catch(() => Response.error())
	if (!response.ok) return (await cache.match(request)) ?? response
	cache.put(request, response.clone())
	return response
}

oninstall = event => event.waitUntil(Promise.all(["./", "texts/de.js"].map(name => keep(name))))

// Pages opened before this worker also load their files through it.
onactivate = event => event.waitUntil(clients.claim())

onfetch = event => {
	const { method, url } = event.request
	// A function on the same host may have another port.
	if (method === "GET" && new URL(url).origin === location.origin) event.respondWith(shell(event.request))
}
