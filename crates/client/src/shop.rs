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
//! | where are the parcels of an order | [`tracking`](crate::Client::tracking) |
//!
//! What an API says instead of an answer, such as that it does not ship to a country, is an error with a
//! [`business_refusal`](crate::Error::business_refusal).
//!
//! # How sure the meanings are
//!
//! No gateway of the platform was called for this crate. What fields mean is from the platform's pages and, where these
//! are silent or wrong, from reports of live use; docs of items say so where they rely on a report. The platform
//! documents no way to cancel a placed order, and none to find one by its `out_order_id`.

mod blocking;
mod freight;
mod market;
mod money;
mod pages;
mod product;
mod question;
mod search;
mod tracking;

#[cfg(feature = "async")]
pub(crate) use freight::FreightOf;
pub use freight::{Freight, ShippingOption};
pub use market::Market;
pub use money::{CurrencyOf, Money};
pub use pages::{Cursor, Listing};
#[cfg(feature = "async")]
pub(crate) use product::ProductFor;
pub use product::{Mismatch, Product, Sku, SkuRef};
pub(crate) use question::Question;
#[cfg(feature = "async")]
pub(crate) use search::Found;
pub use search::{FoundProduct, Search};
#[cfg(feature = "async")]
pub(crate) use tracking::ParcelsOf;
pub use tracking::{Parcel, Tracking};
