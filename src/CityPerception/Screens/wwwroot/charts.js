// Two small charts, drawn as SVG paths: no library, no inline style.
const svgNamespace = "http://www.w3.org/2000/svg";

export function svg(name, attributes) {
  const element = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export function createSpark(sense) {
  const root = svg("svg", { class: "spark", viewBox: "0 0 118 30", preserveAspectRatio: "none", role: "img" });
  root.append(svg("path", { class: sense }));
  return root;
}

export function drawSpark(root, sense, values) {
  const path = root.firstChild;
  path.setAttribute("class", sense);
  path.setAttribute("d", area(values, 118, 29, -27, Math.max(1, ...values)));
}

/** Things above the line, people below it, each on its own scale: a city has a thousand readings for one complaint. */
export function drawMirror(root, things, people) {
  if (!root.firstChild) {
    root.append(svg("path", { class: "area-thing" }), svg("path", { class: "area-human" }), svg("line", { class: "axis", x1: 0, x2: 590, y1: 80, y2: 80 }));
  }
  root.children[0].setAttribute("d", area(things, 590, 78, -72, Math.max(1, ...things)));
  root.children[1].setAttribute("d", area(people, 590, 82, 72, Math.max(1, ...people)));
}

function area(values, width, base, height, most) {
  const step = width / (values.length - 1);
  const points = values.map((v, i) => `${(i * step).toFixed(1)} ${(base + (height * v) / most).toFixed(1)}`);
  return `M0 ${base}L${points.join("L")}L${width} ${base}`;
}
