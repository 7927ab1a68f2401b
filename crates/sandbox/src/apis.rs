//! The APIs that are answered.

mod token;

use aliexpress_models::Api;
use jiff::Timestamp;

use crate::fault::Fault;
use crate::gateway::call::Call;
use crate::gateway::refusal::Refusal;
use crate::orders::{Ledger, OrderStatus};
use crate::tokens::Account;
use crate::world::World;

/// The business APIs.
const BUSINESS: &[&str] = &[
    "aliexpress.ds.order.create",
    "aliexpress.solution.order.info.get",
    "aliexpress.trade.ds.order.get",
];

/// Whether the sandbox has this API of its own.
pub(crate) fn is_known(api: &str) -> bool {
    BUSINESS.contains(&api) || token::Purpose::of(api).is_some()
}

/// Every API, business calls first.
pub(crate) fn names() -> Vec<&'static str> {
    BUSINESS.iter().chain(token::PATHS).copied().collect()
}

/// Enters the orders that the documentation's examples ask for.
pub(crate) fn add_samples(orders: &mut Ledger, now: Timestamp) {
    orders.add_sample(10_000_001, OrderStatus::Finish, now);
    orders.add_sample(12_345_678, OrderStatus::PlaceOrderSuccess, now);
}

/// Whether a call needs a session: business calls do.
pub(crate) fn needs_session(api: &str) -> bool {
    token::Purpose::of(api).is_none()
}

/// The parameters that an API has, the optional common ones included.
pub(crate) fn parameter_names(api: &str) -> Vec<&'static str> {
    const COMMON: &[&str] = &[
        "session",
        "access_token",
        "format",
        "simplify",
        "partner_id",
        "v",
        "debug",
    ];
    let own = Api::find(api).map_or(&[][..], |api| api.request.fields);
    COMMON
        .iter()
        .copied()
        .chain(own.iter().map(|field| field.key))
        .collect()
}

/// Carries out a call that was let in, and writes its answer in the form it asked for.
pub(crate) fn act(
    world: &mut World,
    call: &mut Call,
    _caller: &Option<Account>,
    _faults: &[Fault],
    request_id: &str,
    now: Timestamp,
) -> Result<String, Refusal> {
    if let Some(body) = world.stubs.get(&call.api) {
        return Ok(body.clone());
    }
    match token::Purpose::of(&call.api) {
        Some(purpose) => token::act(purpose, world, call, request_id, now),
        None => Err(Refusal::Service),
    }
}
