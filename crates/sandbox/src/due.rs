//! Events that happen at a scheduled time, without a call.

use std::time::SystemTime;

use crate::apis;
use crate::state::State;

/// Applies every event scheduled up to `now`.
pub(crate) fn run(state: &mut State, now: SystemTime) {
    state.move_orders(now);
    apis::run_jobs(state, now);
    state.warn_of_expiry(now);
}
