//! Generates the products.

use std::borrow::Cow;

use fastrand::Rng;

use super::data::{CATALOGUE, Category, OptionData};
use super::product::{Product, Property, Sku};

/// The first digits of the platform's product and variant numbers.
const PRODUCT_IDS: i64 = 1_005_000_000_000_000;
const SKU_IDS: i64 = 12_000_000_000_000_000;

/// This many products, spread over the categories.
pub(super) fn products(count: usize, rng: &mut Rng) -> Vec<Product> {
    let categories: Vec<&'static Category> = CATALOGUE
        .categories
        .iter()
        .flat_map(|outer| &outer.children)
        .collect();
    // Ids rise in steps of different sizes, so that each is unique and cannot be guessed from another.
    let (mut product_id, mut sku_id) = (
        PRODUCT_IDS + rng.i64(4_000_000_000..5_000_000_000),
        SKU_IDS + rng.i64(10_000_000_000..20_000_000_000),
    );
    let products = categories.iter().cycle().take(count).map(|category| {
        product_id += rng.i64(1_000_003..9_000_000);
        let mut next_sku = |rng: &mut Rng| {
            sku_id += rng.i64(1..40_000_000);
            sku_id
        };
        product(product_id, category, &mut next_sku, rng)
    });
    products.collect()
}

fn product(
    id: i64,
    category: &'static Category,
    next_sku: &mut impl FnMut(&mut Rng) -> i64,
    rng: &mut Rng,
) -> Product {
    let list_fen = between(category.price_fen, rng);
    let price = Price {
        list_fen,
        off_percent: rng.i64(5..70),
    };
    let options: Vec<Vec<Property>> = category
        .options
        .iter()
        .map(|option| values(option, rng))
        .collect();
    let weight_grams = between(category.weight_grams, rng);
    let edge = |rng: &mut Rng| rng.i64(3..30) + weight_grams / 200;
    Product {
        id,
        title: title(category, rng),
        category,
        store: pick(&CATALOGUE.stores, rng),
        skus: combinations(&options)
            .into_iter()
            .map(|options| sku(next_sku(rng), options, &price, rng))
            .collect(),
        images: rng.u8(2..=6),
        weight_grams,
        size_cm: [edge(rng), edge(rng), edge(rng)],
        rating_tenths: rng.u8(36..=50),
        reviews: rng.i64(0..4000),
        sales: rng.i64(0..20_000),
    }
}

struct Price {
    list_fen: i64,
    off_percent: i64,
}

fn sku(id: i64, properties: Vec<Property>, price: &Price, rng: &mut Rng) -> Sku {
    let list_fen = price.list_fen + price.list_fen * rng.i64(0..=20) / 100;
    Sku {
        id,
        code: None,
        properties,
        list_fen,
        sale_fen: (list_fen * (100 - price.off_percent) / 100).max(1),
        // Some are sold out.
        stock: rng.i64(-20..800).max(0),
    }
}

fn title(category: &Category, rng: &mut Rng) -> String {
    let words = &CATALOGUE.words;
    format!(
        "{} {} {}",
        pick(&words.before, rng),
        pick(&category.nouns, rng),
        pick(&words.after, rng)
    )
}

/// Up to three values of an option.
fn values(data: &'static OptionData, rng: &mut Rng) -> Vec<Property> {
    let count = rng.usize(1..=data.values.len().min(3));
    let first = rng.usize(0..=data.values.len() - count);
    let values = data.values[first..first + count].iter();
    values
        .map(|value| Property {
            id: data.id,
            name: Cow::Borrowed(&data.name),
            value_id: value.id,
            value: Cow::Borrowed(&value.name),
        })
        .collect()
}

/// All combinations of one value for each option.
fn combinations(options: &[Vec<Property>]) -> Vec<Vec<Property>> {
    options.iter().fold(vec![Vec::new()], |all, values| {
        let longer = all.iter().flat_map(|before| {
            values
                .iter()
                .map(|value| [before.as_slice(), std::slice::from_ref(value)].concat())
        });
        longer.collect()
    })
}

fn pick<'a, T>(from: &'a [T], rng: &mut Rng) -> &'a T {
    &from[rng.usize(..from.len())]
}

fn between([least, most]: [i64; 2], rng: &mut Rng) -> i64 {
    rng.i64(least..=most)
}
