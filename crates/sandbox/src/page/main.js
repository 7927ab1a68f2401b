/* Tabs, the URL, and the loop that refreshes what is shown. */
import { ask, attempt, command, onChange } from "./admin.js";
import { answers } from "./answers.js";
import { faults, fillFaults } from "./faults.js";
import { byId, day, empty, keepFocus, make } from "./dom.js";
import { orders } from "./orders.js";
import { products } from "./products.js";
import { pushes } from "./pushes.js";
import { requests } from "./requests.js";
import { tokens } from "./tokens.js";

/* What each tab shows: `list` draws its list, `open` the detail of one entry. */
const TABS = { requests, orders, products, answers, faults, tokens, pushes };
const names = Object.keys(TABS);
let shown = null, opened = null, last = {};

/* The URL's fragment names what is shown: `#orders` is a list, `#orders/8100` an entry of it. */
function readAddress() {
  const [name, ...rest] = location.hash.slice(1).split("/");
  const entry = rest.join("/");
  return names.includes(name) ? [name, entry ? decoded(entry) : null] : ["requests", null];
}

/* The fragment may be typed by hand, and be invalid. */
function decoded(text) {
  try { return decodeURIComponent(text); } catch (error) { return text; }
}

function showStatus(status) {
  const place = byId("facts"), parts = [];
  const pairs = [["Base URL", location.origin], ["app key", status.app_key], ["session", status.session]];
  pairs.forEach(([name, value], index) => parts.push((index ? " · " : "") + name + " ", make("b", value)));
  const text = parts.map((part) => part.textContent ?? part).join("");
  /* Not redrawn without a change, so that a value can be selected and copied. */
  if (place.textContent !== text) place.replaceChildren(...parts);
  const isSet = status.clock === "set";
  byId("clock").textContent = (isSet ? "Clock set to " : "Machine's clock, ") + day(status.now)
    + (status.clock_check ? "" : "; timestamps of calls are not checked");
  byId("machine-clock").hidden = !isSet;
  names.forEach((name) => showCount(name, status.counts[name]));
  const shown = byId("state-error"), why = status.state_error ?? "";
  if (shown.textContent !== why) shown.textContent = why;
  fillFaults(status);
  if (byId("answer-apis").children.length !== status.apis.length) {
    byId("answer-apis").replaceChildren(...status.apis.map((api) => make("option", undefined, { value: api })));
  }
  const callback = byId("callback");
  if (document.activeElement !== callback) callback.value = status.callback || "";
}

/* Pending faults are shown on every tab, because they explain surprising answers. */
function showCount(name, count) {
  const badge = byId("tab-" + name).querySelector(".count");
  badge.textContent = count || "";
  badge.classList.toggle("alert", name === "faults" && count > 0);
}

/* Redraws only what changed, so that the page does not move while someone reads it. */
async function refresh() {
  showStatus(await ask("status"));
  const tab = TABS[shown];
  if (tab.refresh) await tab.refresh();
  else await drawWhereChanged(shown, await ask(shown), (answer) => tab.list(answer));
  if (opened !== null && tab.live) await openEntry(shown, opened);
}

async function drawWhereChanged(what, answer, draw) {
  const text = JSON.stringify(answer);
  if (last[what] === text) return;
  last[what] = text;
  await draw(answer);
}

async function openEntry(name, entry) {
  const detail = byId("detail-" + name), key = "detail-" + name;
  const [answer, why] = await TABS[name].ask(entry).then((answer) => [answer], (error) => [null, error.message]);
  const parts = () => (why ? [make("p", why, { class: "cause" })] : TABS[name].open(answer, entry));
  if (shown !== name || opened !== entry) return;
  const isNew = detail.hidden || detail.dataset.entry !== entry;
  if (isNew) delete last[key];
  await drawWhereChanged(key, why ?? answer, () => keepFocus(detail, () => detail.replaceChildren(...parts())));
  detail.dataset.entry = entry;
  detail.hidden = false;
  if (isNew) detail.focus();
}

function closeDetail(name) {
  const detail = byId("detail-" + name);
  if (!detail || detail.hidden) return;
  const address = `#${name}/${encodeURIComponent(detail.dataset.entry)}`;
  detail.hidden = true;
  delete last["detail-" + name];
  const opener = [...byId(name).querySelectorAll("a.open")].find((link) => link.getAttribute("href") === address);
  (opener || byId("tab-" + name)).focus();
}

function follow() {
  const before = shown;
  [shown, opened] = readAddress();
  names.forEach((tab) => {
    const button = byId("tab-" + tab);
    button.setAttribute("aria-selected", tab === shown);
    button.tabIndex = tab === shown ? 0 : -1;
    byId("panel-" + tab).hidden = tab !== shown;
  });
  const title = opened === null ? shown : `${shown} ${opened}`;
  document.title = `${title} – AliExpress sandbox`;
  if (opened === null && before === shown) closeDetail(shown);
  if (opened === null && byId("detail-" + shown)) byId("detail-" + shown).hidden = true;
  /* The row whose link is the current fragment is marked. */
  delete last[shown];
  TABS[shown].redraw?.();
  attempt(async () => {
    await refresh();
    if (opened !== null && !TABS[shown].live) await openEntry(shown, opened);
  });
}

names.forEach((name, index) => {
  const tab = make("button", name[0].toUpperCase() + name.slice(1),
    { type: "button", role: "tab", id: "tab-" + name, "aria-controls": "panel-" + name });
  tab.append(make("span", "", { class: "count" }));
  tab.addEventListener("click", () => { location.hash = "#" + name; });
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const place = step ? (index + step + names.length) % names.length : { Home: 0, End: names.length - 1 }[event.key];
    if (place === undefined) return;
    event.preventDefault();
    location.hash = "#" + names[place];
    byId("tab-" + names[place]).focus();
  });
  byId("tabs").append(tab);
  byId("detail-" + name)?.addEventListener("keydown", (event) => {
    if (event.key === "Escape") location.hash = "#" + name;
  });
});
/* Its fragment `#main` does not name a tab, so following the link would change the tab. */
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("panel-" + shown).focus();
});
/* Distinguishes a list that is still loading from an empty one. */
document.querySelectorAll("section > table").forEach((table) => table.tBodies[0].append(
  empty(table.tHead.rows[0].cells.length, "Waiting for the sandbox…")));
document.querySelectorAll("[data-clock]").forEach((button) => button.addEventListener("click",
  () => command("clock", new URLSearchParams(button.dataset.clock))));
onChange(refresh);
addEventListener("hashchange", follow);
follow();
setInterval(() => { if (!document.hidden) attempt(refresh); }, 1000);
