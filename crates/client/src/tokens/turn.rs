//! One refresh at a time among the threads of this process.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Unlike a mutex, it can be waited for until a point in time.
#[derive(Default)]
pub(super) struct Turn {
    taken: Mutex<bool>,
    given_back: Condvar,
}

/// Gives the turn back when it is dropped.
pub(super) struct Taken<'a>(&'a Turn);

impl Turn {
    /// Waits for the turn until then; none where another thread still has it.
    pub(super) fn take(&self, until: Instant) -> Option<Taken<'_>> {
        let mut taken = self.lock();
        while *taken {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let waited = self.given_back.wait_timeout(taken, left);
            taken = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *taken = true;
        Some(Taken(self))
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        *self.0.lock() = false;
        self.0.given_back.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_turn_is_waited_for_until_then_and_no_longer() {
        let turn = Turn::default();
        let taken = turn.take(Instant::now()).unwrap();
        let started = Instant::now();
        assert!(turn.take(started).is_none());
        assert!(turn.take(started + Duration::from_millis(20)).is_none());
        assert!(started.elapsed() >= Duration::from_millis(20));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| turn.take(started + Duration::from_secs(10)).is_some());
            drop(taken);
            assert!(waiting.join().unwrap());
        });
    }

    #[test]
    fn a_panic_gives_the_turn_back() {
        let turn = Turn::default();
        let panicked = std::thread::scope(|scope| {
            let panicking = scope.spawn(|| {
                let _taken = turn.take(Instant::now());
                panic!("on purpose");
            });
            panicking.join().is_err()
        });
        assert!(panicked && turn.take(Instant::now()).is_some());
    }
}
