// Signs in, and goes on to where the person was going.
import { lang, locale, say, setLanguage } from "./texts.js";

const form = document.getElementById("form"), message = document.getElementById("message"), submit = document.getElementById("submit");
const password = document.getElementById("password"), key = document.getElementById("key"), byKey = document.getElementById("by-key");
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
  return to.startsWith("/") && url.origin === location.origin ? url.pathname + url.search : "/";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  submit.disabled = true;
  show(null);
  try {
    const answer = await fetch("api/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(key.disabled ? { name: document.getElementById("name").value, password: password.value } : { key: key.value }),
    });
    if (answer.ok || answer.status === 409) {
      location.replace(destination());
      return;
    }

    if (answer.status === 401) show(key.disabled ? "signInWrong" : "keyWrong");
    else if (answer.status === 429) show("signInTooOften", answer.headers.get("Retry-After") ?? "60");
    else show("signInFailed", answer.status);
    const secret = key.disabled ? password : key;
    secret.value = "";
    secret.focus();
  } catch {
    show("lost");
  } finally {
    submit.disabled = false;
  }
});

// A screen has a key that may only look, and nobody's password.
byKey.addEventListener("click", () => {
  const withKey = key.disabled;
  byKey.setAttribute("aria-pressed", withKey);
  for (const input of form.querySelectorAll("input")) {
    const shown = (input === key) === withKey;
    input.disabled = input.hidden = !shown;
    input.required = shown;
    form.querySelector(`label[for="${input.id}"]`).hidden = !shown;
  }

  show(null);
  (withKey ? key : document.getElementById("name")).focus();
});

// Whoever comes back from a provider is signed in, and goes on from here: a browser does not send the session's cookie
// with what another site sent it to.
async function lookAtSession() {
  const asked = new URLSearchParams(location.search);
  try {
    const session = await (await fetch("api/session")).json();
    if (asked.has("in") && session.name) {
      location.replace(destination());
      return;
    }

    const provider = document.getElementById("by-provider");
    provider.hidden = !session.provider;
    provider.textContent = session.provider ?? "";
    provider.href = `sign-in/oidc?to=${encodeURIComponent(destination())}`;
    if (asked.has("failed")) show(asked.get("failed") === "role" ? "providerNoRole" : "providerFailed");
  } catch {
    show("lost");
  }
}

document.getElementById("language").addEventListener("click", () => {
  setLanguage(lang() === "zh" ? "en" : "zh");
  drawStatic();
});

drawStatic();
lookAtSession();
