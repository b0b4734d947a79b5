// Reports on this phone: kept before anything is sent, sent as often as it takes. A report has the id and the time that it
// got when it was written, so that the server makes one point of however many sendings.
const storeName = "reports", keptSent = 50, patienceMs = 120_000;
// The server keeps a photo without its report for a day.
const photoStaysMs = 12 * 3600_000;
let opening = null;

function open() {
  return opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("cityperception", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function run(mode, act) {
  const transaction = (await open()).transaction(storeName, mode, { durability: "strict" });
  const request = act(transaction.objectStore(storeName));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
  return request.result;
}

/** Keeps a report; resolves once it is in the phone's storage. */
export const keep = (report) => run("readwrite", (store) => store.put(report));

export const drop = (id) => run("readwrite", (store) => store.delete(id));

/** The reports of a person, the newest first. */
export async function reportsOf(name) {
  const all = await run("readonly", (store) => store.getAll());
  return all.filter((r) => r.by === name).sort((a, b) => (a.body.madeAt < b.body.madeAt ? 1 : -1));
}

/** Sends what waits, one after the other, in one tab at a time. Resolves to "", or why it stopped: away, sign-in, forbidden. */
export const sendAll = (name, changed) => navigator.locks.request("cityperception.reports", async () => {
  for (const report of (await reportsOf(name)).filter((r) => r.state === "waiting").reverse()) {
    const stopped = await send(report);
    await changed();
    if (stopped) return stopped;
  }

  for (const old of (await reportsOf(name)).filter((r) => r.state === "sent").slice(keptSent)) await drop(old.id);
  return "";
});

async function send(report) {
  for (const photo of report.photos.filter((p) => p.blob && !(Math.abs(Date.now() - p.sentAt) < photoStaysMs))) {
    const answer = await ask(`api/reports/photos/${photo.id}`, { method: "PUT", body: photo.blob, headers: { "Content-Type": photo.blob.type } });
    const stopped = await settle(report, answer);
    if (stopped !== null) return stopped;
    photo.sentAt = Date.now();
    await keep(report);
  }

  const answer = await ask("api/reports", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ id: report.id, ...report.body, photos: report.photos.map((p) => p.id) }) });
  const stopped = await settle(report, answer);
  if (stopped !== null) return stopped;
  report.state = "sent";
  for (const photo of report.photos) photo.blob = null; // the server has them
  await keep(report);
  return "";
}

async function ask(path, request) {
  try {
    return await fetch(path, { ...request, signal: AbortSignal.timeout(patienceMs) });
  } catch {
    return null;
  }
}

// null: it was taken. "": it was refused for good, which the report remembers. Else: why nothing can be sent now.
async function settle(report, answer) {
  if (answer?.ok) return null;
  if (!answer || answer.status >= 500 || answer.status === 429 || answer.status === 408) return "away";
  if (answer.status === 401) return "sign-in";
  if (answer.status === 403) return "forbidden";
  report.state = "refused";
  report.problem = await answer.json().catch(() => ({ detail: String(answer.status) }));
  await keep(report);
  return "";
}
