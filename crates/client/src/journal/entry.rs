//! One order in a journal, and the rules by which it changes.

use std::collections::HashSet;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aliexpress_models::shared::OrderId;

use super::Begun;

/// What a journal knows about one order. Journals keep times in whole milliseconds.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournaledOrder {
    /// The account that the order belongs to, as named by
    /// [`ClientBuilder::account`](crate::ClientBuilder::account).
    pub account: String,
    /// The shop's own id of the order.
    pub out_order_id: String,
    /// The request as JSON, recipient included; `None` if the journal is configured to keep none.
    pub request: Option<String>,
    /// SHA-256 of the request in hexadecimal, which reveals a different order under the same id.
    pub fingerprint: String,
    /// When the request was first sent, by the gateway's clock if that was known. If the order was
    /// once known not to exist, the first time after that.
    pub first_sent: SystemTime,
    /// When it was last sent or settled.
    pub changed: SystemTime,
    /// How often it was sent or about to be sent; also the number of the latest attempt.
    pub attempts: u32,
    /// The outcome so far.
    pub state: OrderState,
    /// Every order id that an answer contained, those of the answer that proved the order placed
    /// first. While the state is open or not placed, the ids are unconfirmed.
    pub order_ids: Vec<OrderId>,
    /// The platform's code, or why the outcome is unknown; empty if there is neither. Contains no
    /// personal data.
    pub note: String,
}

/// The outcome of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OrderState {
    /// The order was sent or about to be sent; whether it exists is unknown.
    Open,
    /// The order exists.
    Placed,
    /// The order exists, and its payment failed.
    NotPaid,
    /// The order does not exist: the platform refused it, or no request reached the platform. The
    /// order may be placed again under the same id.
    NotPlaced,
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::Placed, Self::NotPaid, Self::NotPlaced];

    /// The word that journals store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Placed => "placed",
            Self::NotPaid => "not-paid",
            Self::NotPlaced => "not-placed",
        }
    }

    /// The state for a stored word; `None` for any other text.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// A finding about an order, to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conclusion {
    /// The attempt whose outcome this is, as numbered by [`begin`](super::OrderJournal::begin). A
    /// finding by other means uses the latest attempt of the entry that it is about.
    pub attempt: u32,
    /// When it was found out.
    pub at: SystemTime,
    /// The outcome; [`OrderState::Open`] for an attempt that settled nothing.
    pub state: OrderState,
    /// The order ids that were found.
    pub order_ids: Vec<OrderId>,
    /// The platform's code, or why the outcome is unknown.
    pub note: String,
}

impl Conclusion {
    /// The outcome of this attempt, found out at this time.
    pub fn new(attempt: u32, state: OrderState, at: SystemTime) -> Self {
        Self {
            attempt,
            at,
            state,
            order_ids: Vec::new(),
            note: String::new(),
        }
    }

    /// Sets the order ids that were found.
    pub fn order_ids(mut self, order_ids: impl Into<Vec<OrderId>>) -> Self {
        self.order_ids = order_ids.into();
        self
    }

    /// Sets a code or a reason.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
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
        let first_sent = in_milliseconds(first_sent);
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

    /// Whether the order may be sent as a new one: only if it is known not to exist.
    pub fn may_begin_again(&self) -> bool {
        self.state == OrderState::NotPlaced
    }

    /// The entry to record after an earlier entry, for which
    /// [`may_begin_again`](Self::may_begin_again) must be true, or after `None`.
    ///
    /// The number of attempts keeps growing, so that a late outcome of an earlier attempt is not
    /// mistaken for this one's, and known order ids stay. Everything else comes from the new
    /// request.
    #[must_use]
    pub fn after(mut self, earlier: Option<&Self>) -> Self {
        self.first_sent = in_milliseconds(self.first_sent);
        self.changed = in_milliseconds(self.changed);
        if let Some(earlier) = earlier {
            self.attempts = earlier.attempts.saturating_add(1);
            self.add_ids(&earlier.order_ids);
        }
        self
    }

    /// Counts one more request of an open order; record this before the request is sent. An order
    /// whose outcome is known is left unchanged and must not be sent.
    #[must_use]
    pub fn repeat(&mut self, at: SystemTime) -> Begun {
        if self.state != OrderState::Open {
            return Begun::Known(self.clone());
        }
        self.attempts = self.attempts.saturating_add(1);
        self.changed = self.changed.max(in_milliseconds(at));
        Begun::Recorded {
            attempt: self.attempts,
        }
    }

