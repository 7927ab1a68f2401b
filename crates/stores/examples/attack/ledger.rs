//! The result for all orders, according to the sandbox and to the journal.

use std::collections::HashMap;

use aliexpress::journal::OrderJournal;
use aliexpress_sandbox::Sandbox;

use crate::{Anything, out_order_id};

/// The orders that the sandbox has, by the shop's ids.
pub(super) struct Book(HashMap<String, Vec<i64>>);

impl Book {
    pub(super) fn of(sandbox: &Sandbox) -> Self {
        let mut book = HashMap::<String, Vec<i64>>::new();
        for order in sandbox.orders() {
            if let Some(id) = order.out_order_id {
                book.entry(id).or_default().push(order.id);
            }
        }
        Self(book)
    }

    pub(super) fn orders(&self, out_order_id: &str) -> &[i64] {
        self.0.get(out_order_id).map_or(&[], Vec::as_slice)
    }
}

/// A row of the table.
pub(super) struct Ledger {
    name: String,
    pub(super) orders: usize,
    pub(super) requests: u64,
    pub(super) kills: usize,
    /// Orders whose outcome the client did not know.
    pub(super) open: usize,
    /// Orders of which the client reported something that is not so in the sandbox.
    pub(super) untrue: usize,
    /// Orders that exist more than once.
    twice: usize,
    /// Orders that do not exist.
    lost: usize,
    /// Orders that exist, and that the journal does not know or knows under another number.
    forgotten: usize,
}

impl Ledger {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            orders: 0,
            requests: 0,
            kills: 0,
            open: 0,
            untrue: 0,
            twice: 0,
            lost: 0,
            forgotten: 0,
        }
    }

    /// Compares the sandbox with the journal, for the orders of one account.
    pub(super) fn count(
        &mut self,
        book: &Book,
        journal: &dyn OrderJournal,
        account: &str,
        count: usize,
    ) -> Anything<()> {
        self.orders += count;
        for number in 0..count {
            let id = out_order_id(account, number);
            let exist = book.orders(&id);
            match exist.len() {
                0 => self.lost += 1,
                1 => {}
                _ => self.twice += 1,
            }
            let known = journal.find(account, &id)?.is_some_and(|entry| {
                // A repeated order is recognised without a number, so that an entry may have none.
                entry.exists() && entry.order_ids.iter().all(|id| exist.contains(&id.0))
            });
            if !known {
                self.forgotten += 1;
            }
        }
        Ok(())
    }

    pub(super) fn print_head() {
        println!(
            "| attack | orders | requests | kills | unknown outcomes | wrong reports | placed twice | lost | forgotten |\n\
             |---|---|---|---|---|---|---|---|---|"
        );
    }

    pub(super) fn print(&self) {
        let Self {
            name,
            orders,
            requests,
            kills,
            open,
            untrue,
            twice,
            lost,
            forgotten,
        } = self;
        println!(
            "| {name} | {orders} | {requests} | {kills} | {open} | {untrue} | {twice} | {lost} | {forgotten} |"
        );
    }

    pub(super) fn check(&self) -> Anything<()> {
        match (self.untrue, self.twice, self.lost, self.forgotten) {
            (0, 0, 0, 0) => Ok(()),
            (untrue, twice, lost, forgotten) => Err(format!(
                "{}: found {untrue} wrong reports, {twice} orders twice, {lost} lost, {forgotten} forgotten; wanted each \
                 once, and known",
                self.name
            )
            .into()),
        }
    }
}
