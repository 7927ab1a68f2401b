//! A business call that is being carried out.

use std::time::SystemTime;

use aliexpress_models::{Answer, Request, encode};
use serde_core::de::DeserializeOwned;

use super::request::{self, Reading};
use crate::fault::Fault;
use crate::gateway::call::Call;
use crate::gateway::refusal::Refusal;
use crate::orders::Order;
use crate::tokens::Account;
use crate::world::World;

/// The call, who makes it, and what it may act on.
pub(super) struct Act<'a> {
    pub(super) world: &'a mut World,
    pub(super) call: &'a mut Call,
    pub(super) caller: &'a Account,
    pub(super) faults: &'a [Fault],
    pub(super) request_id: &'a str,
    pub(super) now: SystemTime,
}

impl Act<'_> {
    pub(super) fn user_id(&self) -> &str {
        &self.caller.user_id
    }

    /// Reads the call's own parameters.
    pub(super) fn read<T: Request + DeserializeOwned>(&mut self) -> Result<Reading<T>, Refusal> {
        request::read(self.call)
    }

    /// Writes the answer in the form that was asked for.
    pub(super) fn write<T: Answer>(&self, answer: &T) -> String {
        encode(answer, self.request_id, self.call.form)
    }

    /// Leaves a remark in the log.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.call.notes.push(note.into());
    }

    /// The order, if the caller may see it by now; the platform does not say why it may not.
    pub(super) fn order(&self, id: i64) -> Result<&Order, Refusal> {
        let order = self.world.orders.get(id);
        order
            .filter(|order| order.belongs_to(self.user_id()) && order.is_visible(self.now))
            .ok_or(Refusal::Permission)
    }
}
