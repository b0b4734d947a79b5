// Places, or groups of one KPI, beside each other: the one to worry about first.
import { element } from "./dom.js";
import { figure, levelName, sign, tell } from "./wall-texts.js";

const worry = ["red", "orange", "yellow", "unknown", "green"];

/** Of values that have the same KPI: the worse level first, then the worse value; where neither direction is better, the larger. */
export function byWorry(better) {
  return (a, b) => worry.indexOf(a.level) - worry.indexOf(b.level) || (better === "higher" ? a.value - b.value : b.value - a.value);
}

/** @param rows of { name, point, isChosen, open }, in their order; isChosen where one of them is chosen rather than explained. */
export function drawRanking(list, rows, unit) {
  const most = Math.max(...rows.map((r) => Math.abs(r.point.value)), 1e-9);
  const focused = [...list.children].findIndex((li) => li.contains(document.activeElement));
  list.classList.toggle("groups", rows.some((r) => r.isChosen));
  list.replaceChildren(...rows.map(({ name, point, isChosen, open }) => {
    const bar = element("span", "bar");
    bar.style.width = `${(Math.abs(point.value) / most) * 100}%`;
    const row = element("button", "row", element("span", "place", name), element("span", "track", bar), element("b", "", `${figure(point.value)} ${unit}`), element("span", "level", `${sign(point.level)} ${levelName(point.level)}`));
    row.type = "button";
    row.dataset.level = point.level;
    if (isChosen === undefined) row.title = tell("explain");
    else row.setAttribute("aria-pressed", isChosen);
    row.addEventListener("click", open);
    return element("li", "", row);
  }));
  if (focused >= 0) list.children[focused]?.firstElementChild.focus();
}
