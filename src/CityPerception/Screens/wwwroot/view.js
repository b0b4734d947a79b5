// Draws a snapshot. Whatever comes from data is set as text, never as markup.
import { createSpark, drawMirror, drawSpark } from "./charts.js";
import { age, count, lang, locale, measured, pick, rate, reason, say, unit } from "./texts.js";

const silentAfterSeconds = 60;
const senseOrder = { human: 0, thing: 1, platform: 2 };
const byId = (id) => document.getElementById(id);
const rows = new Map();
let names = { districts: {}, fields: new Map(), measurements: {} };
let rejectionsShown = "";

export function setNames(received) {
  names = {
    districts: received.districts,
    measurements: received.measurements,
    fields: new Map(received.fields.map((f) => [`${f.measurement}.${f.field}`, f])),
  };
  forgetDrawn();
}

/** After a change of language or names everything is written anew. */
export function forgetDrawn() {
  for (const row of rows.values()) row.observationShown = null;
  rejectionsShown = "";
}

export function drawStatic() {
  document.documentElement.lang = locale();
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
  byId("language").textContent = say("language");
  byId("language").lang = lang() === "zh" ? "en" : "zh-CN";
}

export function draw(snapshot, now) {
  drawTotals(snapshot.totals);
  drawSenses(snapshot.sources);
  drawSources(snapshot.sources, now);
  drawRejections(snapshot.sources, now);
  const started = new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(snapshot.started));
  setText(byId("about"), say("about", snapshot.version, started));
}

/** Ages go on while no snapshot comes. */
export function drawAges(snapshot, now) {
  for (const source of snapshot.sources) drawAge(rows.get(source.name), source, now);
}

function drawTotals(totals) {
  setText(byId("total-rate"), totals.rate >= 10 ? count(totals.rate) : totals.rate.toFixed(1));
  for (const key of ["accepted", "rejected", "waiting", "stored"]) setText(byId(`total-${key}`), totals[key] === null ? "–" : count(totals[key]));
  setText(byId("total-backfilling"), count(totals.backfilling ?? 0));
  byId("total-backfilling").parentElement.hidden = !totals.backfilling;
  byId("total-rejected").parentElement.classList.toggle("alert", totals.rejected > 0);
}

function drawSenses(sources) {
  const sums = {};
  for (const sense of ["thing", "human"]) {
    const mine = sources.filter((s) => s.sense === sense);
    const seconds = Array.from({ length: 60 }, (_, i) => mine.reduce((sum, s) => sum + s.receivedBySecond[i], 0));
    sums[sense] = seconds;
    setText(byId(`${sense}-rate`), rate(mine.reduce((sum, s) => sum + s.rate, 0), total(seconds)));
  }
  drawMirror(byId("mirror"), sums.thing, sums.human);
  byId("mirror").setAttribute("aria-label", say("mirror", count(total(sums.thing)), count(total(sums.human))));
}

function drawSources(sources, now) {
  const sorted = [...sources].sort((a, b) => senseOrder[a.sense] - senseOrder[b.sense] || a.name.localeCompare(b.name));
  const body = byId("rows");
  const present = new Set(sorted.map((s) => s.name));
  for (const [name, row] of rows) {
    if (present.has(name)) continue;
    row.root.remove();
    rows.delete(name);
  }
  sorted.forEach((source, i) => {
    if (!rows.has(source.name)) rows.set(source.name, createRow());
    const row = rows.get(source.name);
    if (body.children[i] !== row.root) body.insertBefore(row.root, body.children[i] ?? null);
    drawRow(row, source, now);
  });
  byId("empty").hidden = sorted.length > 0;
  setText(byId("sources-count"), say("sourceCount", count(sorted.length), count(sorted.filter((s) => total(s.receivedBySecond) > 0).length)));
}

