/* Elements of the page. Everything is written as text, never as markup, because clients' requests are not trusted. */

export const byId = (id) => document.getElementById(id);

export function make(tag, text, attributes) {
  const element = document.createElement(tag);
  if (text !== undefined && text !== null) element.textContent = text;
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  return element;
}

export function cell(label, content, kind) {
  const element = make("td", content instanceof Node ? undefined : content, { "data-label": label });
  if (content instanceof Node) element.append(content);
  if (kind) element.className = kind;
  return element;
}

export function row(cells) {
  const element = make("tr");
  element.append(...cells);
  return element;
}

/** A button; `key` identifies it, also when the label changes. */
export function button(text, label, work, key = label) {
  const element = make("button", text, { type: "button", "aria-label": label, "data-key": key });
  element.addEventListener("click", (event) => { event.stopPropagation(); work(); });
  return element;
}

export function actions(...buttons) {
  const inner = make("div");
  inner.append(...buttons);
  return cell("Actions", inner, "actions");
}

/** The link in a list that opens an entry, and the row that does the same on a click. */
export function opener(text, label, address) {
  return make("a", text, { class: "open", href: address, "aria-label": label });
}

export function openingRow(cells, address) {
  const line = row(cells);
  line.addEventListener("click", (event) => {
    if (!event.target.closest("a, button") && !String(getSelection())) location.hash = address;
  });
  if (location.hash === address) line.className = "chosen";
  return line;
}

export function empty(columns, text) {
  const line = row([make("td", text, { colspan: columns, class: "plain" })]);
  line.className = "empty";
  return line;
}

/** A table of a detail: column names, `#` before those of numbers, and rows of texts. */
export function table(caption, columns, rows) {
  const element = make("table"), head = make("tr"), body = make("tbody");
  const kind = (column) => (column.startsWith("#") ? "number" : "");
  const name = (column) => column.replace("#", "");
  head.append(...columns.map((column) => make("th", name(column), { scope: "col", class: kind(column) })));
  body.append(...rows.map((cells) => row(cells.map((content, index) => cell(name(columns[index]), content, kind(columns[index]))))));
  const top = make("thead");
  top.append(head);
  element.append(make("caption", caption), top, body);
  return element;
}

export function facts(pairs) {
  const list = make("dl");
  for (const [name, value] of pairs) {
    if (value === undefined || value === null || value === "") continue;
    const content = make("dd", value instanceof Node ? undefined : value);
    if (value instanceof Node) content.append(value);
    list.append(make("dt", name), content);
  }
  return list;
}

/** Redraws an element and keeps the keyboard focus. */
export function keepFocus(place, draw) {
  const keyOf = (element) => element.dataset.key ?? element.getAttribute("aria-label");
  const active = document.activeElement, key = place.contains(active) && active !== place ? keyOf(active) : null;
  draw();
  if (key) [...place.querySelectorAll("[aria-label]")].find((found) => keyOf(found) === key)?.focus();
}

export const redraw = (id, rows) => keepFocus(byId(id), () => byId(id).replaceChildren(...rows));

export const time = (milliseconds) => new Date(milliseconds).toISOString().slice(11, 23);
export const day = (milliseconds) => new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ") + " UTC";

/** JSON with line breaks, and with all digits of its numbers; other texts unchanged. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text.replace(/([:\[,]\s*)(-?\d{16,})(?=\s*[,}\]])/g, '$1"$2"')), null, 2);
  } catch (error) {
    return text;
  }
}
