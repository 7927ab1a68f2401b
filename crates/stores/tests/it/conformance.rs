//! Runs the conformance suites on every store, and compares the journals with the one in memory.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use aliexpress::journal::{
    self, Begun, Conclusion, JournaledOrder, MemoryJournal, OrderJournal, OrderState,
};
use aliexpress::limits::{self, LimitStore, PlaceRequest, Rates, Reservation};
use aliexpress::models::shared::OrderId;
use aliexpress::push::{self, Inbox, InboxLimits, MemoryInbox, Message};
use proptest::prelude::*;

use crate::homes::homes;

#[test]
fn journals_pass_the_conformance_checks() {
    for home in homes() {
        journal::conformance::check(home.open().journal()).unwrap();
    }
}

#[test]
fn limit_stores_pass_the_conformance_checks() {
    for home in homes() {
        limits::conformance::check(home.open().limits()).unwrap();
    }
}

#[test]
fn inboxes_pass_the_conformance_checks() {
    for home in homes() {
        let (store, mut number) = (home.open(), 0);
        let empty = |limits| {
            number += 1;
            store.inbox(&number.to_string(), limits)
        };
        push::conformance::check(empty).unwrap();
    }
}

fn at(microseconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(microseconds)
}

#[derive(Clone, Debug)]
enum Step {
    Begin(u8),
    Repeat(u8),
    Conclude(u8, u32, OrderState, Vec<i64>),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let state = prop::sample::select(OrderState::ALL.to_vec());
    prop_oneof![
        3 => (0..3_u8).prop_map(Step::Begin),
        1 => (0..3_u8).prop_map(Step::Repeat),
        3 => (0..3_u8, 1..4_u32, state, prop::collection::vec(1..i64::MAX, 0..3))
            .prop_map(|(id, attempt, state, ids)| Step::Conclude(id, attempt, state, ids)),
        1 => Just(Step::Reopen),
    ]
}

/// Checks that the steps have the same effect on both journals.
fn take(steps: &[Step], home: &crate::homes::Home, account: &str) -> Result<(), TestCaseError> {
    let (memory, mut kept) = (MemoryJournal::new(), home.open().journal());
    for (number, step) in steps.iter().enumerate() {
        // Times more precise than journals store them, and some equal ones.
        let time = at(700 * number as u64);
        match step {
            Step::Begin(id) => {
                let mut order = JournaledOrder::new(account, id.to_string(), "f", time);
                order.request = Some(format!("{{\"number\":{number}}}"));
                prop_assert_eq!(memory.begin(&order).unwrap(), kept.begin(&order).unwrap());
            }
            Step::Repeat(id) => {
                let id = id.to_string();
                let done = memory.repeat(account, &id, time);
                prop_assert_eq!(kept.repeat(account, &id, time).ok(), done.ok());
            }
            Step::Conclude(id, attempt, state, ids) => {
                let ids: Vec<_> = ids.iter().copied().map(OrderId).collect();
                let conclusion = Conclusion::new(*attempt, *state, time).order_ids(ids);
                let (id, conclusion) = (id.to_string(), conclusion.note("CODE"));
                let done = memory.conclude(account, &id, &conclusion);
                prop_assert_eq!(
                    kept.conclude(account, &id, &conclusion).is_ok(),
                    done.is_ok()
                );
            }
            Step::Reopen => kept = home.open().journal(),
        }
        prop_assert_eq!(memory.open(account).unwrap(), kept.open(account).unwrap());
        prop_assert_eq!(
            memory.latest(account, 2).unwrap(),
            kept.latest(account, 2).unwrap()
        );
        prop_assert!(kept.find("another account", "0").unwrap().is_none());
    }
    Ok(())
}

#[test]
fn journals_behave_like_the_memory_journal() {
    let (homes, number) = (homes(), AtomicUsize::new(0));
    let config = ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(steps in prop::collection::vec(step(), 1..12))| {
        let account = number.fetch_add(1, Ordering::Relaxed).to_string();
        for home in &homes {
            take(&steps, home, &account)?;
        }
    });
}

#[derive(Clone, Debug)]
enum Push {
    Put(u8),
    Claim,
    /// Marks this message as done, whether it was claimed or not.
    Done(u8),
    /// Lets this many milliseconds pass.
    Pass(u64),
}

