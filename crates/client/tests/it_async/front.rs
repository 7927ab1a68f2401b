//! The async client with the methods of the blocking one, which each run the future to its end.

use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use aliexpress::journal::JournaledOrder;
use aliexpress::models::ds::feedname_get::TrafficFeaturedPromo;
use aliexpress::models::order_create::LogisticsAddress;
use aliexpress::models::order_get::Order;
use aliexpress::models::order_info::OrderDetail;
use aliexpress::models::shared::{ExtInfo, OrderId, ProductId};
use aliexpress::models::solution::order_fulfill::OrderFulfill;
use aliexpress::models::solution::order_get::{Order as SellerOrder, OrderQuery};
use aliexpress::models::{Paged, Request, Url};
use aliexpress::orders::{FoundOrder, SettledOrder};
use aliexpress::shop::{
    AddressCheck, AddressTree, Batch, CategoryTree, Cursor, FeedProduct, FoundProduct, Freight,
    Listing, Market, PicturedProduct, PriceUpdate, Product, Search, SkuRef, StockUpdate, Tracking,
};
use aliexpress::tokens::{TokenStore, Tokens};
use aliexpress::{
    AppKey, AppSecret, AsyncClient, AuthCode, CallOptions, ClientBuilder, Error, NewOrder,
    PlacedOrder, Prepared, RawReply, RefreshToken, Reply,
};
use serde::Serialize;
use tokio::runtime::{Builder, Runtime};

#[derive(Clone, Debug)]
pub(crate) struct Client(pub(crate) AsyncClient);

pub(crate) trait Built {
    fn built(self) -> Result<Client, Error>;
}

impl Built for ClientBuilder {
    fn built(self) -> Result<Client, Error> {
        crate::build(self).map(Client)
    }
}

pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_multi_thread().enable_all().build().unwrap())
}

/// Futures must be `Send`.
fn run<T>(future: impl Future<Output = T> + Send) -> T {
    runtime().block_on(future)
}

macro_rules! front {
    ($($name:ident($($arg:ident: $type:ty),*) -> $out:ty;)*) => {
        impl Client {
            $(pub(crate) fn $name(&self, $($arg: $type),*) -> $out {
                run(self.0.$name($($arg),*))
            })*
        }
    };
}

front! {
    call_raw(api: &str, params: &[(&str, &str)]) -> Result<RawReply, Error>;
    system_call(path: &str, params: &[(&str, &str)]) -> Result<RawReply, Error>;
    place_order(order: &NewOrder) -> Result<Reply<PlacedOrder>, Error>;
    recover_order(order: &NewOrder, first_sent: SystemTime) -> Result<Reply<PlacedOrder>, Error>;
    prepare_order(order: &NewOrder) -> Result<Prepared, Error>;
    order(id: impl Into<OrderId> + Send) -> Result<Reply<Order>, Error>;
    order_info(id: impl Into<OrderId> + Send, details: ExtInfo) -> Result<Reply<OrderDetail>, Error>;
    wait_for_order(id: impl Into<OrderId> + Send, within: Duration) -> Result<Reply<Order>, Error>;
    open_orders() -> Result<Vec<JournaledOrder>, Error>;
    journaled_orders(most: usize) -> Result<Vec<JournaledOrder>, Error>;
    settle_open_orders() -> Result<Vec<SettledOrder>, Error>;
    find_order(id: &str) -> Result<FoundOrder, Error>;
    note_order(id: &str, order_ids: &[OrderId]) -> Result<(), Error>;
    create_tokens(code: &AuthCode) -> Result<Tokens, Error>;
    refresh_session() -> Result<Tokens, Error>;
    exchange_refresh_token(token: &RefreshToken) -> Result<Tokens, Error>;
    tokens() -> Result<Option<Tokens>, Error>;
    product(id: impl Into<ProductId> + Send, market: &Market) -> Result<Reply<Product>, Error>;
    freight(sku: impl Into<SkuRef> + Send, quantity: i64, market: &Market) -> Result<Reply<Freight>, Error>;
    tracking(id: impl Into<OrderId> + Send, language: &str) -> Result<Reply<Tracking>, Error>;
    address_tree(country: &str, language: &str) -> Result<Arc<AddressTree>, Error>;
    check_address(address: &LogisticsAddress) -> Result<AddressCheck, Error>;
    categories(language: &str) -> Result<Reply<CategoryTree>, Error>;
    feeds() -> Result<Reply<Vec<TrafficFeaturedPromo>>, Error>;
    image_search(image: &[u8], market: &Market) -> Result<Reply<Vec<PicturedProduct>>, Error>;
    fulfil(shipment: &OrderFulfill) -> Result<Reply<()>, Error>;
    affiliate_links(tracking_id: &str, urls: impl IntoIterator<Item = impl Into<String> + Send> + Send) -> Batch<String, Url>;
    set_stock(updates: impl IntoIterator<Item = StockUpdate> + Send) -> Batch<StockUpdate, ()>;
    set_prices(updates: impl IntoIterator<Item = PriceUpdate> + Send) -> Batch<PriceUpdate, ()>;
}

