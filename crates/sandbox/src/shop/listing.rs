//! Sellers' changes to the catalogue: products that they post, edit and delete.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::Shop;
use super::data::{CATALOGUE, Category, Store};
use super::product::{Product, Property, Sku};

/// The largest total size of posted and edited products, in bytes.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// The approximate size of a picture in memory, in bytes.
const PICTURE_BYTES: usize = 512;
/// The steps by which the ids of products and variants rise.
const PRODUCT_STEP: i64 = 1_000_003;
const SKU_STEP: i64 = 1_000_003;
/// The first id of properties and values that the category does not have.
const OWN_NUMBERS: i64 = 200_000_000;

/// A seller's description of a product; `None` for what it does not mention.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) title: Option<String>,
    pub(crate) category: Option<&'static Category>,
    /// How many pictures there are.
    pub(crate) images: Option<u8>,
    pub(crate) weight_grams: Option<i64>,
    /// Length, width and height.
    pub(crate) size_cm: [Option<i64>; 3],
    pub(crate) skus: Option<Vec<ListedSku>>,
}

/// A variant as a seller lists it.
#[derive(Debug)]
pub(crate) struct ListedSku {
    /// The seller's own name for it.
    pub(crate) code: String,
    /// Names and values.
    pub(crate) options: Vec<(String, String)>,
    pub(crate) list_fen: i64,
    pub(crate) sale_fen: i64,
    pub(crate) stock: i64,
}

/// The differences from the seed's products: posted, edited and deleted ones.
#[derive(Debug, Default)]
pub(super) struct Changed {
    listed: BTreeSet<i64>,
    deleted: BTreeSet<i64>,
    bytes: usize,
}

impl Shop {
    /// The inner category with this id.
    pub(crate) fn category(id: i64) -> Option<&'static Category> {
        let outer = CATALOGUE.categories.iter();
        let mut inner = outer.flat_map(|outer| &outer.children);
        inner.find(|category| category.id == id)
    }

    /// The store of sellers who post products: the first one in China, because most carriers ship from there.
    pub(crate) fn sellers_store() -> &'static Store {
        let stores = &CATALOGUE.stores;
        let in_china = stores.iter().find(|store| store.country == "CN");
        in_china.unwrap_or(&stores[0])
    }

    /// Adds a product and returns its id.
    ///
    /// # Errors
    /// In words, what is missing or too much.
    pub(crate) fn post(&mut self, listing: Listing) -> Result<i64, &'static str> {
        let last = self.products.keys().chain(&self.changed.deleted).max();
        let id = last.copied().unwrap_or_default() + PRODUCT_STEP;
        let category = listing.category.ok_or("found no category")?;
        let skus = listing.skus.as_ref().ok_or("found no variants")?;
        if listing.title.is_none() || skus.is_empty() {
            return Err("found no title or no variants");
        }
        let product = Product {
            id,
            title: String::new(),
            category,
            store: Self::sellers_store(),
            skus: Vec::new(),
            images: 1,
            weight_grams: 500,
            size_cm: [10, 10, 10],
            rating_tenths: 0,
            reviews: 0,
            sales: 0,
        };
        self.list(product, listing)
    }

    /// Changes what the listing contains.
    ///
    /// # Errors
    /// In words, what is missing or too much.
    pub(crate) fn edit(&mut self, id: i64, listing: Listing) -> Result<i64, &'static str> {
        let product = self.product(id);
        let product = product.ok_or("found no product with this number")?.clone();
        self.list(product, listing)
    }

    fn list(&mut self, mut product: Product, listing: Listing) -> Result<i64, &'static str> {
        let id = product.id;
        product.title = listing.title.unwrap_or(product.title);
        product.category = listing.category.unwrap_or(product.category);
        product.images = listing.images.unwrap_or(product.images);
        product.weight_grams = listing.weight_grams.unwrap_or(product.weight_grams);
        for (size, listed) in product.size_cm.iter_mut().zip(listing.size_cm) {
            *size = listed.unwrap_or(*size);
        }
        if let Some(listed) = listing.skus {
            product.skus = self.skus(&product, listed);
        }
        let earlier = self.product(id).filter(|_| self.is_listed(id));
        let bytes = self.changed.bytes - earlier.map_or(0, size) + size(&product);
        if bytes > MOST_BYTES {
            return Err("the sandbox's shop is full");
        }
        self.changed.bytes = bytes;
        self.put(product);
        Ok(id)
    }

    /// The variants; one whose code the product already has keeps its id.
    fn skus(&self, product: &Product, listed: Vec<ListedSku>) -> Vec<Sku> {
        let known = self.products().flat_map(|product| &product.skus);
        let mut last = known.map(|sku| sku.id).max().unwrap_or_default();
        let skus = listed.into_iter().map(|listed| {
            let known = product.skus.iter().find(|sku| sku.code() == listed.code);
            let id = known.map_or_else(
                || {
                    last += SKU_STEP;
                    last
                },
                |sku| sku.id,
            );
            let options = listed.options.into_iter();
            Sku {
                id,
                code: Some(listed.code),
                properties: options
                    .map(|(name, value)| property(product.category, name, value))
                    .collect(),
                list_fen: listed.list_fen,
                sale_fen: listed.sale_fen,
                stock: listed.stock,
            }
        });
        skus.collect()
    }

    /// Deletes a product; `false` if there is none.
    pub(crate) fn delete(&mut self, id: i64) -> bool {
        let Some(product) = self.products.remove(&id) else {
            return false;
        };
        if self.changed.listed.remove(&id) {
            self.changed.bytes = self.changed.bytes.saturating_sub(size(&product));
        }
        self.note_deleted(id);
        self.changes += 1;
        self.forget_what_was_made();
        true
    }

    /// Records a deleted product. Of posted ones only the last is kept, so that its id is not used again.
    fn note_deleted(&mut self, id: i64) {
        let (deleted, last_made) = (&mut self.changed.deleted, self.last_made);
        if id > last_made {
            let last = deleted.last().copied().unwrap_or_default().max(id);
            deleted.retain(|other| *other <= last_made);
            deleted.insert(last);
        } else {
            deleted.insert(id);
        }
    }

    /// Whether posted and edited products are within the limit.
    pub(crate) fn has_room(&self) -> bool {
        self.changed.bytes <= MOST_BYTES
    }

    fn put(&mut self, product: Product) {
        self.changed.listed.insert(product.id);
        self.products.insert(product.id, product);
        self.changes += 1;
        self.forget_what_was_made();
    }

    /// Drops what is derived from the products, because they have changed; it is built again when needed.
    fn forget_what_was_made(&mut self) {
        self.pictures = OnceLock::new();
        self.texts = OnceLock::new();
    }

    /// Whether a seller posted or edited it.
    pub(crate) fn is_listed(&self, id: i64) -> bool {
        self.changed.listed.contains(&id)
    }

    /// The changes, to be saved.
    pub(crate) fn changed(&self) -> SavedListings {
        let listed = self.changed.listed.iter();
        let listed = listed.filter_map(|id| self.product(*id));
        SavedListings {
            listed: listed.cloned().collect(),
            deleted: self.changed.deleted.iter().copied().collect(),
        }
    }

    /// Applies saved changes.
    pub(crate) fn restore(&mut self, saved: &SavedListings) {
        for id in &saved.deleted {
            self.products.remove(id);
            self.note_deleted(*id);
        }
        self.forget_what_was_made();
        for product in &saved.listed {
            self.changed.bytes += size(product);
            self.put(product.clone());
        }
    }
}