    /// Applies a finding to the entry. Knowledge is never lost: an order that exists never becomes
    /// open or not placed, and an order id is never removed. That one attempt placed nothing proves
    /// nothing about later attempts: [`OrderState::NotPlaced`] counts only for the latest one.
    pub fn apply(&mut self, conclusion: &Conclusion) {
        let exists = self.exists();
        self.changed = self.changed.max(in_milliseconds(conclusion.at));
        let found_to_exist = matches!(conclusion.state, OrderState::Placed | OrderState::NotPaid);
        if found_to_exist && !exists {
            let named = std::mem::take(&mut self.order_ids);
            self.add_ids(&conclusion.order_ids);
            self.add_ids(&named);
        } else {
            self.add_ids(&conclusion.order_ids);
        }
        let outdated =
            conclusion.state == OrderState::NotPlaced && conclusion.attempt < self.attempts;
        if outdated || exists && !found_to_exist {
            return;
        }
        let stays_unpaid = self.state == OrderState::NotPaid;
        if !stays_unpaid {
            self.state = conclusion.state;
        }
        if !conclusion.note.is_empty() {
            self.note.clone_from(&conclusion.note);
        }
    }

    fn add_ids(&mut self, ids: &[OrderId]) {
        let mut known: HashSet<_> = self.order_ids.iter().copied().collect();
        let new = ids.iter().copied().filter(|id| known.insert(*id));
        self.order_ids.extend(new);
    }
}

/// A time in the precision of journals: milliseconds since 1970 in 64 bits, so that all journals
/// return the same value.
fn in_milliseconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let milliseconds = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    let kept = UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds.unsigned_abs()));
    kept.unwrap_or(UNIX_EPOCH)
}

impl fmt::Debug for JournaledOrder {
    /// Leaves out the request.
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

    #[derive(Clone, Debug)]
    enum Step {
        Begin,
        Repeat,
        Conclude(Conclusion),
    }

    fn step() -> impl Strategy<Value = Step> {
        let ids = prop::collection::vec((1..9_i64).prop_map(OrderId), 0..3);
        let state = prop::sample::select(OrderState::ALL.to_vec());
        let conclusion = (1..5_u32, state, ids, 0..9_000_u64);
        prop_oneof![
            Just(Step::Begin),
            Just(Step::Repeat),
            conclusion.prop_map(|(attempt, state, ids, at)| {
                let at = UNIX_EPOCH + Duration::from_micros(at);
                Step::Conclude(Conclusion::new(attempt, state, at).order_ids(ids))
            }),
        ]
    }

    proptest! {
        #[test]
        fn an_order_that_exists_never_becomes_open_or_not_placed(steps in prop::collection::vec(step(), 0..12)) {
            let mut order = entry();
            for step in steps {
                let before = order.clone();
                match &step {
                    Step::Begin if order.may_begin_again() => order = entry().after(Some(&before)),
                    Step::Begin => {}
                    Step::Repeat => {
                        let sends = matches!(order.repeat(UNIX_EPOCH), Begun::Recorded { .. });
                        prop_assert_eq!(sends, before.state == OrderState::Open);
                        prop_assert!(sends || order == before);
                    }
                    Step::Conclude(conclusion) => order.apply(conclusion),
                }
                prop_assert!(order.exists() || !before.exists());
                prop_assert!(before.order_ids.iter().all(|id| order.order_ids.contains(id)));
                prop_assert_eq!(in_milliseconds(order.changed), order.changed);
                if order.may_begin_again() && !before.may_begin_again() {
                    let latest = matches!(step, Step::Conclude(of) if of.attempt >= before.attempts);
                    prop_assert!(latest, "the outcome of an older attempt was taken for that of the latest");
                }
            }
        }
    }

    #[test]
    fn proven_order_ids_come_before_unconfirmed_ones() {
        let mut order = entry();
        let at = SystemTime::UNIX_EPOCH;
        order.apply(&Conclusion::new(1, OrderState::Open, at).order_ids([OrderId(5)]));
        order.apply(&Conclusion::new(1, OrderState::Placed, at).order_ids([OrderId(7)]));
        assert_eq!(order.order_ids, [OrderId(7), OrderId(5)]);
    }

    #[test]
    fn times_are_cut_to_milliseconds() {
        for (time, kept) in [
            (UNIX_EPOCH + Duration::from_nanos(1_999_999), 1),
            (UNIX_EPOCH - Duration::from_secs(1), 0),
        ] {
            let order = JournaledOrder::new("shop", "1", "f", time);
            assert_eq!(order.first_sent, UNIX_EPOCH + Duration::from_millis(kept));
        }
    }

    #[test]
    fn states_are_stored_as_words_and_read_back() {
        for state in OrderState::ALL {
            assert_eq!(OrderState::from_word(state.as_str()), Some(state));
        }
        assert_eq!(OrderState::from_word("paid"), None);
    }
}
