//! The blocking client's methods of [`crate::shop`].

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

use super::Client;
use crate::error::Error;
use crate::reply::Reply;
use crate::shop::operations::*;
use crate::shop::{
    AddressCheck, AddressTree, Batch, Batches, CategoryTree, FeedProduct, FoundProduct, Freight,
    Listing, Market, PicturedProduct, PriceUpdate, Product, Search, SkuRef, StockUpdate, Tracking,
};

impl Client {
    /// Reads a product as it is offered to a market: its variants with their prices, stock and
    /// pictures.
    ///
    /// [`Product::mismatches`] reports if the platform answered for another market than the requested
    /// one.
    ///
    /// ```
    /// # use aliexpress::{Client, shop::Market};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// # let products = sandbox.products();
    /// # let id = products.iter().find(|product| product.ships_from == "CN").ok_or("found none")?.id;
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
    /// As [`call`](Self::call), and with a [`business_refusal`](Error::business_refusal) if there
    /// is no such product, or it is not sold to the country.
    pub fn product(
        &self,
        id: impl Into<ProductId>,
        market: &Market,
    ) -> Result<Reply<Product>, Error> {
        let id = id.into();
        self.perform(&ProductFor { id, market })
    }

    /// Searches for products by words. Pages are read as they are needed.
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
    /// // Later, from a stored cursor:
    /// let cursor = found.cursor();
    /// let rest = client.search("phone", &market).resume_from(&cursor)?;
    /// # assert!(rest.collect::<Result<Vec<_>, _>>().is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Any item can be an error; see [`Listing`]. The search is reported to fail occasionally with
    /// `NGSELECTION_SEARCH_ERROR` and to work again after some minutes.
    pub fn search(
        &self,
        search: impl Into<Search>,
        market: &Market,
    ) -> Listing<Self, FoundProduct> {
        let request = search.into().request(market);
        Listing::new(self.clone(), request, found(market))
    }

    /// Returns the items of any paged list one by one: of every request that is [`Paged`], such as
    /// affiliate products and orders, a seller's products, feeds and disputes. The request says
    /// what to list; its page number or token is set automatically.
    ///
    /// ```
    /// # use aliexpress::{Client, models::affiliate::product_query::ProductQuery};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret()).gateway(sandbox.url()).build()?;
    /// let cables = ProductQuery::default().keywords("cable").target_currency("EUR").page_size(20);
    /// let mut list = client.list(cables.clone());
    /// for product in list.by_ref().take(30) {
    ///     let product = product?;
    ///     println!("{:?}: {:?}", product.product_title, product.target_sale_price);
    /// }
    /// // Later, from a stored cursor:
    /// let rest = client.list(cables).resume_from(&list.cursor())?;
    /// # assert!(rest.collect::<Result<Vec<_>, _>>().is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Any item can be an error; see [`Listing`].
    pub fn list<R>(&self, request: R) -> Listing<Self, R::Item>
    where
        R: Paged<Answer: Send, Item: Serialize + Send> + Clone + Default + Send + Sync + 'static,
    {
        Listing::new(self.clone(), Ok(request), std::convert::identity)
    }

    /// Asks what it costs to ship a variant to a market, and how long it takes.
    ///
    /// ```
    /// # use aliexpress::{Client, shop::Market};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// # let products = sandbox.products();
    /// # let id = products.iter().find(|product| product.ships_from == "CN").ok_or("found none")?.id;
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
    /// As [`call`](Self::call); with a [`business_refusal`](Error::business_refusal) if the variant
    /// is not shipped there; and when the quantity is less than one.
    pub fn freight(
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
    }

    /// Reads where the parcels of an order are, in a language such as `en` or `pt_BR`.
    ///
    /// ```
    /// # use aliexpress::{Client, shop::Tracking};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// match client.tracking(10_000_001, "en")?.into_data() {
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
    /// As [`call`](Self::call); with a [`business_refusal`](Error::business_refusal) if the API
    /// refuses (it is not an error if nothing has been shipped yet); and when the platform does not
    /// list the language.
    pub fn tracking(
        &self,
        order_id: impl Into<OrderId>,
        language: &str,
    ) -> Result<Reply<Tracking>, Error> {
        let order = order_id.into();
        self.perform(&ParcelsOf { order, language })
    }