fn push() -> impl Strategy<Value = Push> {
    prop_oneof![
        4 => (0..6_u8).prop_map(Push::Put),
        2 => Just(Push::Claim),
        2 => (0..6_u8).prop_map(Push::Done),
        2 => (0..40_000_u64).prop_map(Push::Pass),
    ]
}

fn message(number: u8) -> Message {
    let body = format!(r#"{{"message_type":53,"data":{{"orderId":{number}}}}}"#);
    Message::read(body.as_bytes()).unwrap()
}

/// Checks that the steps have the same effect on both inboxes.
fn take_pushes(steps: &[Push], memory: &dyn Inbox, kept: &dyn Inbox) -> Result<(), TestCaseError> {
    let (mut now, lease) = (at(1_790_000_000_000_000), Duration::from_secs(20));
    for step in steps {
        match step {
            Push::Put(number) => {
                let put = memory.put(&message(*number), now);
                prop_assert_eq!(kept.put(&message(*number), now).ok(), put.ok());
            }
            Push::Claim => {
                let claimed = memory.claim(now, lease).unwrap();
                prop_assert_eq!(kept.claim(now, lease).unwrap(), claimed);
            }
            Push::Done(number) => {
                let fingerprint = message(*number).fingerprint();
                memory.done(&fingerprint).unwrap();
                kept.done(&fingerprint).unwrap();
            }
            Push::Pass(milliseconds) => now += Duration::from_millis(*milliseconds),
        }
        prop_assert_eq!(kept.waiting().unwrap(), memory.waiting().unwrap());
    }
    Ok(())
}

#[test]
fn inboxes_behave_like_the_memory_inbox() {
    let (homes, number) = (homes(), AtomicUsize::new(0));
    let stores: Vec<_> = homes.iter().map(|home| home.open()).collect();
    let config = ProptestConfig {
        cases: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let limits = InboxLimits::default();
    let limits = limits.messages(3).remember_for(Duration::from_secs(60));
    proptest!(config, |(steps in prop::collection::vec(push(), 1..30))| {
        let name = number.fetch_add(1, Ordering::Relaxed).to_string();
        for store in &stores {
            take_pushes(&steps, &MemoryInbox::new(limits), &*store.inbox(&name, limits))?;
        }
    });
}

/// The suite runs threads on one store. Here each program opens its own store, and the first one creates it.
#[test]
fn only_one_of_many_concurrent_stores_records_an_order() {
    for home in homes() {
        let start = Barrier::new(8);
        let race = || {
            start.wait();
            let order = JournaledOrder::new("shop", "1", "f", at(1));
            let begun = home.open().journal().begin(&order).unwrap();
            matches!(begun, Begun::Recorded { .. })
        };
        let recorded = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..8).map(|_| scope.spawn(race)).collect();
            let racers = racers.into_iter().map(|racer| racer.join().unwrap());
            racers.filter(|recorded| *recorded).count()
        });
        assert_eq!(recorded, 1, "{}", home.address.starts_with("postgres"));
    }
}

/// Programs with separate connections together stay within one limit.
#[test]
fn programs_share_one_limit() {
    const CALLS: u32 = 24;
    for home in homes() {
        home.open();
        let started = Instant::now();
        let program = |_| {
            let limits = home.open().limits();
            let rates = Rates {
                overall: 20,
                api: 0,
            };
            let request = PlaceRequest::new("key", "api", rates, Duration::from_secs(60));
            let mut starts = Vec::new();
            for _ in 0..CALLS / 4 {
                match limits.reserve(&request).unwrap() {
                    Reservation::After(wait) => starts.push(started.elapsed() + wait),
                    late => panic!("{late:?}"),
                }
            }
            starts
        };
        let starts: Vec<_> = std::thread::scope(|scope| {
            let programs: Vec<_> = (0..4)
                .map(|number| scope.spawn(move || program(number)))
                .collect();
            programs
                .into_iter()
                .flat_map(|program| program.join().unwrap())
                .collect()
        });
        let last = starts.iter().max().unwrap();
        assert!(
            *last >= Duration::from_millis(50) * (CALLS - 1),
            "{starts:?}"
        );
    }
}
