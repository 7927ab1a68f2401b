//! The inbox of push messages.

use std::fmt;
use std::time::{Duration, SystemTime};

use aliexpress::push::{Arrival, ClaimedMessage, Inbox, InboxEntry, InboxLimits, Message};
use aliexpress::tokens::StoreError;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{SqliteStore, failed};
use crate::columns::{count, length, milliseconds, time};

/// An inbox in a [`SqliteStore`]; see [`SqliteStore::inbox`].
#[derive(Clone)]
pub struct SqliteInbox {
    store: SqliteStore,
    name: String,
    limits: InboxLimits,
}

impl SqliteInbox {
    pub(super) fn new(store: SqliteStore, name: String) -> Self {
        Self {
            store,
            name,
            limits: InboxLimits::default(),
        }
    }

    /// Sets how much it stores, and for how long.
    #[must_use]
    pub fn limits(mut self, limits: InboxLimits) -> Self {
        self.limits = limits;
        self
    }

    fn forget(&self, connection: &Connection, now: i64) -> rusqlite::Result<()> {
        const SQL: &str =
            "DELETE FROM pushes WHERE inbox = ?1 AND body IS NULL AND received_ms <= ?2";
        let before = now.saturating_sub(length(self.limits.remember_for));
        let mut statement = connection.prepare_cached(SQL)?;
        statement.execute(params![self.name, before])?;
        Ok(())
    }

    /// Makes room for one more message by deleting the oldest finished ones; false if that is not enough.
    fn make_room(&self, connection: &Connection) -> rusqlite::Result<bool> {
        const COUNT: &str = "SELECT count(*) FROM pushes WHERE inbox = ?1";
        const SQL: &str = "DELETE FROM pushes WHERE rowid IN (SELECT rowid FROM pushes WHERE inbox = ?1 \
                           AND body IS NULL ORDER BY received_ms, rowid LIMIT ?2)";
        let mut kept = connection.prepare_cached(COUNT)?;
        let kept: i64 = kept.query_row([&self.name], |row| row.get(0))?;
        let excess = kept.saturating_sub(count(self.limits.messages)) + 1;
        if excess <= 0 {
            return Ok(true);
        }
        let mut statement = connection.prepare_cached(SQL)?;
        let forgotten = statement.execute(params![self.name, excess])?;
        Ok(count(forgotten) == excess)
    }

    fn is_known(&self, connection: &Connection, fingerprint: &str) -> rusqlite::Result<bool> {
        const SQL: &str = "SELECT 1 FROM pushes WHERE inbox = ?1 AND fingerprint = ?2";
        let mut statement = connection.prepare_cached(SQL)?;
        statement.exists([&self.name, fingerprint])
    }
}

impl Inbox for SqliteInbox {
    fn put(&self, message: &Message, now: SystemTime) -> Result<Arrival, StoreError> {
        const SQL: &str = "INSERT INTO pushes (inbox, fingerprint, body, received_ms, claims, \
                           claimed_until_ms) VALUES (?1, ?2, ?3, ?4, 0, 0)";
        let (entry, now) = (InboxEntry::new(message, now), milliseconds(now));
        let arrival = self.store.write("keep a push message in", |step| {
            self.forget(step, now)?;
            if self.is_known(step, &entry.fingerprint)? {
                return Ok(Some(Arrival::Repeated));
            }
            if !self.make_room(step)? {
                return Ok(None);
            }
            let mut statement = step.prepare_cached(SQL)?;
            statement.execute(params![self.name, entry.fingerprint, entry.body, now])?;
            Ok(Some(Arrival::New))
        })?;
        arrival.ok_or_else(|| self.limits.full())
    }

    fn claim(
        &self,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Option<ClaimedMessage>, StoreError> {
        const SQL: &str = "UPDATE pushes SET claims = claims + 1, claimed_until_ms = ?3 WHERE rowid = \
                           (SELECT rowid FROM pushes WHERE inbox = ?1 AND body IS NOT NULL AND claimed_until_ms <= ?2 \
                           ORDER BY received_ms, rowid LIMIT 1) RETURNING fingerprint, body, received_ms, claims";
        let now = milliseconds(now);
        let until = now.saturating_add(length(lease));
        let entry = self.store.write("claim a push message in", |step| {
            let mut statement = step.prepare_cached(SQL)?;
            let row = statement.query_row(params![self.name, now, until], entry_of);
            row.optional()
        })?;
        entry.map(InboxEntry::claimed).transpose()
    }

    fn done(&self, fingerprint: &str) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE pushes SET body = NULL WHERE inbox = ?1 AND fingerprint = ?2";
        self.store.write("record a push message in", |step| {
            let mut statement = step.prepare_cached(SQL)?;
            statement.execute([&self.name, fingerprint])?;
            Ok(())
        })
    }

    fn waiting(&self) -> Result<usize, StoreError> {
        const SQL: &str = "SELECT count(*) FROM pushes WHERE inbox = ?1 AND body IS NOT NULL";
        let connection = self.store.connection();
        let waiting = connection.prepare_cached(SQL).and_then(|mut statement| {
            statement.query_row([&self.name], |row| row.get::<_, i64>(0))
        });
        let waiting =
            waiting.map_err(|error| failed("count push messages in", &self.store.0.path, error))?;
        Ok(usize::try_from(waiting).unwrap_or_default())
    }
}

fn entry_of(row: &Row<'_>) -> rusqlite::Result<InboxEntry> {
    let (fingerprint, body) = (row.get(0)?, row.get(1)?);
    Ok(InboxEntry::kept(
        fingerprint,
        body,
        time(row.get(2)?),
        row.get(3)?,
    ))
}

impl fmt::Debug for SqliteInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteInbox")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
