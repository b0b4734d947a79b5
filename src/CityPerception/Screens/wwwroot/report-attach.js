// The photos of the report that is being written.
import { byId, element } from "./dom.js";
import { say } from "./report-texts.js";
import { shrink, toJpeg } from "./report-photos.js";

const maxPhotos = 5;
const input = byId("photos");
let canvases = [], said = ["photosHint"], adding = Promise.resolve();

/** The photos as they are sent, each under an id of its own; those that were chosen a moment ago as well. */
export async function photosOf() {
  await adding;
  return Promise.all(canvases.map(async (canvas) => ({ id: crypto.randomUUID(), blob: await toJpeg(canvas) })));
}

export function clearPhotos() {
  canvases = [];
  said = ["photosHint"];
  drawPhotos();
}

export function drawPhotos() {
  byId("photos-hint").textContent = say(...said);
  byId("previews").replaceChildren(...canvases.map((canvas, i) => {
    const remove = Object.assign(element("button", "", say("remove")), { type: "button" });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", say("photo", i + 1));
    remove.setAttribute("aria-label", `${say("remove")}: ${say("photo", i + 1)}`);
    remove.addEventListener("click", () => {
      canvases = canvases.filter((c) => c !== canvas);
      drawPhotos();
      input.focus();
    });
    return element("li", "", canvas, remove);
  }));
}

input.addEventListener("change", () => {
  const files = [...input.files];
  input.value = "";
  adding = adding.then(() => add(files));
});

async function add(files) {
  said = ["photosHint"];
  for (const file of files) {
    if (canvases.length >= maxPhotos) {
      said = ["tooManyPhotos"];
      break;
    }

    try {
      canvases.push(await shrink(file));
    } catch {
      said = ["notAPhoto", file.name];
    }
  }

  drawPhotos();
}
