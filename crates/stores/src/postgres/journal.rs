//! The journal of orders.

use std::time::SystemTime;

use aliexpress::journal::{
    Begun, Conclusion, JournalError, JournaledOrder, OrderJournal, OrderState,
};
use aliexpress::models::shared::OrderId;
use postgres::types::{ToSql, Type};
use postgres::{Row, Transaction};

use super::PostgresStore;
use super::error::PostgresError;
use super::pool::Wait;
use crate::columns::{count, milliseconds, time};

/// The columns, in the order in which [`order_of`] reads them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT account, out_order_id, request, fingerprint, first_sent_ms, changed_ms, attempts, state, order_ids, \
             note FROM aliexpress.orders WHERE account = $1 ",
            $rest
        )
    };
}

impl OrderJournal for PostgresStore {
    fn begin(&self, order: &JournaledOrder) -> Result<Begun, JournalError> {
        let order = order.clone();
        let begun = self.write("record an order in", move |step| {
            loop {
                let order = match find_to_change(step, &order.account, &order.out_order_id)? {
                    Some(known) if !known.may_begin_again() => return Ok(Begun::Known(known)),
                    Some(earlier) => {
                        let order = order.clone().after(Some(&earlier));
                        update(step, &order)?;
                        order
                    }
                    None => {
                        let order = order.clone().after(None);
                        if !insert(step, &order)? {
                            // Another program recorded it at the same moment.
                            continue;
                        }
                        order
                    }
                };
                return Ok(Begun::Recorded {
                    attempt: order.attempts,
                });
            }
        })?;
        Ok(begun)
    }

    fn repeat(
        &self,
        account: &str,
        out_order_id: &str,
        at: SystemTime,
    ) -> Result<Begun, JournalError> {
        let key = (account.to_owned(), out_order_id.to_owned());
        let begun = self.write("record an order in", move |step| {
            let Some(mut order) = find_to_change(step, &key.0, &key.1)? else {
                return Ok(None);
            };
            let begun = order.repeat(at);
            if matches!(begun, Begun::Recorded { .. }) {
                update(step, &order)?;
            }
            Ok(Some(begun))
        })?;
        begun.ok_or_else(|| JournalError::unknown_order(out_order_id))
    }

    fn conclude(
        &self,
        account: &str,
        out_order_id: &str,
        conclusion: &Conclusion,
    ) -> Result<(), JournalError> {
        let key = (account.to_owned(), out_order_id.to_owned());
        let conclusion = conclusion.clone();
        let found = self.write("record an outcome in", move |step| {
            let Some(mut order) = find_to_change(step, &key.0, &key.1)? else {
                return Ok(false);
            };
            order.apply(&conclusion);
            update(step, &order)?;
            Ok(true)
        })?;
        match found {
            true => Ok(()),
            false => Err(JournalError::unknown_order(out_order_id)),
        }
    }

    fn find(
        &self,
        account: &str,
        out_order_id: &str,
    ) -> Result<Option<JournaledOrder>, JournalError> {
        const SQL: &str = select!("AND out_order_id = $2");
        let key = (account.to_owned(), out_order_id.to_owned());
        let found = self
            .0
            .run("read the journal in", Wait::Long, move |client| {
                let row =
                    client.query_typed_opt(SQL, &[(&key.0, Type::TEXT), (&key.1, Type::TEXT)]);
                let row = row.map_err(|error| PostgresError::without_effect(&error))?;
                row.as_ref().map(order_of).transpose()
            })?;
        Ok(found)
    }

    fn open(&self, account: &str) -> Result<Vec<JournaledOrder>, JournalError> {
        const SQL: &str = select!(
            "AND state = 'open' ORDER BY first_sent_ms, out_order_id COLLATE \"C\" LIMIT $2"
        );
        self.list(SQL, account, usize::MAX)
    }

    fn latest(&self, account: &str, most: usize) -> Result<Vec<JournaledOrder>, JournalError> {
        const SQL: &str =
            select!("ORDER BY first_sent_ms DESC, out_order_id COLLATE \"C\" DESC LIMIT $2");
        self.list(SQL, account, most)
    }
}

impl PostgresStore {
    fn write<T: Send + 'static>(
        &self,
        doing: &str,
        work: impl Fn(&mut Transaction<'_>) -> Result<T, PostgresError> + Clone + Send + 'static,
    ) -> Result<T, JournalError> {
        Ok(self.0.write(doing, Wait::Long, work)?)
    }

