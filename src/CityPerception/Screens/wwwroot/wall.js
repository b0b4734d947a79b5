// The wall: draws what the feed brings, and says how old it is.
import { byId, drawTexts, setText } from "./dom.js";
import { isKiosk, redraw, rotate } from "./kiosk.js";
import { age, lang, locale, pick, say, setLanguage } from "./texts.js";
import { ago, tell } from "./wall-texts.js";
import { follow } from "./wall-feed.js";
import { drawAges, drawBoard, drawPulse } from "./wall-view.js";

let board = null, pulse = null, state = "connecting", quietMs = 0;

const feed = follow({
  board(received) {
    board = received;
    drawBoard(board, feed.now());
  },
  pulse(received) {
    pulse = received;
    drawPulse(pulse);
  },
  state(is, quiet) {
    state = is;
    quietMs = quiet;
    drawState();
  },
});

function drawState() {
  // The state is announced once; the age beside it goes on silently.
  setText(byId("connection"), tell(state));
  const lost = state === "lost", away = board?.storeAway, elsewhere = board?.elsewhere;
  byId("banner").hidden = !lost && !away && !elsewhere;
  if (lost) setText(byId("banner"), tell("lostAge", age(quietMs / 1000)));
  else if (away) setText(byId("banner"), tell("storeAway", ago(board.readAt, feed.now())));
  else if (elsewhere) setText(byId("banner"), pick(elsewhere));
  document.body.classList.toggle("away", Boolean(away));
  const clock = { weekday: "short", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };
  setText(byId("clock"), new Intl.DateTimeFormat(locale(), clock).format(new Date(feed.now())));
  if (board) drawAges(board, feed.now());
}

function drawAll() {
  drawTexts((key) => tell(key) ?? say(key));
  if (board) drawBoard(board, feed.now());
  if (pulse) drawPulse(pulse);
  redraw(feed.now);
  document.title = board ? `${pick(board.city)} · CityPerception` : "双感八通 CityPerception";
}

byId("language").addEventListener("click", () => {
  setLanguage(lang() === "zh" ? "en" : "zh");
  drawAll();
  drawState();
});

drawAll();
if (isKiosk) rotate(() => (state === "live" ? board : null), feed.now);
