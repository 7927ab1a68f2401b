//! What shipping costs, and how long it takes.

use std::cmp::Ordering;
use std::ops::Deref;

use aliexpress_models::ds::freight_query::{
    DeliveryOption, FreightQuery, QueryDeliveryReq, QueryDeliveryReqRequired,
};

use super::market::Market;
use super::money::Money;
use super::operation::{Operation, ReplyTo, filled, part};
use super::product::SkuRef;
use crate::error::Error;
use crate::reply::Reply;

/// The ways to ship a variant to a market.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Freight {
    /// In the platform's order.
    pub options: Vec<ShippingOption>,
}

impl Freight {
    /// The option with the lowest fee in the requested currency; if several have this fee, the
    /// fastest of them. Options without a fee or in another currency do not count.
    pub fn cheapest(&self) -> Option<&ShippingOption> {
        let priced = |option: &&ShippingOption| {
            option
                .fee()
                .is_some_and(|fee| fee.compare(&option.free).is_some())
        };
        self.options.iter().filter(priced).min_by(|one, other| {
            let fees = one.fee().zip(other.fee());
            let by_fee = fees.and_then(|(one, other)| one.compare(&other));
            by_fee
                .unwrap_or(Ordering::Equal)
                .then_with(|| one.by_days(other))
        })
    }

    /// The option with the shortest maximum time; if several have this time, the cheapest of them.
    /// Options without a time do not count.
    pub fn fastest(&self) -> Option<&ShippingOption> {
        let timed = |option: &&ShippingOption| option.longest_days().is_some();
        self.options.iter().filter(timed).min_by(|one, other| {
            let fees = one.fee().zip(other.fee());
            let by_fee = fees.and_then(|(one, other)| one.compare(&other));
            one.by_days(other).then(by_fee.unwrap_or(Ordering::Equal))
        })
    }

    /// The option with this service code.
    pub fn of_service(&self, service: &str) -> Option<&ShippingOption> {
        self.options
            .iter()
            .find(|option| option.service() == Some(service))
    }
}

/// One way to ship. Dereferences to the platform's record.
#[derive(Clone, Debug, PartialEq)]
pub struct ShippingOption {
    data: DeliveryOption,
    market: Market,
    /// The fee if shipping is free: zero in the requested currency.
    free: Money,
}

impl ShippingOption {
    /// The service's code, to be used in an order as `logistics_service_name`.
    pub fn service(&self) -> Option<&str> {
        filled(self.data.code.as_deref())
    }

    /// The service's display name; its code if it has none.
    pub fn name(&self) -> Option<&str> {
        filled(self.data.company.as_deref()).or_else(|| self.service())
    }

    /// The fee: zero if the platform says that shipping is free, `None` if it says nothing.
    ///
    /// The field is called `shipping_fee_cent` on the wire but is reported to contain whole units,
    /// such as `13.57`.
    pub fn fee(&self) -> Option<Money> {
        if self.data.free_shipping == Some(true) {
            return Some(self.free.clone());
        }
        Money::counting(&self.data, &self.market)
    }

    /// The shortest and the longest shipping time in days, if the platform states them.
    pub fn days(&self) -> (Option<i64>, Option<i64>) {
        (self.data.min_delivery_days, self.longest_days())
    }

    /// Whether the parcel can be tracked; `None` if the platform does not say.
    pub fn is_tracked(&self) -> Option<bool> {
        self.data.tracking
    }

    fn longest_days(&self) -> Option<i64> {
        self.data.max_delivery_days.or(self.data.min_delivery_days)
    }

    /// Faster first; options without a time last.
    fn by_days(&self, other: &Self) -> Ordering {
        let days = |option: &Self| {
            let longest = option.longest_days().unwrap_or(i64::MAX);
            (longest, option.data.min_delivery_days.unwrap_or(longest))
        };
        days(self).cmp(&days(other))
    }
}

impl Deref for ShippingOption {
    type Target = DeliveryOption;

    fn deref(&self) -> &DeliveryOption {
        &self.data
    }
}

/// The request for the ways to ship.
pub(crate) struct FreightOf<'a> {
    pub(crate) sku: SkuRef,
    pub(crate) quantity: i64,
    pub(crate) market: &'a Market,
}

impl Operation for FreightOf<'_> {
    type Request = FreightQuery;
    type Output = Freight;

    fn request(&self) -> Result<FreightQuery, Error> {
        let unusable = |found, wanted| Err(Error::unusable("ask for freight", found, wanted));
        if filled(Some(self.sku.sku.as_str())).is_none() {
            return unusable(
                "a variant without an id".to_owned(),
                "the sku_id of a variant",
            );
        }
        if self.quantity < 1 {
            return unusable(format!("{} pieces", self.quantity), "one or more");
        }
        Ok(FreightQuery::new(QueryDeliveryReq::new(
            QueryDeliveryReqRequired {
                quantity: self.quantity,
                ship_to_country: self.market.country().to_owned(),
                product_id: self.sku.product.to_string(),
                language: self.market.locale().to_owned(),
                locale: self.market.locale().to_owned(),
                selected_sku_id: self.sku.sku.to_string(),
                currency: self.market.currency().to_string(),
            },
        )))
    }

    fn read(&self, reply: ReplyTo<Self>) -> Result<Reply<Freight>, Error> {
        let reply = part::<FreightQuery, _>(reply, "ways to ship", |answer| answer.result.take())?;
        let option = |data| ShippingOption {
            data,
            market: self.market.clone(),
            free: Money::free(self.market),
        };
        Ok(reply.map(|result| Freight {
            options: result.delivery_options.into_iter().map(option).collect(),
        }))
    }
}
