// Signs in, and goes on to where the person was going.
import { lang, locale, say, setLanguage } from "./texts.js";

const form = document.getElementById("form"), message = document.getElementById("message"), submit = document.getElementById("submit");
const password = document.getElementById("password");
let said = null;

function show(key, ...values) {
  said = key && [key, ...values];
  message.textContent = said ? say(...said) : "";
}

function drawStatic() {
  document.documentElement.lang = locale();
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
  const language = document.getElementById("language");
  language.textContent = say("language");
  language.lang = lang() === "zh" ? "en" : "zh-CN";
  if (said) message.textContent = say(...said);
}

// Only a path of this server: an address elsewhere would make this page somebody's bait.
function destination() {
  const to = new URLSearchParams(location.search).get("to") ?? "/";
  const url = new URL(to, location.origin);
  return to.startsWith("/") && url.origin === location.origin ? url.pathname : "/";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  submit.disabled = true;
  show(null);
  try {
    const answer = await fetch("api/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: document.getElementById("name").value, password: password.value }),
    });
    if (answer.ok || answer.status === 409) {
      location.replace(destination());
      return;
    }

    if (answer.status === 401) show("signInWrong");
    else if (answer.status === 429) show("signInTooOften", answer.headers.get("Retry-After") ?? "60");
    else show("signInFailed", answer.status);
    password.value = "";
    password.focus();
  } catch {
    show("lost");
  } finally {
    submit.disabled = false;
  }
});

document.getElementById("language").addEventListener("click", () => {
  setLanguage(lang() === "zh" ? "en" : "zh");
  drawStatic();
});

drawStatic();
