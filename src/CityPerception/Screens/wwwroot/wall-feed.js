// Follows /api/wall for as long as the page is open: through restarts of the server and losses of the network.
import { signIn, watchSession } from "./session.js";

const lostAfterMs = 4000, deadAfterMs = 10000, reopenAfterMs = 2000;

/** @param on board(board), pulse(pulse), and state("connecting" | "live" | "lost", milliseconds of silence) once a second. */
export function follow(on) {
  let stream = null, receivedAt = 0, openedAt = 0, ahead = 0, reopening = null;

  function open() {
    reopening = null;
    stream?.close();
    openedAt = Date.now();
    stream = new EventSource("/api/wall");
    stream.addEventListener("board", (event) => on.board(JSON.parse(event.data)));
    stream.addEventListener("pulse", (event) => {
      const pulse = JSON.parse(event.data);
      receivedAt = Date.now();
      ahead = Date.parse(pulse.time) - receivedAt;
      on.pulse(pulse);
      tell();
    });
    // The browser reconnects by itself after a broken connection, but not after an answer such as 503.
    stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) reopen(); });
  }

  function reopen() {
    reopening ??= setTimeout(async () => await watchSession() ? open() : signIn(), reopenAfterMs);
  }

  function tell() {
    const quietMs = Date.now() - receivedAt;
    const state = receivedAt === 0 ? "connecting" : quietMs > lostAfterMs ? "lost" : "live";
    document.body.dataset.connection = state;
    on.state(state, quietMs);
    // A connection that died without a word stays open for hours: it is given up.
    if (Date.now() - Math.max(receivedAt, openedAt) > deadAfterMs) reopen();
  }

  setInterval(tell, 1000);
  watchSession();
  open();
  return { now: () => Date.now() + ahead };
}
