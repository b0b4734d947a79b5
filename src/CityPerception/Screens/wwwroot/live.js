// Follows the server's live figures and keeps the page honest about how old they are.
import { draw, drawAges, drawStatic, forgetDrawn, setNames } from "./view.js";
import { signIn, watchSession } from "./session.js";
import { age, lang, say, setLanguage } from "./texts.js";

const lostAfterMs = 4000, reopenAfterMs = 3000;
const connection = document.getElementById("connection"), dataAge = document.getElementById("data-age");
let stream, snapshot, receivedAt = 0, serverAhead = 0, reopening = null;

function open() {
  reopening = null;
  stream = new EventSource("api/live");
  stream.addEventListener("names", (event) => setNames(JSON.parse(event.data)));
  stream.addEventListener("snapshot", (event) => {
    snapshot = JSON.parse(event.data);
    receivedAt = Date.now();
    serverAhead = Date.parse(snapshot.time) - receivedAt;
    refresh();
  });
  // The browser reconnects by itself after a broken connection, but not after an answer such as 503.
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED || reopening !== null) return;
    reopening = setTimeout(async () => await watchSession() ? open() : signIn(), reopenAfterMs);
  });
}

function refresh() {
  if (snapshot) draw(snapshot, Date.now() + serverAhead);
  showConnection();
}

function showConnection() {
  const quietMs = Date.now() - receivedAt;
  const state = !snapshot ? "connecting" : quietMs > lostAfterMs ? "lost" : "live";
  document.body.dataset.connection = state;
  // The state is announced once; the age beside it goes on silently.
  if (connection.textContent !== say(state)) connection.textContent = say(state);
  dataAge.textContent = state === "lost" ? say("dataAge", age(quietMs / 1000)) : "";
}

document.getElementById("language").addEventListener("click", () => {
  setLanguage(lang() === "zh" ? "en" : "zh");
  drawStatic();
  forgetDrawn();
  refresh();
});

setInterval(() => {
  showConnection();
  if (snapshot && document.body.dataset.connection === "lost") drawAges(snapshot, Date.now() + serverAhead);
}, 1000);

drawStatic();
watchSession();
open();
