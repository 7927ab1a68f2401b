//! Checks of what every [`LimitStore`] must do, for the tests of any implementation. They take a
//! few seconds, because stores have their own clocks.

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use super::{LONGEST_BAN, LimitStore, PlaceRequest, Rates, Reservation};
use crate::store_error::StoreError;

const MINUTE: Duration = Duration::from_secs(60);
const RACERS: u32 = 8;

/// Runs every check on a store, which must be empty.
///
/// # Errors
///
/// The errors of the store.
///
/// # Panics
///
/// When the store violates the contract of the trait.
pub fn check<S: LimitStore + 'static>(store: S) -> Result<(), StoreError> {
    let store = Arc::new(store);
    calls_are_an_interval_apart(&*store)?;
    a_call_that_would_begin_too_late_takes_no_slot(&*store)?;
    a_ban_holds_back_the_calls_that_it_names(&*store)?;
    a_ban_is_obeyed_for_at_most_an_hour(&*store)?;
    one_call_is_made_first_after_a_ban(&*store)?;
    each_of_many_threads_takes_its_own_slot(&store)
}

fn rates(overall: u32, api: u32) -> Rates {
    Rates { overall, api }
}

fn reserve(
    store: &dyn LimitStore,
    app: &str,
    api: &str,
    rates: Rates,
    longest: Duration,
) -> Result<Reservation, StoreError> {
    store.reserve(&PlaceRequest::new(app, api, rates, longest))
}

#[track_caller]
fn wait(reservation: Reservation) -> Duration {
    match reservation {
        Reservation::After(wait) => wait,
        Reservation::TooLate(wait) => panic!("a slot only after {wait:?}"),
    }
}

fn calls_are_an_interval_apart(store: &dyn LimitStore) -> Result<(), StoreError> {
    for (rates, interval) in [(rates(0, 2), 500), (rates(2, 0), 500), (rates(1, 2), 1000)] {
        let app = format!("apart {rates:?}");
        let interval = Duration::from_millis(interval);
        let started = Instant::now();
        // Stores count whole microseconds, so their first call may seem to begin up to one
        // microsecond early.
        thread::sleep(Duration::from_micros(1));
        for number in 0..4 {
            let wait = wait(reserve(store, &app, "a", rates, MINUTE)?);
            let at = interval * number;
            assert!(wait <= at, "{rates:?}: {wait:?} for call {number}");
            assert!(
                wait + started.elapsed() >= at,
                "{rates:?}: {wait:?} for call {number}"
            );
        }
    }
    for number in 0..4 {
        let unlimited = reserve(store, "apart", "a", rates(0, 0), MINUTE)?;
        assert_eq!(wait(unlimited), Duration::ZERO, "call {number}");
    }
    Ok(())
}

fn a_call_that_would_begin_too_late_takes_no_slot(
    store: &dyn LimitStore,
) -> Result<(), StoreError> {
    // So many calls that the next slot is long after this, even with a slow store.
    let (app, rates, places) = ("late", rates(0, 1), 30);
    let longest = Duration::from_secs(places);
    for _ in 0..places {
        wait(reserve(store, app, "a", rates, MINUTE)?);
    }
    for _ in 0..3 {
        let late = reserve(store, app, "a", rates, Duration::ZERO)?;
        let Reservation::TooLate(wait) = late else {
            panic!("{late:?}");
        };
        assert!(wait <= longest, "{wait:?}");
    }
    let next = wait(reserve(store, app, "a", rates, MINUTE)?);
    assert!(next <= longest, "{next:?}");
    Ok(())
}

fn a_ban_holds_back_the_calls_that_it_names(store: &dyn LimitStore) -> Result<(), StoreError> {
    let none = rates(0, 0);
    let free = |app: &str, api: &str| reserve(store, app, api, none, Duration::ZERO);
    store.ban("banned", Some("a"), MINUTE)?;
    assert!(matches!(free("banned", "a")?, Reservation::TooLate(_)));
    for (app, api) in [("banned", "b"), ("other", "a")] {
        assert_eq!(wait(free(app, api)?), Duration::ZERO, "{app} {api}");
    }
    store.ban("banned", None, MINUTE)?;
    assert!(matches!(free("banned", "b")?, Reservation::TooLate(_)));
    assert_eq!(wait(free("other", "a")?), Duration::ZERO);
    // A shorter ban that is reported later does not end it.
    store.ban("banned", Some("a"), Duration::ZERO)?;
    let Reservation::TooLate(wait) = free("banned", "a")? else {
        panic!("a shorter ban replaced a longer one");
    };
    assert!(wait > MINUTE / 2, "{wait:?}");
    Ok(())
}

fn a_ban_is_obeyed_for_at_most_an_hour(store: &dyn LimitStore) -> Result<(), StoreError> {
    store.ban("hour", Some("a"), Duration::MAX)?;
    let banned = reserve(store, "hour", "a", rates(0, 0), MINUTE)?;
    let Reservation::TooLate(wait) = banned else {
        panic!("{banned:?}");
    };
    assert!(wait <= LONGEST_BAN && wait > LONGEST_BAN / 2, "{wait:?}");
    Ok(())
}

fn one_call_is_made_first_after_a_ban(store: &dyn LimitStore) -> Result<(), StoreError> {
    let none = rates(0, 0);
    store.ban("probe", Some("a"), Duration::from_millis(50))?;
    thread::sleep(Duration::from_millis(60));
    let (started, first) = (Instant::now(), reserve(store, "probe", "a", none, MINUTE)?);
    assert_eq!(wait(first), Duration::ZERO);
    let second = wait(reserve(store, "probe", "a", none, MINUTE)?);
    let took = second + started.elapsed();
    assert!(
        took >= Duration::from_secs(1),
        "{second:?} after the first call"
    );
    Ok(())
}

fn each_of_many_threads_takes_its_own_slot<S: LimitStore + 'static>(
    store: &Arc<S>,
) -> Result<(), StoreError> {
    // So many slots that none is free while the threads ask, even with a slow store.
    const TAKEN: u32 = 40;
    let place = |store: &S, api: &str| reserve(store, "race", api, rates(2, 0), MINUTE);
    let started = Instant::now();
    thread::sleep(Duration::from_micros(1));
    for _ in 0..TAKEN {
        wait(place(store, "race 0")?);
    }
    let start = Arc::new(Barrier::new(RACERS as usize));
    let racers = (0..RACERS).map(|number| {
        let (store, start) = (Arc::clone(store), Arc::clone(&start));
        thread::spawn(move || {
            start.wait();
            place(&store, &format!("race {}", number % 2))
        })
    });
    let racers: Vec<_> = racers.collect();
    for racer in racers {
        wait(racer.join().expect("reserve does not panic")?);
    }
    let next = wait(place(store, "race 0")?);
    let at = Duration::from_millis(500) * (TAKEN + RACERS);
    assert!(
        next <= at && next + started.elapsed() >= at,
        "{next:?}: a slot was taken twice, or two slots by one call"
    );
    Ok(())
}
