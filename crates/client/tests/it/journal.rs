//! Orders with a journal: they are recorded before they are sent, never sent twice and never lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use aliexpress::journal::{
    Begun, Conclusion, JournalError, JournaledOrder, MemoryJournal, OrderJournal, OrderState,
};
use aliexpress::models::shared::OrderId;
use aliexpress::tokens::MemoryStore;
use aliexpress::{CallOptions, PlacedOrder};
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};

use crate::{Built, CREATE, Client, builder, order};

fn journaled(sandbox: &Sandbox) -> (Client, Arc<MemoryJournal>) {
    let journal = Arc::new(MemoryJournal::new());
    let client = builder(sandbox).account("shop").journal(journal.clone());
    (client.built().unwrap(), journal)
}

fn placed(sandbox: &Sandbox) -> usize {
    let orders = sandbox.orders();
    orders
        .iter()
        .filter(|order| order.out_order_id.is_some())
        .count()
}

#[test]
fn every_outcome_is_recorded() {
    let sandbox = Sandbox::start().unwrap();
    let (client, journal) = journaled(&sandbox);
    let id = client.place_order(&order("1")).unwrap().order_ids()[0];
    let known = journal.find("shop", "1").unwrap().unwrap();
    assert_eq!(
        (known.state, known.order_ids),
        (OrderState::Placed, vec![id])
    );

    sandbox.add_fault(FaultRule::next(Fault::PayFails).on(CREATE));
    client.place_order(&order("2")).unwrap();
    assert_eq!(
        journal.find("shop", "2").unwrap().unwrap().state,
        OrderState::NotPaid
    );

    sandbox.add_fault(
        FaultRule::next(Fault::RefuseOrder("INVENTORY_HOLD_ERROR".to_owned())).on(CREATE),
    );
    client.place_order(&order("3")).unwrap();
    let refused = journal.find("shop", "3").unwrap().unwrap();
    assert_eq!(
        (refused.state, refused.note.as_str()),
        (OrderState::NotPlaced, "INVENTORY_HOLD_ERROR")
    );
    // An order that was not placed may be placed again.
    assert!(client.place_order(&order("3")).unwrap().exists());
    assert!(client.open_orders().unwrap().is_empty());
    let latest = client.journaled_orders(2).unwrap();
    assert_eq!(latest.len(), 2);
}

#[test]
fn an_order_that_is_placed_or_open_is_not_sent_again() {
    let sandbox = Sandbox::start().unwrap();
    let (client, _) = journaled(&sandbox);
    let first = client.place_order(&order("1")).unwrap();
    let again = client.place_order(&order("1")).unwrap();
    assert!(
        matches!(again.data(), PlacedOrder::Duplicate { order_ids } if order_ids == first.order_ids())
    );

    sandbox.add_fault(FaultRule::next(Fault::ResetAfter).on(CREATE));
    let open = client.place_order(&order("2")).unwrap_err();
    let sent_at = open.unknown_outcome().unwrap().sent_at;
    let again = client.place_order(&order("2")).unwrap_err();
    assert_eq!(again.unknown_outcome().unwrap().sent_at, sent_at);
    assert_eq!((again.tries(), sandbox.request_count()), (0, 2));

    // Another order under the same id is a mistake, regardless of the first one's outcome.
    let other = order("1").pay_at_once("USD".parse().unwrap());
    let error = client.place_order(&other).unwrap_err();
    assert!(error.is_usage() && !error.may_have_acted(), "{error}");
    assert_eq!(sandbox.request_count(), 2);
}

#[test]
fn open_orders_are_settled_and_found() {
    let sandbox = Sandbox::start().unwrap();
    let (client, journal) = journaled(&sandbox);
    for (id, fault) in [("1", Fault::ResetAfter), ("2", Fault::ResetBefore)] {
        sandbox.add_fault(FaultRule::next(fault).on(CREATE));
        client.place_order(&order(id)).unwrap_err();
    }
    let open: Vec<_> = client.open_orders().unwrap();
    assert_eq!(open.len(), 2);
    assert!(client.find_order("1").unwrap().orders.is_empty());
    assert_eq!(placed(&sandbox), 1);

    // A second client, as after a restart.
    let restarted = builder(&sandbox)
        .account("shop")
        .journal(journal)
        .built()
        .unwrap();
    let settled = restarted.settle_open_orders().unwrap();
    assert!(
        settled
            .iter()
            .all(|order| order.outcome.as_ref().unwrap().exists())
    );
    assert_eq!((settled.len(), placed(&sandbox)), (2, 2));
    assert!(restarted.open_orders().unwrap().is_empty());

    let found = restarted.find_order("2").unwrap();
    let id = found.journal.unwrap().order_ids[0];
    let seen = found.orders.iter().map(|(id, _)| *id).chain(found.hidden);
    assert_eq!(seen.collect::<Vec<_>>(), [id]);
    assert!(restarted.find_order("3").unwrap().journal.is_none());
}

