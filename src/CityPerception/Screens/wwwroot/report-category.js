// The tree of categories: a group, and of it a category.
import { byId, element } from "./dom.js";
import { pick } from "./texts.js";
import { say } from "./report-texts.js";

let groups = [], group = 0, chosen = null;

export const categoryOf = () => chosen.code;

export function clearCategory() {
  chosen = null;
  draw();
}

export function drawCategories(offer) {
  groups = offer.groups;
  group = Math.min(group, groups.length - 1);
  draw();
}

function draw() {
  byId("groups").setAttribute("aria-label", say("category"));
  byId("groups").replaceChildren(...groups.map((g, i) => choice("group", pick(g.name), i === group, () => {
    group = i;
    chosen = null;
    drawOfGroup();
  })));
  drawOfGroup();
}

function drawOfGroup() {
  byId("categories").replaceChildren(...(groups[group]?.categories ?? []).map((c) => {
    const label = choice("category", pick(c.name), c.code === chosen?.code, () => {
      chosen = c;
      drawHint();
    });
    label.firstChild.value = c.code;
    label.firstChild.required = true;
    return label;
  }));
  drawHint();
}

function drawHint() {
  const hint = chosen ? groups.flatMap((g) => g.categories).find((c) => c.code === chosen.code)?.description : null;
  byId("category-hint").textContent = hint ? pick(hint) : "";
}

function choice(name, text, isChecked, choose) {
  const input = Object.assign(element("input"), { type: "radio", name, checked: isChecked });
  input.addEventListener("change", choose);
  return element("label", "", input, element("span", "", text));
}
