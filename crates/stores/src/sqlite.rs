//! One SQLite file.

mod schema;
mod tokens;

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aliexpress::journal::{
    Begun, Conclusion, JournalError, JournaledOrder, OrderJournal, OrderState,
};
use aliexpress::models::shared::OrderId;
use aliexpress::tokens::StoreError;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

pub use tokens::SqliteTokens;

/// How long one program waits for another that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keeps what must not be forgotten in one SQLite file. Several programs of one machine may use it at once; the file
/// must not lie on a network drive.
///
/// What a call wrote survives a crash and a power cut as soon as it returns (WAL with `synchronous=FULL`).
///
/// It is an [`OrderJournal`]; [`tokens`](Self::tokens) gives the store of an account's tokens. Clones share one
/// connection.
#[derive(Clone)]
pub struct SqliteStore(Arc<Opened>);

struct Opened {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens the file, and makes it where there is none. Only its owner may read it, because it holds
    /// addresses and sessions.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened or made, others than its owner may read it, it is no file of this crate, or its
    /// schema is newer than this version of the crate knows.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, JournalError> {
        let path = path.into();
        make_private(&path)?;
        let failed = |error| JournalError::from(failed("open the journal", &path, error));
        let mut connection = Connection::open(&path).map_err(failed)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        schema::prepare(&mut connection, &path)?;
        Ok(Self(Arc::new(Opened {
            path,
            connection: Mutex::new(connection),
        })))
    }

    /// The tokens of one account, under a name of the program's choice.
    ///
    /// Of several programs one refreshes them, under a lock of the system on an empty file beside the database; it ends
    /// with the program that holds it, however that ends. Each account has a lock of its own.
    pub fn tokens(&self, account: impl Into<String>) -> SqliteTokens {
        SqliteTokens::new(self.clone(), account.into())
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something in one step, after which it is durable.
    fn write<T>(
        &self,
        doing: &str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection();
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let done = step.and_then(|step| {
            let value = work(&step)?;
            step.commit()?;
            Ok(value)
        });
        done.map_err(|error| failed(doing, &self.0.path, error))
    }

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
            if order.state != OrderState::Open {
                return Ok(Some(Begun::Known(order)));
            }
            order.repeat(at);
            put(step, &order)?;
            Ok(Some(Begun::Recorded {
                attempt: order.attempts,
            }))
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
        self.list(SQL, &[&account, &i64::try_from(most).unwrap_or(i64::MAX)])
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

/// A value that only another hand can have written.
fn unreadable(row: &Row<'_>, column: &str) -> rusqlite::Error {
    let index = row.as_ref().column_index(column).unwrap_or_default();
    rusqlite::Error::InvalidColumnType(index, column.to_owned(), rusqlite::types::Type::Text)
}

fn milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn time(milliseconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(milliseconds.try_into().unwrap_or_default())
}

fn failed(doing: &str, path: &Path, error: rusqlite::Error) -> StoreError {
    let found = error.to_string();
    let message = format!(
        "cannot {doing} {}: found {found}; wanted a SQLite file of this crate with room to write",
        path.display()
    );
    StoreError::new(message).because(error)
}

/// Makes the file readable by its owner only; refuses one that others may read.
fn make_private(path: &Path) -> Result<(), JournalError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let cannot = |error: std::io::Error| {
        let path = path.display();
        JournalError::new(format!("cannot open the journal {path}: {error}")).because(error)
    };
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            #[cfg(unix)]
            {
                let metadata = std::fs::metadata(path).map_err(cannot)?;
                let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
                if mode & 0o077 != 0 {
                    return Err(JournalError::new(format!(
                        "cannot open the journal {}: found mode {mode:04o}, by which others may read it; wanted 0600",
                        path.display()
                    )));
                }
            }
            Ok(())
        }
        Err(error) => Err(cannot(error)),
    }
}
