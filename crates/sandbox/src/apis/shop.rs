//! The APIs for a shop's daily work, which share one catalogue and one set of orders.

mod addresses;
mod affiliate;
mod batch;
mod buyer;
mod commissions;
mod freight;
mod jobs;
mod listings;
mod membership;
mod older_orders;
mod pictures;
mod products;
mod search;
mod seller;
mod seller_categories;
mod tracking;

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Value, json};

pub(crate) use jobs::run_due as run_jobs;

use super::context::Context;
use super::request::Asked;
use crate::node::Fields;
use crate::refusal::Refusal;
use crate::shop::{Currency, Product, image_path};

/// Processes a call and returns the contents of its answer.
pub(super) type CarryOut = fn(&mut Context<'_>, &Asked) -> Result<Contents, Refusal>;

/// The contents of an answer, by the wire's names.
pub(super) type Contents = Fields;

/// The handler of this API; `None` if it has none here.
pub(super) fn carry_out(api: &str) -> Option<CarryOut> {
    static BY_NAME: LazyLock<HashMap<&str, CarryOut>> =
        LazyLock::new(|| tables().flatten().copied().collect());
    BY_NAME.get(api).copied()
}

fn tables() -> impl Iterator<Item = &'static [(&'static str, CarryOut)]> {
    let tables = [
        products::APIS,
        search::APIS,
        freight::APIS,
        addresses::APIS,
        tracking::APIS,
        affiliate::APIS,
        commissions::APIS,
        pictures::APIS,
        seller::APIS,
        batch::APIS,
        buyer::APIS,
        jobs::APIS,
        listings::APIS,
        membership::APIS,
        older_orders::APIS,
        seller_categories::APIS,
    ];
    tables.into_iter()
}

/// An object's members as the contents of an answer.
fn members(value: Value) -> Contents {
    super::members(value).into()
}

/// The envelope around the data of affiliate calls and a few others.
fn resp_result(result: Value) -> Contents {
    members(json!({
        "resp_result": { "resp_code": 200, "resp_msg": "Call succeeds", "result": result }
    }))
}

/// How such calls report a refusal [third parties].
fn resp_refusal(code: i64, message: &str) -> Contents {
    members(json!({ "resp_result": { "resp_code": code, "resp_msg": message } }))
}

/// The code of a call that found nothing [third parties].
const EMPTY: i64 = 405;

/// The answer of affiliate calls that found nothing.
fn nothing_found() -> Contents {
    resp_refusal(EMPTY, "The result is empty")
}

/// How dropshipping calls report a refusal: without a result [third parties].
fn rsp_refusal(code: i64, message: &str) -> Contents {
    members(json!({ "rsp_code": code, "rsp_msg": message }))
}

/// The requested currency; US dollars if the call names no currency, or one without a rate in the sandbox.
fn currency(asked: &Asked, name: &str) -> Currency {
    let asked = asked.text(name).and_then(|code| Currency::find(&code));
    asked.unwrap_or(Currency::DOLLAR)
}

/// One page of a list.
struct Page {
    number: usize,
    size: usize,
}

impl Page {
    /// The page that these parameters request; pages are counted from 1.
    fn of(asked: &Asked, number: &str, size: &str, (default, most): (usize, usize)) -> Self {
        let positive = |name| {
            asked
                .integer(name)
                .and_then(|number| usize::try_from(number).ok())
        };
        let positive = |name| positive(name).filter(|number| *number > 0);
        Self {
            number: positive(number).unwrap_or(1),
            size: positive(size).unwrap_or(default).min(most),
        }
    }

    /// The elements on this page.
    fn of_list<'a, T>(&self, list: &'a [T]) -> &'a [T] {
        let start = (self.number - 1).saturating_mul(self.size).min(list.len());
        &list[start..(start + self.size).min(list.len())]
    }

    /// How many pages there are.
    fn count(&self, list: usize) -> usize {
        list.div_ceil(self.size)
    }
}

/// The URL of a product's picture in the sandbox with this base URL.
fn image(base: &str, product: &Product, number: u8) -> String {
    format!("{base}{}", image_path(product.id, number))
}

impl Context<'_> {
    /// The URL of a product's picture.
    fn image(&self, product: &Product, number: u8) -> String {
        image(&self.state.base, product, number)
    }

    fn images(&self, product: &Product) -> Vec<String> {
        let numbers = 0..product.images;
        numbers.map(|number| self.image(product, number)).collect()
    }
}
