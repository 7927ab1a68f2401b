// Uses the sandbox's page in headless Chromium by keyboard and takes pictures of it: at desktop and phone width, in light
// and dark mode. Fails on an error in the console, on a page that scrolls sideways, on lost focus, and on a URL that does
// not restore what was shown.
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

// Calls are signed here, independently of the code of this repository.
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
  const place = (order) => call(sandbox, "aliexpress.ds.order.create", { param_place_order_request4_open_api_d_t_o: order });
  const query = { single_order_query: '{"order_id":"10000001"}' };
  // Neither markup nor length may get out of hand.
  const hostile = encodeURIComponent('<img id="injected" src="x">' + "w".repeat(300));
  await fetch(`${sandbox.base}/sync?method=${hostile}&${hostile}=${hostile}`);
  const found = await call(sandbox, "aliexpress.trade.ds.order.get", query);
  check(found.aliexpress_trade_ds_order_get_response?.result, "the documented order is found");
  await place(order("shop-1"));
  sandbox.product = await orderAProduct(place, sandbox);
  const refused = await call(sandbox, "aliexpress.trade.ds.order.get", query, (names) => names);
  check(refused.error_response?.code === "IncompleteSignature", "an unsorted signature is refused");
}

// An order of what the catalogue has; returns the product's number.
async function orderAProduct(place, { base }) {
  const admin = async (path) => (await fetch(`${base}/admin/${path}`)).json();
  const { id } = (await admin("products")).find((entry) => entry.ships_from === "CN" && entry.stock > 0);
  const product = await admin("products/" + id);
  const placed = await place(JSON.stringify({
    product_items: [{ product_id: id, product_count: 1, sku_attr: product.skus.find((sku) => sku.stock > 0).sku_attr }],
    logistics_address: {
      zip: "28001", country: "ES", province: "Madrid", city: "Madrid", address: "Calle Mayor 1",
      full_name: "A B", mobile_no: "5550100", phone_country: "+34",
    },
    out_order_id: "shop-2",
  }));
  check(placed.aliexpress_ds_order_create_response?.result?.is_success, "the product is ordered");
  return product;
}

// Every link, button and field of the open tab is reached by the Tab key from the tab's name, and shows that it is.
async function reach(page, name) {
  await page.focus("#tab-" + name);
  const count = await page.evaluate((name) => {
    const panel = document.getElementById("panel-" + name);
    const parts = [...panel.querySelectorAll("a[href], button, input, select, textarea, [tabindex='0']"), panel];
    globalThis.unreached = new Set(parts.filter((part) => part.checkVisibility() && !part.disabled));
    globalThis.unmarked = [];
    return unreached.size;
  }, name);
  for (let step = 0; step < count + 5; step++) {
    await page.press("Tab");
    await page.evaluate(() => {
      const part = document.activeElement, style = getComputedStyle(part);
      if (unreached.delete(part) && style.outlineStyle === "none" && style.boxShadow === "none") unmarked.push(part.outerHTML.slice(0, 80));
    });
  }
  const missed = await page.evaluate(() => [...unreached].filter((part) => part.isConnected).map((part) => part.outerHTML.slice(0, 80)));
  check(!missed.length, `the Tab key reaches everything on ${name}: ${missed}`);
  const unmarked = await page.evaluate(() => unmarked);
  check(!unmarked.length, `what has the focus on ${name} is marked: ${unmarked}`);
}

async function picture(page, name) {
  await page.until("the lists", () => [...document.querySelectorAll("section:not([hidden]) tbody")].every((rows) =>
    rows.children.length && !rows.textContent.includes("Waiting for the sandbox")));
  for (const [width, scheme] of [[1280, "light"], [1280, "dark"], [390, "light"], [390, "dark"]]) {
    await page.look(width, 900, scheme);
    writeFileSync(`${folder}/${name}-${width}-${scheme}.png`, await page.picture());
    // Not `innerWidth`: a phone's browser widens that to what overflows.
    const overflows = await page.evaluate((width) => document.documentElement.scrollWidth > width, width);
    check(!overflows, `${name} at ${width} pixels does not scroll sideways`);
  }
  await page.look(1280, 900, "light");
}

