//! The seller's side: orders, parcels, stock and prices.

use std::collections::HashSet;

use aliexpress_models::Amount;
use aliexpress_models::shared::{OrderId, ProductId, ShipmentExtent};
use aliexpress_models::solution::order_fulfill::{
    OrderFulfill, OrderFulfillAnswer, OrderFulfillRequired,
};
use aliexpress_models::solution::order_get::{OrderGet, OrderQuery};
use aliexpress_models::solution::types::SynchronizeProductResponse;
use aliexpress_models::solution::{
    batch_product_inventory_update as stock, batch_product_price_update as price,
};

use super::batches::{ItemOutcome, Work};
use super::question::{AnswerTo, Question, filled, part};
use crate::error::Error;
use crate::reply::Reply;

/// The request for a seller's orders, with the filter where the platform is known to take it.
pub(crate) fn orders(query: OrderQuery) -> OrderGet {
    OrderGet::default().query(query)
}

/// A parcel that a seller handed to a carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shipment {
    /// The order.
    pub order: OrderId,
    /// The carrier's service, by the name that the platform lists, such as `CAINIAO_STANDARD`.
    pub service: String,
    /// The carrier's number of the parcel.
    pub number: String,
    /// Whether the order is complete with it, or other parcels follow.
    pub extent: ShipmentExtent,
}

impl Shipment {
    /// A parcel that holds the whole order, or the rest of it.
    pub fn new(
        order: impl Into<OrderId>,
        service: impl Into<String>,
        number: impl Into<String>,
    ) -> Self {
        Self {
            order: order.into(),
            service: service.into(),
            number: number.into(),
            extent: ShipmentExtent::All,
        }
    }

    /// A parcel after which others follow.
    #[must_use]
    pub fn part(mut self) -> Self {
        self.extent = ShipmentExtent::Part;
        self
    }
}

impl Question for Shipment {
    type Asks = OrderFulfill;
    type Says = ();

    fn request(&self) -> Result<OrderFulfill, Error> {
        for (name, text) in [("service", &self.service), ("number", &self.number)] {
            if filled(Some(text)).is_none() {
                return Err(Error::unusable(
                    format!("ship order {}", self.order),
                    format!("no {name}"),
                    format!("the {name} of the parcel"),
                ));
            }
        }
        Ok(OrderFulfill::new(OrderFulfillRequired {
            service_name: self.service.clone(),
            out_ref: self.order.to_string(),
            send_type: self.extent.clone(),
            logistics_no: self.number.clone(),
        }))
    }

    fn read(&self, reply: AnswerTo<Self>) -> Result<Reply<()>, Error> {
        let take = |answer: &mut OrderFulfillAnswer| answer.result.take();
        let reply = part::<OrderFulfill, _>(reply, "whether it was done", take)?;
        Ok(reply.map(drop))
    }
}

/// The number of pieces that a variant shall have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockUpdate {
    /// The product.
    pub product: ProductId,
    /// The seller's own code of the variant.
    pub sku_code: String,
    /// How many there are from now on.
    pub inventory: i64,
}

/// The price that a variant shall have, in the seller's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceUpdate {
    /// The product.
    pub product: ProductId,
    /// The seller's own code of the variant.
    pub sku_code: String,
    /// The list price.
    pub price: Amount,
    /// The reduced price. **`None` takes one away that there is** [platform's pages].
    pub discount_price: Option<Amount>,
}

/// How many products go out in one call, and how many variants of each, by the platform's pages.
const MOST_PRODUCTS: usize = 20;
const MOST_SKUS: usize = 200;

/// Whether an update of this product fits beside those of others.
fn fits<U>(updates: &[U], product: impl Fn(&U) -> ProductId, next: ProductId) -> bool {
    let products = || updates.iter().map(&product);
    match products().filter(|product| *product == next).count() {
        0 => products().collect::<HashSet<_>>().len() < MOST_PRODUCTS,
        of_next => of_next < MOST_SKUS,
    }
}

/// The updates of each product, in the order in which the products come first.
fn by_product<U>(updates: &[U], product: impl Fn(&U) -> ProductId) -> Vec<(ProductId, Vec<&U>)> {
    let mut groups: Vec<(ProductId, Vec<&U>)> = Vec::new();
    for update in updates {
        let id = product(update);
        match groups.iter_mut().find(|(known, _)| *known == id) {
            Some((_, group)) => group.push(update),
            None => groups.push((id, vec![update])),
        }
    }
    groups
}

