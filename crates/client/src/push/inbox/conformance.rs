//! Checks of what every [`Inbox`] must do, for the tests of any implementation.

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, SystemTime};

use super::{Arrival, ClaimedMessage, Inbox, InboxLimits};
use crate::push::Message;
use crate::store_error::StoreError;

const RACERS: usize = 8;
const LEASE: Duration = Duration::from_secs(60);

/// Runs every check on inboxes that are empty and have these limits.
///
/// # Errors
///
/// The errors of an inbox.
///
/// # Panics
///
/// When an inbox violates the contract of the trait.
pub fn check<I: Inbox + 'static>(
    mut empty: impl FnMut(InboxLimits) -> I,
) -> Result<(), StoreError> {
    let limits = InboxLimits::default();
    messages_are_read_back_in_order(&empty(limits))?;
    repeats_are_dropped(&empty(limits))?;
    a_claimed_message_can_be_claimed_again_after_its_lease(&empty(limits))?;
    the_longest_lease_never_ends(&empty(limits))?;
    a_message_that_is_done_is_forgotten_after_a_time(&empty(limits.remember_for(LEASE)))?;
    the_number_of_messages_is_limited(&empty(limits.messages(3)))?;
    only_one_of_many_threads_puts_and_claims(empty(limits))
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000 + seconds)
}

fn message(number: i64) -> Message {
    let body = format!(
        r#"{{"message_type":53,"data":{{"orderId":{number},"note":"it's ∅ 订单"}},"timestamp":1719389200}}"#
    );
    Message::read(body.as_bytes()).expect("a valid message")
}

#[track_caller]
fn claim(inbox: &dyn Inbox, seconds: u64) -> Result<ClaimedMessage, StoreError> {
    let claimed = inbox.claim(at(seconds), LEASE)?;
    Ok(claimed.expect("a message waits"))
}

fn messages_are_read_back_in_order(inbox: &dyn Inbox) -> Result<(), StoreError> {
    assert_eq!(inbox.claim(at(0), LEASE)?, None);
    for number in 0..3_u32 {
        let arrival = inbox.put(&message(number.into()), at(number.into()))?;
        assert_eq!(arrival, Arrival::New);
    }
    assert_eq!(inbox.waiting()?, 3);
    for number in 0..3_u32 {
        let claimed = claim(inbox, 5)?;
        assert_eq!(claimed.message, message(number.into()), "{number}");
        assert_eq!(claimed.received, at(number.into()));
        assert_eq!(claimed.claims, 1);
        inbox.done(&claimed.fingerprint)?;
    }
    assert_eq!(
        (inbox.waiting()?, inbox.claim(at(9_999), LEASE)?),
        (0, None)
    );
    inbox.done("never put in")
}

fn repeats_are_dropped(inbox: &dyn Inbox) -> Result<(), StoreError> {
    assert_eq!(inbox.put(&message(1), at(0))?, Arrival::New);
    assert_eq!(inbox.put(&message(1), at(1))?, Arrival::Repeated);
    let claimed = claim(inbox, 2)?;
    assert_eq!(inbox.put(&message(1), at(3))?, Arrival::Repeated);
    inbox.done(&claimed.fingerprint)?;
    assert_eq!(inbox.put(&message(1), at(5))?, Arrival::Repeated);
    assert_eq!(inbox.waiting()?, 0);
    assert_eq!(inbox.put(&message(2), at(5))?, Arrival::New);
    Ok(())
}

fn a_claimed_message_can_be_claimed_again_after_its_lease(
    inbox: &dyn Inbox,
) -> Result<(), StoreError> {
    inbox.put(&message(1), at(0))?;
    let first = claim(inbox, 0)?;
    assert_eq!(inbox.claim(at(59), LEASE)?, None);
    let second = claim(inbox, 60)?;
    assert_eq!(
        (second.claims, &second.fingerprint),
        (2, &first.fingerprint)
    );
    // The first holder may still report it done.
    inbox.done(&first.fingerprint)?;
    assert_eq!((inbox.waiting()?, inbox.claim(at(999), LEASE)?), (0, None));
    Ok(())
}

fn the_longest_lease_never_ends(inbox: &dyn Inbox) -> Result<(), StoreError> {
    inbox.put(&message(1), at(0))?;
    assert!(inbox.claim(at(0), Duration::MAX)?.is_some());
    assert_eq!(inbox.claim(at(200_000_000_000), LEASE)?, None);
    Ok(())
}

fn a_message_that_is_done_is_forgotten_after_a_time(inbox: &dyn Inbox) -> Result<(), StoreError> {
    inbox.put(&message(1), at(0))?;
    inbox.put(&message(2), at(0))?;
    let done = claim(inbox, 1)?;
    inbox.done(&done.fingerprint)?;
    assert_eq!(inbox.put(&done.message, at(59))?, Arrival::Repeated);
    assert_eq!(inbox.put(&done.message, at(60))?, Arrival::New);
    // A waiting message is known for as long as it waits.
    assert_eq!(inbox.put(&message(2), at(9_999))?, Arrival::Repeated);
    assert_eq!(inbox.waiting()?, 2);
    Ok(())
}

fn the_number_of_messages_is_limited(inbox: &dyn Inbox) -> Result<(), StoreError> {
    for number in 0..3_u32 {
        inbox.put(&message(number.into()), at(number.into()))?;
    }
    let full = inbox.put(&message(3), at(3));
    assert!(
        full.is_err(),
        "a fourth message was kept, or dropped without an error"
    );
    assert_eq!(inbox.put(&message(0), at(3))?, Arrival::Repeated);
    let done = claim(inbox, 3)?;
    inbox.done(&done.fingerprint)?;
    // There is space again: the oldest finished message is forgotten for the new one.
    assert_eq!(inbox.put(&message(3), at(4))?, Arrival::New);
    assert_eq!(inbox.waiting()?, 3);
    let done = claim(inbox, 5)?;
    inbox.done(&done.fingerprint)?;
    assert_eq!(inbox.put(&message(0), at(6))?, Arrival::New);
    Ok(())
}

fn only_one_of_many_threads_puts_and_claims<I: Inbox + 'static>(
    inbox: I,
) -> Result<(), StoreError> {
    let (inbox, start) = (Arc::new(inbox), Arc::new(Barrier::new(RACERS)));
    let racers = (0..RACERS).map(|_| {
        let (inbox, start) = (Arc::clone(&inbox), Arc::clone(&start));
        thread::spawn(move || {
            start.wait();
            let arrival = inbox.put(&message(1), at(0))?;
            let claimed = inbox.claim(at(0), LEASE)?;
            Ok::<_, StoreError>((arrival, claimed.is_some()))
        })
    });
    let racers: Vec<_> = racers.collect();
    let (mut new, mut claims) = (0, 0);
    for racer in racers {
        let (arrival, claimed) = racer.join().expect("an inbox does not panic")?;
        new += usize::from(arrival == Arrival::New);
        claims += usize::from(claimed);
    }
    assert_eq!(
        (new, claims),
        (1, 1),
        "the number of threads that put and claimed the message"
    );
    Ok(())
}
