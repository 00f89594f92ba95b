const SHELL = "shell";
const FILES = [
  "./", "style.css", "manifest.webmanifest", "icon.svg",
  ...["api", "app", "config", "crop", "history", "ink", "numbers", "occlusion", "outbox", "pad"],
  ...["picture", "raster", "reader", "reading", "strokes", "texts"],
].map((name) => (/[./]/.test(name) ? name : `${name}.js`));

/** The page itself from the network where there is one, else as it was last seen. */
async function shell(request) {
  const cache = await caches.open(SHELL);
  try {
    const response = await fetch(request);
    if (response.ok) cache.put(request, response.clone());
    return response;
  } catch {
    return (await cache.match(request, { ignoreSearch: true })) ?? Response.error();
  }
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES)));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && new URL(request.url).origin === location.origin) {
    event.respondWith(shell(request));
  }
});
