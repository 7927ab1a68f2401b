//! What became of all orders, by the sandbox's book and by the journal.

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use aliexpress::journal::OrderJournal;
use aliexpress_sandbox::Sandbox;

use crate::Anything;

#[derive(Default)]
pub(super) struct Ledger {
    pub(super) orders: usize,
    pub(super) requests: u64,
    pub(super) open: usize,
    pub(super) settled: usize,
    /// Orders that exist more than once.
    twice: usize,
    /// Orders that do not exist.
    lost: usize,
    /// Orders that exist and that the journal does not know to, or under another number.
    forgotten: usize,
}

impl Ledger {
    /// Holds the book against the journal, for the orders of one account.
    pub(super) fn count(
        &mut self,
        sandbox: &Sandbox,
        journal: &dyn OrderJournal,
        account: &str,
        numbers: Range<usize>,
    ) -> Anything<()> {
        let mut book = HashMap::<String, Vec<i64>>::new();
        for order in sandbox.orders() {
            if let Some(id) = order.out_order_id {
                book.entry(id).or_default().push(order.id);
            }
        }
        self.orders += numbers.len();
        for number in numbers {
            let id = format!("order-{number}");
            let exist = book.get(&id).map_or(&[][..], Vec::as_slice);
            match exist.len() {
                0 => self.lost += 1,
                1 => {}
                _ => self.twice += 1,
            }
            let known = journal.find(account, &id)?.is_some_and(|entry| {
                // A repeat is recognised without a number, so that an entry may have none.
                entry.exists() && entry.order_ids.iter().all(|id| exist.contains(&id.0))
            });
            if !known {
                self.forgotten += 1;
            }
        }
        Ok(())
    }

    pub(super) fn print(&self, name: &str, time: Duration) {
        println!(
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {:.0} |",
            self.orders,
            self.requests,
            self.open,
            self.settled,
            self.twice,
            self.lost,
            self.forgotten,
            time.as_secs_f64(),
        );
    }

    pub(super) fn check(&self) -> Anything<()> {
        match (self.twice, self.lost, self.forgotten) {
            (0, 0, 0) => Ok(()),
            (twice, lost, forgotten) => Err(format!(
                "found {twice} orders twice, {lost} lost, {forgotten} forgotten; wanted each once, and known"
            )
            .into()),
        }
    }
}
