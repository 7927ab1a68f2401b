//! The ways to ship a parcel, with their time and price.

use super::data::{ADDRESSES, CARRIERS};
use super::product::Product;

/// The goods to ship, and their destination.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parcel<'a> {
    pub(crate) product: &'a Product,
    pub(crate) count: i64,
    /// Price of one piece.
    pub(crate) piece_fen: i64,
    /// Two letters of ISO 3166.
    pub(crate) country: &'a str,
}

/// One way to ship a parcel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Delivery {
    /// The name that an order gives as `logistics_service_name`.
    pub(crate) code: &'static str,
    pub(crate) company: &'static str,
    pub(crate) from: &'static str,
    pub(crate) days: [i64; 2],
    /// 0 if shipping is free.
    pub(crate) fee_fen: i64,
    /// The value of goods above which shipping is free; `None` if it never is.
    pub(crate) free_above_fen: Option<i64>,
    pub(crate) tracking: bool,
}

/// Why a parcel cannot be shipped, by the platform's documented codes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum NoDelivery {
    /// No carrier ships there, or no carrier accepts this weight.
    NotAvailable,
    /// The product is unknown.
    NoProduct,
}

impl NoDelivery {
    /// Code and message as `aliexpress.ds.freight.query` answers them [third parties].
    pub(crate) fn code(self) -> (i64, &'static str) {
        match self {
            NoDelivery::NotAvailable => (500, "DELIVERY_NOT_AVAILABLE_TO_YOUR_ADDRESS"),
            NoDelivery::NoProduct => (501, "DELIVERY_INFO_EMPTY"),
        }
    }
}

/// The codes and company names of all carriers.
pub(crate) fn carriers() -> impl Iterator<Item = (&'static str, &'static str)> {
    let carriers = CARRIERS.iter();
    carriers.map(|carrier| (carrier.code.as_str(), carrier.company.as_str()))
}

impl Parcel<'_> {
    /// The ways to ship it, cheapest first.
    ///
    /// # Errors
    ///
    /// If no carrier ships it.
    pub(crate) fn deliveries(&self) -> Result<Vec<Delivery>, NoDelivery> {
        let country = self.country.trim().to_ascii_uppercase();
        if !ADDRESSES.contains_key(&country) {
            return Err(NoDelivery::NotAvailable);
        }
        let grams = self.product.weight_grams.saturating_mul(self.count.max(1));
        let goods = self.piece_fen.saturating_mul(self.count.max(1));
        let mut deliveries = Vec::new();
        for carrier in CARRIERS.iter() {
            let mut starts = carrier.from.iter();
            let from = starts.find(|from| **from == self.product.store.country);
            let goes = carrier.to.is_empty() || carrier.to.contains(&country);
            let (Some(from), true) = (from, goes && grams <= carrier.most_grams) else {
                continue;
            };
            let free_above = Some(carrier.free_above_fen).filter(|least| *least > 0);
            let by_weight = carrier.per_kilogram_fen.saturating_mul(grams) / 1000;
            let is_free = free_above.is_some_and(|least| goods >= least);
            deliveries.push(Delivery {
                code: &carrier.code,
                company: &carrier.company,
                from,
                days: carrier.days,
                fee_fen: if is_free {
                    0
                } else {
                    carrier.base_fen + by_weight
                },
                free_above_fen: free_above,
                tracking: carrier.tracking,
            });
        }
        deliveries.sort_by_key(|delivery| delivery.fee_fen);
        match deliveries.is_empty() {
            true => Err(NoDelivery::NotAvailable),
            false => Ok(deliveries),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shop::Shop;

    fn parcel<'a>(product: &'a Product, count: i64, country: &'a str) -> Parcel<'a> {
        Parcel {
            product,
            count,
            piece_fen: product.skus[0].sale_fen,
            country,
        }
    }

    #[test]
    fn shipping_options_depend_on_country_store_and_weight() {
        let shop = Shop::new(7);
        for product in shop.products() {
            assert_eq!(
                parcel(product, 1, "ZZ").deliveries(),
                Err(NoDelivery::NotAvailable)
            );
            assert_eq!(
                parcel(product, 1_000_000, "FR").deliveries(),
                Err(NoDelivery::NotAvailable)
            );
            let (one, many) = (
                parcel(product, 1, "es").deliveries(),
                parcel(product, 3, "ES").deliveries(),
            );
            if product.store.country == "US" {
                assert_eq!(one, Err(NoDelivery::NotAvailable));
                continue;
            }
            let (one, many) = (one.unwrap(), many.unwrap_or_default());
            assert!(one.is_sorted_by_key(|delivery| delivery.fee_fen));
            for delivery in &one {
                assert_eq!(delivery.from, product.store.country);
                let heavier = many.iter().find(|heavier| heavier.code == delivery.code);
                let costs_more = |heavier: &Delivery| {
                    heavier.fee_fen == 0 || heavier.fee_fen >= delivery.fee_fen
                };
                assert!(heavier.is_none_or(costs_more), "{delivery:?}");
            }
        }
    }
}
