// The form opens without network. With one it is always the server's: an old form is shown only when there is no other.
const cacheName = "cityperception-report";
const files = ["report", "report.js", "report-queue.js", "report-photos.js", "report-attach.js", "report-category.js", "report-mine.js", "report-place.js", "report-texts.js", "report.css", "report.webmanifest", "page.css", "texts.js", "session.js", "dom.js", "mark.svg"];
const paths = new Set(files.map((f) => new URL(f, self.location).pathname));
const patience = 4000;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(files)));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || !paths.has(url.pathname)) return;
  event.respondWith(serve(url.pathname));
});

async function serve(path) {
  const cache = await caches.open(cacheName);
  try {
    const answer = await fetch(path, { signal: AbortSignal.timeout(patience) });
    if (!answer.ok) throw new Error(String(answer.status));
    await cache.put(path, answer.clone());
    return answer;
  } catch {
    return (await cache.match(path)) ?? Response.error();
  }
}