    fn list(
        &self,
        sql: &'static str,
        account: &str,
        most: usize,
    ) -> Result<Vec<JournaledOrder>, JournalError> {
        let (account, most) = (account.to_owned(), count(most));
        let orders = self
            .0
            .run("read the journal in", Wait::Long, move |client| {
                let rows = client.query_typed(sql, &[(&account, Type::TEXT), (&most, Type::INT8)]);
                let rows = rows.map_err(|error| PostgresError::without_effect(&error))?;
                rows.iter().map(order_of).collect()
            })?;
        Ok(orders)
    }
}

/// The entry, locked until this transaction ends.
fn find_to_change(
    step: &mut Transaction<'_>,
    account: &str,
    out_order_id: &str,
) -> Result<Option<JournaledOrder>, PostgresError> {
    const SQL: &str = select!("AND out_order_id = $2 FOR UPDATE");
    let row = step.query_typed_opt(SQL, &[(&account, Type::TEXT), (&out_order_id, Type::TEXT)]);
    let row = row.map_err(|error| PostgresError::without_effect(&error))?;
    row.as_ref().map(order_of).transpose()
}

/// Adds the entry, and returns whether it is new.
fn insert(step: &mut Transaction<'_>, order: &JournaledOrder) -> Result<bool, PostgresError> {
    const SQL: &str = "INSERT INTO aliexpress.orders (account, out_order_id, request, fingerprint, first_sent_ms, \
                       changed_ms, attempts, state, order_ids, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                       ON CONFLICT DO NOTHING";
    Ok(put(step, SQL, order)? == 1)
}

fn update(step: &mut Transaction<'_>, order: &JournaledOrder) -> Result<(), PostgresError> {
    const SQL: &str = "UPDATE aliexpress.orders SET request = $3, fingerprint = $4, first_sent_ms = $5, \
                       changed_ms = $6, attempts = $7, state = $8, order_ids = $9, note = $10 \
                       WHERE account = $1 AND out_order_id = $2";
    put(step, SQL, order).map(|_| ())
}

fn put(
    step: &mut Transaction<'_>,
    sql: &str,
    order: &JournaledOrder,
) -> Result<u64, PostgresError> {
    let ids: Vec<_> = order.order_ids.iter().map(|id| id.0).collect();
    let (first_sent, changed) = (milliseconds(order.first_sent), milliseconds(order.changed));
    let (attempts, state) = (i64::from(order.attempts), order.state.as_str());
    let values: [(&(dyn ToSql + Sync), Type); 10] = [
        (&order.account, Type::TEXT),
        (&order.out_order_id, Type::TEXT),
        (&order.request, Type::TEXT),
        (&order.fingerprint, Type::TEXT),
        (&first_sent, Type::INT8),
        (&changed, Type::INT8),
        (&attempts, Type::INT8),
        (&state, Type::TEXT),
        (&ids, Type::INT8_ARRAY),
        (&order.note, Type::TEXT),
    ];
    let put = step.execute_typed(sql, &values);
    put.map_err(|error| PostgresError::without_effect(&error))
}

fn order_of(row: &Row) -> Result<JournaledOrder, PostgresError> {
    fn column<'a, T: postgres::types::FromSql<'a>>(
        row: &'a Row,
        name: &str,
    ) -> Result<T, PostgresError> {
        row.try_get(name)
            .map_err(|_| PostgresError::unreadable(name))
    }
    let (account, id): (String, String) = (column(row, "account")?, column(row, "out_order_id")?);
    let fingerprint: String = column(row, "fingerprint")?;
    let first_sent = time(column(row, "first_sent_ms")?);
    let mut order = JournaledOrder::new(account, id, fingerprint, first_sent);
    order.request = column(row, "request")?;
    order.changed = time(column(row, "changed_ms")?);
    let attempts: i64 = column(row, "attempts")?;
    order.attempts = u32::try_from(attempts).map_err(|_| PostgresError::unreadable("attempts"))?;
    let state: String = column(row, "state")?;
    order.state =
        OrderState::from_word(&state).ok_or_else(|| PostgresError::unreadable("state"))?;
    let ids: Vec<i64> = column(row, "order_ids")?;
    order.order_ids = ids.into_iter().map(OrderId).collect();
    order.note = column(row, "note")?;
    Ok(order)
}
