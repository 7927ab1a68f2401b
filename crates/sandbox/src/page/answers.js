/* Answers of the user that replace the sandbox's own. */
import { ask, command } from "./admin.js";
import { actions, button, byId, cell, empty, make, opener, openingRow, redraw } from "./dom.js";
import { heading } from "./detail.js";

const address = (api) => "#answers/" + encodeURIComponent(api);
/* A form with only an api removes the answer. */
const remove = (api) => button("Remove", "Remove the answer of " + api, () => command("answers", { api }));

function list(answers) {
  const rows = answers.map((entry) => openingRow([
    cell("API", opener(entry.api, "Answer of " + entry.api, address(entry.api))), cell("Bytes", entry.bytes, "number"),
    actions(remove(entry.api))], address(entry.api)));
  redraw("answers", rows.length ? rows : [empty(3, "None: the sandbox answers every API itself.")]);
}

function open(answer) {
  const form = make("form"), bar = make("div", undefined, { class: "bar" });
  const text = make("textarea", undefined, { "aria-label": "Answer", spellcheck: "false" });
  text.value = answer.body ?? '{"result": {}}';
  bar.append(make("button", "Use this answer", { "aria-label": "Use this answer" }));
  if (answer.given) bar.append(remove(answer.api));
  form.append(text, bar);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    command("answers", { api: answer.api, body: text.value });
  });
  const isText = answer.body !== null;
  const origin = answer.given && !isText ? "Calls get this answer, which you set: " + answer.bytes + " bytes that are not text."
    : answer.given ? "Calls get this answer, which you set."
    : isText ? "No answer is set. This is the documentation's sample, or an example made from the API's field table, in simplified JSON."
      : "The sandbox does not know this API and refuses its calls until you set an answer.";
  return [heading("answers", answer.api, origin), form];
}

byId("open-answer").addEventListener("click", () => {
  const api = byId("answer-api").value.trim();
  if (api) location.hash = address(api);
});
byId("answer-api").addEventListener("keydown", (event) => { if (event.key === "Enter") byId("open-answer").click(); });

export const answers = { list, live: true, ask: (api) => ask("answers?api=" + encodeURIComponent(api)), open };
