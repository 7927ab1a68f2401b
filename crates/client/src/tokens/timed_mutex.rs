//! A mutex with a time-out, so that one thread of this process refreshes a session at a time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A mutex that, unlike `std::sync::Mutex`, can be waited for until a point in time. It guards no
/// value.
#[derive(Debug, Default)]
pub(super) struct TimedMutex {
    locked: Mutex<bool>,
    unlocked: Condvar,
}

/// Unlocks when it is dropped.
pub(super) struct TimedGuard<'a>(&'a TimedMutex);

impl TimedMutex {
    /// Locks, waiting no longer than `until`; `None` if another thread still holds the lock.
    pub(super) fn lock_until(&self, until: Instant) -> Option<TimedGuard<'_>> {
        let mut locked = self.state();
        while *locked {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let waited = self.unlocked.wait_timeout(locked, left);
            locked = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *locked = true;
        Some(TimedGuard(self))
    }

    fn state(&self) -> MutexGuard<'_, bool> {
        self.locked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for TimedGuard<'_> {
    fn drop(&mut self) {
        *self.0.state() = false;
        self.0.unlocked.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_thread_waits_for_the_lock_until_the_given_time() {
        let mutex = TimedMutex::default();
        let locked = mutex.lock_until(Instant::now()).unwrap();
        let started = Instant::now();
        assert!(mutex.lock_until(started).is_none());
        assert!(
            mutex
                .lock_until(started + Duration::from_millis(20))
                .is_none()
        );
        assert!(started.elapsed() >= Duration::from_millis(20));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                mutex
                    .lock_until(started + Duration::from_secs(10))
                    .is_some()
            });
            drop(locked);
            assert!(waiting.join().unwrap());
        });
    }

    #[test]
    fn a_panic_releases_the_lock() {
        let mutex = TimedMutex::default();
        let panicked = std::thread::scope(|scope| {
            let panicking = scope.spawn(|| {
                let _guard = mutex.lock_until(Instant::now());
                panic!("on purpose");
            });
            panicking.join().is_err()
        });
        assert!(panicked && mutex.lock_until(Instant::now()).is_some());
    }
}
