//! The tokens of accounts.

use std::ffi::OsString;
use std::fmt;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use aliexpress::tokens::{StoreError, StoreErrorKind, StoreLock, TokenStore, Tokens};
use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{SqliteStore, failed};
use crate::columns::milliseconds;

/// How long a refresh may take if its lock file was deleted.
const LONGEST_REFRESH: Duration = Duration::from_secs(60);
/// How long to wait before checking again whether such a refresh has ended.
const POLL: Duration = Duration::from_millis(20);

/// The tokens of one account in a [`SqliteStore`]; see [`SqliteStore::tokens`].
#[derive(Clone)]
pub struct SqliteTokens {
    store: SqliteStore,
    account: String,
}

impl SqliteTokens {
    pub(super) fn new(store: SqliteStore, account: String) -> Self {
        Self { store, account }
    }

    /// The lock file. Names of accounts may contain any character, file names may not.
    fn lock_path(&self) -> PathBuf {
        let hash = Sha256::digest(self.account.as_bytes());
        let hash = base16ct::lower::encode_string(&hash[..16]);
        let path = &self.store.0.path;
        let mut name = OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{hash}.lock"));
        path.with_file_name(name)
    }

    fn open_lock(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(self.lock_path())
    }
}

impl TokenStore for SqliteTokens {
    fn load(&self) -> Result<Option<Tokens>, StoreError> {
        const SQL: &str = "SELECT tokens FROM tokens WHERE account = ?1";
        let connection = self.store.connection();
        let kept = connection.prepare_cached(SQL).and_then(|mut statement| {
            let row = statement.query_row([&self.account], |row| row.get::<_, String>(0));
            row.optional()
        });
        let kept = kept.map_err(|error| failed("load tokens from", &self.store.0.path, error))?;
        kept.map(|json| Tokens::from_json(&Zeroizing::new(json)))
            .transpose()
    }

    fn save(&self, tokens: &Tokens) -> Result<(), StoreError> {
        const SQL: &str =
            "INSERT OR REPLACE INTO tokens (account, tokens, saved_ms) VALUES (?1, ?2, ?3)";
        let saved = milliseconds(SystemTime::now());
        let json = Zeroizing::new(tokens.to_json());
        self.store.write("save tokens to", |step| {
            let mut statement = step.prepare_cached(SQL)?;
            statement.execute((&self.account, &*json, saved))?;
            Ok(())
        })
    }

    fn lock(&self, until: Instant) -> Result<Option<StoreLock<'_>>, StoreError> {
        let failed = |error: io::Error| {
            let path = self.lock_path();
            let message = format!(
                "cannot lock {}: found a system error; wanted a file that this program may write",
                path.display()
            );
            StoreError::new(message)
                .with_kind(StoreErrorKind::Unusable)
                .with_source(error)
        };
        loop {
            let file = self.open_lock().map_err(failed)?;
            let number = number_of(&file.metadata().map_err(failed)?);
            let Some(lock) = StoreLock::on_file(file, until).map_err(failed)? else {
                return Ok(None);
            };
            // If the file was deleted during the wait, its lock does not exclude anyone.
            let there = std::fs::metadata(self.lock_path()).ok();
            let deleted = there.is_none_or(|metadata| number_of(&metadata) != number);
            if !deleted && self.begin_refresh(number) {
                return Ok(Some(StoreLock::holding(Refresh {
                    tokens: self.clone(),
                    number,
                    _lock: lock,
                })));
            }
            drop(lock);
            if Instant::now() >= until {
                return Ok(None);
            }
            thread::sleep(POLL);
        }
    }
}

/// A refresh in progress. Its row is removed before the lock is released.
struct Refresh {
    tokens: SqliteTokens,
    number: i64,
    _lock: StoreLock<'static>,
}

impl Drop for Refresh {
    fn drop(&mut self) {
        const SQL: &str = "DELETE FROM refreshes WHERE account = ?1 AND lock_file = ?2";
        let done = self.tokens.store.write("end a refresh in", |step| {
            step.execute(SQL, (&self.tokens.account, self.number))
        });
        // If this fails, the entry expires.
        drop(done);
    }
}

impl SqliteTokens {
    /// Records that a refresh begins, with the number of its lock file. Returns false if another refresh is in progress
    /// whose lock file was deleted, so that no lock shows it. The row of a killed program has the number of the
    /// existing lock file, or expires.
    fn begin_refresh(&self, number: i64) -> bool {
        const FIND: &str = "SELECT lock_file, until_ms FROM refreshes WHERE account = ?1";
        const PUT: &str = "INSERT OR REPLACE INTO refreshes VALUES (?1, ?2, ?3)";
        let now = SystemTime::now();
        let begun = self.store.write("begin a refresh in", |step| {
            let known = step.query_row(FIND, [&self.account], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            });
            if let Some((file, until)) = known.optional()?
                && file != number
                && (milliseconds(now)..=milliseconds(now + LONGEST_REFRESH)).contains(&until)
            {
                return Ok(false);
            }
            let until = milliseconds(now + LONGEST_REFRESH);
            step.execute(PUT, (&self.account, number, until))?;
            Ok(true)
        });
        // If the database cannot be written, the session must still be refreshed.
        begun.unwrap_or(true)
    }
}

/// The system's number of a file. Other systems than Unix do not allow a file in use to be deleted.
fn number_of(metadata: &Metadata) -> i64 {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::ino(metadata).cast_signed();
    #[cfg(not(unix))]
    return i64::from(metadata.is_dir());
}

impl fmt::Debug for SqliteTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteTokens")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
