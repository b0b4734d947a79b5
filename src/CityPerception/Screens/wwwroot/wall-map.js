// The districts: as tiles that lie as the seats of government do, or as areas of the map that the city supplies. What is said of each is the same.
import { svg } from "./charts.js";
import { byId, element, keep, setText } from "./dom.js";
import { count, pick } from "./texts.js";
import { levelName, sign, tell } from "./wall-texts.js";

const order = ["unknown", "green", "yellow", "orange", "red"];
const cells = new Map(), areas = new Map();
let latest = null, shapes = null, asking = false;

export function drawMap(board) {
  latest = board;
  if (board.map.drawn && board.map.drawn !== shapes?.version) askForShapes();
  const drawn = board.map.drawn && board.map.drawn === shapes?.version ? shapes : null;
  const root = byId("map"), frame = byId("map-frame");
  frame.classList.toggle("drawn", Boolean(drawn));
  byId("map-note").hidden = Boolean(drawn);
  byId("map-approval").hidden = !drawn;
  byId("shapes").toggleAttribute("hidden", !drawn);
  if (drawn) drawShapes(drawn, frame);
  else {
    root.style.gridTemplateColumns = `repeat(${board.map.columns}, 1fr)`;
    root.style.gridTemplateRows = `repeat(${board.map.rows}, 1fr)`;
  }
  const places = new Map(drawn?.districts.map((d) => [d.code, d]));
  keep(cells, root, board.map.districts, (d) => d.code, createCell, (cell, district) => drawCell(cell, district, board.channels, places.get(district.code), drawn));
  if (drawn) shorten();
}

// On a map districts lie as they do: where texts would cover each other, they are the name and the level's sign; the rest is in the title.
function shorten() {
  const all = [...cells.values()].map((cell) => ({ cell, box: cell.root.getBoundingClientRect() }));
  const covered = all.filter((one) => all.some((other) => other !== one && meet(one.box, other.box)));
  for (const { cell } of covered) {
    cell.root.classList.add("brief");
    setText(cell.level, sign(cell.level.dataset.level));
  }
}

const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

// Once for each version; while it cannot be had, the schematic map is shown, and the next board asks again.
async function askForShapes() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch("/api/map");
    if (answer.ok) shapes = await answer.json();
  } catch {
    // The network is away: the feed says so.
  }
  asking = false;
  if (shapes?.version === latest.map.drawn) drawMap(latest);
}

function drawShapes(drawn, frame) {
  frame.style.setProperty("--ratio", drawn.width / drawn.height);
  byId("shapes").setAttribute("viewBox", `-4 -4 ${drawn.width + 8} ${drawn.height + 8}`);
  keep(areas, byId("shapes"), drawn.districts, (d) => d.code, () => ({ root: svg("path", {}) }), (area, district) => area.root.setAttribute("d", district.path));
  const source = drawn.source ? ` · ${pick(drawn.source)}` : "";
  setText(byId("map-approval"), tell("approval", drawn.approval) + source);
}

export function badge(target, level) {
  setText(target, `${sign(level)} ${levelName(level)}`);
  target.dataset.level = level;
}

function createCell() {
  const cell = { name: element("b"), level: element("span", "level"), cases: element("span"), devices: element("span") };
  cell.counts = element("span", "counts", cell.cases, cell.devices);
  cell.counts.setAttribute("role", "img");
  cell.root = element("li", "", cell.name, cell.level, cell.counts);
  return cell;
}

function drawCell(cell, district, channels, place, drawn) {
  cell.root.style.gridColumn = district.column + 1;
  cell.root.style.gridRow = district.row + 1;
  cell.root.style.left = drawn ? `${(100 * place.x) / drawn.width}%` : "";
  cell.root.style.top = drawn ? `${(100 * place.y) / drawn.height}%` : "";
  const levels = channels.map((c) => [c, c.districts[district.code] ?? "unknown"]);
  const worst = order[Math.max(...levels.map(([, l]) => order.indexOf(l)), 0)];
  setText(cell.name, pick(district.name));
  cell.root.classList.remove("brief");
  badge(cell.level, worst);
  cell.root.dataset.level = worst;
  if (drawn) areas.get(district.code).root.dataset.level = worst;
  // What both senses have there: cases of people, devices that are heard of.
  const known = district.devices !== undefined && district.devices !== null;
  setText(cell.cases, tell("casesShort", count(district.openCases)));
  setText(cell.devices, known ? tell("devicesShort", count(district.online), count(district.devices)) : "");
  const words = [tell("openCases", count(district.openCases)), ...(known ? [tell("devicesOnline", count(district.online), count(district.devices))] : []),
    ...levels.filter(([, l]) => l !== "unknown").map(([c, l]) => `${pick(c.name)} ${levelName(l)}`)].join(", ");
  cell.counts.setAttribute("aria-label", words);
  cell.root.title = words;
}
