//! Products and their variants.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::data::{Category, Store};
use super::{CategoryEntry, Shop, by_number};

/// A product. Prices are in fen, hundredths of a yuan: the seller's currency.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Product {
    pub(crate) id: i64,
    pub(crate) title: String,
    #[serde(with = "by_number::category")]
    pub(crate) category: &'static Category,
    #[serde(with = "by_number::store")]
    pub(crate) store: &'static Store,
    pub(crate) skus: Vec<Sku>,
    /// How many pictures it has; see [`image_path`](super::image_path).
    pub(crate) images: u8,
    /// The weight of one piece with its packing, in grams.
    pub(crate) weight_grams: i64,
    /// Length, width and height of the parcel in centimetres.
    pub(crate) size_cm: [i64; 3],
    /// Stars in tenths, 10 to 50.
    pub(crate) rating_tenths: u8,
    pub(crate) reviews: i64,
    pub(crate) sales: i64,
}

/// A variant of a product, which is what is ordered.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sku {
    pub(crate) id: i64,
    /// The name that its seller gave it, if any.
    pub(crate) code: Option<String>,
    pub(crate) properties: Vec<Property>,
    /// The list price, shown crossed out.
    pub(crate) list_fen: i64,
    /// The price.
    pub(crate) sale_fen: i64,
    pub(crate) stock: i64,
}

/// One property of a variant, such as its colour.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Property {
    pub(crate) id: i64,
    pub(crate) name: Cow<'static, str>,
    pub(crate) value_id: i64,
    pub(crate) value: Cow<'static, str>,
}

impl Product {
    /// The variant with these properties, ignoring the case of their names.
    ///
    /// If a product has only one variant, a call may leave out the properties.
    pub(crate) fn sku_by_attr(&self, attr: &str) -> Option<&Sku> {
        let attr = attr.trim();
        match &self.skus[..] {
            [only] if attr.is_empty() => Some(only),
            skus => skus.iter().find(|sku| sku.has_attr(attr)),
        }
    }

    /// The variant that costs least.
    pub(crate) fn cheapest(&self) -> Option<&Sku> {
        self.skus.iter().min_by_key(|sku| sku.sale_fen)
    }

    /// The price of the [cheapest](Self::cheapest) variant.
    pub(crate) fn least_fen(&self) -> i64 {
        self.cheapest().map_or(0, |sku| sku.sale_fen)
    }

    /// Its categories, outermost first.
    pub(crate) fn categories(&self) -> impl Iterator<Item = CategoryEntry> {
        Shop::path_of_category(self.category.id)
    }

    /// The weight of one piece in kilograms, such as `0.250`.
    pub(crate) fn kilograms(&self) -> String {
        format!(
            "{}.{:03}",
            self.weight_grams / 1000,
            self.weight_grams % 1000
        )
    }

    /// Its stars, such as `4.8`.
    pub(crate) fn stars(&self) -> String {
        format!("{}.{}", self.rating_tenths / 10, self.rating_tenths % 10)
    }

    /// The text that a search looks through: title, category and id, in lower case.
    pub(super) fn searched_text(&self) -> String {
        format!("{} {} {}", self.title, self.category.name, self.id).to_lowercase()
    }

    /// The URL of the product's page, without a scheme, as in the platform's search.
    pub(crate) fn url(&self) -> String {
        format!("//www.aliexpress.com/item/{}.html", self.id)
    }
}

impl Sku {
    /// The seller's name for it: the code that they gave it, otherwise its id.
    pub(crate) fn code(&self) -> String {
        self.code.clone().unwrap_or_else(|| self.id.to_string())
    }

    /// The discount from the struck-out price in per cent.
    pub(crate) fn off_percent(&self) -> i64 {
        (self.list_fen - self.sale_fen) * 100 / self.list_fen.max(1)
    }

    /// The properties as an order names them: `14:193#Black;5:361386#M`.
    pub(crate) fn attr(&self) -> String {
        let properties = self.properties.iter().map(|property| {
            let Property {
                id,
                value_id,
                value,
                ..
            } = property;
            format!("{id}:{value_id}#{value}")
        });
        properties.collect::<Vec<_>>().join(";")
    }

    /// The properties in readable form: `Color:Black; Size:M`.
    pub(crate) fn description(&self) -> String {
        let properties = self.properties.iter();
        let properties = properties.map(|property| format!("{}:{}", property.name, property.value));
        properties.collect::<Vec<_>>().join("; ")
    }

    /// Whether these are its properties. Ids are compared, in any order; the words after `#` are ignored.
    fn has_attr(&self, attr: &str) -> bool {
        let mut own: Vec<(i64, i64)> = self
            .properties
            .iter()
            .map(|property| (property.id, property.value_id))
            .collect();
        own.sort_unstable();
        let numbers = |part: &str| {
            let (pair, _) = part.split_once('#').unwrap_or((part, ""));
            let (id, value) = pair.split_once(':')?;
            Some((id.trim().parse().ok()?, value.trim().parse().ok()?))
        };
        let asked: Option<Vec<(i64, i64)>> = attr.split(';').map(numbers).collect();
        asked.is_some_and(|mut asked| {
            asked.sort_unstable();
            asked == own
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::shop::Shop;

    #[test]
    fn variants_are_found_by_their_properties() {
        let shop = Shop::new(3);
        for product in shop.products() {
            for sku in &product.skus {
                let attr = sku.attr();
                assert_eq!(product.sku_by_attr(&attr), Some(sku), "{attr}");
                let parts = attr.split(';').map(|part| part.split('#').next().unwrap());
                let turned: Vec<_> = parts.rev().collect();
                assert_eq!(product.sku_by_attr(&turned.join(";")), Some(sku), "{attr}");
            }
            assert_eq!(product.sku_by_attr("14:1#None"), None);
            assert_eq!(product.sku_by_attr("colour"), None);
        }
    }
}