/// The approximate size of a product in memory, in bytes.
fn size(product: &Product) -> usize {
    let property = |property: &Property| property.name.len() + property.value.len() + 64;
    let sku = |sku: &Sku| 128 + sku.properties.iter().map(property).sum::<usize>();
    // Its pictures are in memory after a search by picture.
    let pictures = usize::from(product.images) * PICTURE_BYTES;
    256 + pictures + product.title.len() * 2 + product.skus.iter().map(sku).sum::<usize>()
}

/// A property with the category's ids for its name and value, or with ids calculated from their texts.
fn property(category: &'static Category, name: String, value: String) -> Property {
    let own = |text: &str| {
        let sum = text.bytes().fold(7_i64, |sum, byte| {
            (sum * 31 + i64::from(byte)) % 1_000_000_007
        });
        OWN_NUMBERS + sum
    };
    let mut options = category.options.iter();
    let option = options.find(|option| option.name.eq_ignore_ascii_case(&name));
    let known = option.and_then(|option| {
        let mut values = option.values.iter();
        values.find(|known| known.name.eq_ignore_ascii_case(&value))
    });
    Property {
        id: option.map_or_else(|| own(&name), |option| option.id),
        value_id: known.map_or_else(|| own(&value), |known| known.id),
        name: Cow::Owned(name),
        value: Cow::Owned(value),
    }
}

/// Posted, edited and deleted products, as in a file.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedListings {
    listed: Vec<Product>,
    deleted: Vec<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(title: &str) -> Listing {
        let sku = ListedSku {
            code: "a".to_owned(),
            options: vec![("Color".to_owned(), "Teal".to_owned())],
            list_fen: 900,
            sale_fen: 800,
            stock: 3,
        };
        Listing {
            title: Some(title.to_owned()),
            category: CATALOGUE.categories[0].children.first(),
            images: Some(3),
            skus: Some(vec![sku]),
            ..Listing::default()
        }
    }

    #[test]
    fn edits_of_a_product_take_no_more_room_each_time() {
        let mut shop = Shop::new(7);
        let id = shop.post(listing("Lamp")).unwrap();
        let made = shop.products().next().unwrap().id;
        let mut sizes = BTreeSet::new();
        for _ in 0..10 {
            shop.edit(id, listing("Lamp")).unwrap();
            shop.edit(made, listing("Vase")).unwrap();
            sizes.insert(shop.changed.bytes);
        }
        assert_eq!(sizes.len(), 1);
        let sum = [id, made].map(|id| size(shop.product(id).unwrap()));
        assert_eq!(sizes.first(), Some(&sum.iter().sum()));
    }

    #[test]
    fn deleted_products_leave_nothing_but_the_last_number() {
        let mut shop = Shop::new(7);
        let made = shop.products().next().unwrap().id;
        assert!(shop.delete(made));
        let mut last = 0;
        for _ in 0..100 {
            let id = shop.post(listing("Lamp")).unwrap();
            assert!(id > last, "{id} was used before");
            assert!(shop.delete(id) && !shop.delete(id));
            last = id;
        }
        assert_eq!(shop.changed.deleted, BTreeSet::from([made, last]));
        assert_eq!(shop.changed.bytes, 0);
        // The same in a shop that is restored from a file.
        let mut again = Shop::new(7);
        again.restore(&shop.changed());
        assert!(again.post(listing("Lamp")).unwrap() > last);
    }
}
