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

/** Writes the texts that are part of the page, in the person's language. */
export function drawTexts(say) {
  document.documentElement.lang = locale();
  for (const target of document.querySelectorAll("[data-text]")) target.textContent = say(target.dataset.text);
  byId("language").textContent = say("language");
  byId("language").lang = lang() === "zh" ? "en" : "zh-CN";
}
