// Two small charts, drawn as SVG paths: no library, no inline style.
const svgNamespace = "http://www.w3.org/2000/svg";

export function svg(name, attributes) {
  const element = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export function createSpark(sense) {
  return fillSpark(null, sense);
}

/** Gives a spark its two paths, if it has none yet; makes the spark where there is none. */
export function fillSpark(given, sense) {
  const root = given ?? svg("svg", { class: "spark", viewBox: "0 0 118 30", preserveAspectRatio: "none", role: "img" });
  if (!root.firstChild) root.append(...shape(sense));
  return root;
}

/** @param fitted The scale is that of the values, which may be of any size and missing; else it counts from 0. */
export function drawSpark(root, sense, values, fitted = false) {
  root.children[0].setAttribute("class", `area ${sense}`);
  root.children[1].setAttribute("class", `curve ${sense}`);
  // The scale ends at four at least: a single message is a small bump, not a peak.
  if (!fitted) plot(root.children[0], root.children[1], values, 118, 29, -27, Math.max(4, ...values));
  else plotFitted(root.children[0], root.children[1], values);
}

// A gap stays a gap: a line across it would be made up.
function plotFitted(area, curve, values) {
  const known = values.filter((v) => v !== null), least = Math.min(...known), most = Math.max(...known);
  const step = 118 / (values.length - 1), height = (v) => (most === least ? 15 : 28 - (26 * (v - least)) / (most - least));
  let line = "", filled = "", from = -1;
  for (let i = 0; i <= values.length; i++) {
    if (i < values.length && values[i] !== null) {
      if (from < 0) from = i;
      line += `${from === i ? "M" : "L"}${(i * step).toFixed(1)} ${height(values[i]).toFixed(1)}`;
    } else if (from >= 0) {
      const points = values.slice(from, i).map((v, k) => `${((from + k) * step).toFixed(1)} ${height(v).toFixed(1)}`).join("L");
      filled += `M${(from * step).toFixed(1)} 30L${points}L${((i - 1) * step).toFixed(1)} 30z`;
      from = -1;
    }
  }
  curve.setAttribute("d", line);
  area.setAttribute("d", filled);
}

/** Things above the line, people below it, each on its own scale: a city has a thousand readings for one complaint. */
export function drawMirror(root, things, people) {
  if (!root.firstChild) {
    root.append(...shape("thing"), ...shape("human"), svg("line", { class: "axis", x1: 0, x2: 590, y1: 80, y2: 80 }));
  }
  const [thingArea, thingCurve, humanArea, humanCurve] = root.children;
  plot(thingArea, thingCurve, things, 590, 79, -74, Math.max(4, ...things));
  plot(humanArea, humanCurve, people, 590, 81, 74, Math.max(4, ...people));
}

const shape = (sense) => [svg("path", { class: `area ${sense}` }), svg("path", { class: `curve ${sense}` })];

function plot(area, curve, values, width, base, height, most) {
  const step = width / (values.length - 1);
  const points = values.map((v, i) => `${(i * step).toFixed(1)} ${(base + (height * v) / most).toFixed(1)}`).join("L");
  curve.setAttribute("d", `M${points}`);
  area.setAttribute("d", `M0 ${base}L${points}L${width} ${base}z`);
}