function createRow() {
  const cell = (...content) => element("td", "", ...content);
  const row = { name: element("div", "name"), id: element("div", "id"), badge: element("span", "badge"), rate: element("span", "rate"), refused: element("span", "refused"), spark: createSpark("thing"), age: element("span", "age"), observation: element("div", "observation") };
  const number = cell(row.rate, row.refused);
  number.className = "number";
  row.root = element("tr", "", cell(row.name, row.id), cell(row.badge), number, cell(row.spark), cell(row.age), cell(row.observation));
  row.root.setAttribute("role", "row");
  for (const td of row.root.children) td.setAttribute("role", "cell");
  return row;
}

function drawRow(row, source, now) {
  setText(row.name, pick(source));
  setText(row.id, source.transports.length > 0 ? `${source.name} · ${source.transports.join(" ")}` : source.name);
  setText(row.badge, say(source.sense));
  row.badge.className = `badge ${source.sense}`;
  const lastMinute = total(source.receivedBySecond);
  setText(row.rate, rate(source.rate, lastMinute));
  setText(row.refused, source.rejected > 0 ? say("refused", count(source.rejected)) : "");
  drawSpark(row.spark, source.sense, source.receivedBySecond);
  row.spark.setAttribute("aria-label", say("spark", count(lastMinute), count(Math.max(...source.receivedBySecond))));
  drawAge(row, source, now);
  drawObservation(row, source.observations[0]);
}

function drawAge(row, source, now) {
  if (!row) return;
  if (source.lastReceived === null) {
    setText(row.age, say("never"));
    row.root.classList.remove("silent");
    return;
  }
  const seconds = (now - Date.parse(source.lastReceived)) / 1000;
  const silent = seconds > silentAfterSeconds;
  row.root.classList.toggle("silent", silent);
  setText(row.age, silent ? say("silent", age(seconds)) : age(seconds));
}

function drawObservation(row, observation) {
  const key = observation ? observation.received + observation.line : "";
  if (row.observationShown === key) return;
  row.observationShown = key;
  row.observation.replaceChildren();
  if (!observation) return;
  const { sense, source, district, ...tags } = observation.tags;
  if (district) row.observation.append(element("span", "place", pick(names.districts[district]) ?? district));
  const shown = Object.values(tags).join(" · ");
  if (shown) row.observation.append(element("span", "tag", shown));
  for (const field of observation.fields) row.observation.append(chip(observation.measurement, field));
}

function chip(measurement, field) {
  const known = names.fields.get(`${measurement}.${field.name}`);
  const text = field.number !== null ? measured(field.number) : field.flag !== null ? say(field.flag ? "yes" : "no") : field.text;
  const result = element("span", "chip", element("i", "", pick(known?.name) ?? field.name), text);
  if (field.text !== null) result.title = field.text; // where the chip is cut short
  if (known?.unit) result.append(element("small", "", unit(known.unit)));
  return result;
}

function drawRejections(sources, now) {
  const recent = sources.flatMap((s) => s.rejections.map((r) => ({ ...r, source: s }))).sort((a, b) => b.received.localeCompare(a.received)).slice(0, 8);
  byId("no-rejections").hidden = recent.length > 0;
  const key = recent.map((r) => r.source.name + r.received + r.path).join("\n");
  if (key !== rejectionsShown) {
    rejectionsShown = key;
    byId("rejections").replaceChildren(...recent.map(rejectionItem));
  }
  [...byId("rejections").querySelectorAll("time")].forEach((time, i) => setText(time, age((now - Date.parse(recent[i].received)) / 1000)));
}

function rejectionItem(rejection) {
  const time = element("time", "");
  time.dateTime = rejection.received;
  return element("li", "",
    element("div", "head", element("span", "reason", reason(rejection.reason)), time),
    element("div", "", pick(rejection.source), " ", element("code", "where", rejection.path)),
    element("div", "where", rejection.detail));
}

function element(name, className, ...content) {
  const result = document.createElement(name);
  if (className) result.className = className;
  result.append(...content);
  return result;
}

// An unchanged text is left alone, so that a screen reader and a selection stay where they are.
function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);
