//! The inbox of push messages.

use std::fmt;
use std::time::{Duration, SystemTime};

use aliexpress::push::{Arrival, ClaimedMessage, Inbox, InboxEntry, InboxLimits, Message};
use aliexpress::tokens::StoreError;
use postgres::types::{ToSql, Type};
use postgres::{Row, Transaction};

use super::PostgresStore;
use super::error::PostgresError;
use super::pool::Wait;
use crate::columns::{count, length, milliseconds, time};

/// An inbox in a [`PostgresStore`]; see [`PostgresStore::inbox`].
///
/// Messages that are put in at the same moment may exceed its limit.
#[derive(Clone)]
pub struct PostgresInbox {
    store: PostgresStore,
    name: String,
    limits: InboxLimits,
}

impl PostgresInbox {
    pub(super) fn new(store: PostgresStore, name: String) -> Self {
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
}

impl Inbox for PostgresInbox {
    fn put(&self, message: &Message, now: SystemTime) -> Result<Arrival, StoreError> {
        let (entry, now) = (InboxEntry::new(message, now), milliseconds(now));
        let (inbox, limits) = (self.name.clone(), self.limits);
        let arrival = self
            .store
            .0
            .write("keep a push message in", Wait::Long, move |step| {
                put(step, &inbox, &entry, limits, now)
            })?;
        arrival.ok_or_else(|| self.limits.full())
    }

