//! The journal of orders.

use std::time::SystemTime;

use aliexpress::journal::{
    Begun, Conclusion, JournalError, JournaledOrder, OrderJournal, OrderState,
};
use aliexpress::models::shared::OrderId;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{SqliteStore, failed};
use crate::columns::{count, milliseconds, time};

impl OrderJournal for SqliteStore {
    fn begin(&self, order: &JournaledOrder) -> Result<Begun, JournalError> {
        let begun = self.write("record an order in", |step| {
            let known = find(step, &order.account, &order.out_order_id)?;
            let order = match known {
                Some(known) if !known.may_begin_again() => return Ok(Begun::Known(known)),
                earlier => order.clone().after(earlier.as_ref()),
            };
            put(step, &order)?;
            Ok(Begun::Recorded {
                attempt: order.attempts,
            })
        })?;
        Ok(begun)
    }

    fn repeat(
        &self,
        account: &str,
        out_order_id: &str,
        at: SystemTime,
    ) -> Result<Begun, JournalError> {
        let begun = self.write("record an order in", |step| {
            let Some(mut order) = find(step, account, out_order_id)? else {
                return Ok(None);
            };
            let begun = order.repeat(at);
            if matches!(begun, Begun::Recorded { .. }) {
                put(step, &order)?;
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
        let found = self.write("record an outcome in", |step| {
            let Some(mut order) = find(step, account, out_order_id)? else {
                return Ok(false);
            };
            order.apply(conclusion);
            put(step, &order)?;
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
        find(&self.connection(), account, out_order_id)
            .map_err(|error| failed("read the journal", &self.0.path, error).into())
    }

    fn open(&self, account: &str) -> Result<Vec<JournaledOrder>, JournalError> {
        const SQL: &str = "SELECT * FROM orders WHERE account = ?1 AND state = 'open' ORDER BY first_sent_ms, out_order_id";
        self.list(SQL, &[&account])
    }

    fn latest(&self, account: &str, most: usize) -> Result<Vec<JournaledOrder>, JournalError> {
        const SQL: &str = "SELECT * FROM orders WHERE account = ?1 ORDER BY first_sent_ms DESC, out_order_id DESC LIMIT ?2";
        self.list(SQL, &[&account, &count(most)])
    }
}

fn find(
    connection: &Connection,
    account: &str,
    out_order_id: &str,
) -> rusqlite::Result<Option<JournaledOrder>> {
    const SQL: &str = "SELECT * FROM orders WHERE account = ?1 AND out_order_id = ?2";
    let mut statement = connection.prepare_cached(SQL)?;
    statement
        .query_row([account, out_order_id], order_of)
        .optional()
}

fn put(connection: &Connection, order: &JournaledOrder) -> rusqlite::Result<()> {
    const SQL: &str = "INSERT OR REPLACE INTO orders (account, out_order_id, request, fingerprint, first_sent_ms, \
         changed_ms, attempts, state, order_ids, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let ids: Vec<_> = order.order_ids.iter().map(|id| id.0).collect();
    connection.prepare_cached(SQL)?.execute(params![
        order.account,
        order.out_order_id,
        order.request,
        order.fingerprint,
        milliseconds(order.first_sent),
        milliseconds(order.changed),
        order.attempts,
        order.state.as_str(),
        serde_json::Value::from(ids).to_string(),
        order.note,
    ])?;
    Ok(())
}

fn order_of(row: &Row<'_>) -> rusqlite::Result<JournaledOrder> {
    let (account, id): (String, String) = (row.get("account")?, row.get("out_order_id")?);
    let fingerprint: String = row.get("fingerprint")?;
    let mut order = JournaledOrder::new(account, id, fingerprint, time(row.get("first_sent_ms")?));
    order.request = row.get("request")?;
    order.changed = time(row.get("changed_ms")?);
    order.attempts = row.get("attempts")?;
    let (state, ids): (String, String) = (row.get("state")?, row.get("order_ids")?);
    order.state = OrderState::from_word(&state).ok_or_else(|| unreadable(row, "state"))?;
    let ids: Vec<i64> = serde_json::from_str(&ids).map_err(|_| unreadable(row, "order_ids"))?;
    order.order_ids = ids.into_iter().map(OrderId).collect();
    order.note = row.get("note")?;
    Ok(order)
}

/// A value that this crate cannot have written.
fn unreadable(row: &Row<'_>, column: &str) -> rusqlite::Error {
    let index = row.as_ref().column_index(column).unwrap_or_default();
    rusqlite::Error::InvalidColumnType(index, column.to_owned(), rusqlite::types::Type::Text)
}

impl SqliteStore {
    fn list(
        &self,
        sql: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<JournaledOrder>, JournalError> {
        let connection = self.connection();
        let orders = connection.prepare_cached(sql).and_then(|mut statement| {
            let rows = statement.query_map(values, order_of)?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        });
        orders.map_err(|error| failed("read the journal", &self.0.path, error).into())
    }
}
