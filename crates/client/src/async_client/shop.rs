//! The async client's methods of [`crate::shop`], which defines the requests and interprets the
//! answers for both clients.

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
use crate::shop::operations::*;
use crate::shop::{
    AddressCheck, AddressTree, Batch, Batches, CategoryTree, FeedProduct, FoundProduct, Freight,
    Listing, Market, PicturedProduct, PriceUpdate, Product, Search, SkuRef, StockUpdate, Tracking,
};

impl AsyncClient {
    /// Reads a product as it is offered to a market; as
    /// [`Client::product`](crate::Client::product).
    ///
    /// # Errors
    ///
    /// As [`Client::product`](crate::Client::product).
    pub async fn product(
        &self,
        id: impl Into<ProductId>,
        market: &Market,
    ) -> Result<Reply<Product>, Error> {
        let id = id.into();
        self.perform(&ProductFor { id, market }).await
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

    /// All items of a paged list, as a stream; as [`Client::list`](crate::Client::list).
    pub fn list<R>(&self, request: R) -> Listing<Self, R::Item>
    where
        R: Paged<Answer: Send, Item: Serialize + Send> + Clone + Default + Send + Sync + 'static,
    {
        Listing::new(self.clone(), Ok(request), std::convert::identity)
    }

    /// Asks what it costs to ship a variant to a market; as
    /// [`Client::freight`](crate::Client::freight).
    ///
    /// # Errors
    ///
    /// As [`Client::freight`](crate::Client::freight).
    pub async fn freight(
        &self,
        sku: impl Into<SkuRef>,
        quantity: i64,
        market: &Market,
    ) -> Result<Reply<Freight>, Error> {
        let sku = sku.into();
        self.perform(&FreightOf {
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
    /// As [`Client::tracking`](crate::Client::tracking).
    pub async fn tracking(
        &self,
        order_id: impl Into<OrderId>,
        language: &str,
    ) -> Result<Reply<Tracking>, Error> {
        let order = order_id.into();
        self.perform(&ParcelsOf { order, language }).await
    }

    /// Reads the provinces and cities that the platform lists for a country, with names in the
    /// given language, and caches them for a day; as
    /// [`Client::address_tree`](crate::Client::address_tree).
    ///
    /// # Errors
    ///
    /// As [`Client::address_tree`](crate::Client::address_tree).
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
        let tree = self.perform(&of).await?.into_data();
        Ok(self.caller.app().addresses.keep(of, tree))
    }

    /// Checks an address before an order is refused because of it, by the rules of its country and
    /// by the English names that the platform lists; as
    /// [`Client::check_address`](crate::Client::check_address).
    ///
    /// # Errors
    ///
    /// As [`Client::check_address`](crate::Client::check_address).
    pub async fn check_address(&self, address: &LogisticsAddress) -> Result<AddressCheck, Error> {
        let tree = if_listed(self.address_tree(&address.country, NAMES_IN).await)?;
        Ok(AddressCheck::of(address, tree.as_deref()))
    }

    /// Reads all categories as a tree; as [`Client::categories`](crate::Client::categories).
    ///
    /// # Errors
    ///
    /// As [`Client::categories`](crate::Client::categories).
    pub async fn categories(&self, language: &str) -> Result<Reply<CategoryTree>, Error> {
        self.perform(&AllCategories(language)).await
    }

    /// Reads the names of the platform's feeds, which are its selections of products; as
    /// [`Client::feeds`](crate::Client::feeds).
    ///
    /// # Errors
    ///
    /// As [`Client::feeds`](crate::Client::feeds).
    pub async fn feeds(&self) -> Result<Reply<Vec<TrafficFeaturedPromo>>, Error> {
        self.perform(&AllFeeds).await
    }

    /// The products of a feed, as a stream; as
    /// [`Client::feed_products`](crate::Client::feed_products).
    pub fn feed_products(
        &self,
        feed: impl Into<String>,
        market: &Market,
    ) -> Listing<Self, FeedProduct> {
        let request = products_of_feed(&feed.into(), market);
        Listing::new(self.clone(), request, in_market(market))
    }

    /// The ids of a feed's products, as a stream, suitable for large feeds; as
    /// [`Client::feed_product_ids`](crate::Client::feed_product_ids).
    pub fn feed_product_ids(&self, feed: impl Into<String>) -> Listing<Self, ProductId> {
        let request = ids_of_feed(&feed.into());
        Listing::new(self.clone(), request, std::convert::identity)
    }

    /// Searches for products that look like a picture, given as the bytes of a JPEG or PNG file; as
    /// [`Client::image_search`](crate::Client::image_search).
    ///
    /// # Errors
    ///
    /// As [`Client::image_search`](crate::Client::image_search).
    pub async fn image_search(
        &self,
        image: &[u8],
        market: &Market,
    ) -> Result<Reply<Vec<PicturedProduct>>, Error> {
        self.perform(&Like { image, market }).await
    }

    /// Makes affiliate links, which earn a commission, for the URLs of products, stores and
    /// searches, with an outcome for each; as
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

    /// A seller's orders, as a stream; as
    /// [`Client::orders_of_seller`](crate::Client::orders_of_seller).
    pub fn orders_of_seller(&self, query: OrderQuery) -> Listing<Self, Order> {
        self.list(orders(query))
    }

    /// Tells the platform that a seller has shipped an order; as
    /// [`Client::fulfil`](crate::Client::fulfil).
    ///
    /// # Errors
    ///
    /// As [`Client::fulfil`](crate::Client::fulfil).
    pub async fn fulfil(&self, shipment: &OrderFulfill) -> Result<Reply<()>, Error> {
        self.perform(shipment).await
    }

    /// Sets the stock of a seller's variants, with an outcome for each; as
    /// [`Client::set_stock`](crate::Client::set_stock).
    pub async fn set_stock(
        &self,
        updates: impl IntoIterator<Item = StockUpdate>,
    ) -> Batch<StockUpdate, ()> {
        let updates = updates.into_iter().collect();
        self.batches(Batches::new(SetStock, updates)).await
    }

    /// Sets the prices of a seller's variants in the seller's currency, with an outcome for each;
    /// as [`Client::set_prices`](crate::Client::set_prices).
    pub async fn set_prices(
        &self,
        updates: impl IntoIterator<Item = PriceUpdate>,
    ) -> Batch<PriceUpdate, ()> {
        let updates = updates.into_iter().collect();
        self.batches(Batches::new(SetPrices, updates)).await
    }
}
