//! Feeds: selections of products made by the platform.

use std::ops::Deref;

use aliexpress_models::ds::feed_itemids_get::FeedItemidsGet;
use aliexpress_models::ds::feedname_get::{FeednameGet, TrafficFeaturedPromo};
use aliexpress_models::ds::recommend_feed_get::RecommendFeedGet;
use aliexpress_models::ds::types::TrafficProduct;
use aliexpress_models::{BusinessRefusal, CurrencyOf};

use super::market::Market;
use super::money::Money;
use super::operation::{Operation, ReplyTo, filled, part, says_empty};
use crate::error::Error;
use crate::reply::Reply;

/// The request for the names of all feeds.
pub(crate) struct AllFeeds;

impl Operation for AllFeeds {
    type Request = FeednameGet;
    type Output = Vec<TrafficFeaturedPromo>;

    fn request(&self) -> Result<FeednameGet, Error> {
        Ok(FeednameGet::default())
    }

    fn output_of_refusal(&self, refusal: &BusinessRefusal) -> Option<Self::Output> {
        says_empty(refusal).then(Vec::new)
    }

    fn read(&self, reply: ReplyTo<Self>) -> Result<Reply<Self::Output>, Error> {
        let take = |answer: &mut aliexpress_models::ds::feedname_get::FeednameGetAnswer| {
            answer.resp_result.take()?.result
        };
        let reply = part::<FeednameGet, _>(reply, "feeds", take)?;
        Ok(reply.map(|result| result.promos))
    }
}

/// A product in a feed. Dereferences to the platform's record.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedProduct {
    data: TrafficProduct,
    market: Market,
}

impl FeedProduct {
    /// The product's price in the requested currency.
    pub fn price(&self) -> Option<Money> {
        Money::counting(&self.data, &self.market)
    }

    /// The product's price in the seller's currency.
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

/// The request for the products of a feed.
///
/// # Errors
///
/// When the feed's name is blank.
pub(crate) fn products_of_feed(feed: &str, market: &Market) -> Result<RecommendFeedGet, Error> {
    let mut request = RecommendFeedGet::new(named(feed)?);
    request.country = Some(market.country().to_owned());
    request.target_currency = Some(market.currency().to_string());
    request.target_language = Some(market.language().to_owned());
    Ok(request)
}

/// Turns the records of a feed into products for a market.
pub(crate) fn in_market(market: &Market) -> impl Fn(TrafficProduct) -> FeedProduct + use<> {
    let market = market.clone();
    move |data| FeedProduct {
        data,
        market: market.clone(),
    }
}

/// The request for the ids of a feed's products.
///
/// # Errors
///
/// When the feed's name is blank.
pub(crate) fn ids_of_feed(feed: &str) -> Result<FeedItemidsGet, Error> {
    Ok(FeedItemidsGet::new(named(feed)?))
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
