/* Faults: the available ones, their meanings, and the pending ones. */
import { command } from "./admin.js";
import { byId, cell, empty, make, redraw, row } from "./dom.js";

let help = [];
const parts = (usage) => usage.split(":");
const chosen = () => help[byId("fault-name").selectedIndex];

export function fillFaults(status) {
  const faultApi = byId("fault-api");
  if (faultApi.options.length !== status.apis.length + 1) {
    const before = faultApi.value;
    faultApi.replaceChildren(make("option", "any API", { value: "" }), ...status.apis.map((api) => make("option", api, { value: api })));
    faultApi.value = before;
  }
  if (help.length) return;
  help = status.faults;
  byId("fault-name").append(...help.map(({ usage }) => make("option", usage, { value: usage })));
  explain();
}

function explain() {
  const { usage, meaning, example } = chosen(), field = byId("fault-argument");
  field.disabled = !parts(usage)[1];
  field.value = "";
  field.placeholder = example;
  byId("fault-meaning").textContent = meaning;
}

/* A rule such as `reset-after@aliexpress.ds.order.create*1` begins with its fault's name. */
function meaning(rule) {
  const found = help.filter(({ usage }) => rule.startsWith(parts(usage)[0]));
  return found.sort((one, other) => other.usage.length - one.usage.length)[0]?.meaning ?? "";
}

function list(faults) {
  const rows = faults.map((rule) => row([cell("Fault", make("code", rule)), cell("What it does", meaning(rule))]));
  redraw("faults", rows.length ? rows : [empty(2, "None: no call will fail.")]);
}

byId("fault-name").addEventListener("change", explain);
byId("clear-faults").addEventListener("click", () => command("faults/clear"));
byId("fault-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const [name, unit] = parts(chosen().usage), field = byId("fault-argument");
  const when = byId("fault-when").value.trim() || "1", api = byId("fault-api").value;
  const rule = name + (unit ? ":" + (field.value || field.placeholder) : "") + (api ? "@" + api : "")
    + (when.endsWith("%") ? "%" + when.slice(0, -1) : "*" + when);
  command("faults", { rule });
});

export const faults = { list };
