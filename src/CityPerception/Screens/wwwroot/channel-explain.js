// Why a value is what it is: definition, formula with its numbers, inputs, and what was shown before.
import { element } from "./dom.js";
import { count, locale, measured, pick } from "./texts.js";
import { covered, figure, levelName, sign, tell, unitOf, windowName } from "./wall-texts.js";

const full = (time) => new Date(time).toLocaleString(locale(), { hour12: false });

/** @param seesLetters Whether links to what was refused lead anywhere. @returns elements of the explanation of an answer of …/explain. */
export function drawExplanation(answer, seesLetters) {
  const unit = unitOf(answer.unit), shown = answer.shown;
  const value = element("p", "answer", element("b", "", shown ? `${figure(shown.value)} ${unit}` : tell("notShown")));
  if (shown) value.append(levelOf(shown.level));
  const facts = element("dl", "facts", ...pairs([
    [tell("period"), `${full(answer.from)} – ${full(answer.to)} · ${windowName(answer.window)}`],
    [tell("definedBy"), answer.definedBy],
    [tell("formula"), element("code", "", answer.formula)],
    [tell("computation"), element("code", "", shown ? `${answer.computation} = ${measured(shown.value)}` : answer.computation)],
    [tell("bounds"), answer.levels ? pick(answer.levels) : tell("noBounds")],
    ...(shown?.reason ? [[tell(shown.level === "unknown" ? "whyUnknown" : "whyDoubtful"), pick(shown.reason)]] : []),
    ...(shown ? [[tell("samples"), count(shown.samples)], [tell("coverage"), covered(shown.coverage)], [tell("computed"), full(shown.computed)], [tell("revision"), shown.rev > 0 ? tell("restated", shown.rev) : tell("original")]] : []),
  ]));
  return [value, element("p", "", pick(answer.description)), facts,
    element("h3", "", tell("inputs")),
    table([tell("input"), tell("definition"), tell("result"), tell("samples")], answer.inputs.map((i) => [i.name, i.definition, i.value === undefined ? "–" : measured(i.value), count(i.samples)])),
    ...answer.inputs.filter((i) => i.points?.query).map(queryOf),
    ...(seesLetters ? refusedOf(answer) : []),
    element("h3", "", tell("revisions")),
    answer.revisions.length === 0 ? element("p", "empty", tell("neverRevised"))
      : table([tell("revision"), tell("value"), tell("levelHead"), tell("samples"), tell("computed")], answer.revisions.map((r) => [count(r.rev), `${figure(r.value)} ${unit}`, `${sign(r.level)} ${levelName(r.level)}`, count(r.samples), full(r.computed)]))];
}

// The query of the store that brings what the input was made of.
function queryOf(input) {
  const copy = element("button", "small", tell("copy")), text = element("code", "", input.points.query);
  copy.type = "button";
  copy.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(input.points.query);
    copy.textContent = tell("copied");
  });
  return element("details", "query", element("summary", "", tell("rawPoints", `${input.name} · ${input.points.store}`)), text, copy);
}

// What the sources of all inputs sent since then and did not become points.
function refusedOf(answer) {
  const sources = new Map(answer.inputs.flatMap((i) => i.refused).map((r) => [r.source, r.deadLetters]));
  if (sources.size === 0) return [];
  const links = [...sources].map(([source, letters]) => {
    const link = element("a", "", source);
    link.href = `/admin/deadletters${new URL(letters, location.origin).search}`;
    return element("li", "", link);
  });
  return [element("h3", "", tell("refusedOf")), element("ul", "refused", ...links)];
}

function levelOf(level) {
  const result = element("span", "level", `${sign(level)} ${levelName(level)}`);
  result.dataset.level = level;
  return result;
}

const pairs = (list) => list.map(([term, text]) => element("div", "", element("dt", "", term), element("dd", "", text)));

function table(heads, rows) {
  const cells = (name, texts) => texts.map((text) => element(name, "", text));
  return element("div", "scroll", element("table", "", element("thead", "", element("tr", "", ...cells("th", heads))), element("tbody", "", ...rows.map((row) => element("tr", "", ...cells("td", row))))));
}
