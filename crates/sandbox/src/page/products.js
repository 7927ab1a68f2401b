/* Products, and one with its pictures, variants, prices and stock. */
import { ask } from "./admin.js";
import { byId, cell, empty, facts, make, opener, openingRow, redraw, table } from "./dom.js";
import { heading, section } from "./detail.js";

let entries = [];

function draw() {
  const wanted = byId("product-filter").value.trim().toLowerCase();
  const found = entries.filter((entry) => `${entry.id} ${entry.title} ${entry.store}`.toLowerCase().includes(wanted));
  byId("products-count").textContent = `${found.length} product${found.length === 1 ? "" : "s"}`;
  const rows = found.map((entry) => {
    const address = "#products/" + entry.id;
    return openingRow([cell("Product", opener(entry.id, "Product " + entry.id, address)), cell("Title", entry.title),
      cell("Store", entry.store), cell("From", entry.ships_from), cell("Variants", entry.variants, "number"),
      cell("Price in CNY", "from " + entry.price, "number"), cell("Stock", entry.stock, "number")], address);
  });
  redraw("products", rows.length ? rows : [empty(7, "No product matches.")]);
}

function list(products) {
  entries = products;
  draw();
}

function open(product) {
  const pictures = make("div", undefined, { class: "pictures" });
  pictures.append(...product.images.map((path, index) => make("img", undefined, { src: path, alt: `Picture ${index + 1} of the product` })));
  return [
    heading("products", product.title, "Product " + product.id), pictures,
    facts([["Category", product.categories.join(" / ")], ["Store", `${product.store} (${product.store_id})`],
      ["Ships from", product.ships_from], ["Weight", product.weight_grams + " g"]]),
    ...section("Variants", table(`Prices are in ${product.currency}, the sellers' currency; APIs convert them to the requested one`,
      ["Variant", "As an order names it", "SKU", "#List price", "#Price", "#Stock"],
      product.skus.map((sku) => [sku.properties || "–", make("code", sku.sku_attr), sku.id, sku.list_price, sku.sale_price, sku.stock]))),
  ];
}

byId("product-filter").addEventListener("input", draw);

export const products = { list, live: true, ask: (id) => ask("products/" + encodeURIComponent(id)), open };
