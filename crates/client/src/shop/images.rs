//! Search by picture.

use std::ops::Deref;

use aliexpress_models::ds::image_search_v2::{
    FoundProduct, ImageSearchV2, ImageSearchV2Answer, Param,
};
use aliexpress_models::shared::ProductId;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::market::Market;
use super::money::Money;
use super::operation::{Operation, ReplyTo, filled, part};
use crate::error::Error;
use crate::reply::Reply;

/// A product that looks like a picture. Dereferences to the platform's record.
#[derive(Clone, Debug, PartialEq)]
pub struct PicturedProduct {
    data: FoundProduct,
    market: Market,
}

impl PicturedProduct {
    /// The product's id; `None` if it is missing or not a number.
    pub fn id(&self) -> Option<ProductId> {
        filled(self.data.product_id.as_deref())?
            .parse()
            .ok()
            .map(ProductId)
    }

    /// The product's name. The platform's documentation and its sample have it in different fields.
    pub fn title(&self) -> Option<&str> {
        filled(self.data.title.as_deref()).or(filled(self.data.product_title.as_deref()))
    }

    /// The product's price in the requested currency. The platform's documentation and its sample
    /// have it in different fields.
    pub fn price(&self) -> Option<Money> {
        Money::counting(&self.data, &self.market)
    }
}

impl Deref for PicturedProduct {
    type Target = FoundProduct;

    fn deref(&self) -> &FoundProduct {
        &self.data
    }
}

/// The largest picture that is sent, in bytes; the platform is reported to accept less.
const LARGEST: usize = 10 * 1024 * 1024;

/// The request for products that look like a picture.
pub(crate) struct Like<'a> {
    pub(crate) image: &'a [u8],
    pub(crate) market: &'a Market,
}

impl Operation for Like<'_> {
    type Request = ImageSearchV2;
    type Output = Vec<PicturedProduct>;

    fn request(&self) -> Result<ImageSearchV2, Error> {
        if self.image.is_empty() || self.image.len() > LARGEST {
            return Err(Error::unusable(
                "search by a picture",
                format!("{} bytes", self.image.len()),
                format!("a picture of {LARGEST} bytes at most"),
            ));
        }
        let mut param = Param::default();
        param.image_base64 = Some(BASE64_STANDARD.encode(self.image));
        param.currency = Some(self.market.currency().to_string());
        param.lang = Some(self.market.language().to_owned());
        param.ship_to = Some(self.market.country().to_owned());
        let mut request = ImageSearchV2::default();
        request.query = Some(param);
        Ok(request)
    }

    fn read(&self, reply: ReplyTo<Self>) -> Result<Reply<Self::Output>, Error> {
        let take = |answer: &mut ImageSearchV2Answer| answer.result.take();
        let reply = part::<ImageSearchV2, _>(reply, "products", take)?;
        let product = |data| PicturedProduct {
            data,
            market: self.market.clone(),
        };
        Ok(reply.map(|result| result.data.into_iter().map(product).collect()))
    }
}
