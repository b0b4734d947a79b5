// Two small charts, drawn as SVG paths: no library, no inline style.
const svgNamespace = "http://www.w3.org/2000/svg";

export function svg(name, attributes) {
  const element = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export function createSpark(sense) {
  const root = svg("svg", { class: "spark", viewBox: "0 0 118 30", preserveAspectRatio: "none", role: "img" });
  root.append(...shape(sense));
  return root;
}

export function drawSpark(root, sense, values) {
  root.children[0].setAttribute("class", `area ${sense}`);
  root.children[1].setAttribute("class", `curve ${sense}`);
  // The scale ends at four at least: a single message is a small bump, not a peak.
  plot(root.children[0], root.children[1], values, 118, 29, -27, Math.max(4, ...values));
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
