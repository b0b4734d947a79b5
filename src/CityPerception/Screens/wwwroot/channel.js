// A channel: all its KPIs, one of them over time and by district, and why each number is what it is.
import { drawSeries } from "./channel-chart.js";
import { drawExplanation } from "./channel-explain.js";
import { byWorry, drawRanking } from "./channel-ranking.js";
import { byId, drawTexts, element, setText } from "./dom.js";
import { hasRole } from "./session.js";
import { count, lang, pick, say, setLanguage } from "./texts.js";
import { ago, covered, figure, levelName, moment, sign, tell, unitOf, windowName } from "./wall-texts.js";
import { follow } from "./wall-feed.js";

const slug = decodeURIComponent(location.pathname.split("/").pop()), api = "/api/channels/", rowsShown = 200;
let board = null, channel = null, chosen = null, windowChosen = null, series = null, drawn = 0, known = "";

const feed = follow({ board: changed, pulse() {}, state: (state) => setText(byId("connection"), tell(state)) });

function changed(received) {
  board = received;
  // Of the other channels only the tabs change.
  const mine = JSON.stringify(board.channels.find((c) => c.slug === slug));
  drawFrame();
  if (mine === known) return;
  known = mine;
  load();
}

async function get(path, accept = "application/json") {
  const answer = await fetch(api + path, { headers: { Accept: accept } });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Error(answer.status === 404 && !channel ? tell("noChannel") : problem.detail ?? String(answer.status));
}

const json = async (path) => (await get(path)).json();
const query = (values) => new URLSearchParams(Object.entries(values).filter(([, v]) => v)).toString();
const place = () => byId("district").value;

async function load() {
  const turn = ++drawn;
  try {
    const answer = await json(`${encodeURIComponent(slug)}?${query({ district: place() })}`);
    if (turn !== drawn) return;
    channel = answer;
    const first = cards();
    chosen = channel.kpis.find((k) => k.id === chosen?.id && k.group === chosen.group) ?? first.find((k) => k.id === chosen?.id) ?? first.find((k) => k.value !== undefined) ?? first[0];
    drawCards();
    await loadSeries(turn);
    byId("failure").hidden = true;
  } catch (error) {
    if (turn !== drawn) return;
    setText(byId("failure"), tell("failed", error.message));
    byId("failure").hidden = false;
  }
}

const path = () => `${encodeURIComponent(slug)}/kpis/${encodeURIComponent(chosen.id)}`;
// Of a KPI that is given by a tag, such as a department, all groups have one card: that of all together, or else of the one to worry about.
const groupsOf = (kpi) => channel.kpis.filter((k) => k.id === kpi.id && k.value !== undefined).sort((a, b) => !b.group - !a.group || byWorry(kpi.better)(a, b));
const cards = () => [...new Map(channel.kpis.map((k) => [k.id, k])).values()].map((k) => groupsOf(k)[0] ?? k);
const ofGroup = () => (chosen.by ? `&group=${encodeURIComponent(chosen.group ?? "")}` : "");
const groupName = (one) => (one.groupName ? pick(one.groupName) : one.group ?? tell("allGroups"));
const nameOf = (one) => [pick(one.name), ...(one.group ? [groupName(one)] : [])].join(" · ");

async function loadSeries(turn) {
  const found = await Promise.all(chosen.windows.map((w) => json(`${path()}/series?${query({ district: place(), window: w, compare: "previous" })}${ofGroup()}`)));
  if (turn !== drawn) return;
  series = found.find((s) => s.window === windowChosen) ?? found.find((s) => s.points.length > 0) ?? found[0];
  drawWindows(found);
  show(series);
  await loadRanking(turn);
}

function drawWindows(all) {
  byId("windows").setAttribute("aria-label", tell("windows"));
  byId("windows").replaceChildren(...all.map((one) => {
    const button = element("button", "", windowName(one.window));
    button.type = "button";
    button.setAttribute("aria-pressed", one.window === series.window);
    button.addEventListener("click", () => {
      windowChosen = one.window;
      series = one;
      for (const other of byId("windows").children) other.setAttribute("aria-pressed", other === button);
      show(one);
      loadRanking(++drawn);
    });
    return button;
  }));
}

function show(one) {
  setText(byId("series-title"), `${nameOf(chosen)} · ${placeName(one.district)}`);
  byId("no-series").hidden = one.points.length > 0;
  byId("chart").hidden = one.points.length === 0;
  if (one.points.length > 0) {
    drawSeries(byId("chart"), one, unitOf(one.unit));
    byId("chart").setAttribute("aria-label", tell("chartOf", nameOf(chosen), one.points.length, `${figure(one.points.at(-1).value)} ${unitOf(one.unit)}`));
  }
  byId("rows").replaceChildren(...one.points.slice(-rowsShown).reverse().map((point) => {
    const why = element("button", "small", tell("explain"));
    why.type = "button";
    why.setAttribute("aria-label", `${tell("explain")} ${moment(point.time)}`);
    why.addEventListener("click", () => explain(point.time, place()));
    const cell = (text, name = "") => element("td", name, text);
    return element("tr", "", cell(moment(point.time)), cell(`${figure(point.value)} ${unitOf(one.unit)}`, "number"), levelCell(point.level), cell(changeOf(point, one), "number"), cell(count(point.samples), "number"),
      cell(covered(point.coverage), "number"), cell(point.rev > 0 ? tell("restated", point.rev) : tell("original")), element("td", "", why));
  }));
}

// What the window was a period earlier, and by how much it differs.
function changeOf(point, one) {
  if (!point.previous) return "–";
  const by = point.previous.difference;
  return `${figure(point.previous.value)} ${unitOf(one.unit)} (${by > 0 ? "+" : ""}${figure(by)})`;
}

