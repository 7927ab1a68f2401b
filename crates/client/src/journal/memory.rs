//! A journal in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::{Begun, Conclusion, JournalError, JournaledOrder, OrderJournal, OrderState};

/// A journal in memory, for tests: its orders are lost when the program ends.
#[derive(Default)]
pub struct MemoryJournal(Mutex<BTreeMap<(String, String), JournaledOrder>>);

impl MemoryJournal {
    /// An empty journal.
    pub fn new() -> Self {
        Self::default()
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<(String, String), JournaledOrder>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, account: &str) -> Vec<JournaledOrder> {
        let entries = self.entries();
        let of_account = entries.values().filter(|order| order.account == account);
        let mut orders: Vec<_> = of_account.cloned().collect();
        // Entries are sorted by id, and a stable sort keeps that order.
        orders.sort_by_key(|order| order.first_sent);
        orders
    }
}

fn key(account: &str, out_order_id: &str) -> (String, String) {
    (account.to_owned(), out_order_id.to_owned())
}

impl OrderJournal for MemoryJournal {
    fn begin(&self, order: &JournaledOrder) -> Result<Begun, JournalError> {
        let mut entries = self.entries();
        let key = key(&order.account, &order.out_order_id);
        let order = match entries.get(&key) {
            Some(known) if !known.may_begin_again() => return Ok(Begun::Known(known.clone())),
            earlier => order.clone().after(earlier),
        };
        let attempt = order.attempts;
        entries.insert(key, order);
        Ok(Begun::Recorded { attempt })
    }

    fn repeat(
        &self,
        account: &str,
        out_order_id: &str,
        at: SystemTime,
    ) -> Result<Begun, JournalError> {
        let mut entries = self.entries();
        let order = entries.get_mut(&key(account, out_order_id));
        let order = order.ok_or_else(|| JournalError::unknown_order(out_order_id))?;
        Ok(order.repeat(at))
    }

    fn conclude(
        &self,
        account: &str,
        out_order_id: &str,
        conclusion: &Conclusion,
    ) -> Result<(), JournalError> {
        let mut entries = self.entries();
        let order = entries.get_mut(&key(account, out_order_id));
        let order = order.ok_or_else(|| JournalError::unknown_order(out_order_id))?;
        order.apply(conclusion);
        Ok(())
    }

    fn find(
        &self,
        account: &str,
        out_order_id: &str,
    ) -> Result<Option<JournaledOrder>, JournalError> {
        Ok(self.entries().get(&key(account, out_order_id)).cloned())
    }

    fn open(&self, account: &str) -> Result<Vec<JournaledOrder>, JournalError> {
        let mut orders = self.of(account);
        orders.retain(|order| order.state == OrderState::Open);
        Ok(orders)
    }

    fn latest(&self, account: &str, most: usize) -> Result<Vec<JournaledOrder>, JournalError> {
        let mut orders = self.of(account);
        orders.reverse();
        orders.truncate(most);
        Ok(orders)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_journal_passes_the_conformance_checks() -> Result<(), JournalError> {
        super::super::conformance::check(MemoryJournal::new())
    }
}
