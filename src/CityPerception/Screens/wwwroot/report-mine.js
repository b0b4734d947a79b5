// The reports of this phone, and how far they are.
import { byId, element } from "./dom.js";
import { locale, pick } from "./texts.js";
import { detailOf, say, stateName } from "./report-texts.js";
import { drop, keep, reportsOf } from "./report-queue.js";

const followed = 50, over = new Set(["closed", "cancelled"]);

/** Draws the list. `resend` is called after a report was put back into the queue. */
export async function drawMine(name, offer, resend) {
  const reports = await reportsOf(name);
  const categories = new Map(offer?.groups.flatMap((g) => g.categories).map((c) => [c.code, c.name]));
  const time = new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" });
  const unsent = reports.filter((r) => r.state !== "sent").length;
  byId("unsent").hidden = !unsent;
  byId("unsent").textContent = say("unsent", unsent);
  byId("none").hidden = reports.length > 0;
  byId("mine-list").replaceChildren(...reports.map((report) => {
    const item = element("li", "",
      element("p", "state", report.caseState && report.state === "sent" ? stateName(report.caseState) : say(report.state)),
      element("p", "what", pick(categories.get(report.body.category)) ?? report.body.category),
      element("p", "", report.body.text),
      element("p", "hint", [time.format(new Date(report.body.madeAt)), report.photos.length ? say("withPhotos", report.photos.length) : null].filter(Boolean).join(" · ")));
    item.dataset.state = report.state === "sent" && over.has(report.caseState) ? "over" : report.state;
    if (report.state === "refused") item.append(element("p", "fault", detailOf(report.problem)), choices(report, resend));
    return item;
  }));
}

function button(text, act) {
  const result = Object.assign(element("button", "", text), { type: "button" });
  result.addEventListener("click", () => act(result));
  return result;
}

function choices(report, resend) {
  const again = button(say("again"), async () => {
    // Nothing of it was taken: it may be told anew, with the clock of now.
    report.body.madeAt = new Date().toISOString();
    report.state = "waiting";
    report.problem = null;
    await keep(report);
    await resend();
  });
  let isAsked = false;
  const away = button(say("drop"), async (self) => {
    if (!isAsked) {
      isAsked = true;
      self.textContent = say("reallyDrop");
      return;
    }

    await drop(report.id);
    await resend();
  });
  return element("div", "row", again, away);
}

/** Asks what became of the last reports. */
export async function followCases(name, changed) {
  const open = (await reportsOf(name)).filter((r) => r.state === "sent" && !over.has(r.caseState)).slice(0, followed);
  if (!open.length) return;
  const answer = await fetch(`api/cases?source=grid-report&id=${open.map((r) => r.id).join()}`).catch(() => null);
  if (!answer?.ok) return; // asked again later
  const states = new Map((await answer.json()).cases.map((c) => [c.id, c.state]));
  for (const report of open) {
    const state = states.get(report.id);
    if (!state || state === report.caseState) continue;
    report.caseState = state;
    await keep(report);
  }

  await changed();
}
