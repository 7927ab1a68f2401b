/* The parts that every detail has. */
import { button, make } from "./dom.js";

export function heading(tab, title, more, ...buttons) {
  const head = make("header"), words = make("div");
  words.append(make("h2", title));
  if (more) words.append(make("p", more, { class: "facts" }));
  head.append(words, ...buttons, button("Close", "Close", () => { location.hash = "#" + tab; }));
  return head;
}

export const section = (title, ...content) => [make("h2", title), ...content];
