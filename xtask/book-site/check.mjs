// Opens every page of the built site in headless Chromium at 1280 and at 390 pixels. Fails on a page that scrolls
// sideways, on text that its table cuts off, on a link to a page, file or heading that is not there, on a picture that
// does not load, and on a search that finds nothing.
//
// Arguments: the site's folder, a folder for pictures, the browser with its arguments; `PICTURES` names pages to take.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { open } from "../sandbox-page/browser.mjs";

const [site, folder, browser, ...browserArguments] = process.argv.slice(2);
const problems = new Set();
const wanted = (process.env.PICTURES ?? "index apis/ds errors cli decisions").split(" ");

const pages = readdirSync(site, { recursive: true })
  .filter((name) => name.endsWith(".html") && !/(^|\/)(404|print|toc)\.html$/.test(name)).sort();
const headings = new Map();
function hasHeading(path, id) {
  if (!headings.has(path)) {
    headings.set(path, new Set([...readFileSync(path, "utf8").matchAll(/ id="([^"]+)"/g)].map((found) => found[1])));
  }
  return headings.get(path).has(id);
}

function checkLink(page, href) {
  const url = new URL(href, pathToFileURL(resolve(site, page)));
  if (url.protocol !== "file:") return;
  const path = fileURLToPath(new URL(url.pathname, "file:"));
  if (!path.startsWith(resolve(site)) || !existsSync(path)) return problems.add(`${page}: the link ${href} leads nowhere`);
  const id = decodeURIComponent(url.hash.slice(1));
  if (id && path.endsWith(".html") && !hasHeading(path, id)) problems.add(`${page}: ${href} names no heading`);
}

/** What does not fit on the open page. Not `innerWidth`: a phone's browser widens that to what overflows. */
const misfits = (width) => {
  const main = document.querySelector("main");
  const cut = [...main.querySelectorAll("td, th, pre, .table-wrapper")].filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    // A block with its own scroll bar is not cut off; a table should not need one.
    return element.matches("pre") ? right > width + 1 && element.scrollWidth <= element.clientWidth : left < -1 || right > width + 1;
  });
  return {
    sideways: document.scrollingElement.scrollWidth > width + 1,
    cut: cut.slice(0, 2).map((element) => element.textContent.trim().slice(0, 60)),
    pictures: [...main.querySelectorAll("img")].filter((image) => image.complete && !image.naturalWidth).map((image) => image.src),
    links: [...document.querySelectorAll("main a[href]")].map((link) => link.getAttribute("href")),
  };
};

mkdirSync(folder, { recursive: true });
const tab = await open(browser, [...browserArguments, "--allow-file-access-from-files"], (what) => problems.add(what));
try {
  for (const page of pages) {
    for (const width of [1280, 390]) {
      await tab.look(width, 900, "light");
      const address = pathToFileURL(resolve(site, page)).href;
      await tab.visit(address);
      await tab.until(page, (address) => document.readyState === "complete" && location.href === address, address);
      const found = await tab.evaluate(misfits, width);
      if (found.sideways) problems.add(`${page} scrolls sideways at ${width}`);
      for (const text of found.cut) problems.add(`${page} at ${width} cuts off ${JSON.stringify(text)}`);
      for (const source of found.pictures) problems.add(`${page}: ${relative(site, source)} does not load`);
      for (const href of found.links) checkLink(page, href);
      if (wanted.includes(page.replace(/\.html$/, ""))) {
        writeFileSync(join(folder, `${page.replace(/\W/g, "-")}-${width}.png`), await tab.picture());
      }
    }
  }
  // The landing page leads to its subject by search, as a reader types it.
  await tab.look(1280, 900, "light");
  for (const [words, page] of [["unknown outcome", "placing-orders"], ["aliexpress.ds.freight.query", "apis/ds"]]) {
    const address = pathToFileURL(resolve(site, "index.html")).href + "?search=" + encodeURIComponent(words);
    await tab.visit(address);
    await tab.until(`a result of the search for ${words}`, (page) =>
      [...document.querySelectorAll("#mdbook-searchresults a, #searchresults a")].some((link) => link.href.includes(page)), page);
  }
  writeFileSync(join(folder, "search.png"), await tab.picture());
} catch (error) {
  problems.add(error.message);
} finally {
  await tab.close();
}
for (const problem of problems) console.error(problem);
console.log(`${pages.length} pages, ${problems.size} problems`);
process.exitCode = problems.size ? 1 : 0;
