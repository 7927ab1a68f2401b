/* Push messages, and the callback that they are sent to. */
import { command } from "./admin.js";
import { byId, cell, empty, make, redraw, row, time } from "./dom.js";

function list(pushes) {
  const rows = pushes.reverse().map((entry) => row([
    cell("Message", "#" + entry.number), cell("Time", time(entry.at)), cell("Type", entry.message_type),
    cell("State", entry.state + (entry.reason ? ": " + entry.reason : ""), entry.state === "delivered" ? "good" : ""),
    cell("Tries", entry.tries), cell("Body", make("code", entry.body))]));
  redraw("pushes", rows.length ? rows : [empty(6, "None yet: placing an order, or a change of its status, sends one.")]);
}

byId("test-push").addEventListener("click", () => command("pushes", { type: 0 }));
byId("callback-form").addEventListener("submit", (event) => {
  event.preventDefault();
  command("callback", { url: byId("callback").value });
});

export const pushes = { list };