    /// Reads the provinces and cities that the platform lists for a country, with names in a
    /// language such as `en` or `pt_BR`. They are cached for a day, because the API allows four
    /// calls per second.
    ///
    /// The platform does not document which language an order needs. English names are reported to
    /// be accepted, and [`check_address`](Self::check_address) compares with these.
    ///
    /// ```
    /// # use aliexpress::Client;
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// let tree = client.address_tree("FR", "en")?;
    /// for province in &tree.regions {
    ///     println!("{}: {} cities", province.name, province.regions.len());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); with a [`business_refusal`](Error::business_refusal) if the
    /// platform has no list for the country; and when the platform does not list the language.
    pub fn address_tree(&self, country: &str, language: &str) -> Result<Arc<AddressTree>, Error> {
        let of = TreeOf::new(country, language)?;
        let known = self.caller().app().addresses.get(&of);
        if let Some(tree) = known {
            return Ok(tree);
        }
        let tree = self.perform(&of)?.into_data();
        Ok(self.caller().app().addresses.keep(of, tree))
    }

    /// Checks an address before an order is refused because of it, by the rules of its country and
    /// by the English names that the platform lists.
    ///
    /// ```
    /// # use aliexpress::{Client, models::order_create::LogisticsAddress};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// let mut address = LogisticsAddress::default();
    /// address.country = "FR".to_owned();
    /// address.province = "No such region".to_owned();
    /// let check = client.check_address(&address)?;
    /// for unlisted in &check.unlisted {
    ///     println!("{unlisted}");
    /// }
    /// assert!(!check.is_fine());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call). It is not an error if the platform has no list for the country: see
    /// [`AddressCheck::has_list`].
    pub fn check_address(&self, address: &LogisticsAddress) -> Result<AddressCheck, Error> {
        let tree = if_listed(self.address_tree(&address.country, NAMES_IN))?;
        Ok(AddressCheck::of(address, tree.as_deref()))
    }

    /// Reads all categories as a tree, with names in a language such as `en`.
    ///
    /// ```
    /// # use aliexpress::Client;
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// let categories = client.categories("en")?;
    /// for root in &categories.roots {
    ///     println!("{:?}: {} within", root.category.category_name, root.children.len());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call), and when the platform does not list the language.
    pub fn categories(&self, language: &str) -> Result<Reply<CategoryTree>, Error> {
        self.perform(&AllCategories(language))
    }

