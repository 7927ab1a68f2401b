// Walks the sandbox's page in headless Chromium by keyboard and takes pictures of it: wide and at phone width,
// in light and in dark. Fails on an error in the console, on a page that scrolls sideways, and on lost focus.
//
// Run by ./run, which installs what this needs. Arguments: the `serve` example's program, a folder for pictures.
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import chromium from "@sparticuz/chromium";
import puppeteer from "puppeteer-core";

const [program, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const problems = [];
const check = (holds, what) => { if (!holds) problems.push(what); };

async function start() {
  const server = spawn(program, ["0"], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  server.stdout.on("data", (text) => { printed += text; });
  while (!/session +\S+\n/.test(printed)) await sleep(20);
  const line = (name) => printed.match(new RegExp(`${name} +(\\S+)`))[1];
  const base = line("page").replace(/\/$/, "");
  return { server, base, key: line("app key"), secret: line("app secret"), session: line("session") };
}

// What the gateway is called with is signed here, by nothing of this repository.
async function call({ base, key, secret, session }, method, own, sort = (names) => names.sort()) {
  const parameters = { app_key: key, session, timestamp: String(Date.now()), sign_method: "sha256", method, ...own };
  const text = sort(Object.keys(parameters)).map((name) => name + parameters[name]).join("");
  parameters.sign = createHmac("sha256", secret).update(text).digest("hex").toUpperCase();
  return (await fetch(base + "/sync", { method: "POST", body: new URLSearchParams(parameters) })).json();
}

async function makeTraffic(sandbox) {
  const order = (number) => JSON.stringify({
    product_items: [{ product_id: 1223211, product_count: 2, sku_attr: "14:70221" }],
    logistics_address: {
      zip: "12222", country: "RU", province: "Mosco", city: "Mosco", address: "sh Kashirskoe dom 142",
      full_name: "RU  TEST TEST", mobile_no: "12334445", phone_country: "+7",
    },
    out_order_id: number,
  });
  const query = { single_order_query: '{"order_id":"10000001"}' };
  const found = await call(sandbox, "aliexpress.trade.ds.order.get", query);
  check(found.aliexpress_trade_ds_order_get_response?.result, "the documented order is found");
  for (const number of ["shop-1", "shop-2"]) {
    await call(sandbox, "aliexpress.ds.order.create", { param_place_order_request4_open_api_d_t_o: order(number) });
  }
  const refused = await call(sandbox, "aliexpress.trade.ds.order.get", query, (names) => names);
  check(refused.error_response?.code === "IncompleteSignature", "an unsorted signature is refused");
}

async function picture(page, name) {
  for (const [width, scheme] of [[1280, "light"], [1280, "dark"], [390, "light"], [390, "dark"]]) {
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.screenshot({ path: `${folder}/${name}-${width}-${scheme}.png` });
    const overflows = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    check(!overflows, `${name} at ${width} pixels does not scroll sideways`);
  }
  await page.setViewport({ width: 1280, height: 900 });
}

async function walk(page, base) {
  const focus = () => page.evaluate(() => document.activeElement.id);
  const text = (id) => page.evaluate((id) => document.getElementById(id).textContent, id);
  await page.goto(base + "/");
  await page.waitForSelector("#requests tr");
  await picture(page, "requests");
  await page.focus('[data-number="4"]');
  await page.keyboard.press("Enter");
  await page.waitForSelector("#detail:not([hidden])");
  check((await text("detail")).includes("parameters not sorted"), "the mistake is named");
  check(await focus() === "detail", "focus goes to what was opened");
  await picture(page, "detail");
  await page.focus("#tab-requests");
  for (const name of ["orders", "tokens", "faults", "pushes"]) {
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector(`#panel-${name}:not([hidden])`);
    check(await focus() === "tab-" + name, `the arrow key reaches ${name}`);
    if (name === "orders") {
      await page.waitForSelector("#orders button");
      await page.focus("#orders button");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.getElementById("orders").textContent.includes("PAYMENT_PROCESSING"));
      await page.focus("#tab-orders");
    }
    if (name === "faults") {
      await page.select("#fault-name", "html-before:STATUS");
      await page.focus("#fault-form button");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.getElementById("faults").textContent.includes("html-before:502"));
      await page.focus("#tab-faults");
    }
    await sleep(200);
    await picture(page, name);
  }
  check(await text("trouble") === "", "the page reports no trouble");
}

const sandbox = await start();
let browser;
try {
  await makeTraffic(sandbox);
  browser = await puppeteer.launch({
    args: chromium.args, executablePath: await chromium.executablePath(), headless: "shell",
  });
  const page = await browser.newPage();
  page.on("console", (message) => { if (message.type() === "error") problems.push("console: " + message.text()); });
  page.on("pageerror", (error) => problems.push("page: " + error.message));
  await walk(page, sandbox.base);
} finally {
  await browser?.close();
  sandbox.server.kill();
}
problems.forEach((problem) => console.error("does not hold: " + problem));
console.log(`pictures in ${folder}`);
process.exit(problems.length ? 1 : 0);
