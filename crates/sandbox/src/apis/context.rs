//! What a business call needs to be processed.

use std::time::SystemTime;

use aliexpress_models::{Answer, Api, Request, Shape, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::answer;
use super::habits::Habits;
use super::members;
use super::pacific;
use super::plausible::Maker;
use super::request::{self, Asked, Reading};
use crate::call::Call;
use crate::clock::milliseconds;
use crate::fault::Fault;
use crate::node::Fields;
use crate::orders::Order;
use crate::refusal::Refusal;
use crate::state::State;
use crate::tokens::Account;

/// The call, its caller, and the state that it works on.
pub(super) struct Context<'a> {
    pub(super) state: &'a mut State,
    pub(super) call: &'a mut Call,
    /// `None` for a call that needs no session.
    pub(super) caller: Option<&'a Account>,
    pub(super) faults: &'a [Fault],
    pub(super) request_id: &'a str,
    pub(super) now: SystemTime,
}

impl Context<'_> {
    pub(super) fn user_id(&self) -> &str {
        self.caller.map_or("", |caller| &caller.user_id)
    }

    /// The contents of the answer of an API that the shop does not implement: the documentation's sample, or one
    /// generated from the API's table.
    pub(super) fn make_up(&mut self, api: &Api, asked: &Asked) -> Fields {
        let mut maker = Maker {
            api,
            asked,
            rng: self.state.rng.fork(),
            milliseconds: milliseconds(self.now),
            pacific: pacific::seconds(self.now),
            base: &self.state.base,
            shop: &self.state.shop,
            place: 0,
        };
        maker.contents().into()
    }

    /// Reads the call's own parameters.
    pub(super) fn read<T: Request + DeserializeOwned>(&mut self) -> Result<Reading<T>, Refusal> {
        request::read(self.call)
    }

    /// Writes the answer in the requested form.
    pub(super) fn write<T: Answer + Serialize>(&mut self, answer: &T) -> String {
        match self.state.as_live {
            true => self.write_contents::<T>(contents(answer)),
            // The same, without building a tree of the whole answer first.
            false => encode(answer, self.request_id, self.call.form),
        }
    }

    /// Writes an answer with these contents in the requested form.
    pub(super) fn write_contents<T: Answer>(&mut self, contents: impl Into<Fields>) -> String {
        self.write_by((T::KEY, T::SHAPE), contents.into())
    }

    /// Writes an answer by the key and the table of its API.
    pub(super) fn write_by(&mut self, api: (&'static str, &Shape), contents: Fields) -> String {
        let mut habits = if self.state.as_live {
            Habits::live(self.state.rng.fork())
        } else {
            Habits::documented()
        };
        answer::write(api, contents, self.request_id, self.call.form, &mut habits)
    }

    /// True once in `once_in` times, and only if the sandbox behaves as the live platform.
    pub(super) fn by_chance(&mut self, once_in: u32) -> bool {
        self.state.as_live && self.state.rng.u32(..once_in) == 0
    }

    /// Adds a note to the call's entry in the log.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.call.notes.push(note.into());
    }

    /// The order, if the caller may see it at this time. The platform's refusal does not say why it may not.
    pub(super) fn order(&self, id: i64) -> Result<&Order, Refusal> {
        let order = self.state.orders.get(id);
        order
            .filter(|order| order.belongs_to(self.user_id()) && order.is_visible(self.now))
            .ok_or(Refusal::Permission)
    }
}

/// A model's fields, by the wire's names.
pub(super) fn contents<T: Answer + Serialize>(answer: &T) -> Map<String, Value> {
    // A model always serializes to an object.
    members(serde_json::to_value(answer).unwrap_or_default())
}
