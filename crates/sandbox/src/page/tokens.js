/* Tokens, masked. */
import { command } from "./admin.js";
import { actions, button, cell, day, empty, redraw, row } from "./dom.js";

function list(tokens) {
  const rows = tokens.map((entry) => row([
    cell("Token", `#${entry.number} ${entry.token}`), cell("Account", `${entry.account} (${entry.user_id})`),
    cell("Expires", day(entry.expires) + (entry.valid ? "" : ", expired"), entry.valid ? "" : "bad"),
    cell("Refreshable until", day(entry.refresh_expires)),
    entry.valid ? actions(button("Expire", `Expire token ${entry.number}`, () => command(`tokens/${entry.number}/expire`))) : actions(),
  ]));
  redraw("tokens", rows.length ? rows : [empty(5, "None yet: the authorisation page creates tokens, and a refresh replaces them.")]);
}

export const tokens = { list };
