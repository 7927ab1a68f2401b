//! The APIs that the sandbox answers.

mod amount_str;
mod answer;
mod context;
mod documented;
mod habits;
mod order_create;
mod order_get;
mod order_info;
mod pacific;
mod plausible;
mod request;
mod shop;
mod token;

use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use aliexpress_models::{Api, Form, Session};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::clock::{later, milliseconds};
use crate::fault::Fault;
use crate::parameters::{is_blank, optional};
use crate::refusal::Refusal;
use crate::shop::Currency;
use crate::state::State;
use crate::tokens::Account;
use context::Context;
use habits::Habits;
use plausible::Maker;
use request::Asked;
pub(crate) use shop::run_jobs;

/// Processes a business call and writes its answer.
type CarryOut = fn(&mut Context<'_>) -> Result<String, Refusal>;

/// The business APIs that have their own handler.
const BUSINESS: &[(&str, CarryOut)] = &[
    (order_create::NAME, order_create::carry_out),
    (order_get::NAME, order_get::carry_out),
    (order_info::NAME, order_info::carry_out),
];

/// The API with this name, if it has models.
fn find(api: &str) -> Option<&'static Api> {
    static BY_NAME: LazyLock<HashMap<&str, &Api>> = LazyLock::new(|| {
        let apis = aliexpress_models::APIS.iter();
        apis.map(|api| (api.name, api)).collect()
    });
    BY_NAME.get(api).copied()
}

/// Whether the sandbox answers this API without a set answer: every API that has models.
pub(crate) fn is_known(api: &str) -> bool {
    find(api).is_some()
}

/// Whether calls of this API are answered: by the sandbox itself, or with an answer that its user set.
pub(crate) fn answers(state: &State, api: &str) -> bool {
    is_known(api) || state.answers.get(api).is_some()
}

/// Every API.
pub(crate) fn names<'a>() -> impl Iterator<Item = &'a str> {
    aliexpress_models::APIS.iter().map(|api| api.name)
}

fn business(api: &str) -> Option<CarryOut> {
    BUSINESS
        .iter()
        .find(|(name, _)| *name == api)
        .map(|(_, carry_out)| *carry_out)
}

/// Whether a call needs a session: business calls do.
pub(crate) fn needs_session(api: &str) -> bool {
    token::Purpose::of(api).is_none()
}

/// Whether a call without a session is accepted according to the documentation.
pub(crate) fn does_without_session(api: &str) -> bool {
    find(api).is_some_and(|api| api.call.session != Session::Always)
}

/// Whether the fault can occur in calls of this API.
pub(crate) fn shows(api: &str, fault: &Fault) -> bool {
    match fault {
        Fault::PayFails | Fault::RefuseOrder(_) => {
            [order_create::NAME, order_create::OLDER_NAME].contains(&api)
        }
        Fault::ExpireToken => needs_session(api),
        _ => true,
    }
}

/// The names of an API's parameters, including the optional common ones.
pub(crate) fn parameter_names(api: &str) -> Vec<&'static str> {
    let own = find(api).map_or(&[][..], |api| api.request.fields);
    optional()
        .chain(own.iter().map(|field| field.key))
        .collect()
}

/// Processes an accepted call and writes its answer in the requested form.
pub(crate) fn carry_out(
    state: &mut State,
    call: &mut Call,
    caller: &Option<Account>,
    faults: &[Fault],
    request_id: &str,
    now: SystemTime,
) -> Result<Bytes, Refusal> {
    if let Some(body) = state.answers.get(&call.api) {
        return Ok(body.clone());
    }
    if let Some(purpose) = token::Purpose::of(&call.api) {
        return token::carry_out(purpose, state, call, request_id, now).map(Bytes::from);
    }
    let Some(api) = find(&call.api) else {
        return Err(Refusal::Service);
    };
    let context = &mut Context {
        state,
        call,
        caller: caller.as_ref(),
        faults,
        request_id,
        now,
    };
    request::check_files(&api.call, context.call)?;
    if let Some(carry_out) = business(api.name) {
        return carry_out(context).map(Bytes::from);
    }
    let asked = request::asked(api.request, context.call)?;
    let contents = match shop::carry_out(api.name) {
        Some(carry_out) => {
            note_unknown_currencies(context, &asked);
            carry_out(context, &asked)?
        }
        None => context.make_up(api, &asked),
    };
    Ok(context.write_by((api.key, api.answer), contents).into())
}

