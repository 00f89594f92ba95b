const FILES =
	"./ api.js app.js config.js connection.js controls.js dom.js history/list.js icon.svg ids.js " +
	"keys.js manifest.webmanifest outbox.js pad/drawing.js pad/ink.js pad/input.js pad/kept.js " +
	"pad/marks.js pad/pad.js pad/strokes.js picture/crop.js picture/segment.js reading/answer.js " +
	"reading/correction.js reading/images.js reading/occlusion.js reading/panel.js reading/pixels.js " +
	"reading/raster.js reading/reader.js reading/segment.js share/link.js share/picture.js status.js " +
	"storage.js style.css texts/en.js texts/texts.js welcome/examples.js"

/** The page itself from the network where there is one, else as it was last seen. */
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

oninstall = event => event.waitUntil(caches.open("shell").then(cache => cache.addAll(FILES.split(" "))))

onfetch = event => {
	const { method, url } = event.request
	if (method === "GET" && url.startsWith(location.origin)) event.respondWith(shell(event.request))
}
