//! A seller's orders, parcels, stock and prices.

use std::collections::HashSet;

use aliexpress_models::Amount;
use aliexpress_models::shared::ProductId;
use aliexpress_models::solution::order_fulfill::{OrderFulfill, OrderFulfillAnswer};
use aliexpress_models::solution::order_get::{OrderGet, OrderQuery};
use aliexpress_models::solution::types::SynchronizeProductResponse;
use aliexpress_models::solution::{
    batch_product_inventory_update as stock, batch_product_price_update as price,
};

use super::batches::{BatchOperation, ItemOutcome};
use super::operation::{Operation, ReplyTo, filled, part};
use crate::error::Error;
use crate::reply::Reply;

/// The request for a seller's orders, with the filter in the parameter that the platform is known
/// to accept.
pub(crate) fn orders(query: OrderQuery) -> OrderGet {
    OrderGet::default().query(query)
}

/// Tells the platform that a seller has shipped an order.
impl Operation for OrderFulfill {
    type Request = Self;
    type Output = ();

    fn request(&self) -> Result<Self, Error> {
        let needed = [
            (
                "service_name",
                &self.service_name,
                "the code of the shipping service",
            ),
            (
                "logistics_no",
                &self.logistics_no,
                "the tracking number of the parcel",
            ),
        ];
        for (name, text, wanted) in needed {
            if filled(Some(text)).is_none() {
                return Err(Error::unusable(
                    format!("ship order {}", self.order_id),
                    format!("no {name}"),
                    wanted,
                ));
            }
        }
        Ok(self.clone())
    }

    fn read(&self, reply: ReplyTo<Self>) -> Result<Reply<()>, Error> {
        let take = |answer: &mut OrderFulfillAnswer| answer.result.take();
        let reply =
            part::<OrderFulfill, _>(reply, "whether the order was marked as shipped", take)?;
        Ok(reply.map(drop))
    }
}

/// A new stock for a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockUpdate {
    /// The product.
    pub product: ProductId,
    /// The seller's own code of the variant.
    pub sku_code: String,
    /// The new stock in pieces.
    pub inventory: i64,
}

/// A new price for a variant, in the seller's currency.
///
/// For prices of individual countries, pass a
/// [`BatchProductPriceUpdate`](price::BatchProductPriceUpdate) to
/// [`Client::call`](crate::Client::call).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceUpdate {
    /// The product.
    pub product: ProductId,
    /// The seller's own code of the variant.
    pub sku_code: String,
    /// The list price.
    pub price: Amount,
    /// The discounted price. **`None` removes an existing one**, according to the platform's pages.
    pub discount_price: Option<Amount>,
}

/// Most products in one call, and most variants of each, according to the platform's pages.
const MOST_PRODUCTS: usize = 20;
const MOST_SKUS: usize = 200;

/// Whether an update of this product fits into the call with the others.
fn fits<U>(updates: &[U], product: impl Fn(&U) -> ProductId, next: ProductId) -> bool {
    let products = || updates.iter().map(&product);
    match products().filter(|product| *product == next).count() {
        0 => products().collect::<HashSet<_>>().len() < MOST_PRODUCTS,
        of_next => of_next < MOST_SKUS,
    }
}

/// The updates grouped by product, in the order of each product's first update.
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

/// The products in an answer.
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

impl BatchOperation for SetStock {
    type Item = StockUpdate;
    type Output = ();
    type Request = stock::BatchProductInventoryUpdate;
    // The API refuses individual products.
    const REFUSAL_IS_ERROR: bool = false;

    fn fits(&self, items: &[StockUpdate], next: &StockUpdate) -> bool {
        fits(items, |item| item.product, next.product)
    }

    fn request(&self, items: &[StockUpdate]) -> Result<Self::Request, Error> {
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

impl BatchOperation for SetPrices {
    type Item = PriceUpdate;
    type Output = ();
    type Request = price::BatchProductPriceUpdate;
    const REFUSAL_IS_ERROR: bool = false;

    fn fits(&self, items: &[PriceUpdate], next: &PriceUpdate) -> bool {
        fits(items, |item| item.product, next.product)
    }

    fn request(&self, items: &[PriceUpdate]) -> Result<Self::Request, Error> {
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