/// Notes in the log that amounts are in another currency than the call requests.
fn note_unknown_currencies(context: &mut Context<'_>, asked: &Asked) {
    /// Longer texts are not currency codes.
    const LONGEST: usize = 20;
    let codes = asked.ending_with("currency");
    let unknown = codes.filter(|(_, code)| {
        code.len() <= LONGEST && !is_blank(code) && Currency::find(code).is_none()
    });
    for (name, code) in unknown {
        context.note(format!(
            "{name}: the sandbox has no rate of {code:?}, so amounts are in USD"
        ));
    }
}

/// The answer that the documentation prints, or one made from the API's table, in simplified JSON; `None` for an API
/// without models. It is the same in each call, so that it does not change while a user edits it.
pub(crate) fn example(state: &State, api: &str) -> Option<String> {
    let api = find(api)?;
    let time = later(
        SystemTime::UNIX_EPOCH,
        Duration::from_millis(1_725_940_803_000),
    );
    let contents = Maker {
        api,
        asked: &Asked::default(),
        rng: fastrand::Rng::with_seed(0),
        milliseconds: milliseconds(time),
        pacific: pacific::seconds(time),
        base: &state.base,
        shop: &state.shop,
        place: 0,
    }
    .contents();
    let mut habits = Habits::documented();
    let of = (api.key, api.answer);
    let written = answer::write(of, contents.into(), "0", Form::SimplifiedJson, &mut habits);
    let readable: Value = serde_json::from_str(&written).ok()?;
    serde_json::to_string_pretty(&readable).ok()
}

/// An object's members; empty for any other value.
fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// A model with some fields set. Outside their crate, models can only be made from their defaults.
fn made<T: Default>(fill: impl FnOnce(&mut T)) -> T {
    let mut model = T::default();
    fill(&mut model);
    model
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The APIs for daily work that are not in the groups of [`GROUPS`].
    const DAILY: &[&str] = &[
        "/ds/product/get",
        "/ds/recommend/feed/get",
        "/ds/image/search",
        "aliexpress.logistics.buyer.freight.calculate",
        "aliexpress.logistics.buyer.freight.get",
        "aliexpress.solution.order.get",
        "aliexpress.solution.order.info.get",
        "aliexpress.solution.order.fulfill",
        "aliexpress.solution.order.receiptinfo.get",
        "aliexpress.solution.product.list.get",
        "aliexpress.solution.product.info.get",
        "aliexpress.solution.product.post",
        "aliexpress.solution.product.edit",
        "aliexpress.solution.batch.product.price.update",
        "aliexpress.solution.batch.product.inventory.update",
        "aliexpress.solution.batch.product.delete",
        "aliexpress.solution.feed.submit",
        "aliexpress.solution.feed.query",
        "aliexpress.solution.feed.list.get",
        "aliexpress.solution.feed.invalidate",
        "aliexpress.solution.seller.category.tree.query",
        "aliexpress.solution.sku.attribute.query",
        "aliexpress.solution.merchant.profile.get",
        "aliexpress.logistics.redefining.listlogisticsservice",
        "aliexpress.logistics.redefining.getonlinelogisticsinfo",
        "aliexpress.logistics.redefining.querytrackingresult",
        "aliexpress.issue.issuelist.get",
        "aliexpress.issue.detail.get",
        "aliexpress.trade.new.redefining.findorderbyid",
    ];

    /// Prefixes of names: all APIs with one of them are for daily work.
    const GROUPS: &[&str] = &[
        "aliexpress.ds.",
        "aliexpress.trade.ds.",
        "aliexpress.affiliate.",
        "aliexpress.trade.redefining.findorder",
        "/auth/token/",
    ];

    /// The platform lists it with the token calls, but it is not about tokens and has no documented answer.
    const NOT_DAILY: &str = "/auth/token/security/translate";

    #[test]
    fn every_api_of_a_day_acts_on_the_shop() {
        let of_groups = names().filter(|name| GROUPS.iter().any(|group| name.starts_with(group)));
        let daily: Vec<&str> = of_groups.chain(DAILY.iter().copied()).collect();
        assert!(daily.len() > 60, "{}", daily.len());
        let generated: Vec<&str> = daily
            .into_iter()
            .filter(|name| *name != NOT_DAILY)
            .filter(|name| {
                let is_played = business(name).is_some()
                    || shop::carry_out(name).is_some()
                    || token::Purpose::of(name).is_some();
                find(name).is_none() || !is_played
            })
            .collect();
        assert_eq!(generated, <[&str; 0]>::default());
    }
}
