//! One order in a journal, and the rules by which it changes.

use std::fmt;
use std::time::SystemTime;

use aliexpress_models::shared::OrderId;

/// What a journal knows of one order.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournaledOrder {
    /// Whose order it is, as [`ClientBuilder::account`](crate::ClientBuilder::account) names it.
    pub account: String,
    /// The shop's own id of the order.
    pub out_order_id: String,
    /// The request as JSON, recipient included; `None` where the journal is told to keep none.
    pub request: Option<String>,
    /// SHA-256 of the request in hexadecimal, which tells another order under the same id.
    pub fingerprint: String,
    /// When the request was first sent, by the gateway's clock where it was known.
    pub first_sent: SystemTime,
    /// When it was last sent or settled.
    pub changed: SystemTime,
    /// How often it was sent, or about to be.
    pub attempts: u32,
    /// What became of it.
    pub state: OrderState,
    /// The orders that exist if it is placed; while it is open, those that an answer named and nobody has confirmed.
    pub order_ids: Vec<OrderId>,
    /// The platform's code, or why the outcome is open; empty where there is nothing to say. Holds no personal data.
    pub note: String,
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OrderState {
    /// It was sent or about to be; whether it exists is not known.
    Open,
    /// It exists.
    Placed,
    /// It exists and its payment failed.
    NotPaid,
    /// It does not exist: the platform refused it, or nothing reached the platform. It may be placed again under the
    /// same id.
    NotPlaced,
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::Placed, Self::NotPaid, Self::NotPlaced];

    /// The word by which journals keep it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Placed => "placed",
            Self::NotPaid => "not-paid",
            Self::NotPlaced => "not-placed",
        }
    }

    /// The state that a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What is to be recorded of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conclusion {
    /// When it was found out.
    pub at: SystemTime,
    /// What became of the order; [`OrderState::Open`] for one more attempt, or an attempt that settled nothing.
    pub state: OrderState,
    /// The orders that were named.
    pub order_ids: Vec<OrderId>,
    /// The platform's code, or why the outcome is open.
    pub note: String,
    /// Whether a request is about to be sent, which counts as an attempt.
    pub attempt: bool,
}

impl Conclusion {
    /// This state, found out now.
    pub fn new(state: OrderState, at: SystemTime) -> Self {
        Self {
            at,
            state,
            order_ids: Vec::new(),
            note: String::new(),
            attempt: false,
        }
    }

    /// With the orders that were named.
    pub fn order_ids(mut self, order_ids: impl Into<Vec<OrderId>>) -> Self {
        self.order_ids = order_ids.into();
        self
    }

    /// With a code or a reason.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// One more request is about to be sent.
    pub(crate) fn attempt(at: SystemTime) -> Self {
        Self {
            attempt: true,
            ..Self::new(OrderState::Open, at)
        }
    }
}

impl JournaledOrder {
    /// An order that is about to be sent for the first time.
    pub fn new(
        account: impl Into<String>,
        out_order_id: impl Into<String>,
        fingerprint: impl Into<String>,
        first_sent: SystemTime,
    ) -> Self {
        Self {
            account: account.into(),
            out_order_id: out_order_id.into(),
            request: None,
            fingerprint: fingerprint.into(),
            first_sent,
            changed: first_sent,
            attempts: 1,
            state: OrderState::Open,
            order_ids: Vec::new(),
            note: String::new(),
        }
    }

    /// Whether the order is known to exist.
    pub fn exists(&self) -> bool {
        matches!(self.state, OrderState::Placed | OrderState::NotPaid)
    }

    /// Whether the order may be sent as a new one: only where it is known not to exist.
    pub fn may_begin_again(&self) -> bool {
        self.state == OrderState::NotPlaced
    }

    /// Takes the place of an entry of which [`may_begin_again`](Self::may_begin_again) is true.
    #[must_use]
    pub fn after(mut self, earlier: &Self) -> Self {
        self.attempts = earlier.attempts.saturating_add(1);
        self
    }

    /// Changes the entry by what was found out. What is known is not forgotten: an order that exists never becomes open
    /// or not placed, and ids are never replaced by none.
    pub fn apply(&mut self, conclusion: &Conclusion) {
        let exists = self.exists();
        self.changed = self.changed.max(conclusion.at);
        if conclusion.attempt {
            self.attempts = self.attempts.saturating_add(1);
        }
        let found_to_exist = matches!(conclusion.state, OrderState::Placed | OrderState::NotPaid);
        if exists && !found_to_exist {
            return;
        }
        // What an open order was thought to be is replaced by what it is.
        if found_to_exist && !exists && !conclusion.order_ids.is_empty() {
            self.order_ids.clear();
        }
        for id in &conclusion.order_ids {
            if !self.order_ids.contains(id) {
                self.order_ids.push(*id);
            }
        }
        let stays_unpaid = self.state == OrderState::NotPaid;
        if !stays_unpaid {
            self.state = conclusion.state;
        }
        if !conclusion.note.is_empty() {
            self.note.clone_from(&conclusion.note);
        }
    }
}

impl fmt::Debug for JournaledOrder {
    /// Without the request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JournaledOrder")
            .field("account", &self.account)
            .field("out_order_id", &self.out_order_id)
            .field("first_sent", &self.first_sent)
            .field("attempts", &self.attempts)
            .field("state", &self.state)
            .field("order_ids", &self.order_ids)
            .field("note", &self.note)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn entry() -> JournaledOrder {
        JournaledOrder::new("shop", "1", "f", SystemTime::UNIX_EPOCH)
    }

    fn conclusion() -> impl Strategy<Value = Conclusion> {
        let ids = prop::collection::vec((1..9_i64).prop_map(OrderId), 0..3);
        let state = prop::sample::select(OrderState::ALL.to_vec());
        (state, ids, any::<bool>(), 0..9_u64).prop_map(|(state, order_ids, attempt, at)| {
            Conclusion {
                at: SystemTime::UNIX_EPOCH + Duration::from_secs(at),
                state,
                order_ids,
                note: String::new(),
                attempt,
            }
        })
    }

    proptest! {
        #[test]
        fn what_is_known_is_never_forgotten(conclusions in prop::collection::vec(conclusion(), 0..9)) {
            let mut order = entry();
            let (mut existed, mut ids) = (false, Vec::new());
            for conclusion in conclusions {
                order.apply(&conclusion);
                let exists = matches!(order.state, OrderState::Placed | OrderState::NotPaid);
                prop_assert!(exists || !existed);
                if existed {
                    prop_assert!(ids.iter().all(|id| order.order_ids.contains(id)));
                }
                prop_assert!(!exists || !order.may_begin_again());
                existed = exists;
                ids.clone_from(&order.order_ids);
            }
        }
    }

    #[test]
    fn words_of_states_are_read_back() {
        for state in OrderState::ALL {
            assert_eq!(OrderState::from_word(state.as_str()), Some(state));
        }
        assert_eq!(OrderState::from_word("paid"), None);
    }
}
