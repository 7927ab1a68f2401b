//! Categories, for sellers.

use serde_json::{Value, json};

use super::{CarryOut, Contents, members};
use crate::apis::context::Context;
use crate::apis::request::Asked;
use crate::refusal::Refusal;
use crate::shop::{CategoryEntry, MOST_WORDS, Search, Shop};

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.solution.seller.category.tree.query", children),
    (
        "aliexpress.category.redefining.getchildrenpostcategorybyid",
        children_for_posting,
    ),
    ("aliexpress.category.tree.list", tree),
    ("aliexpress.solution.product.category.suggest", suggested),
];

fn children(_: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let children = below(asked.integer("category_id")).map(|category| {
        json!({
            "children_category_id": category.id,
            "is_leaf_category": category.parent.is_some(),
            "level": level(&category),
            "multi_language_names": names(&category),
        })
    });
    Ok(members(json!({
        "is_success": true,
        "children_category_list": children.collect::<Value>(),
    })))
}

/// The categories below one; 0 or no id requests the outer ones.
fn below(above: Option<i64>) -> impl Iterator<Item = CategoryEntry> {
    let above = above.filter(|id| *id != 0);
    Shop::categories().filter(move |category| category.parent == above)
}

fn level(category: &CategoryEntry) -> i64 {
    if category.parent.is_some() { 2 } else { 1 }
}

/// The names by language, as JSON in a text.
fn names(category: &CategoryEntry) -> String {
    json!({ "en": category.name }).to_string()
}

fn for_posting(category: CategoryEntry) -> Value {
    json!({
        "id": category.id,
        "level": level(&category),
        "isleaf": category.parent.is_some(),
        "names": names(&category),
        "features": "{}",
    })
}

fn children_for_posting(_: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let children = below(asked.integer("param0")).map(for_posting);
    Ok(members(json!({
        "result": { "success": true, "aeop_post_category_list": children.collect::<Value>() }
    })))
}

fn tree(_: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let categories = below(asked.integer("category_id")).map(for_posting);
    Ok(members(json!({
        "success": "true",
        "aeop_post_category_list": categories.collect::<Value>(),
    })))
}

/// The categories of the products whose texts have the title's words, each once.
fn suggested(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let title = asked.text("title").unwrap_or_default();
    let mut found: Vec<(i64, Value)> = Vec::new();
    for word in title.split_whitespace().take(MOST_WORDS) {
        let products = context.state.shop.search(&Search {
            words: word,
            ..Search::default()
        });
        for product in products {
            if found.iter().any(|(id, _)| *id == product.category.id) {
                continue;
            }
            let path: Vec<CategoryEntry> = product.categories().collect();
            let entry = json!({
                "id": product.category.id,
                "name": product.category.name,
                "id_path": path.iter().map(|category| category.id).collect::<Vec<_>>(),
                "name_path": path.iter().map(|category| category.name).collect::<Vec<_>>(),
            });
            found.push((product.category.id, entry));
        }
    }
    let found: Vec<Value> = found.into_iter().map(|(_, entry)| entry).take(10).collect();
    Ok(members(json!({ "suggest_category_list": found })))
}
