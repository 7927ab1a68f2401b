//! The tokens of accounts.

use std::fmt;
use std::time::{Duration, Instant, SystemTime};

use aliexpress::tokens::{StoreError, StoreLock, TokenStore, Tokens};
use postgres::error::SqlState;
use postgres::types::Type;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::PostgresStore;
use super::connection::Connection;
use super::error::PostgresError;
use super::pool::Wait;
use crate::columns::{length, milliseconds};

/// The longest single wait for a lock. A longer wait is divided.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the server may take in addition to the wait.
const ROUND_TRIP: Duration = Duration::from_secs(5);

/// The tokens of one account in a [`PostgresStore`]; see [`PostgresStore::tokens`].
#[derive(Clone)]
pub struct PostgresTokens {
    store: PostgresStore,
    account: String,
}

impl PostgresTokens {
    pub(super) fn new(store: PostgresStore, account: String) -> Self {
        Self { store, account }
    }

    /// The number of the account's lock. Advisory locks belong to the whole database; the crate's name makes the number
    /// different from those of other programs.
    fn key(&self) -> i64 {
        let mut hash = Sha256::new();
        hash.update("aliexpress tokens\0");
        hash.update(&self.account);
        let mut key = [0; 8];
        key.copy_from_slice(&hash.finalize()[..8]);
        i64::from_be_bytes(key)
    }
}

impl TokenStore for PostgresTokens {
    fn load(&self) -> Result<Option<Tokens>, StoreError> {
        const SQL: &str = "SELECT tokens FROM aliexpress.tokens WHERE account = $1";
        let account = self.account.clone();
        let kept = self
            .store
            .0
            .run("load tokens from", Wait::Long, move |client| {
                let row = client.query_typed_opt(SQL, &[(&account, Type::TEXT)]);
                let row = row.map_err(|error| PostgresError::without_effect(&error))?;
                let kept: Option<Result<String, _>> = row.map(|row| row.try_get(0));
                kept.transpose()
                    .map_err(|_| PostgresError::unreadable("tokens"))
            })?;
        kept.map(|json| Tokens::from_json(&Zeroizing::new(json)))
            .transpose()
    }

    fn save(&self, tokens: &Tokens) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO aliexpress.tokens (account, tokens, saved_ms) VALUES ($1, $2, $3) \
                           ON CONFLICT (account) DO UPDATE SET tokens = $2, saved_ms = $3";
        let (account, tokens) = (self.account.clone(), Zeroizing::new(tokens.to_json()));
        let saved = milliseconds(SystemTime::now());
        self.store
            .0
            .write("save tokens to", Wait::Long, move |step| {
                let values: [(&(dyn postgres::types::ToSql + Sync), Type); 3] = [
                    (&account, Type::TEXT),
                    (&*tokens, Type::TEXT),
                    (&saved, Type::INT8),
                ];
                let saved = step.execute_typed(SQL, &values);
                saved
                    .map(|_| ())
                    .map_err(|error| PostgresError::without_effect(&error))
            })
    }

    fn lock(&self, until: Instant) -> Result<Option<StoreLock<'_>>, StoreError> {
        let place = &self.store.0.settings().place;
        let failed = |error: PostgresError| error.of_store("lock tokens in", place);
        // A separate connection, because it is in use until the platform has answered the refresh.
        let connection = self.store.0.open_until(until).map_err(failed)?;
        let key = self.key();
        let wait = until
            .saturating_duration_since(Instant::now())
            .min(LONGEST_WAIT);
        let locked = connection.run_for(wait + ROUND_TRIP, move |client| lock(client, key, wait));
        let locked = locked.map_err(failed)?;
        Ok(locked.then(|| StoreLock::holding(Locked { connection, key })))
    }
}

fn lock(client: &mut postgres::Client, key: i64, wait: Duration) -> Result<bool, PostgresError> {
    let without_effect = |error: postgres::Error| PostgresError::without_effect(&error);
    // Rounded up, because a wait that is rounded down ends early, and 0 would be a wait without end.
    let timeout = length(wait + Duration::from_nanos(999_999));
    if timeout == 0 {
        const SQL: &str = "SELECT pg_try_advisory_lock($1)";
        let row = client.query_typed_one(SQL, &[(&key, Type::INT8)]);
        return row.and_then(|row| row.try_get(0)).map_err(without_effect);
    }
    let timeouts = format!("SET statement_timeout TO 0; SET lock_timeout TO {timeout}");
    client.batch_execute(&timeouts).map_err(without_effect)?;
    match client.query_typed("SELECT pg_advisory_lock($1)", &[(&key, Type::INT8)]) {
        Ok(_) => Ok(true),
        Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => Ok(false),
        Err(error) => Err(without_effect(error)),
    }
}

/// A lock, which ends with its connection.
struct Locked {
    connection: Connection,
    key: i64,
}

impl Drop for Locked {
    /// Releases the lock before this returns, so that the next program finds it free.
    fn drop(&mut self) {
        let key = self.key;
        let _ = self.connection.run_for(ROUND_TRIP, move |client| {
            let unlocked =
                client.query_typed("SELECT pg_advisory_unlock($1)", &[(&key, Type::INT8)]);
            unlocked.map_err(|error| PostgresError::without_effect(&error))
        });
    }
}

impl fmt::Debug for PostgresTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresTokens")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
