//! The schema of the file, and its versions.

use std::path::Path;
use std::time::Instant;

use aliexpress::journal::JournalError;
use aliexpress::tokens::StoreErrorKind;
use rusqlite::{Connection, TransactionBehavior};

use super::{BUSY_TIMEOUT, failed, kind};

/// `ALEX`, the application id in the header of a SQLite file.
const APPLICATION: i64 = 0x414C_4558;

/// What each version adds to the previous one.
const VERSIONS: &[&str] = &[
    "
    CREATE TABLE orders (
        account TEXT NOT NULL,
        out_order_id TEXT NOT NULL,
        request TEXT,
        fingerprint TEXT NOT NULL,
        first_sent_ms INTEGER NOT NULL,
        changed_ms INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'placed', 'not-paid', 'not-placed')),
        order_ids TEXT NOT NULL,
        note TEXT NOT NULL,
        PRIMARY KEY (account, out_order_id)
    ) STRICT;
    CREATE INDEX orders_by_state ON orders (account, state, first_sent_ms);
",
    "
    CREATE TABLE tokens (
        account TEXT NOT NULL PRIMARY KEY,
        tokens TEXT NOT NULL,
        saved_ms INTEGER NOT NULL
    ) STRICT;
",
    "
    CREATE TABLE limits (
        app TEXT NOT NULL,
        api TEXT NOT NULL,
        free_us INTEGER NOT NULL,
        banned_us INTEGER,
        seen_us INTEGER NOT NULL,
        PRIMARY KEY (app, api)
    ) STRICT;
    CREATE TABLE pushes (
        inbox TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        body TEXT,
        received_ms INTEGER NOT NULL,
        claims INTEGER NOT NULL,
        claimed_until_ms INTEGER NOT NULL,
        PRIMARY KEY (inbox, fingerprint)
    ) STRICT;
    CREATE INDEX pushes_waiting ON pushes (inbox, received_ms) WHERE body IS NOT NULL;
    CREATE INDEX pushes_done ON pushes (inbox, received_ms) WHERE body IS NULL;
",
    "
    CREATE TABLE refreshes (
        account TEXT NOT NULL PRIMARY KEY,
        lock_file INTEGER NOT NULL,
        until_ms INTEGER NOT NULL
    ) STRICT;
",
];

/// Checks that the file belongs to this crate, upgrades its schema, and makes its writes durable.
pub(super) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), JournalError> {
    let failed = |error| JournalError::from(failed("open the journal", path, error));
    // This is checked first, before anything is written to the file.
    refuse_foreign(connection, path)?;
    write_ahead(connection).map_err(failed)?;
    connection
        .pragma_update(None, "synchronous", "FULL")
        .map_err(failed)?;
    let step = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    let version = number(&step, "user_version").map_err(failed)?;
    let Some(missing) = usize::try_from(version)
        .ok()
        .and_then(|done| VERSIONS.get(done..))
    else {
        let (path, newest) = (path.display(), VERSIONS.len());
        return Err(JournalError::new(format!(
            "cannot open the journal {path}: found schema version {version}; wanted {newest} at most"
        ))
        .with_kind(StoreErrorKind::Unreadable));
    };
    for version in missing {
        step.execute_batch(version).map_err(failed)?;
    }
    if !missing.is_empty() {
        step.pragma_update(None, "application_id", APPLICATION)
            .map_err(failed)?;
        step.pragma_update(None, "user_version", VERSIONS.len() as i64)
            .map_err(failed)?;
    }
    step.commit().map_err(failed)
}

fn refuse_foreign(connection: &mut Connection, path: &Path) -> Result<(), JournalError> {
    let failed = |error| JournalError::from(failed("open the journal", path, error));
    // Both queries are in one transaction, because another program may be creating the file.
    let step = connection.transaction().map_err(failed)?;
    let tables: i64 = step
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(failed)?;
    let application = number(&step, "application_id").map_err(failed)?;
    drop(step);
    if application == APPLICATION || (application == 0 && tables == 0) {
        return Ok(());
    }
    let path = path.display();
    Err(JournalError::new(format!(
        "cannot open the journal {path}: found a database of another program; wanted one of this crate, or no file"
    ))
    .with_kind(StoreErrorKind::Unreadable))
}

/// Turns on write-ahead logging. SQLite does not wait for other programs here, so this function
/// does.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let started = Instant::now();
    loop {
        match connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())) {
            Err(error)
                if kind(&error) == StoreErrorKind::Unavailable
                    && started.elapsed() < BUSY_TIMEOUT =>
            {
                std::thread::sleep(BUSY_TIMEOUT / 500);
            }
            done => return done,
        }
    }
}

fn number(connection: &Connection, pragma: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, pragma, |row| row.get(0))
}
