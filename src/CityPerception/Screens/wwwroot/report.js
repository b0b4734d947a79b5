// The form of grid staff: works without network, and tells what became of each report.
import { byId, drawTexts } from "./dom.js";
import { lang, setLanguage } from "./texts.js";
import { signIn } from "./session.js";
import { say } from "./report-texts.js";
import { keep, reportsOf, sendAll } from "./report-queue.js";
import { photosOf, clearPhotos, drawPhotos } from "./report-attach.js";
import { categoryOf, clearCategory, drawCategories } from "./report-category.js";
import { drawMine, followCases } from "./report-mine.js";
import { drawPlace, clearPlace, placeOf } from "./report-place.js";

const formKey = "cityperception.report.form", nameKey = "cityperception.report.name", againMs = 30_000, patienceMs = 15_000;
const message = byId("message"), send = byId("send");
let name = localStorage.getItem(nameKey) ?? "", offer = JSON.parse(localStorage.getItem(formKey) ?? "null"), isFresh = false;
// "", or why nothing can be sent now: away, sign-in, forbidden, elsewhere.
let trouble = "", said = null, isKeeping = false;

function tell(key, isWrong = false) {
  said = key;
  message.textContent = key ? say(key) : "";
  message.classList.toggle("wrong", isWrong);
  message.classList.toggle("done", key === "done");
}

function drawNetwork() {
  const key = { "sign-in": "signInToSend", forbidden: "mayNot", elsewhere: "elsewhere", away: "offline" }[trouble] ?? (navigator.onLine ? "online" : "offline");
  byId("network").textContent = say(key);
  byId("enter").hidden = trouble !== "sign-in";
  const notice = !isSecureContext ? "insecure" : offer || trouble === "elsewhere" ? null : "noForm";
  byId("notice").hidden = !notice;
  byId("notice").textContent = notice ? say(notice) : "";
  send.disabled = !offer || !!notice || isKeeping;
}

const isList = () => location.hash === "#mine";

function drawTab() {
  byId("form").hidden = isList();
  byId("list").hidden = !isList();
  for (const link of document.querySelectorAll("#tabs a")) {
    if ((link.hash === "#mine") === isList()) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function draw() {
  drawTexts(say);
  document.title = `${say("title")} · 双感八通 CityPerception`;
  byId("form").setAttribute("aria-label", say("new"));
  byId("tabs").setAttribute("aria-label", say("title"));
  if (said) message.textContent = say(said);
  drawNetwork();
  drawPhotos();
  if (!offer) return;
  drawCategories(offer);
  drawPlace(offer);
}

const drawList = () => drawMine(name, offer, flush);

// Of a network that is there and carries nothing nobody waits for long.
const ask = (path) => fetch(path, { signal: AbortSignal.timeout(patienceMs) });

// Who is it? Without network the one who was last.
async function meet() {
  try {
    const session = await (await ask("api/session")).json();
    if (session.required && session.name === null) {
      trouble = "sign-in";
      return;
    }

    name = session.name ?? "";
    localStorage.setItem(nameKey, name);
    byId("sign-out").hidden = !session.name;
    byId("sign-out").title = name;
    trouble = isFresh ? "" : await takeForm(await ask("api/reports/form"));
  } catch {
    trouble = "away";
  }
}

async function takeForm(answer) {
  if (answer.status === 403) return "forbidden";
  if (answer.status === 501) return "elsewhere";
  if (!answer.ok) return "away";
  const text = await answer.text();
  isFresh = true;
  if (localStorage.getItem(formKey) === text) return "";
  localStorage.setItem(formKey, text);
  offer = JSON.parse(text);
  draw();
  return "";
}

async function flush() {
  if (isSecureContext && !trouble) trouble = await sendAll(name, drawList);
  drawNetwork();
  await drawList();
}

// Resolves to the report's id once the phone has it.
async function write() {
  const report = {
    id: crypto.randomUUID(), by: name, state: "waiting", photos: await photosOf(),
    body: { madeAt: new Date().toISOString(), category: categoryOf(), text: byId("text").value.trim(), ...placeOf() },
  };
  await keep(report);
  byId("form").reset();
  clearCategory();
  clearPhotos();
  clearPlace();
  tell("saved");
  scrollTo(0, 0);
  navigator.storage?.persist?.(); // lest the browser makes room with what has not been sent
  return report.id;
}

async function submit() {
  let id;
  isKeeping = send.disabled = true;
  try {
    id = await write();
  } catch {
    tell("notSaved", true); // what was written is still in the form
    return;
  } finally {
    isKeeping = false;
    drawNetwork();
    if (document.activeElement === document.body) send.focus({ preventScroll: true }); // it could not have the focus meanwhile
  }

  await back();
  const state = (await reportsOf(name)).find((r) => r.id === id)?.state;
  if (state === "sent") tell("done");
  if (state === "refused") tell("notTaken", true);
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!byId("text").value.trim()) {
    byId("text").value = "";
    byId("form").reportValidity();
    return;
  }

  if (!isKeeping) submit();
});

byId("form").addEventListener("input", () => tell(null));

byId("language").addEventListener("click", () => {
  setLanguage(lang() === "zh" ? "en" : "zh");
  draw();
  drawList();
});

async function back() {
  await meet();
  await flush();
  if (!trouble) await followCases(name, drawList);
}

addEventListener("hashchange", () => {
  drawTab();
  scrollTo(0, 0);
  if (isList()) back();
});
addEventListener("online", back);
addEventListener("offline", drawNetwork);
document.addEventListener("visibilitychange", () => { if (!document.hidden) back(); });
setInterval(() => { if (!document.hidden && (trouble === "away" || isList())) back(); }, againMs);

if (isSecureContext && navigator.serviceWorker) {
  // Only this one script may be run as a worker, whatever comes.
  const policy = globalThis.trustedTypes?.createPolicy("report", { createScriptURL: () => "report-worker.js" });
  navigator.serviceWorker.register(policy?.createScriptURL("") ?? "report-worker.js", { scope: "report" }).catch(() => { /* then it needs a network to open */ });
}

drawTab();
draw();
await drawList();
await meet();
if (trouble === "sign-in") signIn(); // later on only a link says it: nobody loses what they are writing
else await back();
