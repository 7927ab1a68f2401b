//! An inbox in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::{Arrival, ClaimedMessage, Inbox, InboxEntry, InboxLimits, Message};
use crate::store_error::StoreError;

/// An inbox in memory: its messages are lost when the program ends. The platform does not repeat a
/// message that was answered with 200, so use this for tests, or if messages are only hints.
#[derive(Default)]
pub struct MemoryInbox {
    limits: InboxLimits,
    /// In the order in which they came.
    entries: Mutex<Vec<Kept>>,
}

struct Kept {
    entry: InboxEntry,
    /// When it was claimed, and for how long.
    lease: Option<(SystemTime, Duration)>,
    done: bool,
}

impl MemoryInbox {
    /// An empty inbox.
    pub fn new(limits: InboxLimits) -> Self {
        Self {
            limits,
            entries: Mutex::default(),
        }
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets messages that are done and were received long ago.
    fn forget(&self, entries: &mut Vec<Kept>, now: SystemTime) {
        entries.retain(|kept| {
            let age = now.duration_since(kept.entry.received).unwrap_or_default();
            !kept.done || age < self.limits.remember_for
        });
    }

    /// If the inbox is full, forgets the oldest message that is done.
    fn make_room(&self, entries: &mut Vec<Kept>) -> Result<(), StoreError> {
        while entries.len() >= self.limits.messages {
            let oldest = entries.iter().position(|kept| kept.done);
            entries.remove(oldest.ok_or_else(|| self.limits.full())?);
        }
        Ok(())
    }
}

impl Inbox for MemoryInbox {
    fn put(&self, message: &Message, now: SystemTime) -> Result<Arrival, StoreError> {
        let (entry, mut entries) = (InboxEntry::new(message, now), self.entries());
        self.forget(&mut entries, now);
        let mut known = entries.iter().map(|kept| &kept.entry.fingerprint);
        if known.any(|known| *known == entry.fingerprint) {
            return Ok(Arrival::Repeated);
        }
        self.make_room(&mut entries)?;
        entries.push(Kept {
            entry,
            lease: None,
            done: false,
        });
        Ok(Arrival::New)
    }

    fn claim(
        &self,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Option<ClaimedMessage>, StoreError> {
        let mut entries = self.entries();
        let is_free = |kept: &Kept| {
            kept.lease.is_none_or(|(claimed, lease)| {
                now.duration_since(claimed).is_ok_and(|age| age >= lease)
            })
        };
        let waits = |kept: &&mut Kept| !kept.done && is_free(kept);
        let waiting = entries.iter_mut().filter(waits);
        let Some(kept) = waiting.min_by_key(|kept| kept.entry.received) else {
            return Ok(None);
        };
        kept.lease = Some((now, lease));
        kept.entry.claims = kept.entry.claims.saturating_add(1);
        kept.entry.clone().claimed().map(Some)
    }

    fn done(&self, fingerprint: &str) -> Result<(), StoreError> {
        for kept in self.entries().iter_mut() {
            if kept.entry.fingerprint == fingerprint {
                kept.done = true;
                kept.entry.body.clear();
            }
        }
        Ok(())
    }

    fn waiting(&self) -> Result<usize, StoreError> {
        Ok(self.entries().iter().filter(|kept| !kept.done).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_inbox_passes_the_conformance_checks() -> Result<(), StoreError> {
        super::super::conformance::check(MemoryInbox::new)
    }
}
