//! High-level methods for a shop: products, search, shipping, addresses, parcels, affiliate links,
//! and a seller's orders, stock and prices.
//!
//! Each method of [`Client`](crate::Client) and
//! [`AsyncClient`](https://docs.rs/aliexpress/latest/aliexpress/struct.AsyncClient.html) listed
//! here makes typed calls and interprets the answers: which price applies, whose currency it is in,
//! and whether the answer is for the requested [`Market`]. The rest of the answer stays
//! available: values dereference to the platform's records, and [`Reply`](crate::Reply) has the
//! body.
//!
//! | question | method |
//! | --- | --- |
//! | a product and its price in a market | [`product`](crate::Client::product) |
//! | products that match these words | [`search`](crate::Client::search) |
//! | shipping cost and time | [`freight`](crate::Client::freight) |
//! | the provinces and cities of a country, and a check of an address against them | [`address_tree`](crate::Client::address_tree), [`check_address`](crate::Client::check_address) |
//! | where the parcels of an order are | [`tracking`](crate::Client::tracking) |
//! | the categories, the feeds, and the products of a feed | [`categories`](crate::Client::categories), [`feeds`](crate::Client::feeds), [`feed_products`](crate::Client::feed_products), [`feed_product_ids`](crate::Client::feed_product_ids) |
//! | products that look like a picture | [`image_search`](crate::Client::image_search) |
//! | links that earn a commission | `affiliate_links` (feature `affiliate`) |
//! | all items of any other paged list | [`list`](crate::Client::list) |
//! | a seller's orders, parcels, stock and prices | [`orders_of_seller`](crate::Client::orders_of_seller), [`fulfil`](crate::Client::fulfil), [`set_stock`](crate::Client::set_stock), [`set_prices`](crate::Client::set_prices) |
//!
//! If an API refuses inside its answer, for example because it does not ship to a country, the
//! method returns an error with a [`business_refusal`](crate::Error::business_refusal).
//!
//! # How sure the facts are
//!
//! This crate was written without access to the platform's live gateway. The meaning of fields
//! comes from the platform's documentation and, where that is silent or wrong, from reports of live
//! use; items that rely on a report say so. The platform documents no way to cancel a placed order,
//! and none to find one by its `out_order_id`.

mod addresses;
#[cfg(feature = "affiliate")]
mod affiliate;
mod batches;
mod categories;
mod feeds;
mod freight;
mod images;
mod market;
mod money;
mod operation;
pub(crate) mod pages;
mod product;
mod search;
mod seller;
mod tracking;

pub(crate) use addresses::AddressTrees;
pub use addresses::{AddressCheck, AddressTree, Region, UnlistedRegion};
pub use aliexpress_models::CurrencyOf;
pub use batches::{Batch, ItemOutcome};
pub(crate) use batches::{BatchOperation, Batches};
pub use categories::{CategoryNode, CategoryTree};
pub use feeds::FeedProduct;
pub use freight::{Freight, ShippingOption};
pub use images::PicturedProduct;
pub use market::Market;
pub use money::Money;
pub(crate) use operation::Operation;
pub use pages::{Cursor, Listing};
pub use product::{Mismatch, Product, Sku, SkuRef};
pub use search::{FoundProduct, Search};
pub use seller::{PriceUpdate, StockUpdate};
pub use tracking::{Parcel, Tracking};

/// The calls that both clients share.
pub(crate) mod operations {
    pub(crate) use super::addresses::{NAMES_IN, TreeOf, if_listed};
    #[cfg(feature = "affiliate")]
    pub(crate) use super::affiliate::Links;
    pub(crate) use super::categories::AllCategories;
    pub(crate) use super::feeds::{AllFeeds, ids_of_feed, in_market, products_of_feed};
    pub(crate) use super::freight::FreightOf;
    pub(crate) use super::images::Like;
    pub(crate) use super::product::ProductFor;
    pub(crate) use super::search::found;
    pub(crate) use super::seller::{SetPrices, SetStock, orders};
    pub(crate) use super::tracking::ParcelsOf;
}
