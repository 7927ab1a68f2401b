//! What both clients do for orders, without a call.

use std::time::{Duration, SystemTime};

use aliexpress_models::shared::OrderId;

use super::Caller;
use crate::call::{AccountName, CallOptions, Effect};
use crate::error::Error;
use crate::journal::{Conclusion, JournalError, JournaledOrder, OrderState};
use crate::orders::{FoundOrder, NewOrder, Record, of_journal};

/// How long the platform recognises a repeated order, minus what clocks and calls may take. The 24
/// hours are reported from live use; no page of the platform states them.
const WINDOW: Duration = Duration::from_secs(24 * 3600).saturating_sub(CLOCKS);

/// How far two clocks may differ, or one clock before and after it was set: the platform accepts
/// timestamps that are 7200 s off in either direction.
const CLOCKS: Duration = Duration::from_secs(2 * 7200);

impl Caller {
    /// The options for placing an order, which always count as a write. A refusal in its answer is
    /// interpreted together with the rest of the answer.
    pub(crate) fn order_options(&self) -> CallOptions {
        CallOptions {
            business_refusal_is_error: false,
            ..self.options().clone().effect(Effect::Write)
        }
    }

    /// Checks that the order is complete, and that its extra keys are not set elsewhere.
    pub(crate) fn check_order(&self, order: &NewOrder) -> Result<(), Error> {
        order.check()?;
        if self.options().extra.is_empty() {
            return Ok(());
        }
        Err(Error::unusable(
            "place an order",
            "extra keys among the client's options, which a journal would not keep",
            "NewOrder::extra",
        ))
    }

    pub(crate) fn check_window(&self, first_sent: SystemTime) -> Result<(), Error> {
        // The later of the two clocks: a request that is wrongly considered too old is merely not
        // repeated.
        let now = self.gateway_now().max(self.now());
        let mut found = match now.duration_since(first_sent) {
            Ok(age) if age < WINDOW => return Ok(()),
            Ok(age) => format!("a request sent {} ago", rough(age)),
            Err(ahead) if ahead.duration() < CLOCKS => return Ok(()),
            Err(ahead) => format!(
                "a request sent {} in the future, so that a clock was wrong by at least that much",
                rough(ahead.duration())
            ),
        };
        if let Some(clock) = self.clock_off() {
            found = format!("{found}; {clock}");
        }
        Err(Error::unusable(
            "recover an order",
            found,
            "one sent within the last 20 hours, because the platform recognises a repeat for 24 hours and clocks may \
             be 4 hours off",
        ))
    }

    pub(crate) fn open_orders(&self) -> Result<Vec<JournaledOrder>, Error> {
        let record = self.needed_record("list open orders")?;
        record.journal().open(&record.account).map_err(of_journal)
    }

    pub(crate) fn journaled_orders(&self, most: usize) -> Result<Vec<JournaledOrder>, Error> {
        let record = self.needed_record("list orders")?;
        let orders = record.journal().latest(&record.account, most);
        orders.map_err(of_journal)
    }

    /// The journal's entry for the order, before the platform is asked.
    pub(crate) fn found_in_journal(&self, out_order_id: &str) -> Result<FoundOrder, Error> {
        let record = self.needed_record("find an order")?;
        let journal = record.journal();
        let journal = journal.find(&record.account, out_order_id);
        Ok(FoundOrder {
            journal: journal.map_err(of_journal)?,
            orders: Vec::new(),
            hidden: Vec::new(),
        })
    }

    pub(crate) fn note_order(
        &self,
        out_order_id: &str,
        order_ids: &[OrderId],
    ) -> Result<(), Error> {
        let record = self.needed_record("record an order")?;
        let state = match order_ids.is_empty() {
            true => OrderState::NotPlaced,
            false => OrderState::Placed,
        };
        let journal = record.journal();
        let known = journal.find(&record.account, out_order_id);
        let known = known.map_err(of_journal)?;
        let known = known.ok_or_else(|| of_journal(JournalError::unknown_order(out_order_id)))?;
        let conclusion = Conclusion::new(known.attempts, state, self.gateway_now())
            .order_ids(order_ids)
            .note("found by other means");
        journal
            .conclude(&record.account, out_order_id, &conclusion)
            .map_err(of_journal)
    }

    fn needed_record(&self, doing: &str) -> Result<Record<'_>, Error> {
        self.record()?.ok_or_else(|| {
            Error::unusable(
                doing,
                "a client without a journal",
                "one with ClientBuilder::journal",
            )
        })
    }

    /// The journal, and the account under which this client records orders; `None` if it has no
    /// journal.
    ///
    /// # Errors
    ///
    /// When the client is for another account that has no name: its orders could not be
    /// distinguished from those of the first account, and settling them would place them again.
    pub(crate) fn record(&self) -> Result<Option<Record<'_>>, Error> {
        let Some(journaling) = &self.app().journaling else {
            return Ok(None);
        };
        let account = match &self.options().account {
            None => &journaling.account,
            Some(AccountName::Known(account)) => account,
            Some(AccountName::Missing) => {
                return Err(Error::unusable(
                    "use the journal of orders",
                    "another account's session without a name for the account",
                    "CallOptions::account",
                ));
            }
        };
        Ok(Some(Record {
            journaling,
            account: account.clone(),
        }))
    }
}

/// A time in its two largest units, such as `7 days 6 hours`.
fn rough(time: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let mut rest = time.as_secs();
    let mut parts = Vec::new();
    for (size, name) in UNITS {
        let count = rest / size;
        rest %= size;
        if count > 0 && parts.len() < 2 {
            let plural = if count == 1 { "" } else { "s" };
            parts.push(format!("{count} {name}{plural}"));
        }
    }
    match parts.is_empty() {
        true => "0 seconds".to_owned(),
        false => parts.join(" "),
    }
}
