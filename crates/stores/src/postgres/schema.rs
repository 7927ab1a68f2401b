//! The schema of the database, and its versions.

use aliexpress::tokens::{StoreError, StoreErrorKind};
use postgres::{Client, Transaction};

use super::error::PostgresError;

/// `ALEX`: the lock under which the schema is created and upgraded.
const LOCK: i64 = 0x414C_4558;

/// What each version adds to the previous one. After an upgrade, programs of the previous version must still work.
const VERSIONS: &[&str] = &["
    CREATE TABLE aliexpress.orders (
        account text NOT NULL,
        out_order_id text NOT NULL,
        request text,
        fingerprint text NOT NULL,
        first_sent_ms bigint NOT NULL,
        changed_ms bigint NOT NULL,
        attempts bigint NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'placed', 'not-paid', 'not-placed')),
        order_ids bigint[] NOT NULL,
        note text NOT NULL,
        PRIMARY KEY (account, out_order_id)
    );
    CREATE INDEX orders_by_time ON aliexpress.orders (account, first_sent_ms);
    CREATE INDEX orders_open ON aliexpress.orders (account, first_sent_ms) WHERE state = 'open';
    CREATE TABLE aliexpress.tokens (
        account text PRIMARY KEY,
        tokens text NOT NULL,
        saved_ms bigint NOT NULL
    );
    -- A crash of the server may empty it, and nothing waits for a disk.
    CREATE UNLOGGED TABLE aliexpress.limits (
        app text NOT NULL,
        api text NOT NULL,
        free_us bigint NOT NULL,
        banned_us bigint,
        seen_us bigint NOT NULL,
        PRIMARY KEY (app, api)
    );
    CREATE TABLE aliexpress.pushes (
        inbox text NOT NULL,
        fingerprint text NOT NULL,
        body text,
        received_ms bigint NOT NULL,
        claims bigint NOT NULL,
        claimed_until_ms bigint NOT NULL,
        number bigint GENERATED ALWAYS AS IDENTITY,
        PRIMARY KEY (inbox, fingerprint)
    );
    CREATE INDEX pushes_waiting ON aliexpress.pushes (inbox, received_ms, number) WHERE body IS NOT NULL;
    CREATE INDEX pushes_done ON aliexpress.pushes (inbox, received_ms, number) WHERE body IS NULL;
"];

/// Creates the schema, or upgrades it to the newest version. A user without the right to create tables can open an
/// up-to-date schema.
pub(super) fn prepare(
    client: &mut Client,
    place: &str,
) -> Result<Result<(), StoreError>, PostgresError> {
    let without_effect = |error: postgres::Error| PostgresError::without_effect(&error);
    let mut step = client.transaction().map_err(without_effect)?;
    let mut version = version(&mut step).map_err(without_effect)?;
    if version != Some(newest()) {
        // Only one of several programs creates it; the others wait and then check again.
        let locked = format!("SELECT pg_advisory_xact_lock({LOCK})");
        step.batch_execute(&locked).map_err(without_effect)?;
        version = self::version(&mut step).map_err(without_effect)?;
    }
    let missing = match version {
        Some(version) => usize::try_from(version)
            .ok()
            .and_then(|done| VERSIONS.get(done..)),
        None if !tables(&mut step).map_err(without_effect)?.is_empty() => {
            return Ok(Err(StoreError::new(format!(
                "cannot open {place}: found a schema aliexpress of another program; wanted one of this crate, or none"
            ))
            .with_kind(StoreErrorKind::Unreadable)));
        }
        None => Some(VERSIONS),
    };
    let Some(missing) = missing else {
        let (found, newest) = (version.unwrap_or_default(), newest());
        return Ok(Err(StoreError::new(format!(
            "cannot open {place}: found schema version {found}; wanted {newest} at most"
        ))
        .with_kind(StoreErrorKind::Unreadable)));
    };
    if !missing.is_empty() {
        upgrade(&mut step, version, missing).map_err(without_effect)?;
    }
    step.commit()
        .map_err(|error| PostgresError::at_commit(&error))?;
    Ok(Ok(()))
}

fn newest() -> i64 {
    crate::columns::count(VERSIONS.len())
}

fn version(step: &mut Transaction<'_>) -> Result<Option<i64>, postgres::Error> {
    const VERSION: &str = "SELECT version FROM aliexpress.schema_version";
    if !tables(step)?.iter().any(|name| name == "schema_version") {
        return Ok(None);
    }
    step.query_typed_one(VERSION, &[])?.try_get(0).map(Some)
}

/// The names in the schema. A query sees what another program created a moment ago; `to_regclass` uses what the
/// connection has cached.
fn tables(step: &mut Transaction<'_>) -> Result<Vec<String>, postgres::Error> {
    const SQL: &str = "SELECT relname::text FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace \
                       ON pg_namespace.oid = relnamespace WHERE nspname = 'aliexpress'";
    let rows = step.query_typed(SQL, &[])?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

fn upgrade(
    step: &mut Transaction<'_>,
    version: Option<i64>,
    missing: &[&str],
) -> Result<(), postgres::Error> {
    const START: &str = "
        CREATE SCHEMA IF NOT EXISTS aliexpress;
        CREATE TABLE aliexpress.schema_version (version bigint NOT NULL);
        INSERT INTO aliexpress.schema_version VALUES (0);
    ";
    if version.is_none() {
        step.batch_execute(START)?;
    }
    for version in missing {
        step.batch_execute(version)?;
    }
    let newest = newest();
    step.batch_execute(&format!(
        "UPDATE aliexpress.schema_version SET version = {newest}"
    ))
}
