/** Modules that the page loads later than others, which it names itself. */
const LATER = {
	"help/": "de en help",
	"history/": "list",
	"inside/": "de en inside",
	"picture/": "crop look table",
	"reading/": "correction images marks raster segment",
	"share/": "link share",
	"texts/": "de",
	"welcome/": "examples",
}

/** Keep the whole page. */
async function keep() {
	const page = await (await fetch("./")).text()
	const files = [...page.matchAll(/(?:href|src)="?([\w/.]+)/g)].map(([, name]) => name)
	for (const [folder, names] of Object.entries(LATER)) {
		for (const name of names.split(" ")) files.push(`${folder}${name}.js`)
	}
	await (await caches.open("shell")).addAll(["./", ...files])
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

oninstall = event => event.waitUntil(keep())

// Pages opened before this worker also load their files through it.
onactivate = event => event.waitUntil(clients.claim())

onfetch = event => {
	const { method, url } = event.request
	// A function on the same host may have another port.
	if (method === "GET" && new URL(url).origin === location.origin) event.respondWith(shell(event.request))
}
