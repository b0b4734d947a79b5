// Draws the board and the pulse. Elements are made once and kept: a screen that runs for a month holds no more than at first.
import { drawSpark, fillSpark } from "./charts.js";
import { byId, element, keep, setText } from "./dom.js";
import { count, pick } from "./texts.js";
import { badge, drawMap } from "./wall-map.js";
import { ago, figure, levelName, moment, sign, tell, unitOf, windowName } from "./wall-texts.js";

const changesShown = 12;
const tiles = new Map();

export function drawBoard(board, now) {
  setText(byId("city"), pick(board.city));
  keep(tiles, byId("tiles"), board.channels, (c) => c.slug, createTile, drawTile);
  byId("no-channels").hidden = board.channels.length > 0;
  byId("tiles").dataset.count = board.channels.length;
  drawMap(board);
  drawChanges(board, now);
  drawCases(board, now);
  drawAges(board, now);
}

/** Ages go on while nothing comes: what was current becomes out of date by itself. */
export function drawAges(board, now) {
  for (const channel of board.channels) drawAge(tiles.get(channel.slug), channel, now);
}

export function drawPulse(pulse) {
  setText(byId("rate"), pulse.rate >= 10 ? count(pulse.rate) : pulse.rate.toFixed(1));
  for (const key of ["accepted", "rejected", "waiting"]) setText(byId(key), pulse[key] === null ? "–" : count(pulse[key]));
  byId("rejected-box").classList.toggle("alert", pulse.rejected > 0);
  setText(byId("sources"), `${pulse.active} / ${pulse.sources}`);
  for (const [id, sense, values, label] of [["things", "thing", pulse.things, "things60"], ["people", "human", pulse.people, "people60"]]) {
    fillSpark(byId(id), sense);
    drawSpark(byId(id), sense, values);
    byId(id).setAttribute("aria-label", tell(label, count(values.reduce((sum, v) => sum + v, 0))));
  }
}

function createTile(channel) {
  const tile = {
    name: element("h3"), badge: element("span", "level"), kpi: element("p", "kpi"), value: element("span", "value"), unit: element("span", "unit"),
    change: element("p", "change"), spark: fillSpark(null, "trend"), age: element("p", "fresh"), worst: element("p", "worst"),
  };
  tile.link = element("a", "", element("div", "tile-head", tile.name, tile.badge), tile.kpi, element("p", "figure", tile.value, tile.unit), tile.change, tile.spark, tile.worst, tile.age);
  tile.link.href = `channels/${encodeURIComponent(channel.slug)}`;
  tile.root = element("li", "tile", tile.link);
  return tile;
}

function drawTile(tile, channel) {
  const main = channel.main;
  setText(tile.name, pick(channel.name));
  tile.link.title = pick(channel.description);
  setText(tile.kpi, `${pick(main.name)} · ${windowName(main.window)}`);
  setText(tile.value, figure(main.value));
  setText(tile.unit, main.value === null ? "" : unitOf(main.unit));
  setText(tile.change, change(main));
  const known = main.trend.filter((v) => v !== null);
  tile.spark.toggleAttribute("hidden", known.length < 2);
  if (known.length >= 2) {
    drawSpark(tile.spark, "trend", main.trend, true);
    tile.spark.setAttribute("aria-label", tell("trend", known.length, figure(Math.min(...known)), figure(Math.max(...known))));
  }
  const worst = channel.worst;
  tile.worst.hidden = !worst;
  if (worst) setText(tile.worst, `${sign(worst.level)} ${pick(worst.name)} ${figure(worst.value)} ${unitOf(worst.unit)}`);
  tile.worst.dataset.level = worst?.level ?? "";
}

function change(kpi) {
  const [before, last] = kpi.trend.slice(-2);
  if (kpi.trend.length < 2 || before === null || last === null) return "";
  const by = last - before;
  if (figure(Math.abs(by)) === figure(0)) return `→ ${tell("same")}`;
  return by > 0 ? `↑ ${tell("up", figure(by))}` : `↓ ${tell("down", figure(-by))}`;
}

function drawAge(tile, channel, now) {
  if (!tile) return;
  const to = channel.main.to, stale = to !== null && (now - Date.parse(to)) / 1000 > channel.main.staleAfterSeconds;
  const level = stale && !channel.worst ? "stale" : channel.level;
  badge(tile.badge, level);
  tile.root.dataset.level = level;
  tile.root.classList.toggle("stale", stale);
  const shown = to === null ? tell("noValue") : `${stale ? `${sign("stale")} ${levelName("stale")} · ` : ""}${moment(to, now)} · ${ago(to, now)}`;
  setText(tile.age, shown);
}

function drawChanges(board, now) {
  const channels = new Map(board.channels.map((c) => [c.slug, c.name])), districts = new Map(board.map.districts.map((d) => [d.code, d.name]));
  const shown = board.changes.slice(0, changesShown);
  byId("no-changes").hidden = shown.length > 0;
  byId("changes").replaceChildren(...shown.map((c) => {
    const time = timeOf(c.at, now);
    const from = element("span", "level"), to = element("span", "level");
    badge(from, c.from);
    badge(to, c.to);
    const arrow = element("span", "", "→");
    arrow.setAttribute("role", "img");
    arrow.setAttribute("aria-label", "→");
    return element("li", "", time, element("span", "what", element("b", "", pick(channels.get(c.channel))), ` ${pick(districts.get(c.district)) ?? tell("wholeCity")} ${pick(c.name)} ${figure(c.value)} ${unitOf(c.unit)}`),
      element("span", "turn", from, arrow, to));
  }));
}

function drawCases(board, now) {
  const districts = new Map(board.map.districts.map((d) => [d.code, d.name]));
  byId("no-cases").hidden = board.cases.length > 0;
  byId("cases").replaceChildren(...board.cases.map((c) => element("li", c.isOpen ? "" : "ended", timeOf(c.at, now),
    element("span", "what", element("b", "", pick(districts.get(c.district)) ?? tell("wholeCity")), ` ${pick(c.category)}`), element("span", "state", pick(c.state)))));
}

function timeOf(at, now) {
  const time = element("time", "", moment(at, now));
  time.dateTime = at;
  return time;
}
