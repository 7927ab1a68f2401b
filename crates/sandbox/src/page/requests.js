/* Requests, newest first, and one with the reasons for its verdict. */
import { ask } from "./admin.js";
import { difference } from "./canonical.js";
import { byId, cell, empty, facts, make, opener, openingRow, pretty, redraw, time } from "./dom.js";
import { heading, section } from "./detail.js";

const KEPT = 500;
let seen = 0, entries = [];

function list() {
  const refusedOnly = byId("refused-only").checked, wanted = byId("filter").value.trim().toLowerCase();
  const matches = (entry) => (!refusedOnly || entry.verdict !== "accepted")
    && `${entry.api} ${entry.path} ${entry.verdict} ${entry.faults.join(" ")}`.toLowerCase().includes(wanted);
  const rows = entries.filter(matches).map((entry) => {
    const address = "#requests/" + entry.number;
    const verdict = entry.verdict + (entry.faults.length ? " · " + entry.faults.join(", ") : "")
      + (entry.notes ? ` · ${entry.notes} note${entry.notes > 1 ? "s" : ""}` : "");
    return openingRow([
      cell("Request", opener("#" + entry.number, `Request ${entry.number}, ${entry.api || entry.path}, ${entry.verdict}`, address)),
      cell("Time", time(entry.at)), cell("API", entry.api || entry.http_method + " " + entry.path),
      cell("Verdict", verdict, entry.verdict === "accepted" ? "good" : "bad"),
      cell("Status", entry.status === null ? "reset" : entry.status, entry.status === null ? "reset" : ""),
      cell("Duration", entry.duration.toFixed(1) + " ms"),
    ], address);
  });
  if (!rows.length) rows.push(empty(6, entries.length ? "No request matches."
    : `No request yet. Point a client at ${location.origin}/sync, with the app key above and the secret and session that the sandbox was started with.`));
  redraw("requests", rows);
}

async function refresh() {
  const answer = await ask("requests?after=" + seen);
  if (answer.count < seen) { seen = 0; entries = []; return refresh(); }
  if (answer.requests.length || !byId("requests-count").textContent) {
    entries = answer.requests.reverse().concat(entries).slice(0, KEPT);
    seen = answer.count;
    byId("requests-count").textContent = `${answer.count} request${answer.count === 1 ? "" : "s"}`;
    list();
  }
}

function open(entry) {
  const parts = [heading("requests", `Request ${entry.number}: ${entry.api || "no API"}, ${entry.verdict}`,
    `${entry.http_method} ${entry.path}, ${time(entry.at)} UTC, `
      + (entry.status === null ? "connection reset" : `HTTP status ${entry.status}`) + `, ${entry.duration.toFixed(1)} ms`
      + (entry.faults.length ? "; fault: " + entry.faults.join(", ") : ""))];
  if (entry.diagnosis) parts.push(...section("Why the signature is wrong", ...diagnosis(entry)));
  if (entry.notes.length) {
    const notes = make("ul");
    notes.append(...entry.notes.map((note) => make("li", note)));
    parts.push(...section("Notes", notes));
  }
  parts.push(...section("Parameters", facts(entry.parameters)));
  parts.push(...section("Answer" + (entry.status === null ? " (not sent: the connection was reset)" : ""), make("pre", pretty(entry.answer))));
  return parts;
}

function diagnosis(entry) {
  const { mistakes, implied, expected, remark, secret_suspected } = entry.diagnosis;
  const cause = mistakes ? mistakes.join("; ") : "No known mistake gives this signature" + (secret_suspected
    ? ", and no call so far had a valid one: the secret is probably wrong." : remark ? ": " + remark + "." : ".");
  const beside = make("div", undefined, { class: "beside" });
  const column = (title, content) => {
    const part = make("div");
    part.append(make("h2", title), content);
    beside.append(part);
  };
  column("Expected canonical string", difference(expected, implied || expected, entry.parameters));
  if (implied) column("Canonical string that the signature implies", difference(implied, expected, entry.parameters));
  return [make("p", cause, { class: "cause" }), beside];
}

byId("refused-only").addEventListener("change", list);
byId("filter").addEventListener("input", list);

export const requests = { refresh, redraw: list, ask: (number) => ask("requests/" + encodeURIComponent(number)), open };
