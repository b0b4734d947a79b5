// Where it is: the person's position, if they say so, and the district, grid and address.
import { byId, element } from "./dom.js";
import { pick } from "./texts.js";
import { say } from "./report-texts.js";

const lastKey = "cityperception.report.place";
const locate = byId("locate"), forget = byId("forget"), district = byId("district"), grid = byId("grid"), address = byId("address");
let offer = null, position = null, said = null;

const last = () => JSON.parse(localStorage.getItem(lastKey) ?? "{}");

/** The place as it is sent. District and grid are proposed for the next report: who reports is on their round. */
export function placeOf() {
  const place = { district: district.value, grid: grid.value.trim() || null };
  localStorage.setItem(lastKey, JSON.stringify(place));
  return { ...place, address: address.value.trim() || null, ...position };
}

export function clearPlace() {
  address.value = "";
  district.value = last().district ?? "";
  grid.value = last().grid ?? "";
  forgetPosition();
}

export function drawPlace(given) {
  if (!offer) grid.value = last().grid ?? "";
  offer = given;
  const chosen = district.value || last().district || "";
  district.replaceChildren(...[{ code: "", name: null }, ...offer.districts].map((d) => Object.assign(element("option"), { value: d.code, textContent: pick(d.name) ?? say("choose") })));
  district.value = chosen;
  drawPosition();
}

function drawPosition() {
  byId("position").textContent = said ? say(...said) : "";
  byId("position").classList.toggle("found", !!position);
  forget.hidden = !position;
}

function forgetPosition() {
  position = said = null;
  drawPosition();
}

// Seats of government say which district is likely, no more: it is proposed where none is chosen.
function nearest({ latitude, longitude }) {
  const narrow = Math.cos(latitude * Math.PI / 180);
  const distance = (d) => Math.hypot(d.latitude - latitude, (d.longitude - longitude) * narrow);
  return offer.districts.toSorted((a, b) => distance(a) - distance(b))[0]?.code ?? "";
}

function found({ coords: { latitude, longitude, accuracy } }) {
  const { south, north, west, east } = offer.bounds;
  const isInside = latitude >= south && latitude <= north && longitude >= west && longitude <= east;
  position = isInside ? { latitude, longitude, accuracy } : null;
  said = isInside ? ["located", Math.max(1, Math.round(accuracy)), latitude.toFixed(5), longitude.toFixed(5)] : ["outside"];
  if (isInside && !district.value) district.value = nearest(position);
  drawPosition();
}

function failed() {
  said = ["denied"];
  position = null;
  drawPosition();
}

locate.addEventListener("click", () => {
  said = ["locating"];
  drawPosition();
  if (!navigator.geolocation || !offer) failed();
  else navigator.geolocation.getCurrentPosition(found, failed, { enableHighAccuracy: true, timeout: 20_000, maximumAge: 15_000 });
});

forget.addEventListener("click", () => {
  forgetPosition();
  locate.focus();
});
