//! What every [`OrderJournal`] must do, as a check that the tests of any journal can run.
//!
//! It is a feature of this crate and no crate of its own, so that it always is of the version of the trait it checks.

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, SystemTime};

use aliexpress_models::shared::OrderId;

use super::{Begun, Conclusion, JournalError, JournaledOrder, OrderJournal, OrderState};

const RACERS: usize = 8;

/// Runs every check on a journal, which must be empty.
///
/// # Errors
///
/// What the journal answers with.
///
/// # Panics
///
/// When the journal does not do what the trait asks for.
pub fn check<J: OrderJournal + 'static>(journal: J) -> Result<(), JournalError> {
    let journal = Arc::new(journal);
    entries_are_read_back(&*journal)?;
    accounts_are_kept_apart(&*journal)?;
    known_orders_do_not_begin(&*journal)?;
    lists_are_in_order(&*journal)?;
    one_of_many_begins(&journal)
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000 + seconds)
}

fn order(account: &str, out_order_id: &str, seconds: u64) -> JournaledOrder {
    JournaledOrder::new(account, out_order_id, "fingerprint", at(seconds))
}

fn entries_are_read_back(journal: &dyn OrderJournal) -> Result<(), JournalError> {
    // Quotes, other scripts and the empty text are ids as good as any.
    for (seconds, id) in ["1", "it's \"one\"", "订单 ∅", ""].into_iter().enumerate() {
        let mut entry = order("read-back", id, seconds as u64);
        entry.request = (!id.is_empty()).then(|| format!("{{\"name\":\"{seconds}\"}}"));
        assert_eq!(journal.find("read-back", id)?, None, "{id:?}");
        assert_eq!(journal.begin(&entry)?, Begun::Recorded, "{id:?}");
        assert_eq!(
            journal.find("read-back", id)?,
            Some(entry.clone()),
            "{id:?}"
        );
        let placed = Conclusion::new(OrderState::Placed, at(9))
            .order_ids([OrderId(i64::MAX), OrderId(1)])
            .note("it's");
        journal.conclude("read-back", id, &placed)?;
        entry.apply(&placed);
        assert_eq!(journal.find("read-back", id)?, Some(entry), "{id:?}");
    }
    let conclusion = Conclusion::new(OrderState::Placed, at(9));
    let unknown = journal.conclude("read-back", "never begun", &conclusion);
    assert!(unknown.is_err(), "an order without entry was concluded");
    Ok(())
}

fn accounts_are_kept_apart(journal: &dyn OrderJournal) -> Result<(), JournalError> {
    assert_eq!(journal.begin(&order("left", "1", 0))?, Begun::Recorded);
    assert_eq!(journal.find("right", "1")?, None);
    assert_eq!(journal.begin(&order("right", "1", 0))?, Begun::Recorded);
    let placed = Conclusion::new(OrderState::Placed, at(1));
    journal.conclude("left", "1", &placed)?;
    assert_eq!(journal.open("left")?, []);
    assert_eq!(journal.open("right")?.len(), 1);
    Ok(())
}

fn known_orders_do_not_begin(journal: &dyn OrderJournal) -> Result<(), JournalError> {
    for state in OrderState::ALL {
        let id = state.as_str();
        journal.begin(&order("known", id, 0))?;
        let named = Conclusion::new(state, at(1)).order_ids([OrderId(7)]);
        journal.conclude("known", id, &named)?;
        // A later conclusion without ids takes none away.
        journal.conclude("known", id, &Conclusion::new(state, at(2)))?;
        let known = journal.find("known", id)?.expect("the entry was begun");
        assert_eq!(known.order_ids, [OrderId(7)], "{id}");
        let again = journal.begin(&order("known", id, 3))?;
        if state == OrderState::NotPlaced {
            assert_eq!(again, Begun::Recorded, "{id}");
            let attempts = journal.find("known", id)?.map(|order| order.attempts);
            assert_eq!(attempts, Some(2), "{id}");
        } else {
            assert_eq!(again, Begun::Known(known), "{id}");
        }
    }
    Ok(())
}

fn lists_are_in_order(journal: &dyn OrderJournal) -> Result<(), JournalError> {
    for (id, seconds) in [("b", 2), ("c", 3), ("a", 1)] {
        journal.begin(&order("lists", id, seconds))?;
    }
    let ids = |orders: Vec<JournaledOrder>| -> Vec<String> {
        orders.into_iter().map(|order| order.out_order_id).collect()
    };
    assert_eq!(ids(journal.open("lists")?), ["a", "b", "c"]);
    assert_eq!(ids(journal.latest("lists", 2)?), ["c", "b"]);
    assert_eq!(ids(journal.latest("lists", 0)?), [""; 0]);
    Ok(())
}

fn one_of_many_begins<J: OrderJournal + 'static>(journal: &Arc<J>) -> Result<(), JournalError> {
    let start = Arc::new(Barrier::new(RACERS));
    let racers = (0..RACERS).map(|_| {
        let (journal, start) = (Arc::clone(journal), Arc::clone(&start));
        thread::spawn(move || {
            start.wait();
            journal.begin(&order("race", "1", 0))
        })
    });
    let racers: Vec<_> = racers.collect();
    let mut recorded = 0;
    for racer in racers {
        let begun = racer.join().expect("begin does not panic")?;
        recorded += usize::from(begun == Begun::Recorded);
    }
    assert_eq!(recorded, 1, "threads that began one order at once");
    Ok(())
}
