//! The shop: products, prices, shipping.
//!
//! Everything is generated from data files and a seed, so that two sandboxes with the same seed sell the same.

mod addresses;
pub(crate) mod by_number;
mod catalogue;
mod data;
mod freight;
mod image;
mod jobs;
mod listing;
mod price;
mod product;
mod search;

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, OnceLock};

use fastrand::Rng;

pub(crate) use addresses::Place;
pub(crate) use data::Store;
pub(crate) use freight::{Delivery, NoDelivery, Parcel, carriers};
pub(crate) use image::{image_of_path, image_path, png};
pub(crate) use jobs::{Job, JobItem, JobStage, Jobs, finish};
use listing::Changed;
pub(crate) use listing::{ListedSku, Listing, SavedListings};
pub(crate) use price::{Currency, amount};
pub(crate) use product::{Product, Sku};
use search::Texts;
pub(crate) use search::{MOST_WORDS, Search, Sort};

/// How many products there are.
const PRODUCTS: usize = 200;

/// The shop's catalogue, with its stock.
pub(crate) struct Shop {
    products: BTreeMap<i64, Product>,
    seed: u64,
    /// The highest id of the seed's products; posted products get higher ones.
    last_made: i64,
    /// Changes with each change of stock or prices.
    changes: u64,
    /// What sellers changed.
    changed: Changed,
    /// The products by their pictures; built at the first search by picture.
    pictures: OnceLock<HashMap<Vec<u8>, i64>>,
    /// The text that searches look through; built at the first search.
    texts: OnceLock<Texts>,
}

impl Shop {
    /// The shop of this seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let products = catalogue::products(PRODUCTS, &mut rng);
        Self {
            last_made: products.last().map_or(0, |product| product.id),
            products: products
                .into_iter()
                .map(|product| (product.id, product))
                .collect(),
            seed,
            changes: 0,
            changed: Changed::default(),
            pictures: OnceLock::new(),
            texts: OnceLock::new(),
        }
    }

    /// The seed.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Changes with each change of stock or prices.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// The store with this id.
    pub(crate) fn store(id: i64) -> Option<&'static Store> {
        data::CATALOGUE.stores.iter().find(|store| store.id == id)
    }

    /// All products, sorted by id.
    pub(crate) fn products(&self) -> impl ExactSizeIterator<Item = &Product> {
        self.products.values()
    }

    pub(crate) fn product(&self, id: i64) -> Option<&Product> {
        self.products.get(&id)
    }

    pub(crate) fn product_mut(&mut self, id: i64) -> Option<&mut Product> {
        let product = self.products.get_mut(&id);
        self.changes += u64::from(product.is_some());
        product
    }

    /// The product of this picture, if the sandbox serves it.
    pub(crate) fn pictured(&self, image: &[u8]) -> Option<&Product> {
        let pictures = self.pictures.get_or_init(|| {
            let products = self.products();
            let pictures = products.flat_map(|product| {
                (0..product.images).map(|number| (png(product.id, number), product.id))
            });
            pictures.collect()
        });
        self.product(*pictures.get(image)?)
    }

    /// Takes pieces out of stock, by product and variant.
    pub(crate) fn take(&mut self, pieces: impl Iterator<Item = (i64, i64, i64)>) {
        pieces.for_each(|(product, sku, count)| self.add_stock((product, sku), -count));
    }

    /// Puts pieces back into stock, unless their product was deleted.
    pub(crate) fn put_back(&mut self, pieces: impl Iterator<Item = (i64, i64, i64)>) {
        pieces.for_each(|(product, sku, count)| self.add_stock((product, sku), count));
    }

    fn add_stock(&mut self, (product, sku): (i64, i64), count: i64) {
        let skus = self.product_mut(product);
        let skus = skus.into_iter().flat_map(|product| &mut product.skus);
        for sku in skus.filter(|candidate| candidate.id == sku) {
            sku.stock = sku.stock.saturating_add(count);
        }
    }

    /// The categories, outer ones first.
    pub(crate) fn categories() -> impl Iterator<Item = CategoryEntry> {
        data::CATALOGUE.categories.iter().flat_map(|category| {
            let outer = CategoryEntry {
                id: category.id,
                name: &category.name,
                parent: None,
            };
            let inner = category.children.iter().map(|child| CategoryEntry {
                id: child.id,
                name: &child.name,
                parent: Some(category.id),
            });
            std::iter::once(outer).chain(inner)
        })
    }

    /// An inner category and the outer category above it, outer one first.
    fn path_of_category(id: i64) -> impl Iterator<Item = CategoryEntry> {
        static PATHS: LazyLock<HashMap<i64, [CategoryEntry; 2]>> = LazyLock::new(|| {
            let inner = Shop::categories().filter_map(|inner| Some((inner, inner.parent?)));
            let paths = inner.filter_map(|(inner, outer)| {
                let outer = Shop::categories().find(|entry| entry.id == outer)?;
                Some((inner.id, [outer, inner]))
            });
            paths.collect()
        });
        PATHS.get(&id).into_iter().flatten().copied()
    }

    /// The names of the feeds, which are the platform's own lists of products.
    pub(crate) fn feeds() -> &'static [String] {
        &data::CATALOGUE.feeds
    }

    /// The products of a feed, in the feed's order; `None` if there is no such feed.
    pub(crate) fn feed(&self, name: &str) -> Option<Vec<&Product>> {
        let feeds = Self::feeds();
        let place = feeds.iter().position(|feed| feed == name)?;
        let belongs = |product: &&Product| product.id.unsigned_abs() % 3 != place as u64 % 3;
        let mut products: Vec<&Product> = self.products().filter(belongs).collect();
        products.sort_by_key(|product| std::cmp::Reverse(product.sales));
        Some(products)
    }
}

