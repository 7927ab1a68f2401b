//! Search by words.

use serde_json::json;

use super::products::category_path;
use super::{CarryOut, Contents, Page, currency, image, members};
use crate::apis::context::Context;
use crate::apis::request::Asked;
use crate::node::{Fields, Node};
use crate::refusal::Refusal;
use crate::shop::{Currency, Product, Search, Sort, amount};

pub(super) const APIS: &[(&str, CarryOut)] = &[("aliexpress.ds.text.search", by_words)];

/// The failure that goes away after some minutes, without any change to the call [third parties].
const SEARCH_ERROR: &str = "NGSELECTION_SEARCH_ERROR";

fn by_words(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    if context.by_chance(20) {
        context.note(
            "as the live platform sometimes does: this search fails, and succeeds when repeated",
        );
        return Ok(members(
            json!({ "code": SEARCH_ERROR, "msg": SEARCH_ERROR }),
        ));
    }
    let words = asked.text("keyWord").unwrap_or_default();
    let currency = currency(asked, "currency");
    let found = context.state.shop.search(&Search {
        words: &words,
        category: asked.integer("categoryId"),
        sort: Sort::of_name(&asked.text("sortBy").unwrap_or_default()),
        ..Search::default()
    });
    let page = Page::of(asked, "pageIndex", "pageSize", (20, 50));
    let revision = context.state.shop.changes();
    let products = page.of_list(&found).iter().map(|product| {
        let subject = (product.id, currency.code);
        let make = || found_product(&context.state.base, product, currency);
        Node::Shared(context.state.found.get(revision, subject, make))
    });
    let products: Node = products.collect();
    let data = [
        ("totalCount", found.len().into()),
        ("pageIndex", page.number.into()),
        ("pageSize", page.size.into()),
        ("products", products),
    ];
    Ok(Contents::from([
        ("code", "00".into()),
        ("msg", "Call succeeds".into()),
        ("data", data.into()),
    ]))
}

fn found_product(base: &str, product: &Product, currency: Currency) -> Fields {
    let (list, sale) = product
        .cheapest()
        .map_or((0, 0), |sku| (sku.list_fen, sku.sale_fen));
    let seller = |fen| amount(Currency::SELLER.of_fen(fen));
    let target = |fen| amount(currency.of_fen(fen));
    let (seller_sale, target_list, target_sale) = (seller(sale), target(list), target(sale));
    let formatted = |amount: &str| [currency.code, " ", amount].concat();
    // A text that contains JSON.
    let least = [
        r#"{"currency":""#,
        Currency::SELLER.code,
        r#"","price":""#,
        &seller_sale,
        r#""}"#,
    ];
    Fields::from([
        ("itemId", product.id.to_string().into()),
        ("title", product.title.clone().into()),
        ("itemUrl", product.url().into()),
        ("itemMainPic", image(base, product, 0).into()),
        ("cateId", category_path(product).into()),
        // The seller's currency, and the requested one next to it [third parties].
        ("originalPrice", seller(list).into()),
        ("originalPriceCurrency", Currency::SELLER.code.into()),
        ("originalPriceFormat", formatted(&target_list).into()),
        ("originMinPrice", least.concat().into()),
        ("salePrice", seller_sale.into()),
        ("salePriceCurrency", Currency::SELLER.code.into()),
        ("salePriceFormat", formatted(&target_sale).into()),
        ("targetOriginalPrice", target_list.into()),
        ("targetSalePrice", target_sale.into()),
        ("targetOriginalPriceCurrency", currency.code.into()),
        (
            "discount",
            format!("{}%", (list - sale) * 100 / list.max(1)).into(),
        ),
        (
            "evaluateRate",
            format!("{}%", u32::from(product.rating_tenths) * 2).into(),
        ),
        ("score", product.stars().into()),
        ("orders", sold(product.sales).into()),
    ])
}

/// Sales as a search by words returns them: `5,000+`, or blank if there were few [third parties].
fn sold(sales: i64) -> String {
    match sales {
        ..10 => String::new(),
        10..1000 => format!("{}+", sales / 10 * 10),
        _ => format!("{},000+", sales / 1000),
    }
}