/// What an answer says of products.
struct Updated {
    success: Option<bool>,
    code: Option<String>,
    message: Option<String>,
    done: Vec<ProductId>,
    failed: Vec<SynchronizeProductResponse>,
}

impl Updated {
    fn of(&self, product: ProductId) -> ItemOutcome<()> {
        if let Some(failed) = self
            .failed
            .iter()
            .find(|failed| failed.product_id == Some(product))
        {
            return ItemOutcome::Refused {
                code: failed.error_code.clone(),
                message: failed.error_message.clone(),
            };
        }
        let names_none = self.done.is_empty() && self.failed.is_empty();
        match self.success {
            _ if self.done.contains(&product) => ItemOutcome::Done(()),
            Some(true) if names_none => ItemOutcome::Done(()),
            Some(false) if names_none => ItemOutcome::Refused {
                code: self.code.clone(),
                message: self.message.clone(),
            },
            _ => ItemOutcome::Open,
        }
    }
}

/// Sets stock.
pub(crate) struct SetStock;

impl Work for SetStock {
    type Item = StockUpdate;
    type Output = ();
    type Asks = stock::BatchProductInventoryUpdate;
    // It refuses products one by one.
    const REFUSAL_IS_ERROR: bool = false;

    fn fits(&self, items: &[StockUpdate], next: &StockUpdate) -> bool {
        fits(items, |item| item.product, next.product)
    }

    fn request(&self, items: &[StockUpdate]) -> Result<Self::Asks, Error> {
        if let Some(item) = items.iter().find(|item| item.inventory < 0) {
            return Err(Error::unusable(
                format!("set the stock of product {}", item.product),
                format!("{} pieces", item.inventory),
                "zero or more",
            ));
        }
        let products = by_product(items, |item| item.product);
        let products = products.into_iter().map(|(product, items)| {
            let skus = items.iter().map(|item| {
                stock::SynchronizeSkuRequest::new(item.sku_code.clone(), item.inventory)
            });
            stock::SynchronizeProductRequest::new(product, skus.collect())
        });
        Ok(stock::BatchProductInventoryUpdate::new(products.collect()))
    }

    fn outcomes(
        &self,
        items: &[StockUpdate],
        answer: stock::BatchProductInventoryUpdateAnswer,
    ) -> Vec<ItemOutcome<()>> {
        let done = answer.update_successful_list.iter();
        let updated = Updated {
            success: answer.update_success,
            code: answer.update_error_code.clone(),
            message: answer.update_error_message.clone(),
            done: done.filter_map(|done| done.product_id).collect(),
            failed: answer.update_failed_list,
        };
        items.iter().map(|item| updated.of(item.product)).collect()
    }
}

/// Sets prices.
pub(crate) struct SetPrices;

impl Work for SetPrices {
    type Item = PriceUpdate;
    type Output = ();
    type Asks = price::BatchProductPriceUpdate;
    const REFUSAL_IS_ERROR: bool = false;

    fn fits(&self, items: &[PriceUpdate], next: &PriceUpdate) -> bool {
        fits(items, |item| item.product, next.product)
    }

    fn request(&self, items: &[PriceUpdate]) -> Result<Self::Asks, Error> {
        let products = by_product(items, |item| item.product);
        let products = products.into_iter().map(|(product, items)| {
            let skus = items.iter().map(|item| {
                let mut sku =
                    price::SynchronizeSkuRequest::new(price::SynchronizeSkuRequestRequired {
                        price: item.price.clone(),
                        sku_code: item.sku_code.clone(),
                    });
                sku.discount_price.clone_from(&item.discount_price);
                sku
            });
            price::SynchronizeProductRequest::new(product, skus.collect())
        });
        Ok(price::BatchProductPriceUpdate::new(products.collect()))
    }

    fn outcomes(
        &self,
        items: &[PriceUpdate],
        answer: price::BatchProductPriceUpdateAnswer,
    ) -> Vec<ItemOutcome<()>> {
        let done = answer.update_successful_list.iter();
        let updated = Updated {
            success: answer.update_success,
            code: answer.update_error_code.clone(),
            message: answer.update_error_message.clone(),
            done: done.filter_map(|done| done.product_id).collect(),
            failed: answer.update_failed_list,
        };
        items.iter().map(|item| updated.of(item.product)).collect()
    }
}