function levelCell(level) {
  const cell = element("td", "level", `${sign(level)} ${levelName(level)}`);
  cell.dataset.level = level;
  return cell;
}

const placeName = (code) => pick(board?.map.districts.find((d) => d.code === code)?.name) ?? tell("wholeCity");

async function loadRanking(turn) {
  const last = series.points.at(-1), list = byId("ranking");
  const groups = chosen.by ? groupsOf(chosen) : [];
  byId("ranking-title").dataset.text = groups.length > 1 ? "rankingGroups" : "ranking";
  setText(byId("ranking-title"), tell(byId("ranking-title").dataset.text));
  if (!last || !board) return list.replaceChildren();
  if (groups.length > 1) return drawGroups(list, groups);
  const to = new Date(Date.parse(last.time) + 1000).toISOString();
  const answers = await Promise.all(board.map.districts.map((d) => json(`${path()}/series?${query({ district: d.code, window: series.window, from: last.time, to })}${ofGroup()}`)));
  if (turn !== drawn) return;
  const order = byWorry(chosen.better);
  const values = answers.map((a) => ({ code: a.district, point: a.points[0] })).filter((a) => a.point).sort((a, b) => order(a.point, b.point));
  setText(byId("ranking-note"), tell("rankingOf", moment(last.time)));
  drawRanking(list, values.map(({ code, point }) => ({ name: placeName(code), point, open: () => explain(point.time, code) })), unitOf(series.unit));
}

function drawGroups(list, groups) {
  setText(byId("ranking-note"), tell("groupsNote", groups.length));
  drawRanking(list, groups.map((kpi) => ({
    name: groupName(kpi),
    point: kpi,
    isChosen: kpi === chosen,
    open: () => choose(kpi),
  })), unitOf(chosen.unit));
}

function choose(kpi) {
  if (kpi.id !== chosen.id) windowChosen = null;
  chosen = kpi;
  drawCards();
  const groups = groupsOf(kpi);
  if (groups.length > 1) drawGroups(byId("ranking"), groups);
  return attempt(() => loadSeries(++drawn));
}

function drawCards() {
  document.title = `${pick(channel.name)} · CityPerception`;
  setText(byId("name"), pick(channel.name));
  setText(byId("description"), pick(channel.description));
  const focused = document.activeElement?.dataset?.kpi;
  byId("cards").replaceChildren(...cards().map((first) => {
    const kpi = first.id === chosen.id ? chosen : first;
    const level = element("span", "level", `${sign(kpi.level)} ${levelName(kpi.level)}`);
    const button = element("button", "card", element("span", "card-head", element("span", "", nameOf(kpi)), level),
      element("span", "card-figure", element("b", "", figure(kpi.value)), element("small", "", kpi.value === undefined ? "" : unitOf(kpi.unit))),
      element("span", "card-foot", kpi.time ? `${moment(kpi.time)} · ${ago(kpi.time, feed.now())} · ${tell("samplesShort", count(kpi.samples))}` : tell("noValue")));
    button.type = "button";
    button.dataset.level = kpi.level;
    button.dataset.kpi = kpi.id;
    button.setAttribute("aria-pressed", kpi === chosen);
    button.addEventListener("click", () => choose(kpi));
    return element("li", "", button);
  }));
  if (focused) byId("cards").querySelector(`[data-kpi="${CSS.escape(focused)}"]`)?.focus();
}

function drawFrame() {
  drawTexts((key) => tell(key) ?? say(key));
  byId("channels").replaceChildren(byId("channels-title"), ...board.channels.map((c) => {
    const link = element("a", "", `${sign(c.level)} ${pick(c.name)}`);
    link.href = `/channels/${encodeURIComponent(c.slug)}`;
    link.dataset.level = c.level;
    link.title = levelName(c.level);
    if (c.slug === slug) link.setAttribute("aria-current", "page");
    return link;
  }));
  const select = byId("district"), now = select.value;
  select.replaceChildren(...[["", tell("wholeCity")], ...board.map.districts.map((d) => [d.code, pick(d.name)])].map(([value, text]) => new Option(text, value)));
  select.value = now;
}

async function attempt(work) {
  try {
    await work();
    byId("failure").hidden = true;
  } catch (error) {
    setText(byId("failure"), tell("failed", error.message));
    byId("failure").hidden = false;
  }
}

function explain(at, district) {
  return attempt(async () => {
    const answer = await json(`${path()}/explain?${query({ district, window: series.window, at })}${ofGroup()}`);
    setText(byId("why-title"), tell("explainOf", `${nameOf(answer)} · ${placeName(answer.district)}`));
    byId("why-body").replaceChildren(...drawExplanation(answer, await hasRole("engineer", "auditor", "administrator")));
    if (!byId("why").open) byId("why").showModal();
  });
}

byId("explain").addEventListener("click", () => { if (series?.points.length) explain(series.points.at(-1).time, place()); });
byId("close").addEventListener("click", () => byId("why").close());
byId("district").addEventListener("change", load);
for (const [kind, type] of [["csv", "text/csv"], ["xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]]) {
  byId(kind).addEventListener("click", () => attempt(async () => {
    const answer = await get(`${path()}/series?${query({ district: place(), window: series.window, compare: "previous" })}${ofGroup()}`, type);
    const link = element("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = [slug, chosen.id, ...(chosen.group ? [chosen.group] : []), series.district, `${series.window}.${kind}`].join("-");
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }));
}

byId("language").addEventListener("click", () => {
  setLanguage(lang() === "zh" ? "en" : "zh");
  drawFrame();
  load();
});

drawTexts((key) => tell(key) ?? say(key));
