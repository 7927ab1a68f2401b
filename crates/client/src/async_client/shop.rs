//! The async client's methods of a shop's day. What is asked and what answers mean is in [`crate::shop`] for both
//! clients.

use std::sync::Arc;

use aliexpress_models::Paged;
#[cfg(feature = "affiliate")]
use aliexpress_models::Url;
use aliexpress_models::ds::feedname_get::TrafficFeaturedPromo;
use aliexpress_models::order_create::LogisticsAddress;
use aliexpress_models::shared::{OrderId, ProductId};
use aliexpress_models::solution::order_fulfill::OrderFulfill;
use aliexpress_models::solution::order_get::{Order, OrderQuery};
use serde::Serialize;

use super::AsyncClient;
use crate::error::Error;
use crate::reply::Reply;
use crate::shop::questions::*;
use crate::shop::{
    AddressCheck, AddressTree, Batch, Batches, CategoryTree, FeedProduct, FoundProduct, Freight,
    Listing, Market, PicturedProduct, PriceUpdate, Product, Search, SkuRef, StockUpdate, Tracking,
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
        let request = search.into().request(market);
        Listing::new(self.clone(), request, found(market))
    }

    /// Lists what any call gives page by page, as a stream; as [`Client::list`](crate::Client::list).
    pub fn list<R>(&self, request: R) -> Listing<Self, R::Item>
    where
        R: Paged<Answer: Send, Item: Serialize + Send> + Clone + Default + Send + Sync + 'static,
    {
        Listing::new(self.clone(), Ok(request), std::convert::identity)
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
    pub async fn tracking(
        &self,
        order_id: impl Into<OrderId>,
        language: &str,
    ) -> Result<Reply<Tracking>, Error> {
        let order = order_id.into();
        self.ask(&ParcelsOf { order, language }).await
    }

    /// Reads which provinces and cities the platform knows in a country, with their names in a language, and keeps them
    /// for a day; as [`Client::address_tree`](crate::Client::address_tree).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn address_tree(
        &self,
        country: &str,
        language: &str,
    ) -> Result<Arc<AddressTree>, Error> {
        let of = TreeOf::new(country, language)?;
        let known = self.caller.app().addresses.get(&of);
        if let Some(tree) = known {
            return Ok(tree);
        }
        let tree = self.ask(&of).await?.into_data();
        Ok(self.caller.app().addresses.keep(of, tree))
    }

    /// Checks an address by the dated rules of its country and by the names that the platform lists in English,
    /// before an order is refused for it; as [`Client::check_address`](crate::Client::check_address).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn check_address(&self, address: &LogisticsAddress) -> Result<AddressCheck, Error> {
        let tree = if_listed(self.address_tree(&address.country, NAMES_IN).await)?;
        Ok(AddressCheck::of(address, tree.as_deref()))
    }

    /// Reads all categories, as a tree; as [`Client::categories`](crate::Client::categories).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn categories(&self, language: &str) -> Result<Reply<CategoryTree>, Error> {
        self.ask(&AllCategories(language)).await
    }

    /// Reads the names of the platform's own selections of products; as [`Client::feeds`](crate::Client::feeds).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn feeds(&self) -> Result<Reply<Vec<TrafficFeaturedPromo>>, Error> {
        self.ask(&AllFeeds).await
    }

    /// Lists the products of a feed, page after page; as [`Client::feed_products`](crate::Client::feed_products), but a
    /// stream.
    pub fn feed_products(
        &self,
        feed: impl Into<String>,
        market: &Market,
    ) -> Listing<Self, FeedProduct> {
        let request = products_of_feed(&feed.into(), market);
        Listing::new(self.clone(), request, fed(market))
    }

    /// Lists the ids of a feed's products, page after page; the way through large feeds; as
    /// [`Client::feed_product_ids`](crate::Client::feed_product_ids), but a stream.
    pub fn feed_product_ids(&self, feed: impl Into<String>) -> Listing<Self, ProductId> {
        let request = ids_of_feed(&feed.into());
        Listing::new(self.clone(), request, std::convert::identity)
    }

    /// Searches for products that look like a picture, which is a JPEG or PNG file as it stands; as
    /// [`Client::image_search`](crate::Client::image_search).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn image_search(
        &self,
        image: &[u8],
        market: &Market,
    ) -> Result<Reply<Vec<PicturedProduct>>, Error> {
        self.ask(&Like { image, market }).await
    }

    /// Makes links that earn a commission, of addresses of products, stores and searches; with an outcome for each; as
    /// [`Client::affiliate_links`](crate::Client::affiliate_links).
    #[cfg(feature = "affiliate")]
    pub async fn affiliate_links(
        &self,
        tracking_id: impl Into<String>,
        urls: impl IntoIterator<Item = impl Into<String>>,
    ) -> Batch<String, Url> {
        let tracking_id = tracking_id.into();
        let urls = urls.into_iter().map(Into::into).collect();
        self.batches(Batches::new(Links { tracking_id }, urls))
            .await
    }

    /// Lists a seller's orders, page after page; as [`Client::orders_of_seller`](crate::Client::orders_of_seller), but
    /// a stream.
    pub fn orders_of_seller(&self, query: OrderQuery) -> Listing<Self, Order> {
        self.list(orders(query))
    }

    /// Tells the platform that a seller has shipped an order; as [`Client::fulfil`](crate::Client::fulfil).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn fulfil(&self, shipment: &OrderFulfill) -> Result<Reply<()>, Error> {
        self.ask(shipment).await
    }

    /// Sets how many pieces there are of a seller's variants, with an outcome for each; as
    /// [`Client::set_stock`](crate::Client::set_stock).
    pub async fn set_stock(
        &self,
        updates: impl IntoIterator<Item = StockUpdate>,
    ) -> Batch<StockUpdate, ()> {
        let updates = updates.into_iter().collect();
        self.batches(Batches::new(SetStock, updates)).await
    }

    /// Sets the prices of a seller's variants in the seller's currency, with an outcome for each; as
    /// [`Client::set_prices`](crate::Client::set_prices).
    pub async fn set_prices(
        &self,
        updates: impl IntoIterator<Item = PriceUpdate>,
    ) -> Batch<PriceUpdate, ()> {
        let updates = updates.into_iter().collect();
        self.batches(Batches::new(SetPrices, updates)).await
    }
}
