//! A shop's day: products, search, shipping, addresses, parcels, affiliate links, and the seller's side.
//!
//! Each method of [`Client`](crate::Client) and [`AsyncClient`](https://docs.rs/aliexpress/latest/aliexpress/struct.AsyncClient.html)
//! that is listed here makes typed calls and judges the answers: which price counts, whose currency it is, whether the
//! answer is for the [`Market`] that was asked for. What the platform sends besides stays at hand: values deref to its
//! records, and [`Reply`](crate::Reply) has the body.
//!
//! | question | method |
//! | --- | --- |
//! | what is this product, and what does it cost there | [`product`](crate::Client::product) |
//! | which products have these words | [`search`](crate::Client::search) |
//! | what does shipping cost, and how long does it take | [`freight`](crate::Client::freight) |
//! | which names do addresses of a country have, and has this address them | [`address_tree`](crate::Client::address_tree), [`check_address`](crate::Client::check_address) |
//! | where are the parcels of an order | [`tracking`](crate::Client::tracking) |
//! | which categories and feeds are there, and what is in a feed | [`categories`](crate::Client::categories), [`feeds`](crate::Client::feeds), [`feed_products`](crate::Client::feed_products), [`feed_product_ids`](crate::Client::feed_product_ids) |
//! | which products look like this picture | [`image_search`](crate::Client::image_search) |
//! | links that earn a commission | `affiliate_links` (feature `affiliate`) |
//! | every item of any other list that comes page by page | [`list`](crate::Client::list) |
//! | a seller's orders, parcels, stock and prices | [`orders_of_seller`](crate::Client::orders_of_seller), [`fulfil`](crate::Client::fulfil), [`set_stock`](crate::Client::set_stock), [`set_prices`](crate::Client::set_prices) |
//!
//! What an API says instead of an answer, such as that it does not ship to a country, is an error with a
//! [`business_refusal`](crate::Error::business_refusal).
//!
//! # How sure the meanings are
//!
//! No gateway of the platform was called for this crate. What fields mean is from the platform's pages and, where these
//! are silent or wrong, from reports of live use; docs of items say so where they rely on a report. The platform
//! documents no way to cancel a placed order, and none to find one by its `out_order_id`.

mod addresses;
#[cfg(feature = "affiliate")]
mod affiliate;
mod batches;
mod blocking;
mod categories;
mod feeds;
mod freight;
mod images;
mod market;
mod money;
mod pages;
mod product;
mod question;
mod search;
mod seller;
mod tracking;

pub(crate) use addresses::AddressTrees;
pub use addresses::{AddressCheck, AddressTree, Region, UnlistedRegion};
pub use aliexpress_models::CurrencyOf;
pub use batches::{Batch, ItemOutcome};
pub(crate) use batches::{Batches, Work};
pub use categories::{CategoryNode, CategoryTree};
pub use feeds::FeedProduct;
pub use freight::{Freight, ShippingOption};
pub use images::PicturedProduct;
pub use market::Market;
pub use money::Money;
pub use pages::{Cursor, Listing};
pub use product::{Mismatch, Product, Sku, SkuRef};
pub(crate) use question::Question;
pub use search::{FoundProduct, Search};
pub use seller::{PriceUpdate, StockUpdate};
pub use tracking::{Parcel, Tracking};

/// What the methods of both clients are made of.
pub(crate) mod questions {
    pub(crate) use super::addresses::{NAMES_IN, TreeOf, if_listed};
    #[cfg(feature = "affiliate")]
    pub(crate) use super::affiliate::Links;
    pub(crate) use super::categories::AllCategories;
    pub(crate) use super::feeds::{AllFeeds, fed, ids_of_feed, products_of_feed};
    pub(crate) use super::freight::FreightOf;
    pub(crate) use super::images::Like;
    pub(crate) use super::product::ProductFor;
    pub(crate) use super::search::found;
    pub(crate) use super::seller::{SetPrices, SetStock, orders};
    pub(crate) use super::tracking::ParcelsOf;
}