async function walk(page, { base, product: { id: product, title } }) {
  const focused = () => page.evaluate(() => document.activeElement.id);
  const address = () => page.evaluate(() => location.hash);
  const shows = (id, part) => page.until(`${part} in ${id}`, (id, part) => {
    const place = document.getElementById(id);
    return place && !place.hidden && place.textContent.includes(part);
  }, id, part);
  const press = async (selector) => { await page.focus(selector); await page.press("Enter"); };
  // The page closes it, and moves the focus, only after the address has changed.
  const close = async (name) => {
    await page.press("Escape");
    await page.until("the detail to close", (name) => document.getElementById("detail-" + name).hidden, name);
  };
  const goTo = async (name) => {
    await page.until("tab " + name, (name) => {
      const tab = document.getElementById("tab-" + name);
      return tab && !document.getElementById("panel-" + name).hidden;
    }, name);
    check(await focused() === "tab-" + name, `the arrow key reaches ${name}`);
    check(await address() === "#" + name, `the address says ${name}`);
  };
  await page.visit(base + "/");
  await page.until("the requests", () => document.querySelectorAll("#requests tr").length >= 5);
  await picture(page, "requests");
  await reach(page, "requests");
  await page.look(390, 900, "light");
  check(await page.evaluate(() => {
    const status = document.querySelector("#requests td[data-label=Status]");
    return status.textContent === "200" && status.getBoundingClientRect().height > 0;
  }), "the HTTP status is shown on a phone");
  await page.look(1280, 900, "light");

  await press('a[href="#requests/1"]');
  await shows("detail-requests", "Request 1");
  await picture(page, "hostile");
  check(await page.evaluate(() => !document.getElementById("injected")), "what clients send is shown as text");
  await close("requests");
  await press('a[href="#requests/5"]');
  await shows("detail-requests", "Request 5");
  await shows("detail-requests", "parameters not sorted");
  check(await focused() === "detail-requests", "focus goes to what was opened");
  check(await address() === "#requests/5", "the address says which request is open");
  await picture(page, "request");
  await page.evaluate(() => { globalThis.isOld = true; });
  await page.reload();
  await page.until("the page to load again", () => !globalThis.isOld && document.readyState === "complete");
  await shows("detail-requests", "Request 5");
  await close("requests");
  check(await page.evaluate(() => document.activeElement.getAttribute("href")) === "#requests/5", "focus goes back to the list");
  await page.evaluate(() => history.back());
  await shows("detail-requests", "Request 5");
  await page.evaluate(() => history.forward());
  await page.until("the detail to close", () => document.getElementById("detail-requests").hidden);
  await page.focus("#filter");
  await page.type("incompletesig");
  await page.until("one request that the filter leaves", () => document.querySelectorAll("#requests tr").length === 1);

  await page.focus("#tab-requests");
  await page.press("ArrowRight");
  await goTo("orders");
  await picture(page, "orders");
  await reach(page, "orders");
  await press("a.skip");
  await page.until("the list that the first link skips to", () =>
    document.activeElement.id === "panel-orders" && location.hash === "#orders");
  await press("#orders tr:nth-child(1) a");
  for (const part of [title, "Goods", "Total", "28001", "Not shipped yet", "OrderCreated"]) await shows("detail-orders", part);
  check((await address()).startsWith("#orders/"), "the address says which order is open");
  const status = ["PAYMENT_PROCESSING", "RISK_CONTROL", "WAIT_SELLER_SEND_GOODS", "WAIT_BUYER_ACCEPT_GOODS"];
  for (const next of status) {
    await press("#detail-orders header button");
    await shows("detail-orders", next);
  }
  await shows("detail-orders", "OrderShipped");
  await shows("detail-orders", "Accepted by carrier");
  check(await page.evaluate(() => document.activeElement.textContent) === "Advance", "focus stays on the button that was pressed");
  await picture(page, "order");

  await press(`#detail-orders a[href="#products/${product}"]`);
  await shows("detail-products", product);
  await page.until("the pictures", () => {
    const images = [...document.querySelectorAll("#detail-products img")];
    return images.length && images.every((image) => image.naturalWidth);
  });
  await picture(page, "product");
  await close("products");
  await page.focus("#product-filter");
  await page.type(product);
  await shows("products-count", "1 product");
  await picture(page, "products");
  await reach(page, "products");

  await page.focus("#tab-products");
  await page.press("ArrowRight");
  await goTo("answers");
  await page.focus("#answer-api");
  await page.type("aliexpress.ds.member.benefit.get");
  await page.press("Enter");
  await shows("detail-answers", "an example made from the API's field table");
  await page.focus("#detail-answers textarea");
  await page.evaluate(() => document.activeElement.select());
  await page.type('{"mine": 1}');
  await press('#detail-answers button[aria-label="Use this answer"]');
  await shows("answers", "aliexpress.ds.member.benefit.get");
  await picture(page, "answers");
  await reach(page, "answers");
  await press('#answers button');
  await shows("answers", "None");

  await page.focus("#tab-answers");
  await page.press("ArrowRight");
  await goTo("faults");
  await page.focus("#fault-name");
  for (let down = 0; down < 5; down++) await page.press("ArrowDown");
  await shows("fault-meaning", "HTML page");
  await press("#fault-form button");
  await shows("faults", "html-before:502*1");
  await shows("faults", "Answers an HTML page");
  await picture(page, "faults");
  await reach(page, "faults");

  await page.focus("#tab-faults");
  await page.press("ArrowRight");
  await goTo("tokens");
  await picture(page, "tokens");
  await reach(page, "tokens");
  await press("#tokens button");
  await shows("tokens", "expired");

  await page.focus("#tab-tokens");
  await page.press("ArrowRight");
  await goTo("pushes");
  await shows("pushes", "OrderShipped");
  await press("#test-push");
  await shows("pushes", '"message_type":0');
  await picture(page, "pushes");
  await reach(page, "pushes");
  await page.press("ArrowRight");
  await press('[data-clock="pass=86400"]');
  await shows("clock", "Clock set to");
  await press("#machine-clock");
  await shows("clock", "Machine's clock");
  check(await page.evaluate(() => document.getElementById("trouble").textContent) === "", "the page reports no trouble");
  const before = problems.length;
  for (const [address, why] of [
    ["orders/7", "there is no order 7"], ["products/%zz", "wanted a product's number"], ["requests/none", "wanted a number"],
  ]) {
    await page.evaluate((address) => { location.hash = "#" + address; }, address);
    const [tab] = address.split("/");
    await shows("detail-" + tab, why);
    check(await page.evaluate((tab) => !document.getElementById("panel-" + tab).hidden, tab), `${tab} is shown for ${address}`);
  }
  // Which the browser reports, too.
  problems.push(...problems.splice(before).filter((problem) => !/with a status of 40[04]/.test(problem)));
}

const sandbox = await start();
let page;
try {
  await makeTraffic(sandbox);
  page = await open(browser, browserArguments, (problem) => problems.push(problem));
  await walk(page, sandbox);
} finally {
  await page?.close();
  sandbox.server.kill();
}
problems.forEach((problem) => console.error("does not hold: " + problem));
console.log(`pictures in ${folder}`);
process.exit(problems.length ? 1 : 0);
