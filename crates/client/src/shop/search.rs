//! Search by words.

use std::ops::Deref;

use aliexpress_models::ds::text_search::{
    Product as FoundData, SearchExtend, TextSearch, TextSearchRequired,
};
use aliexpress_models::shared::{CategoryId, ProductId};
use aliexpress_models::{CurrencyOf, Url};

use super::market::Market;
use super::money::Money;
use super::operation::filled;
use crate::error::Error;

/// A search. For words alone, pass them directly: `client.search("usb cable", &market)`.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Search {
    words: String,
    category: Option<CategoryId>,
    sort_by: Option<String>,
    filters: Vec<SearchExtend>,
}

impl Search {
    /// A search for these words.
    pub fn new(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            ..Self::default()
        }
    }

    /// Searches only in one category.
    pub fn category(mut self, category: impl Into<CategoryId>) -> Self {
        self.category = Some(category.into());
        self
    }

    /// Sorts the results in a documented order, such as `min_price,asc`, `orders,desc` or
    /// `comments,desc`.
    pub fn sort_by(mut self, order: impl Into<String>) -> Self {
        self.sort_by = Some(order.into());
        self
    }

    /// Applies one of the platform's filters. The available filters are not documented.
    pub fn filter(mut self, filter: SearchExtend) -> Self {
        self.filters.push(filter);
        self
    }
}

impl<T: Into<String>> From<T> for Search {
    fn from(words: T) -> Self {
        Self::new(words)
    }
}

/// A product that a search found. Dereferences to the platform's record. The price is that of one
/// variant; [`Client::product`](crate::Client::product) returns all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundProduct {
    data: FoundData,
    market: Market,
}

impl FoundProduct {
    /// The product's id; `None` if it is missing or not a number.
    pub fn id(&self) -> Option<ProductId> {
        filled(self.data.item_id.as_deref())?
            .parse()
            .ok()
            .map(ProductId)
    }

    /// The product's name.
    pub fn title(&self) -> Option<&str> {
        filled(self.data.title.as_deref())
    }

    /// The URL of its page, with the scheme that the platform omits.
    pub fn url(&self) -> Option<String> {
        let url = self.data.item_url.as_ref();
        url.filter(|url| !url.as_str().is_empty())
            .map(Url::with_scheme)
    }

    /// The product's price in the requested currency.
    pub fn price(&self) -> Option<Money> {
        Money::counting(&self.data, &self.market)
    }

    /// The product's price in the seller's currency.
    pub fn seller_price(&self) -> Option<Money> {
        let stated = self.data.sale_price_currency.as_deref();
        Money::new(self.data.sale_price.as_ref(), stated, CurrencyOf::Seller)
    }

    /// At least this many were sold: the platform rounds, as in `5,000+`. `None` if it does not
    /// state a number.
    pub fn sold(&self) -> Option<u64> {
        let text = filled(self.data.orders.as_deref())?;
        let text = text.trim_end_matches('+').replace(',', "");
        text.parse().ok()
    }
}

impl Deref for FoundProduct {
    type Target = FoundData;

    fn deref(&self) -> &FoundData {
        &self.data
    }
}

impl Search {
    /// The request for the first page.
    ///
    /// # Errors
    ///
    /// When the words are blank.
    pub(crate) fn request(&self, market: &Market) -> Result<TextSearch, Error> {
        if self.words.trim().is_empty() {
            return Err(Error::unusable(
                "search for products",
                "no words",
                "at least one",
            ));
        }
        let mut request = TextSearch::new(TextSearchRequired {
            key_word: self.words.clone(),
            local: market.locale().to_owned(),
            country_code: market.country().to_owned(),
            currency: market.currency().to_string(),
        });
        request.category_id = self.category;
        request.sort_by.clone_from(&self.sort_by);
        request.search_extend.clone_from(&self.filters);
        Ok(request)
    }
}

/// Turns the records of a search into products for a market.
pub(crate) fn found(market: &Market) -> impl Fn(FoundData) -> FoundProduct + use<> {
    let market = market.clone();
    move |data| FoundProduct {
        data,
        market: market.clone(),
    }
}
