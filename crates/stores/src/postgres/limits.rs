//! Call limits and bans, measured with the server's clock.

use std::time::Duration;

use aliexpress::limits::{Lane, Lanes, LimitStore, PlaceRequest, Rates, Reservation};
use aliexpress::tokens::StoreError;
use postgres::Transaction;
use postgres::types::{ToSql, Type};

use super::PostgresStore;
use super::error::PostgresError;
use super::pool::Wait;

/// The name under which an application's limit over all APIs is kept.
const OVERALL: &str = "";

impl LimitStore for PostgresStore {
    fn reserve(&self, request: &PlaceRequest<'_>) -> Result<Reservation, StoreError> {
        let (app, api) = (request.app.to_owned(), request.api.to_owned());
        let (rates, longest) = (request.rates, request.longest);
        self.0.write("reserve a call in", Wait::Short, move |step| {
            reserve(step, &app, &api, rates, longest)
        })
    }

    fn ban(&self, app: &str, api: Option<&str>, length: Duration) -> Result<(), StoreError> {
        let (app, api) = (app.to_owned(), api.unwrap_or(OVERALL).to_owned());
        self.0.write("record a ban in", Wait::Short, move |step| {
            let (mut lanes, now) = lanes(step, &app, &api)?;
            let banned = match api.as_str() {
                OVERALL => &mut lanes.overall,
                _ => &mut lanes.api,
            };
            banned.ban(length, now);
            put(step, &app, &api, lanes)
        })
    }
}

fn reserve(
    step: &mut Transaction<'_>,
    app: &str,
    api: &str,
    rates: Rates,
    longest: Duration,
) -> Result<Reservation, PostgresError> {
    let (before, now) = lanes(step, app, api)?;
    let mut lanes = before;
    let reservation = lanes.reserve(rates, now, longest);
    if lanes != before {
        put(step, app, api, lanes)?;
    }
    Ok(reservation)
}

/// The lanes, locked until this transaction ends, and the time of the server's clock. The limit over all APIs is locked
/// first, so that no two programs wait for each other; the time is read after that.
fn lanes(step: &mut Transaction<'_>, app: &str, api: &str) -> Result<(Lanes, i64), PostgresError> {
    const SQL: &str = "WITH locked AS MATERIALIZED (SELECT api, free_us, banned_us, seen_us FROM aliexpress.limits \
                       WHERE app = $1 AND api IN ('', $2) ORDER BY api COLLATE \"C\" FOR UPDATE) \
                       SELECT api, free_us, banned_us, seen_us, \
                       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM locked";
    const START: &str = "INSERT INTO aliexpress.limits (app, api, free_us, seen_us) \
                         VALUES ($1, '', 0, 0), ($1, $2, 0, 0) ON CONFLICT DO NOTHING";
    let without_effect = |error: postgres::Error| PostgresError::without_effect(&error);
    let names: [(&(dyn ToSql + Sync), Type); 2] = [(&app, Type::TEXT), (&api, Type::TEXT)];
    let wanted = if api == OVERALL { 1 } else { 2 };
    let mut rows = step.query_typed(SQL, &names).map_err(without_effect)?;
    if rows.len() < wanted {
        step.execute_typed(START, &names).map_err(without_effect)?;
        rows = step.query_typed(SQL, &names).map_err(without_effect)?;
    }
    let (mut lanes, mut time) = (Lanes::default(), 0);
    for row in &rows {
        let lane = Lane {
            free: row.try_get(1).map_err(without_effect)?,
            banned: row.try_get(2).map_err(without_effect)?,
            seen: row.try_get(3).map_err(without_effect)?,
        };
        time = row.try_get(4).map_err(without_effect)?;
        match row.try_get(0).map_err(without_effect)? {
            OVERALL => lanes.overall = lane,
            _ => lanes.api = lane,
        }
    }
    Ok((lanes, time))
}

/// Writes both in one statement, because every call waits for this transaction.
fn put(
    step: &mut Transaction<'_>,
    app: &str,
    api: &str,
    lanes: Lanes,
) -> Result<(), PostgresError> {
    const SQL: &str = "UPDATE aliexpress.limits SET free_us = new.free_us, banned_us = new.banned_us, \
                       seen_us = new.seen_us FROM (VALUES ('', $3, $4, $5), ($2, $6, $7, $8)) \
                       AS new (api, free_us, banned_us, seen_us) WHERE app = $1 AND limits.api = new.api";
    let Lanes {
        overall,
        api: of_api,
    } = lanes;
    // The limit over all APIs has a single row.
    let api = (api != OVERALL).then_some(api);
    let values: [(&(dyn ToSql + Sync), Type); 8] = [
        (&app, Type::TEXT),
        (&api, Type::TEXT),
        (&overall.free, Type::INT8),
        (&overall.banned, Type::INT8),
        (&overall.seen, Type::INT8),
        (&of_api.free, Type::INT8),
        (&of_api.banned, Type::INT8),
        (&of_api.seen, Type::INT8),
    ];
    let put = step.execute_typed(SQL, &values);
    put.map(|_| ())
        .map_err(|error| PostgresError::without_effect(&error))
}