    /// Reads the names of the platform's feeds, which are its selections of products.
    ///
    /// ```
    /// # use aliexpress::Client;
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// for feed in client.feeds()?.data() {
    ///     println!("{:?}: {:?} products", feed.promo_name, feed.product_num);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn feeds(&self) -> Result<Reply<Vec<TrafficFeaturedPromo>>, Error> {
        self.perform(&AllFeeds)
    }

    /// Lists the products of a feed. Pages are read as they are needed.
    ///
    /// ```
    /// # use aliexpress::{Client, shop::Market};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// # let feeds = client.feeds()?;
    /// # let name = feeds[0].promo_name.clone().ok_or("found no name")?;
    /// let market = Market::new("FR", "EUR", "fr")?;
    /// for product in client.feed_products(name, &market).take(10) {
    ///     let product = product?;
    ///     println!("{:?}: {:?}", product.product_title, product.price());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Any item can be an error; see [`Listing`].
    pub fn feed_products(
        &self,
        feed: impl Into<String>,
        market: &Market,
    ) -> Listing<Self, FeedProduct> {
        let request = products_of_feed(&feed.into(), market);
        Listing::new(self.clone(), request, in_market(market))
    }

    /// Lists the ids of a feed's products; suitable for large feeds. The API allows three calls per
    /// second. Its page token, and therefore a [cursor](Listing::cursor), is documented to be valid
    /// for one minute.
    ///
    /// ```
    /// # use aliexpress::Client;
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// # let feeds = client.feeds()?;
    /// # let name = feeds[0].promo_name.clone().ok_or("found no name")?;
    /// let ids: Result<Vec<_>, _> = client.feed_product_ids(name).collect();
    /// println!("{} products", ids?.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Any item can be an error; see [`Listing`].
    pub fn feed_product_ids(&self, feed: impl Into<String>) -> Listing<Self, ProductId> {
        let request = ids_of_feed(&feed.into());
        Listing::new(self.clone(), request, std::convert::identity)
    }

    /// Searches for products that look like a picture, given as the bytes of a JPEG or PNG file.
    ///
    /// ```
    /// # use aliexpress::{Client, shop::Market};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// # let image = [0xff, 0xd8];
    /// let market = Market::new("FR", "EUR", "fr")?;
    /// for product in client.image_search(&image, &market)?.data() {
    ///     println!("{:?} {:?} {:?}", product.id(), product.title(), product.price());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call), and when the picture is empty or larger than 10 MiB.
    pub fn image_search(
        &self,
        image: &[u8],
        market: &Market,
    ) -> Result<Reply<Vec<PicturedProduct>>, Error> {
        self.perform(&Like { image, market })
    }

    /// Makes affiliate links, which earn a commission, for the URLs of products, stores and
    /// searches. They are sent in batches, and each has its own outcome.
    ///
    /// ```
    /// # use aliexpress::Client;
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// let pages = ["https://www.aliexpress.com/item/1005004610285155.html"];
    /// let links = client.affiliate_links("my shop", pages);
    /// for (page, outcome) in &links.items {
    ///     println!("{page}: {:?}", outcome.done());
    /// }
    /// assert!(links.is_complete());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "affiliate")]
    pub fn affiliate_links(
        &self,
        tracking_id: impl Into<String>,
        urls: impl IntoIterator<Item = impl Into<String>>,
    ) -> Batch<String, Url> {
        let tracking_id = tracking_id.into();
        let urls = urls.into_iter().map(Into::into).collect();
        self.batches(Batches::new(Links { tracking_id }, urls))
    }

    /// Lists a seller's orders. With an empty filter, the platform chooses which orders to show.
    ///
    /// According to the platform's documentation, a filter by time needs a start, and times are in
    /// US Pacific time.
    ///
    /// ```
    /// # use aliexpress::Client;
    /// # use aliexpress::models::{Monetary, shared::OrderStatus, solution::order_get::OrderQuery};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// let waiting = OrderQuery::default().order_status_list([OrderStatus::WaitSellerSendGoods]);
    /// for order in client.orders_of_seller(waiting) {
    ///     let order = order?;
    ///     let paid = order.pay_amount.as_ref();
    ///     println!("{:?}: {:?}", order.order_id, paid.and_then(|paid| paid.amount()));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Any item can be an error; see [`Listing`].
    pub fn orders_of_seller(&self, query: OrderQuery) -> Listing<Self, Order> {
        self.list(orders(query))
    }

    /// Tells the platform that a seller has shipped an order. The call is never repeated.
    ///
    /// ```
    /// # use aliexpress::Client;
    /// use aliexpress::models::{shared::ShipmentExtent, solution::order_fulfill::*};
    ///
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// let shipment = OrderFulfill::new(OrderFulfillRequired {
    ///     order_id: 10_000_001.into(),
    ///     service_name: "CAINIAO_STANDARD".to_owned(),
    ///     logistics_no: "LP00123456789".to_owned(),
    ///     send_type: ShipmentExtent::All,
    /// });
    /// match client.fulfil(&shipment) {
    ///     Ok(_) => println!("shipped"),
    ///     Err(error) if error.may_have_acted() => println!("check the order: {error}"),
    ///     Err(error) => println!("not shipped: {error}"),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call), and with a [`business_refusal`](Error::business_refusal) if the
    /// platform answers that it did not mark the order as shipped. If the [platform may have
    /// acted](Error::may_have_acted), read the order to find out.
    pub fn fulfil(&self, shipment: &OrderFulfill) -> Result<Reply<()>, Error> {
        self.perform(shipment)
    }

    /// Sets the stock of a seller's variants, in pieces, with an outcome for each. Updates are sent
    /// in batches of twenty products, and the platform answers for each product.
    ///
    /// ```
    /// # use aliexpress::{Client, shop::StockUpdate};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// # let product = sandbox.products()[0].clone();
    /// let update = StockUpdate {
    ///     product: product.id.into(),
    ///     sku_code: product.skus[0].id.to_string(),
    ///     inventory: 12,
    /// };
    /// let batch = client.set_stock([update]);
    /// assert!(batch.is_complete(), "{batch:?}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_stock(
        &self,
        updates: impl IntoIterator<Item = StockUpdate>,
    ) -> Batch<StockUpdate, ()> {
        let updates = updates.into_iter().collect();
        self.batches(Batches::new(SetStock, updates))
    }

    /// Sets the prices of a seller's variants in the seller's currency, with an outcome for each.
    /// Updates are sent in batches of twenty products, and the platform answers for each product.
    ///
    /// ```
    /// # use aliexpress::{Client, shop::PriceUpdate};
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// # let product = sandbox.products()[0].clone();
    /// let update = PriceUpdate {
    ///     product: product.id.into(),
    ///     sku_code: product.skus[0].id.to_string(),
    ///     price: "18.90".into(),
    ///     discount_price: Some("15.90".into()),
    /// };
    /// let batch = client.set_prices([update]);
    /// assert!(batch.is_complete(), "{batch:?}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_prices(
        &self,
        updates: impl IntoIterator<Item = PriceUpdate>,
    ) -> Batch<PriceUpdate, ()> {
        let updates = updates.into_iter().collect();
        self.batches(Batches::new(SetPrices, updates))
    }
}
