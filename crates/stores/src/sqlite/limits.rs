//! Call limits and bans, measured with the machine's clock.

use std::sync::PoisonError;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aliexpress::limits::{Lane, Lanes, LimitStore, PlaceRequest, Reservation};
use aliexpress::tokens::StoreError;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::SqliteStore;

/// The name under which an application's limit over all APIs is kept.
const OVERALL: &str = "";

impl LimitStore for SqliteStore {
    fn reserve(&self, request: &PlaceRequest<'_>) -> Result<Reservation, StoreError> {
        let (app, api) = (request.app, request.api);
        self.limit("reserve a call in", |step| {
            let before = Lanes {
                overall: lane(step, app, OVERALL)?,
                api: lane(step, app, api)?,
            };
            let mut lanes = before;
            let reservation = lanes.reserve(request.rates, now(), request.longest);
            for (api, lane, before) in [
                (OVERALL, lanes.overall, before.overall),
                (api, lanes.api, before.api),
            ] {
                if lane != before {
                    put(step, app, api, lane)?;
                }
            }
            Ok(reservation)
        })
    }

    fn ban(&self, app: &str, api: Option<&str>, length: Duration) -> Result<(), StoreError> {
        let api = api.unwrap_or(OVERALL);
        self.limit("record a ban in", |step| {
            let mut banned = lane(step, app, api)?;
            banned.ban(length, now());
            put(step, app, api, banned)
        })
    }
}

impl SqliteStore {
    fn limit<T>(
        &self,
        doing: &str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let limits = self.0.limits.lock();
        let mut connection = limits.unwrap_or_else(PoisonError::into_inner);
        self.step(&mut connection, doing, work)
    }
}

fn lane(connection: &Connection, app: &str, api: &str) -> rusqlite::Result<Lane> {
    const SQL: &str = "SELECT free_us, banned_us, seen_us FROM limits WHERE app = ?1 AND api = ?2";
    let mut statement = connection.prepare_cached(SQL)?;
    let lane = statement.query_row([app, api], |row| {
        Ok(Lane {
            free: row.get(0)?,
            banned: row.get(1)?,
            seen: row.get(2)?,
        })
    });
    Ok(lane.optional()?.unwrap_or_default())
}

fn put(connection: &Connection, app: &str, api: &str, lane: Lane) -> rusqlite::Result<()> {
    const SQL: &str = "INSERT OR REPLACE INTO limits (app, api, free_us, banned_us, seen_us) \
                       VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut statement = connection.prepare_cached(SQL)?;
    statement.execute(params![app, api, lane.free, lane.banned, lane.seen])?;
    Ok(())
}

/// The time. It is read while the file is locked, so that it does not run backwards between two
/// changes.
fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
