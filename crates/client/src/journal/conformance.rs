//! Checks of what every [`OrderJournal`] must do, for the tests of any implementation.
//!
//! They are a feature of this crate and not a separate crate, so that their version always matches
//! the trait.

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
/// The errors of the journal.
///
/// # Panics
///
/// When the journal violates the contract of the trait.
pub fn check<J: OrderJournal + 'static>(journal: J) -> Result<(), JournalError> {
    let journal = Arc::new(journal);
    entries_are_read_back(&*journal)?;
    accounts_are_separate(&*journal)?;
    orders_that_may_exist_do_not_begin(&*journal)?;
    a_late_outcome_does_not_close_a_later_attempt(&*journal)?;
    only_open_orders_are_repeated(&*journal)?;
    times_are_in_milliseconds(&*journal)?;
    lists_are_in_order(&*journal)?;
    only_one_of_many_threads_begins(&journal)
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000 + seconds)
}

fn order(account: &str, out_order_id: &str, seconds: u64) -> JournaledOrder {
    JournaledOrder::new(account, out_order_id, "fingerprint", at(seconds))
}

fn recorded(attempt: u32) -> Begun {
    Begun::Recorded { attempt }
}

fn entries_are_read_back(journal: &dyn OrderJournal) -> Result<(), JournalError> {
    // Quotes, other scripts and the empty text are valid ids.
    for (seconds, id) in ["1", "it's \"one\"", "订单 ∅", ""].into_iter().enumerate() {
        let mut entry = order("read-back", id, seconds as u64);
        entry.request = (!id.is_empty()).then(|| format!("{{\"name\":\"{seconds}\"}}"));
        assert_eq!(journal.find("read-back", id)?, None, "{id:?}");
        assert_eq!(journal.begin(&entry)?, recorded(1), "{id:?}");
        assert_eq!(
            journal.find("read-back", id)?,
            Some(entry.clone()),
            "{id:?}"
        );
        let placed = Conclusion::new(1, OrderState::Placed, at(9))
            .order_ids([OrderId(i64::MAX), OrderId(1)])
            .note("it's");
        journal.conclude("read-back", id, &placed)?;
        entry.apply(&placed);
        assert_eq!(journal.find("read-back", id)?, Some(entry), "{id:?}");
    }
    let conclusion = Conclusion::new(1, OrderState::Placed, at(9));
    let unknown = journal.conclude("read-back", "never begun", &conclusion);
    assert!(
        unknown.is_err(),
        "an outcome was recorded for an order without an entry"
    );
    Ok(())
}

fn accounts_are_separate(journal: &dyn OrderJournal) -> Result<(), JournalError> {
    assert_eq!(journal.begin(&order("left", "1", 0))?, recorded(1));
    assert_eq!(journal.find("right", "1")?, None);
    assert_eq!(journal.begin(&order("right", "1", 0))?, recorded(1));
    let placed = Conclusion::new(1, OrderState::Placed, at(1));
    journal.conclude("left", "1", &placed)?;
    assert_eq!(journal.open("left")?, []);
    assert_eq!(journal.open("right")?.len(), 1);
    Ok(())
}

fn orders_that_may_exist_do_not_begin(journal: &dyn OrderJournal) -> Result<(), JournalError> {
    for state in OrderState::ALL {
        let id = state.as_str();
        journal.begin(&order("known", id, 0))?;
        let named = Conclusion::new(1, state, at(1)).order_ids([OrderId(7)]);
        journal.conclude("known", id, &named)?;
        // A later conclusion without ids removes none.
        journal.conclude("known", id, &Conclusion::new(1, state, at(2)))?;
        let known = journal.find("known", id)?.expect("the entry was begun");
        assert_eq!(known.order_ids, [OrderId(7)], "{id}");
        let again = journal.begin(&order("known", id, 3))?;
        if state == OrderState::NotPlaced {
            assert_eq!(again, recorded(2), "{id}");
            // The number of attempts keeps growing and known order ids stay; the rest comes from
            // the new request.
            let begun = journal.find("known", id)?.expect("the entry was begun");
            let kept = (begun.attempts, begun.order_ids);
            assert_eq!(kept, (2, vec![OrderId(7)]), "{id}");
            let new = (begun.first_sent, begun.changed, begun.state);
            assert_eq!(new, (at(3), at(3), OrderState::Open), "{id}");
        } else {
            assert_eq!(again, Begun::Known(known), "{id}");
        }
    }
    Ok(())
}

