// Elements with text in them. Whatever comes from data is set as text, never as markup.
import { lang, locale } from "./texts.js";

export const byId = (id) => document.getElementById(id);

export function element(name, className, ...content) {
  const result = document.createElement(name);
  if (className) result.className = className;
  result.append(...content);
  return result;
}

// An unchanged text is left alone, so that a screen reader and a selection stay where they are.
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Makes what is new, removes what is gone, draws the rest in place. @param known A map of key to what was created. */
export function keep(known, parent, items, keyOf, create, draw) {
  const present = new Set(items.map(keyOf));
  for (const [key, kept] of known) {
    if (present.has(key)) continue;
    kept.root.remove();
    known.delete(key);
  }
  items.forEach((item, i) => {
    if (!known.has(keyOf(item))) known.set(keyOf(item), create(item));
    const kept = known.get(keyOf(item));
    if (parent.children[i] !== kept.root) parent.insertBefore(kept.root, parent.children[i] ?? null);
    draw(kept, item);
  });
}

/** Writes the texts that are part of the page, in the person's language. */
export function drawTexts(say) {
  document.documentElement.lang = locale();
  for (const target of document.querySelectorAll("[data-text]")) target.textContent = say(target.dataset.text);
  byId("language").textContent = say("language");
  byId("language").lang = lang() === "zh" ? "en" : "zh-CN";
}
