// Walks the sandbox's page in headless Chromium by keyboard and takes pictures of it: wide and at phone width,
// in light and in dark. Fails on an error in the console, on a page that scrolls sideways, and on lost focus.
//
// Run by ./run. Arguments: the `serve` example's program, a folder for pictures, the browser with its arguments.
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { open } from "./browser.mjs";

const [program, folder, browser, ...browserArguments] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const problems = [];
const check = (holds, what) => { if (!holds) problems.push(what); };

async function start() {
  const server = spawn(program, ["0"], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  server.on("exit", (code) => { if (!server.killed) throw new Error(`the sandbox ended with ${code}`); });
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
  // Neither markup nor length may get out of hand.
  const hostile = encodeURIComponent('<img id="injected" src="x">' + "w".repeat(300));
  await fetch(`${sandbox.base}/sync?method=${hostile}&${hostile}=${hostile}`);
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
    await page.look(width, 900, scheme);
    writeFileSync(`${folder}/${name}-${width}-${scheme}.png`, await page.picture());
    const overflows = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    check(!overflows, `${name} at ${width} pixels does not scroll sideways`);
  }
  await page.look(1280, 900, "light");
}

async function walk(page, base) {
  const focused = () => page.evaluate(() => document.activeElement.id);
  const text = (id) => page.evaluate((id) => document.getElementById(id).textContent, id);
  const shows = (id, part) => page.until(part, (id, part) => document.getElementById(id).textContent.includes(part), id, part);
  const press = async (selector) => { await page.focus(selector); await page.press("Enter"); };
  await page.visit(base + "/");
  await page.until("the requests", () => document.querySelectorAll("#requests tr").length >= 5);
  await picture(page, "requests");
  await press('[data-number="1"]');
  await page.until("the hostile request", () => document.querySelector("#detail:not([hidden])"));
  await picture(page, "hostile");
  check(await page.evaluate(() => !document.getElementById("injected")), "what clients send is shown as text");
  await press('[data-number="5"]');
  await page.until("the detail", () => document.querySelector("#detail:not([hidden])").textContent.includes("Request 5"));
  check((await text("detail")).includes("parameters not sorted"), "the mistake is named");
  check(await focused() === "detail", "focus goes to what was opened");
  await picture(page, "detail");
  await page.press("Escape");
  await page.until("the detail to close", () => document.querySelector("#detail[hidden]"));
  check(await page.evaluate(() => document.activeElement.dataset.number) === "5", "focus goes back to the list");
  await page.evaluate(() => {
    const filter = document.getElementById("filter");
    filter.value = "incompletesig";
    filter.dispatchEvent(new Event("input"));
  });
  check(await page.evaluate(() => document.querySelectorAll("#requests tr").length) === 1, "the filter leaves one request");
  await page.focus("#tab-requests");
  for (const name of ["orders", "tokens", "faults", "pushes"]) {
    await page.press("ArrowRight");
    await page.until(name, (name) => document.querySelector(`#panel-${name}:not([hidden])`), name);
    check(await focused() === "tab-" + name, `the arrow key reaches ${name}`);
    if (name === "orders") {
      await page.until("an order", () => document.querySelector("#orders button"));
      await press("#orders button");
      await shows("orders", "PAYMENT_PROCESSING");
    }
    if (name === "faults") {
      await page.evaluate(() => {
        const select = document.getElementById("fault-name");
        select.value = "html-before:STATUS";
        select.dispatchEvent(new Event("change"));
      });
      await press("#fault-form button");
      await shows("faults", "html-before:502");
    }
    if (name === "pushes") {
      await shows("pushes", "OrderCreated");
      await press("#test-push");
      await shows("pushes", '"message_type":0');
    }
    await page.focus("#tab-" + name);
    await sleep(100);
    await picture(page, name);
  }
  await press('[data-clock="pass=86400"]');
  await shows("clock", "Clock set to");
  await press("#machine-clock");
  await shows("clock", "Machine's clock");
  check(await text("trouble") === "", "the page reports no trouble");
}

const sandbox = await start();
let page;
try {
  await makeTraffic(sandbox);
  page = await open(browser, browserArguments, (problem) => problems.push(problem));
  await walk(page, sandbox.base);
} finally {
  await page?.close();
  sandbox.server.kill();
}
problems.forEach((problem) => console.error("does not hold: " + problem));
console.log(`pictures in ${folder}`);
process.exit(problems.length ? 1 : 0);
