const FILES = ["./", "style.css", "manifest.webmanifest", "icon.svg"]
const MODULES = {
	"": "api app config connection controls dom ids outbox storage",
	"help/": "de en help",
	"history/": "list",
	"inside/": "de en inside",
	"pad/": "drawing ink input kept marks pad strokes",
	"picture/": "crop segment",
	"reading/": "answer correction images panel pixels raster reader segment",
	"share/": "link share",
	"texts/": "de en texts",
	"welcome/": "examples",
}
for (const [folder, names] of Object.entries(MODULES)) {
	for (const name of names.split(" ")) FILES.push(`${folder}${name}.js`)
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

oninstall = event => event.waitUntil(caches.open("shell").then(cache => cache.addAll(FILES)))

// Pages opened before this worker also load their files through it.
onactivate = event => event.waitUntil(clients.claim())

onfetch = event => {
	const { method, url } = event.request
	// A function on the same host may have another port.
	if (method === "GET" && new URL(url).origin === location.origin) event.respondWith(shell(event.request))
}
