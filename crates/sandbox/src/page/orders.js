/* Orders, and one with its goods, amounts, address, tracking and history. */
import { ask, command } from "./admin.js";
import { actions, button, cell, day, empty, facts, make, opener, openingRow, redraw, table } from "./dom.js";
import { heading, section } from "./detail.js";

const advance = (entry) => button("Advance", `Advance order ${entry.id} to ${entry.next}`, () => command(`orders/${entry.id}/advance`), "advance " + entry.id);
const cancel = (entry) => button("Cancel", `Cancel order ${entry.id}`, () => command(`orders/${entry.id}/cancel`));
const state = (entry) => entry.status + (entry.paid ? ", paid" : ", not paid") + (entry.visible ? "" : ", not visible yet");

function list(orders) {
  const rows = orders.reverse().map((entry) => {
    const address = "#orders/" + entry.id, status = make("span", state(entry));
    if (entry.next) status.append(make("span", "next: " + entry.next, { class: "next" }));
    return openingRow([
      cell("Order", opener(entry.id, "Order " + entry.id, address)),
      cell("out_order_id", entry.out_order_id || (entry.sample ? "(example)" : "–")),
      cell("Status", status), cell("Placed", day(entry.created)),
      entry.next ? actions(advance(entry), cancel(entry)) : actions(),
    ], address);
  });
  redraw("orders", rows.length ? rows : [empty(5, "None yet.")]);
}

function open(order) {
  const buttons = order.next ? [advance(order), cancel(order)] : [];
  const parts = [heading("orders", "Order " + order.id, state(order) + (order.next ? "; next: " + order.next : ""), ...buttons)];
  if (order.sample) {
    parts.push(make("p", "An example order: calls get it as the documentation prints it.", { class: "facts" }));
  } else {
    const product = (line) => Number(line.product_id) < 1e12 ? line.product_id
      : make("a", line.product_id, { href: "#products/" + line.product_id });
    parts.push(...section("Goods", table(`Amounts are in ${order.currency}`,
      ["Product", "Title", "Variant", "#Count", "#Price", "#Shipping", "Service", "Note"],
      order.lines.map((line) => [product(line), line.title, line.properties || line.sku_attr || "–", line.count, line.unit_price,
        line.shipping, line.logistics_service || "–", line.memo || "–"]))));
    parts.push(...section("Amounts", facts([["Goods", `${order.goods_amount} ${order.currency}`],
      ["Shipping", `${order.shipping_amount} ${order.currency}`], ["Total", `${order.total_amount} ${order.currency}`]])));
    parts.push(...section("Address", facts(Object.entries(order.address || {}))));
    parts.push(...section("Tracking", order.tracking_number
      ? facts([["Carrier", order.carrier], ["Parcel", order.tracking_number]])
      : make("p", "Not shipped yet: the tracking API answers 1001.", { class: "facts" })));
    if (order.tracking.length) parts.push(table("Events of the parcel, newest first", ["Time", "Event", "Description"],
      order.tracking.map((event) => [day(event.at), event.name, event.description])));
  }
  parts.push(...section("History", table("Statuses, and events that apps receive as push messages", ["Time", "Status or event"],
    order.history.map((entry) => [day(entry.at), entry.what]))));
  return parts;
}

export const orders = { list, live: true, ask: (id) => ask("orders/" + encodeURIComponent(id)), open };
