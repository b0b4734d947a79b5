// Debian's Firefox, by WebDriver BiDi. A command a line comes in, a line of JSON goes out: {"value": …} or {"error": "…"}.
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import puppeteer from "puppeteer-core";

const [executablePath, origin] = process.argv.slice(2);
const patienceMs = 30000, pauseMs = 50;
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, extraPrefsFirefox: { "intl.accept_languages": "zh-CN" } });
const page = await browser.newPage();
let faults = [];

page.on("console", (message) => { if (["error", "warn"].includes(message.type())) faults.push(`console: ${message.text()}`); });
page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
page.on("request", (request) => { if (/^(http|ws)s?:/.test(request.url()) && new URL(request.url()).origin !== origin) faults.push(`request to another host: ${request.url()}`); });

// The pages forbid eval, so what is waited for is asked from here.
async function until(expression) {
  for (const end = Date.now() + patienceMs; Date.now() < end; await wait(pauseMs)) if (await page.evaluate(expression)) return true;
  throw new Error(`still not so: ${expression}; the page says: ${(await page.evaluate("document.body.innerText")).slice(0, 2000)}`);
}

const commands = {
  open: async (path) => { faults = []; await page.goto(origin + path, { waitUntil: "load" }); },
  size: ([width, height]) => page.setViewport({ width, height }),
  until,
  value: (expression) => page.evaluate(expression),
  click: (selector) => page.click(selector),
  type: ([selector, text]) => page.type(selector, text),
  screenshot: (path) => page.screenshot({ path }),
  faults: () => faults,
};

for await (const line of createInterface({ input: process.stdin })) {
  const [[name, argument]] = Object.entries(JSON.parse(line));
  let answer;
  try {
    answer = { value: (await commands[name](argument)) ?? null };
  } catch (error) {
    answer = { error: error.message };
  }
  if (name === "screenshot" && answer.value) answer.value = null;
  console.log(JSON.stringify(answer));
}
await browser.close();