#[test]
fn an_order_that_is_too_old_is_not_sent_and_can_be_noted() {
    let sandbox = Sandbox::start().unwrap();
    let (client, journal) = journaled(&sandbox);
    sandbox.add_fault(FaultRule::next(Fault::ResetBefore).on(CREATE));
    client.place_order(&order("1")).unwrap_err();
    let mut old = journal.find("shop", "1").unwrap().unwrap();
    old.first_sent -= Duration::from_secs(30 * 24 * 3600);
    let journal = Arc::new(MemoryJournal::new());
    let begun = journal.begin(&old).unwrap();
    assert!(matches!(begun, Begun::Recorded { .. }));

    let client = builder(&sandbox)
        .account("shop")
        .journal(journal)
        .built()
        .unwrap();
    let before = sandbox.request_count();
    assert!(
        client
            .place_order(&order("1"))
            .unwrap_err()
            .unknown_outcome()
            .is_some()
    );
    let settled = client.settle_open_orders().unwrap();
    assert!(
        settled[0]
            .outcome
            .as_ref()
            .unwrap_err()
            .unknown_outcome()
            .is_some()
    );
    assert_eq!(sandbox.request_count(), before);

    client.note_order("1", &[OrderId(8)]).unwrap();
    client.note_order("1", &[]).unwrap();
    let known = client.place_order(&order("1")).unwrap();
    assert_eq!(known.order_ids(), [OrderId(8)]);
    assert_eq!(sandbox.request_count(), before);
    assert!(client.note_order("2", &[]).is_err());
}

#[test]
fn accounts_in_one_journal_are_separate_and_must_have_names() {
    let sandbox = Sandbox::start().unwrap();
    let (client, _) = journaled(&sandbox);
    let options = CallOptions::new().session(sandbox.session_of_another_account());
    let other = client.with(options);
    let error = other.place_order(&order("1")).unwrap_err();
    assert!(error.is_usage() && sandbox.request_count() == 0, "{error}");
    let stored = client.for_account(MemoryStore::new());
    assert!(stored.place_order(&order("1")).unwrap_err().is_usage());
    let other = other.with(CallOptions::new().account("other"));
    assert!(other.place_order(&order("1")).unwrap().exists());
    assert!(client.place_order(&order("1")).unwrap().exists());
    assert_eq!(placed(&sandbox), 2);
}

#[test]
fn without_stored_requests_the_caller_supplies_the_order() {
    let sandbox = Sandbox::start().unwrap();
    let journal = Arc::new(MemoryJournal::new());
    let client = builder(&sandbox)
        .journal(journal)
        .journal_without_requests()
        .built()
        .unwrap();
    sandbox.add_fault(FaultRule::next(Fault::ResetAfter).on(CREATE));
    client.place_order(&order("1")).unwrap_err();
    let open = client.open_orders().unwrap().remove(0);
    assert!(open.request.is_none());
    assert!(
        client.settle_open_orders().unwrap()[0]
            .outcome
            .as_ref()
            .unwrap_err()
            .is_usage()
    );
    assert!(
        client
            .recover_order(&order("1"), open.first_sent)
            .unwrap()
            .exists()
    );
    assert!(client.open_orders().unwrap().is_empty());
}

/// A journal that can be made to fail.
#[derive(Default)]
struct Failing {
    inner: MemoryJournal,
    fails: AtomicBool,
}

impl Failing {
    fn check(&self) -> Result<(), JournalError> {
        match self.fails.load(Ordering::Relaxed) {
            true => Err(JournalError::new(
                "cannot write the journal: found a full disk; wanted free space",
            )),
            false => Ok(()),
        }
    }
}

impl OrderJournal for Failing {
    fn begin(&self, order: &JournaledOrder) -> Result<Begun, JournalError> {
        self.check()?;
        self.inner.begin(order)
    }