/// A category with the one above it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CategoryEntry {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
    pub(crate) parent: Option<i64>,
}

/// A product in the sandbox's catalogue. Prices are text such as `8.34` in the seller's currency,
/// CNY; the APIs convert them to the currency that a call asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProductRecord {
    /// The platform's id.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// The names of its categories, outermost first.
    pub categories: Vec<String>,
    /// The paths of its pictures below the sandbox's URL, such as `/kf/S1005001234567890_0.png`.
    pub images: Vec<String>,
    /// The weight of one packed piece, in grams.
    pub weight_grams: i64,
    /// The id of the store that sells it.
    pub store_id: i64,
    /// The store's name.
    pub store_name: String,
    /// The country from which it is shipped, two letters of ISO 3166.
    pub ships_from: String,
    /// Its variants.
    pub skus: Vec<SkuRecord>,
}

/// A variant of a product in the sandbox's catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkuRecord {
    /// The platform's id.
    pub id: i64,
    /// Its properties in the form used in an order, such as `14:193#Black;5:361386#M`.
    pub sku_attr: String,
    /// Its properties in readable form, such as `Color:Black; Size:M`.
    pub properties: String,
    /// The list price of one piece, shown crossed out.
    pub list_price: String,
    /// The price of one piece.
    pub sale_price: String,
    /// The stock in pieces.
    pub stock: i64,
}

impl Product {
    pub(crate) fn record(&self) -> ProductRecord {
        let skus = self.skus.iter().map(|sku| SkuRecord {
            id: sku.id,
            sku_attr: sku.attr(),
            properties: sku.description(),
            list_price: amount(sku.list_fen),
            sale_price: amount(sku.sale_fen),
            stock: sku.stock,
        });
        let images = 0..self.images;
        ProductRecord {
            id: self.id,
            title: self.title.clone(),
            categories: self
                .categories()
                .map(|category| category.name.to_owned())
                .collect(),
            images: images.map(|number| image_path(self.id, number)).collect(),
            weight_grams: self.weight_grams,
            store_id: self.store.id,
            store_name: self.store.name.clone(),
            ships_from: self.store.country.clone(),
            skus: skus.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_makes_the_same_shop_each_time() {
        let (first, second, other) = (Shop::new(7), Shop::new(7), Shop::new(8));
        let all = |shop: &Shop| shop.products().cloned().collect::<Vec<_>>();
        assert_eq!(all(&first), all(&second));
        assert_ne!(all(&first), all(&other));
    }

    #[test]
    fn products_are_whole() {
        let shop = Shop::new(7);
        assert_eq!(shop.products().len(), PRODUCTS);
        let leaves: BTreeSet<i64> = Shop::categories()
            .filter(|category| category.parent.is_some())
            .map(|category| category.id)
            .collect();
        let mut skus = BTreeSet::new();
        for product in shop.products() {
            assert!(leaves.contains(&product.category.id), "{product:?}");
            assert!(
                !product.skus.is_empty() && product.weight_grams > 0,
                "{product:?}"
            );
            for sku in &product.skus {
                assert!(skus.insert(sku.id), "{product:?}");
                assert!(
                    0 < sku.sale_fen && sku.sale_fen <= sku.list_fen,
                    "{product:?}"
                );
            }
        }
    }

    #[test]
    fn each_feed_is_a_part_of_the_catalogue() {
        let shop = Shop::new(7);
        for name in Shop::feeds() {
            let feed = shop.feed(name).unwrap();
            assert!(
                (1..PRODUCTS).contains(&feed.len()),
                "{name}: {}",
                feed.len()
            );
        }
        assert_eq!(shop.feed("no such feed"), None);
    }
}
