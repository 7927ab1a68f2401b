//! Feeds: the platform's own selections of products.

use std::ops::Deref;

use aliexpress_models::BusinessRefusal;
use aliexpress_models::ds::feed_itemids_get::{FeedItemidsGet, FeedItemidsGetAnswer};
use aliexpress_models::ds::feedname_get::{FeednameGet, TrafficFeaturedPromo};
use aliexpress_models::ds::recommend_feed_get::{RecommendFeedGet, RecommendFeedGetAnswer};
use aliexpress_models::ds::types::TrafficProduct;
use aliexpress_models::shared::ProductId;

use super::market::Market;
use super::money::{CurrencyOf, Money};
use super::pages::{List, PAGE_SIZE, Page, Place, Whole};
use super::question::{AnswerTo, Question, filled, part, says_empty};
use crate::error::Error;
use crate::reply::Reply;

/// The question for the names of all feeds.
pub(crate) struct AllFeeds;

impl Question for AllFeeds {
    type Asks = FeednameGet;
    type Says = Vec<TrafficFeaturedPromo>;

    fn request(&self) -> Result<FeednameGet, Error> {
        Ok(FeednameGet::default())
    }

    fn heard(&self, refusal: &BusinessRefusal) -> Option<Self::Says> {
        says_empty(refusal).then(Vec::new)
    }

    fn read(&self, reply: AnswerTo<Self>) -> Result<Reply<Self::Says>, Error> {
        let take = |answer: &mut aliexpress_models::ds::feedname_get::FeednameGetAnswer| {
            answer.resp_result.take()?.result
        };
        let reply = part::<FeednameGet, _>(reply, "feeds", take)?;
        Ok(reply.map(|result| result.promos))
    }
}

/// A product of a feed. It derefs to the platform's record of it.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedProduct {
    data: TrafficProduct,
    market: Market,
}

impl FeedProduct {
    /// What it costs, in the currency that was asked for.
    pub fn price(&self) -> Option<Money> {
        let stated = self.data.target_sale_price_currency.as_deref();
        Money::asked(self.data.target_sale_price.as_ref(), stated, &self.market)
    }

    /// What it costs in the seller's currency.
    pub fn seller_price(&self) -> Option<Money> {
        let stated = self.data.sale_price_currency.as_deref();
        Money::new(self.data.sale_price.as_ref(), stated, CurrencyOf::Seller)
    }
}

impl Deref for FeedProduct {
    type Target = TrafficProduct;

    fn deref(&self) -> &TrafficProduct {
        &self.data
    }
}

/// The products of a feed.
pub(crate) struct ProductsOfFeed {
    pub(crate) feed: String,
    pub(crate) market: Market,
}

impl List for ProductsOfFeed {
    type Asks = RecommendFeedGet;
    type Item = FeedProduct;

    fn page(&self, place: &Place) -> Result<RecommendFeedGet, Error> {
        let mut request = RecommendFeedGet::new(named(&self.feed)?);
        request.country = Some(self.market.country().to_owned());
        request.target_currency = Some(self.market.currency().to_string());
        request.target_language = Some(self.market.language().to_owned());
        request.page_size = Some(PAGE_SIZE);
        request.page_no = Some(place.number());
        Ok(request)
    }

    fn read(
        &self,
        place: &Place,
        reply: Reply<RecommendFeedGetAnswer>,
    ) -> Result<Page<FeedProduct>, Error> {
        let reply = part::<RecommendFeedGet, _>(reply, "products", |answer| answer.result.take())?;
        let result = reply.into_data();
        let whole = Whole {
            size: PAGE_SIZE,
            total: result.total_record_count,
            pages: result.total_page_no,
            is_finished: result.is_finished,
        };
        let products = result.products.into_iter().map(|data| FeedProduct {
            data,
            market: self.market.clone(),
        });
        Ok(Page::numbered(
            products.collect(),
            place,
            whole,
            |product| {
                product
                    .data
                    .product_id
                    .map(|id| id.to_string())
                    .unwrap_or_default()
            },
        ))
    }

    fn says_empty(&self, refusal: &BusinessRefusal) -> bool {
        says_empty(refusal)
    }
}

/// As many ids as the sandbox, and by report the platform, gives on one page.
const IDS_PAGE_SIZE: i64 = 200;

/// The ids of the products of a feed, whose pages are turned by a mark.
pub(crate) struct IdsOfFeed(pub(crate) String);

impl List for IdsOfFeed {
    type Asks = FeedItemidsGet;
    type Item = ProductId;

    fn page(&self, place: &Place) -> Result<FeedItemidsGet, Error> {
        let mut request = FeedItemidsGet::new(named(&self.0)?);
        request.page_size = Some(IDS_PAGE_SIZE);
        request.search_id = place.token().map(str::to_owned);
        Ok(request)
    }

    fn read(
        &self,
        _: &Place,
        reply: Reply<FeedItemidsGetAnswer>,
    ) -> Result<Page<ProductId>, Error> {
        let reply = part::<FeedItemidsGet, _>(reply, "ids", |answer| answer.result.take())?;
        let result = reply.into_data();
        let items = result.products;
        let next = filled(result.search_id.as_deref());
        Ok(Page {
            next: match next {
                Some(next) if !items.is_empty() => Place::Token(next.to_owned()),
                _ => Place::End,
            },
            ids: items.iter().map(ToString::to_string).collect(),
            items,
            // The platform says how many are left, not how many there are.
            total: None,
        })
    }

    fn says_empty(&self, refusal: &BusinessRefusal) -> bool {
        says_empty(refusal)
    }
}

fn named(feed: &str) -> Result<&str, Error> {
    match filled(Some(feed)) {
        Some(feed) => Ok(feed),
        None => Err(Error::unusable(
            "read a feed",
            "no name",
            "one of the names that feeds() gives",
        )),
    }
}