    fn claim(
        &self,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Option<ClaimedMessage>, StoreError> {
        // Skips messages that another program is claiming at this moment.
        const SQL: &str = "UPDATE aliexpress.pushes SET claims = claims + 1, claimed_until_ms = $3 WHERE inbox = $1 \
                           AND number = (SELECT number FROM aliexpress.pushes WHERE inbox = $1 AND body IS NOT NULL \
                           AND claimed_until_ms <= $2 ORDER BY received_ms, number LIMIT 1 FOR UPDATE SKIP LOCKED) \
                           RETURNING fingerprint, body, received_ms, claims";
        let now = milliseconds(now);
        let (inbox, until) = (self.name.clone(), now.saturating_add(length(lease)));
        let entry = self
            .store
            .0
            .write("claim a push message in", Wait::Long, move |step| {
                let values: [(&(dyn ToSql + Sync), Type); 3] = [
                    (&inbox, Type::TEXT),
                    (&now, Type::INT8),
                    (&until, Type::INT8),
                ];
                let row = step.query_typed_opt(SQL, &values);
                let row = row.map_err(|error| PostgresError::without_effect(&error))?;
                row.as_ref().map(entry_of).transpose()
            })?;
        entry.map(InboxEntry::claimed).transpose()
    }

    fn done(&self, fingerprint: &str) -> Result<(), StoreError> {
        const SQL: &str =
            "UPDATE aliexpress.pushes SET body = NULL WHERE inbox = $1 AND fingerprint = $2";
        let (inbox, fingerprint) = (self.name.clone(), fingerprint.to_owned());
        self.store
            .0
            .write("record a push message in", Wait::Long, move |step| {
                execute(
                    step,
                    SQL,
                    &[(&inbox, Type::TEXT), (&fingerprint, Type::TEXT)],
                )
                .map(|_| ())
            })
    }

    fn waiting(&self) -> Result<usize, StoreError> {
        const SQL: &str =
            "SELECT count(*) FROM aliexpress.pushes WHERE inbox = $1 AND body IS NOT NULL";
        let inbox = self.name.clone();
        let waiting = self
            .store
            .0
            .run("count push messages in", Wait::Long, move |client| {
                let row = client.query_typed_one(SQL, &[(&inbox, Type::TEXT)]);
                let waiting: Result<i64, _> = row.and_then(|row| row.try_get(0));
                waiting.map_err(|error| PostgresError::without_effect(&error))
            })?;
        Ok(usize::try_from(waiting).unwrap_or_default())
    }
}

/// `None` if there is no room.
fn put(
    step: &mut Transaction<'_>,
    inbox: &str,
    entry: &InboxEntry,
    limits: InboxLimits,
    now: i64,
) -> Result<Option<Arrival>, PostgresError> {
    const FORGET: &str = "DELETE FROM aliexpress.pushes WHERE number IN (SELECT number FROM aliexpress.pushes WHERE inbox = $1 \
         AND body IS NULL AND received_ms <= $2 FOR UPDATE SKIP LOCKED)";
    const KNOWN: &str =
        "SELECT FROM aliexpress.pushes WHERE inbox = $1 AND fingerprint = $2 FOR KEY SHARE";
    const INSERT: &str = "INSERT INTO aliexpress.pushes (inbox, fingerprint, body, received_ms, claims, \
                          claimed_until_ms) VALUES ($1, $2, $3, $4, 0, 0) ON CONFLICT DO NOTHING";
    let before = now.saturating_sub(length(limits.remember_for));
    execute(step, FORGET, &[(&inbox, Type::TEXT), (&before, Type::INT8)])?;
    let key: [(&(dyn ToSql + Sync), Type); 2] =
        [(&inbox, Type::TEXT), (&entry.fingerprint, Type::TEXT)];
    if execute(step, KNOWN, &key)? > 0 {
        return Ok(Some(Arrival::Repeated));
    }
    if !make_room(step, inbox, limits)? {
        return Ok(None);
    }
    let values: [(&(dyn ToSql + Sync), Type); 4] = [
        (&inbox, Type::TEXT),
        (&entry.fingerprint, Type::TEXT),
        (&entry.body, Type::TEXT),
        (&now, Type::INT8),
    ];
    Ok(Some(match execute(step, INSERT, &values)? {
        // Another program added it at the same moment.
        0 => Arrival::Repeated,
        _ => Arrival::New,
    }))
}

/// Makes room for one more message by deleting the oldest finished ones; false if that is not enough.
fn make_room(
    step: &mut Transaction<'_>,
    inbox: &str,
    limits: InboxLimits,
) -> Result<bool, PostgresError> {
    const COUNT: &str = "SELECT count(*) FROM aliexpress.pushes WHERE inbox = $1";
    const FORGET: &str = "DELETE FROM aliexpress.pushes WHERE number IN (SELECT number FROM aliexpress.pushes WHERE inbox = $1 \
         AND body IS NULL ORDER BY received_ms, number LIMIT $2 FOR UPDATE)";
    let kept = step.query_typed_one(COUNT, &[(&inbox, Type::TEXT)]);
    let kept: Result<i64, _> = kept.and_then(|row| row.try_get(0));
    let kept = kept.map_err(|error| PostgresError::without_effect(&error))?;
    let excess = kept.saturating_sub(count(limits.messages)) + 1;
    if excess <= 0 {
        return Ok(true);
    }
    let forgotten = execute(step, FORGET, &[(&inbox, Type::TEXT), (&excess, Type::INT8)])?;
    Ok(i64::try_from(forgotten) == Ok(excess))
}

fn execute(
    step: &mut Transaction<'_>,
    sql: &str,
    values: &[(&(dyn ToSql + Sync), Type)],
) -> Result<u64, PostgresError> {
    let done = step.execute_typed(sql, values);
    done.map_err(|error| PostgresError::without_effect(&error))
}

fn entry_of(row: &Row) -> Result<InboxEntry, PostgresError> {
    let without_effect = |error: postgres::Error| PostgresError::without_effect(&error);
    let (fingerprint, body) = (
        row.try_get(0).map_err(without_effect)?,
        row.try_get(1).map_err(without_effect)?,
    );
    let received: i64 = row.try_get(2).map_err(without_effect)?;
    let claims: i64 = row.try_get(3).map_err(without_effect)?;
    let claims = u32::try_from(claims).unwrap_or(u32::MAX);
    Ok(InboxEntry::kept(fingerprint, body, time(received), claims))
}

impl fmt::Debug for PostgresInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresInbox")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
