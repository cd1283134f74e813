// Opens sites from the disk in headless Chromium, without a network. Writes how many diagrams were drawn, and mistakes to
// the error output: errors on the console, diagrams that are not drawn, pages wider than a phone.
// Arguments: the browser, then the sites. Screenshots are put beside each site.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import puppeteer from "puppeteer-core";

const DRAWING_MAX_MS = 120_000;
const [executablePath, ...sites] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
let drawn = 0;
let mistakes = 0;
const mistake = text => { mistakes += 1; console.error(text); };

for (const site of sites) {
  const page = await browser.newPage();
  page.on("console", it => { if (it.type() === "error") mistake(`${site}: ${it.text()}`); });
  page.on("pageerror", it => mistake(`${site}: ${it.message}`));
  page.on("request", it => {
    if (!/^(file|data|blob):/.test(it.url())) mistake(`${site}: asks for ${it.url()}`);
  });
  for (const [name, width, scheme] of [["desk", 1280, "light"], ["phone", 390, "dark"]]) {
    await page.setViewport({ width, height: 844, isMobile: width < 600, hasTouch: width < 600 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(`file://${resolve(site)}`);
    await page.waitForFunction("document.documentElement.dataset.drawn !== undefined || !document.querySelector('figure.diagram')", { timeout: DRAWING_MAX_MS });
    const found = await page.evaluate(() => ({
      all: document.querySelectorAll("figure.diagram").length,
      drawn: [...document.querySelectorAll("figure.diagram svg")].filter(it => it.viewBox.baseVal.width > 0).length,
      pages: [...document.querySelectorAll("article")].map(it => it.id),
    }));
    if (found.drawn !== found.all) mistake(`${site}: ${found.all - found.drawn} of ${found.all} diagrams are not drawn`);
    if (name === "desk") drawn += found.drawn;
    for (const id of found.pages) {
      const state = await page.evaluate(async id => {
        location.hash = id;
        await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        const shown = [...document.querySelectorAll("article")].filter(it => it.offsetParent).map(it => it.id);
        return { over: document.documentElement.scrollWidth - document.documentElement.clientWidth, shown };
      }, id);
      if (state.over > 0) mistake(`${site}#${id}: ${state.over} pixels wider than ${width}`);
      if (state.shown.join() !== id) mistake(`${site}#${id}: shows ${state.shown.join() || "nothing"}`);
    }
    await page.evaluate(() => { location.hash = "overview/architecture"; });
    const path = site.replace(/[^/]*$/, `${name}.png`);
    writeFileSync(path, await page.screenshot({ fullPage: true }));
  }
  // By keyboard alone: to the search, into it, to the first hit.
  await page.setViewport({ width: 1280, height: 844 });
  await page.goto(`file://${resolve(site)}`);
  await page.keyboard.press("/");
  await page.keyboard.type("glossary");
  await page.keyboard.press("Enter");
  await page.waitForFunction("location.hash === '#overview/glossary'", { timeout: 5_000 })
    .catch(() => mistake(`${site}: the search does not find the glossary`));
  await page.close();
}
await browser.close();
console.log(drawn);
process.exit(mistakes === 0 ? 0 : 1);