/// One attempt hangs, another program settles the order as not placed, a second attempt begins, and
/// then the first one ends. Its outcome says nothing about the second attempt, which may be placing
/// the order.
fn a_late_outcome_does_not_close_a_later_attempt(
    journal: &dyn OrderJournal,
) -> Result<(), JournalError> {
    let not_placed = |attempt| Conclusion::new(attempt, OrderState::NotPlaced, at(9));
    assert_eq!(journal.begin(&order("late", "1", 0))?, recorded(1));
    journal.conclude("late", "1", &not_placed(1))?;
    assert_eq!(journal.begin(&order("late", "1", 1))?, recorded(2));
    journal.conclude("late", "1", &not_placed(1).order_ids([OrderId(7)]))?;
    let known = journal.find("late", "1")?.expect("the entry was begun");
    assert_eq!(
        (known.state, known.order_ids.as_slice()),
        (OrderState::Open, [OrderId(7)].as_slice())
    );
    let again = journal.begin(&order("late", "1", 2))?;
    assert_eq!(
        again,
        Begun::Known(known),
        "a third attempt must not be sent"
    );
    journal.conclude("late", "1", &not_placed(2))?;
    assert_eq!(journal.begin(&order("late", "1", 3))?, recorded(3));
    // If an attempt reports that an order exists, this is true regardless of its number.
    let placed = Conclusion::new(1, OrderState::Placed, at(9)).order_ids([OrderId(8)]);
    journal.conclude("late", "1", &placed)?;
    journal.conclude("late", "1", &not_placed(3))?;
    let known = journal.find("late", "1")?.expect("the entry was begun");
    assert_eq!(
        (known.state, known.order_ids),
        (OrderState::Placed, vec![OrderId(8), OrderId(7)])
    );
    Ok(())
}

fn only_open_orders_are_repeated(journal: &dyn OrderJournal) -> Result<(), JournalError> {
    for state in OrderState::ALL {
        let id = state.as_str();
        journal.begin(&order("repeat", id, 0))?;
        journal.conclude("repeat", id, &Conclusion::new(1, state, at(1)))?;
        let known = journal.find("repeat", id)?.expect("the entry was begun");
        let again = journal.repeat("repeat", id, at(2))?;
        if state != OrderState::Open {
            assert_eq!(again, Begun::Known(known), "{id}");
            continue;
        }
        assert_eq!(again, recorded(2), "{id}");
        // The first attempt's outcome is not that of the second.
        let first = Conclusion::new(1, OrderState::NotPlaced, at(3));
        journal.conclude("repeat", id, &first)?;
        let open = journal.find("repeat", id)?.expect("the entry was begun");
        assert_eq!(
            (open.state, open.attempts, open.first_sent, open.changed),
            (OrderState::Open, 2, at(0), at(3))
        );
    }
    let unknown = journal.repeat("repeat", "never begun", at(0));
    assert!(unknown.is_err(), "an order without an entry was repeated");
    Ok(())
}

fn times_are_in_milliseconds(journal: &dyn OrderJournal) -> Result<(), JournalError> {
    let fine = |seconds, nanoseconds| at(seconds) + Duration::from_nanos(nanoseconds);
    let kept = |seconds, milliseconds| at(seconds) + Duration::from_millis(milliseconds);
    let mut entry = order("times", "1", 0);
    entry.first_sent = fine(0, 1_999_999);
    journal.begin(&entry)?;
    let begun = journal.find("times", "1")?.expect("the entry was begun");
    assert_eq!((begun.first_sent, begun.changed), (kept(0, 1), at(0)));
    journal.repeat("times", "1", fine(1, 2_999_999))?;
    let again = journal.find("times", "1")?.expect("the entry was begun");
    assert_eq!(again.changed, kept(1, 2));
    let placed = Conclusion::new(2, OrderState::Placed, fine(2, 3_999_999));
    journal.conclude("times", "1", &placed)?;
    let placed = journal.find("times", "1")?.expect("the entry was begun");
    assert_eq!(placed.changed, kept(2, 3));
    Ok(())
}

fn lists_are_in_order(journal: &dyn OrderJournal) -> Result<(), JournalError> {
    // Equal times are sorted by the bytes of the ids, not by the rules of a language.
    for (id, seconds) in [("é", 2), ("b", 2), ("Z", 2), ("c", 3), ("a", 1)] {
        journal.begin(&order("lists", id, seconds))?;
    }
    let ids = |orders: Vec<JournaledOrder>| -> Vec<String> {
        orders.into_iter().map(|order| order.out_order_id).collect()
    };
    assert_eq!(ids(journal.open("lists")?), ["a", "Z", "b", "é", "c"]);
    assert_eq!(ids(journal.latest("lists", 4)?), ["c", "é", "b", "Z"]);
    assert_eq!(ids(journal.latest("lists", 0)?), [""; 0]);
    Ok(())
}

fn only_one_of_many_threads_begins<J: OrderJournal + 'static>(
    journal: &Arc<J>,
) -> Result<(), JournalError> {
    let start = Arc::new(Barrier::new(RACERS));
    let racers = (0..RACERS).map(|_| {
        let (journal, start) = (Arc::clone(journal), Arc::clone(&start));
        thread::spawn(move || {
            start.wait();
            journal.begin(&order("race", "1", 0))
        })
    });
    let racers: Vec<_> = racers.collect();
    let mut begins = 0;
    for racer in racers {
        let begun = racer.join().expect("begin does not panic")?;
        begins += usize::from(begun == recorded(1));
    }
    assert_eq!(begins, 1, "the number of threads that began the same order");
    Ok(())
}
