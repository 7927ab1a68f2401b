//! The methods of the blocking client.

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

use crate::client::Client;
use crate::error::Error;
use crate::reply::Reply;
use crate::shop::questions::*;
use crate::shop::{
    AddressCheck, AddressTree, Batch, Batches, CategoryTree, FeedProduct, FoundProduct, Freight,
    Listing, Market, PicturedProduct, PriceUpdate, Product, Search, SkuRef, StockUpdate, Tracking,
};

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
        let request = search.into().request(market);
        Listing::new(self.clone(), request, found(market))
    }

    /// Lists what any call gives page by page, item by item: every request that is [`Paged`], such as affiliate products
    /// and orders, a seller's products, feeds and disputes. The request says what to list; its page and mark are set
    /// here.
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
    /// // Later, from the place that was stored:
    /// let rest = client.list(cables).at(&list.cursor())?;
    /// # assert!(rest.collect::<Result<Vec<_>, _>>().is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Each item can be one; see [`Listing`].
    pub fn list<R>(&self, request: R) -> Listing<Self, R::Item>
    where
        R: Paged<Answer: Send, Item: Serialize + Send> + Clone + Default + Send + Sync + 'static,
    {
        Listing::new(self.clone(), Ok(request), std::convert::identity)
    }

    /// Asks what shipping a variant to a market costs, and how long it takes.
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
    /// As [`call`](Self::call); a [`business_refusal`](Error::business_refusal) where the API says no for another reason
    /// than that there is nothing yet; and where the platform does not list the language.
    pub fn tracking(
        &self,
        order_id: impl Into<OrderId>,
        language: &str,
    ) -> Result<Reply<Tracking>, Error> {
        let order = order_id.into();
        self.ask(&ParcelsOf { order, language })
    }

    /// Reads which provinces and cities the platform knows in a country, with their names in a language such as `en` or
    /// `pt_BR`, and keeps them for a day: the API takes four calls a second.
    ///
    /// In which language an order takes the names, no page says; those that are reported to be taken are English, which
    /// is what [`check_address`](Self::check_address) compares with.
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
    /// As [`call`](Self::call); a [`business_refusal`](Error::business_refusal) where the platform has no list of the
    /// country; and where the platform does not list the language.
    pub fn address_tree(&self, country: &str, language: &str) -> Result<Arc<AddressTree>, Error> {
        let of = TreeOf::new(country, language)?;
        let known = self.caller().app().addresses.get(&of);
        if let Some(tree) = known {
            return Ok(tree);
        }
        let tree = self.ask(&of)?.into_data();
        Ok(self.caller().app().addresses.keep(of, tree))
    }

    /// Checks an address by the dated rules of its country and by the names that the platform lists in English, before
    /// an order is refused for it.
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
    /// As [`call`](Self::call). A country of which the platform has no list is no error: [`AddressCheck::has_list`]
    /// says so.
    pub fn check_address(&self, address: &LogisticsAddress) -> Result<AddressCheck, Error> {
        let tree = if_listed(self.address_tree(&address.country, NAMES_IN))?;
        Ok(AddressCheck::of(address, tree.as_deref()))
    }

    /// Reads all categories, as a tree with names in a language such as `en`.
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
    /// As [`call`](Self::call); and where the platform does not list the language.
    pub fn categories(&self, language: &str) -> Result<Reply<CategoryTree>, Error> {
        self.ask(&AllCategories(language))
    }

    /// Reads the names of the platform's own selections of products.
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
        self.ask(&AllFeeds)
    }

    /// Lists the products of a feed, page after page.
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
    /// Each item can be one; see [`Listing`].
    pub fn feed_products(
        &self,
        feed: impl Into<String>,
        market: &Market,
    ) -> Listing<Self, FeedProduct> {
        let request = products_of_feed(&feed.into(), market);
        Listing::new(self.clone(), request, fed(market))
    }

    /// Lists the ids of a feed's products, page after page; the way through large feeds. The API takes three calls a
    /// second, and its mark of a page, and with it a [cursor](Listing::cursor), is documented to hold for one minute.
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
    /// Each item can be one; see [`Listing`].
    pub fn feed_product_ids(&self, feed: impl Into<String>) -> Listing<Self, ProductId> {
        let request = ids_of_feed(&feed.into());
        Listing::new(self.clone(), request, std::convert::identity)
    }

    /// Searches for products that look like a picture, which is a JPEG or PNG file as it stands.
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
    /// As [`call`](Self::call); and where the picture is empty or above ten megabytes.
    pub fn image_search(
        &self,
        image: &[u8],
        market: &Market,
    ) -> Result<Reply<Vec<PicturedProduct>>, Error> {
        self.ask(&Like { image, market })
    }

    /// Makes links that earn a commission, of addresses of products, stores and searches; with an outcome for each.
    /// They go out in batches.
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

    /// Lists a seller's orders, page after page; those that the platform shows by itself where the filter is empty.
    ///
    /// A filter by time wants a start, by the platform's pages, and times are US Pacific.
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
    /// Each item can be one; see [`Listing`].
    pub fn orders_of_seller(&self, query: OrderQuery) -> Listing<Self, Order> {
        self.list(orders(query))
    }

    /// Tells the platform that a seller has shipped an order. It is sent once.
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
    ///     Err(error) if error.may_have_acted() => println!("look at the order: {error}"),
    ///     Err(error) => println!("not shipped: {error}"),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); a [`business_refusal`](Error::business_refusal) where the platform says that it was not
    /// done. Where the [platform may have acted](Error::may_have_acted), the order tells.
    pub fn fulfil(&self, shipment: &OrderFulfill) -> Result<Reply<()>, Error> {
        self.ask(shipment)
    }

    /// Sets how many pieces there are of a seller's variants, with an outcome for each. They go out in batches of
    /// twenty products; the platform answers for each product.
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

    /// Sets the prices of a seller's variants in the seller's currency, with an outcome for each. They go out in
    /// batches of twenty products; the platform answers for each product.
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
