//! The tokens of accounts.

use std::ffi::OsString;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use aliexpress::tokens::{StoreError, StoreErrorKind, StoreLock, TokenStore, Tokens};
use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};

use super::{SqliteStore, failed};
use crate::columns::milliseconds;

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

    /// The file that is locked. Accounts' names may hold anything, file names may not.
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
        kept.map(|json| Tokens::from_json(&json)).transpose()
    }

    fn save(&self, tokens: &Tokens) -> Result<(), StoreError> {
        const SQL: &str =
            "INSERT OR REPLACE INTO tokens (account, tokens, saved_ms) VALUES (?1, ?2, ?3)";
        let saved = milliseconds(SystemTime::now());
        self.store.write("save tokens to", |step| {
            let mut statement = step.prepare_cached(SQL)?;
            statement.execute((&self.account, tokens.to_json(), saved))?;
            Ok(())
        })
    }

    fn lock(&self, until: Instant) -> Result<Option<StoreLock<'_>>, StoreError> {
        let failed = |error: io::Error| {
            let path = self.lock_path();
            let message = format!(
                "cannot lock {}: found an error of the system; wanted a file that this program may write",
                path.display()
            );
            StoreError::new(message)
                .of_kind(StoreErrorKind::Unusable)
                .because(error)
        };
        let file = self.open_lock().map_err(failed)?;
        StoreLock::on_file(file, until).map_err(failed)
    }
}

impl fmt::Debug for SqliteTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteTokens")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