    fn repeat(&self, account: &str, id: &str, at: SystemTime) -> Result<Begun, JournalError> {
        self.check()?;
        self.inner.repeat(account, id, at)
    }

    fn conclude(
        &self,
        account: &str,
        id: &str,
        conclusion: &Conclusion,
    ) -> Result<(), JournalError> {
        self.check()?;
        self.inner.conclude(account, id, conclusion)
    }

    fn find(&self, account: &str, id: &str) -> Result<Option<JournaledOrder>, JournalError> {
        self.inner.find(account, id)
    }

    fn open(&self, account: &str) -> Result<Vec<JournaledOrder>, JournalError> {
        self.inner.open(account)
    }

    fn latest(&self, account: &str, most: usize) -> Result<Vec<JournaledOrder>, JournalError> {
        self.inner.latest(account, most)
    }
}

#[test]
fn an_order_that_cannot_be_recorded_is_not_sent() {
    let sandbox = Sandbox::start().unwrap();
    let journal = Arc::new(Failing::default());
    let client = builder(&sandbox).journal(journal.clone()).built().unwrap();
    journal.fails.store(true, Ordering::Relaxed);
    let error = client.place_order(&order("1")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot write the journal: found a full disk; wanted free space"
    );
    assert!(!error.may_have_acted() && error.unknown_outcome().is_none());
    let error = client
        .recover_order(&order("1"), SystemTime::now())
        .unwrap_err();
    assert!(error.unknown_outcome().is_some());
    assert_eq!(sandbox.request_count(), 0);
    let client = builder(&sandbox).built().unwrap();
    assert!(client.open_orders().unwrap_err().is_usage());
}

/// A journal in which, before an outcome is recorded, another client settles the order as not placed and
/// begins it again.
struct Overtaken {
    inner: Arc<MemoryJournal>,
    entry: JournaledOrder,
}

impl OrderJournal for Overtaken {
    fn begin(&self, order: &JournaledOrder) -> Result<Begun, JournalError> {
        self.inner.begin(order)
    }

    fn repeat(&self, account: &str, id: &str, at: SystemTime) -> Result<Begun, JournalError> {
        self.inner.repeat(account, id, at)
    }

    fn conclude(&self, account: &str, id: &str, of: &Conclusion) -> Result<(), JournalError> {
        let none = Conclusion::new(1, OrderState::NotPlaced, SystemTime::now());
        self.inner.conclude(account, id, &none)?;
        assert_eq!(
            self.inner.begin(&self.entry)?,
            Begun::Recorded { attempt: 2 }
        );
        self.inner.conclude(account, id, of)
    }

    fn find(&self, account: &str, id: &str) -> Result<Option<JournaledOrder>, JournalError> {
        self.inner.find(account, id)
    }

    fn open(&self, account: &str) -> Result<Vec<JournaledOrder>, JournalError> {
        self.inner.open(account)
    }

    fn latest(&self, account: &str, most: usize) -> Result<Vec<JournaledOrder>, JournalError> {
        self.inner.latest(account, most)
    }
}

#[test]
fn a_late_refusal_of_one_attempt_does_not_close_a_later_attempt() {
    let sandbox = Sandbox::start().unwrap();
    let refuse =
        || FaultRule::next(Fault::RefuseOrder("INVENTORY_HOLD_ERROR".to_owned())).on(CREATE);
    // How the client records this order.
    let (client, journal) = journaled(&sandbox);
    sandbox.add_fault(refuse());
    client.place_order(&order("1")).unwrap();
    let entry = journal.find("shop", "1").unwrap().unwrap();
    let entry = JournaledOrder::new("shop", "1", entry.fingerprint, entry.first_sent);

    let inner = Arc::new(MemoryJournal::new());
    let overtaken = Overtaken {
        inner: inner.clone(),
        entry,
    };
    let hung = builder(&sandbox).account("shop").journal(overtaken);
    sandbox.add_fault(refuse());
    assert!(
        !hung
            .built()
            .unwrap()
            .place_order(&order("1"))
            .unwrap()
            .exists()
    );
    let before = sandbox.request_count();
    let third = builder(&sandbox).account("shop").journal(inner);
    let third = third.built().unwrap().place_order(&order("1"));
    assert!(third.unwrap_err().unknown_outcome().is_some());
    assert_eq!(sandbox.request_count(), before);
}
