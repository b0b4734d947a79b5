// A wall that nobody touches: one channel after the other in full, beside the map and the news. /?kiosk or /?kiosk=SECONDS.
import { byId, element, setText } from "./dom.js";
import { pick } from "./texts.js";
import { ago, figure, levelName, sign, tell, unitOf } from "./wall-texts.js";

const least = 5, most = 600, usual = 20;
const wanted = new URLSearchParams(location.search).get("kiosk");
let turn = 0, shown = null;

export const isKiosk = wanted !== null;

/** Begins to rotate. @param boardOf gives the board of now, or null. @param now gives the server's time. */
export function rotate(boardOf, now) {
  const seconds = Math.min(most, Math.max(least, Number(wanted) || usual));
  document.body.classList.add("kiosk");
  setInterval(() => next(boardOf(), now), seconds * 1000);
}

/** Draws what is shown again: in another language, or older. */
export function redraw(now) {
  if (shown) draw(shown, now());
}

// All the tiles, then each channel; what cannot be fetched is passed over: nothing old is shown as if it were new.
async function next(board, now) {
  if (!board) return;
  turn = (turn + 1) % (board.channels.length + 1);
  shown = turn === 0 ? null : await fetchChannel(board.channels[turn - 1].slug);
  byId("spotlight").hidden = !shown;
  byId("tiles").hidden = Boolean(shown);
  if (shown) draw(shown, now());
}

async function fetchChannel(slug) {
  try {
    const answer = await fetch(`/api/channels/${encodeURIComponent(slug)}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function draw(channel, now) {
  setText(byId("spotlight-name"), pick(channel.name));
  setText(byId("spotlight-description"), pick(channel.description));
  const kpis = channel.kpis.filter((k) => k.value !== undefined && !k.group);
  byId("spotlight-kpis").replaceChildren(...kpis.slice(0, 12).map((kpi) => {
    const level = element("span", "level", `${sign(kpi.level)} ${levelName(kpi.level)}`);
    const item = element("li", "tile", element("div", "tile-head", element("h3", "", pick(kpi.name)), level),
      element("p", "figure", element("span", "value", figure(kpi.value)), element("span", "unit", unitOf(kpi.unit))), element("p", "fresh", ago(kpi.time, now)));
    item.dataset.level = kpi.level;
    return item;
  }));
  setText(byId("spotlight-empty"), kpis.length === 0 ? tell("noValue") : "");
}
