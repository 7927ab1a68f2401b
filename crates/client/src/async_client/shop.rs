//! The async client's methods of a shop's day. What is asked and what answers mean stands in [`crate::shop`] for both
//! clients.

use aliexpress_models::shared::{OrderId, ProductId};

use super::AsyncClient;
use crate::error::Error;
use crate::reply::Reply;
use crate::shop::{
    Found, FoundProduct, Freight, FreightOf, Listing, Market, ParcelsOf, Product, ProductFor,
    Search, SkuRef, Tracking,
};

impl AsyncClient {
    /// Reads a product as it is offered to a market; as [`Client::product`](crate::Client::product).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn product(
        &self,
        id: impl Into<ProductId>,
        market: &Market,
    ) -> Result<Reply<Product>, Error> {
        let id = id.into();
        self.ask(&ProductFor { id, market }).await
    }

    /// Searches for products by words, as a stream; as [`Client::search`](crate::Client::search).
    pub fn search(
        &self,
        search: impl Into<Search>,
        market: &Market,
    ) -> Listing<Self, FoundProduct> {
        let (search, market) = (search.into(), market.clone());
        Listing::new(self.clone(), Found { search, market })
    }

    /// Asks what shipping a variant to a market costs; as [`Client::freight`](crate::Client::freight).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn freight(
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
        .await
    }

    /// Reads where the parcels of an order are; as [`Client::tracking`](crate::Client::tracking).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn tracking(&self, order_id: impl Into<OrderId>) -> Result<Reply<Tracking>, Error> {
        self.ask(&ParcelsOf(order_id.into())).await
    }
}
