//! The methods of the blocking client.

use aliexpress_models::shared::{OrderId, ProductId};

use super::freight::{Freight, FreightOf};
use super::market::Market;
use super::pages::Listing;
use super::product::{Product, ProductFor, SkuRef};
use super::search::{Found, FoundProduct, Search};
use super::tracking::{ParcelsOf, Tracking};
use crate::client::Client;
use crate::error::Error;
use crate::reply::Reply;

impl Client {
    /// Reads a product as it is offered to a market: its variants with their prices, stock and pictures.
    ///
    /// [`Product::mismatches`] says where the platform answered for another market than was asked for.
    ///
    /// ```
    /// # use aliexpress::{Client, shop::Market};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// # let id = sandbox.products()[0].id;
    /// let market = Market::new("FR", "EUR", "fr")?;
    /// let product = client.product(id, &market)?;
    /// assert!(product.mismatches().is_empty());
    /// for sku in product.skus() {
    ///     if let Some(price) = sku.price() {
    ///         println!("{:?}: {price}, {:?} in stock", sku.attr(), sku.stock());
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); a [`business_refusal`](Error::business_refusal) where there is no such product, or it is
    /// not sold to the country.
    pub fn product(
        &self,
        id: impl Into<ProductId>,
        market: &Market,
    ) -> Result<Reply<Product>, Error> {
        let id = id.into();
        self.ask(&ProductFor { id, market })
    }

    /// Searches for products by words, and reads page after page as it goes.
    ///
    /// ```
    /// # use aliexpress::{Client, shop::Market};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// let market = Market::new("FR", "EUR", "fr")?;
    /// let mut found = client.search("phone", &market);
    /// for product in found.by_ref().take(30) {
    ///     let product = product?;
    ///     println!("{:?} {:?} {:?}", product.id(), product.title(), product.price());
    /// }
    /// // Later, from the place that was stored:
    /// let cursor = found.cursor();
    /// let rest = client.search("phone", &market).at(&cursor)?;
    /// # assert!(rest.collect::<Result<Vec<_>, _>>().is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Each item can be one; see [`Listing`]. The search is reported to fail at times with `NGSELECTION_SEARCH_ERROR`,
    /// and to work again after minutes.
    pub fn search(
        &self,
        search: impl Into<Search>,
        market: &Market,
    ) -> Listing<Self, FoundProduct> {
        let (search, market) = (search.into(), market.clone());
        Listing::new(self.clone(), Found { search, market })
    }

    /// Asks what shipping a variant to a market costs, and how long it takes.
    ///
    /// ```
    /// # use aliexpress::{Client, shop::Market};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// # let id = sandbox.products()[0].id;
    /// let market = Market::new("FR", "EUR", "fr")?;
    /// let product = client.product(id, &market)?;
    /// let sku = product.skus().next().ok_or("found no variant")?;
    /// let freight = client.freight(&sku, 2, &market)?;
    /// if let Some(option) = freight.cheapest() {
    ///     println!("{:?}: {:?}, {:?} days", option.name(), option.fee(), option.days());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); a [`business_refusal`](Error::business_refusal) where it is not shipped there; and where
    /// the quantity is below one.
    pub fn freight(
        &self,
        sku: impl Into<SkuRef>,
        quantity: i64,
        market: &Market,
    ) -> Result<Reply<Freight>, Error> {
        let sku = sku.into();
        self.ask(&FreightOf {
            sku,
            quantity,
            market,
        })
    }

    /// Reads where the parcels of an order are, in English.
    ///
    /// ```
    /// # use aliexpress::{Client, shop::Tracking};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// match client.tracking(10_000_001)?.into_data() {
    ///     Tracking::NotShipped => println!("not shipped yet"),
    ///     Tracking::Parcels(parcels) => {
    ///         for parcel in parcels {
    ///             println!("{:?}: {:?}", parcel.number(), parcel.latest());
    ///         }
    ///     }
    ///     # _ => unreachable!(),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); a [`business_refusal`](Error::business_refusal) where the API says no for another reason
    /// than that there is nothing yet.
    pub fn tracking(&self, order_id: impl Into<OrderId>) -> Result<Reply<Tracking>, Error> {
        self.ask(&ParcelsOf(order_id.into()))
    }
}