/// A stream as an iterator.
#[derive(Debug)]
pub(crate) struct Listed<T>(Listing<AsyncClient, T>);

impl<T: Send> Listed<T> {
    pub(crate) fn resume_from(self, cursor: &Cursor) -> Result<Self, Error> {
        self.0.resume_from(cursor).map(Self)
    }

    pub(crate) fn cursor(&self) -> Cursor {
        self.0.cursor()
    }

    pub(crate) fn resume(&mut self) {
        self.0.resume();
    }

    pub(crate) fn total(&self) -> Option<i64> {
        self.0.total()
    }
}

impl<T: Send> Iterator for Listed<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        run(self.0.next())
    }
}

impl Client {
    pub(crate) fn search(
        &self,
        search: impl Into<Search>,
        market: &Market,
    ) -> Listed<FoundProduct> {
        Listed(self.0.search(search, market))
    }

    pub(crate) fn feed_products(&self, feed: &str, market: &Market) -> Listed<FeedProduct> {
        Listed(self.0.feed_products(feed, market))
    }

    pub(crate) fn feed_product_ids(&self, feed: impl Into<String>) -> Listed<ProductId> {
        Listed(self.0.feed_product_ids(feed))
    }

    pub(crate) fn orders_of_seller(&self, query: OrderQuery) -> Listed<SellerOrder> {
        Listed(self.0.orders_of_seller(query))
    }

    pub(crate) fn list<R>(&self, request: R) -> Listed<R::Item>
    where
        R: Paged<Answer: Send, Item: Serialize + Send> + Clone + Default + Send + Sync + 'static,
    {
        Listed(self.0.list(request))
    }
}

impl Client {
    pub(crate) fn builder(
        app_key: impl Into<AppKey>,
        app_secret: impl Into<AppSecret>,
    ) -> ClientBuilder {
        AsyncClient::builder(app_key, app_secret)
    }

    pub(crate) fn call<R: Request + Sync>(&self, request: &R) -> Result<Reply<R::Answer>, Error>
    where
        R::Answer: Send,
    {
        run(self.0.call(request))
    }

    pub(crate) fn prepare<R: Request + Sync>(&self, request: &R) -> Result<Prepared, Error> {
        run(self.0.prepare(request))
    }

    pub(crate) fn with(&self, options: CallOptions) -> Self {
        Self(self.0.with(options))
    }

    pub(crate) fn for_account(&self, store: impl TokenStore + 'static) -> Self {
        Self(self.0.for_account(store))
    }

    pub(crate) fn authorize_url(&self, redirect_uri: &str, state: Option<&str>) -> String {
        self.0.authorize_url(redirect_uri, state)
    }
}
