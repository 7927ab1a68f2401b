//! One SQLite file.

mod inbox;
mod journal;
mod limits;
mod schema;
mod tokens;

use std::fs::OpenOptions;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aliexpress::journal::JournalError;
use aliexpress::tokens::{StoreError, StoreErrorKind};
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

pub use inbox::SqliteInbox;
pub use tokens::SqliteTokens;

/// How long a call waits while another program writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The same for call limits, because every call of an API waits for them.
const LIMITS_BUSY_TIMEOUT: Duration = Duration::from_secs(1);

/// Stores orders, tokens, call limits and push messages in one SQLite file. Several programs on one
/// machine may use it at the same time; the file must not be on a network drive.
///
/// Written data survives a crash and a power failure once the call has returned (WAL with
/// `synchronous=FULL`).
///
/// It is an [`OrderJournal`](aliexpress::journal::OrderJournal) and a
/// [`LimitStore`](aliexpress::limits::LimitStore); [`tokens`](Self::tokens) returns the token store
/// of an account, [`inbox`](Self::inbox) an inbox of push messages. The state of call limits may be
/// lost in a power failure. Clones share their connections.
#[derive(Clone)]
pub struct SqliteStore(Arc<Opened>);

struct Opened {
    /// Without symbolic links, so that all programs that use the file have the same lock files next to it.
    path: PathBuf,
    /// The identity of the file that was opened, even if another one is in its place later.
    file: FileId,
    connection: Mutex<Connection>,
    /// The connection for call limits, whose commits do not wait for the disk.
    limits: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens the file, or creates it. Only its owner may read it, because it contains addresses and
    /// sessions.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened or created, others may read it, it was not created by this
    /// crate, or its schema is newer than this version of the crate supports.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, JournalError> {
        let path = make_private(&path.into())?;
        let file = FileId::of(&path).map_err(|error| unusable(&path, error))?;
        let failed = |error| JournalError::from(failed("open the journal", &path, error));
        let mut connection = Connection::open(&path).map_err(failed)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
        schema::prepare(&mut connection, &path)?;
        let limits = Connection::open(&path).map_err(failed)?;
        limits.busy_timeout(LIMITS_BUSY_TIMEOUT).map_err(failed)?;
        limits
            .pragma_update(None, "synchronous", "NORMAL")
            .map_err(failed)?;
        Ok(Self(Arc::new(Opened {
            path,
            file,
            connection: Mutex::new(connection),
            limits: Mutex::new(limits),
        })))
    }

    /// The tokens of one account, under a name that the program chooses.
    ///
    /// Of several programs, only one at a time refreshes them, under a lock of the system on an empty
    /// file next to the database, which ends with the program that holds it, even after a crash.
    /// Each account has its own lock.
    pub fn tokens(&self, account: impl Into<String>) -> SqliteTokens {
        SqliteTokens::new(self.clone(), account.into())
    }

    /// The inbox with this name, such as the app key; a file may have several.
    pub fn inbox(&self, name: impl Into<String>) -> SqliteInbox {
        SqliteInbox::new(self.clone(), name.into())
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a transaction, which is durable afterwards. Writing to a file that was deleted or
    /// replaced is refused, because the data would be lost when this program ends.
    fn write<T>(
        &self,
        doing: &str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let path = &self.0.path;
        if FileId::of(path).ok() != Some(self.0.file) {
            let message = format!(
                "cannot {doing} {}: found the file deleted, moved or replaced since it was opened; wanted the same file",
                path.display()
            );
            return Err(StoreError::new(message).with_kind(StoreErrorKind::Unusable));
        }
        self.step(&mut self.connection(), doing, work)
    }

    /// Runs a transaction on a connection.
    fn step<T>(
        &self,
        connection: &mut Connection,
        doing: &str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let done = step.and_then(|step| {
            let value = work(&step)?;
            step.commit()?;
            Ok(value)
        });
        done.map_err(|error| failed(doing, &self.0.path, error))
    }
}

fn failed(doing: &str, path: &Path, error: rusqlite::Error) -> StoreError {
    let message = format!(
        "cannot {doing} {}: found an SQLite error; wanted a file of this crate with room to write",
        path.display()
    );
    StoreError::new(message)
        .with_kind(kind(&error))
        .with_source(error)
}

fn kind(error: &rusqlite::Error) -> StoreErrorKind {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreErrorKind::Unavailable,
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreErrorKind::Unreadable,
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            StoreErrorKind::Unusable
        }
        // The column has a value of a type that this crate does not write.
        None => StoreErrorKind::Unreadable,
        Some(_) => StoreErrorKind::Failed,
    }
}

/// The identity of a file in the file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId(u64, u64);

impl FileId {
    /// Other systems than Unix do not allow a file in use to be deleted.
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = std::fs::metadata(path)?;
        #[cfg(unix)]
        return Ok(Self(
            std::os::unix::fs::MetadataExt::dev(&metadata),
            std::os::unix::fs::MetadataExt::ino(&metadata),
        ));
        #[cfg(not(unix))]
        return Ok(Self(u64::from(metadata.is_file()), 0));
    }
}

/// Creates the file, readable by its owner only, if it does not exist. Refuses a file that others may read, and what is
/// not a file. Returns its path without symbolic links.
fn make_private(path: &Path) -> Result<PathBuf, JournalError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => check_private(path)?,
        Err(error) => return Err(unusable(path, error)),
    }
    path.canonicalize().map_err(|error| unusable(path, error))
}

fn check_private(path: &Path) -> Result<(), JournalError> {
    let metadata = std::fs::metadata(path).map_err(|error| unusable(path, error))?;
    let refused = |found: &str, wanted: &str| {
        let message = format!(
            "cannot open the journal {}: found {found}; wanted {wanted}",
            path.display()
        );
        Err(JournalError::new(message).with_kind(StoreErrorKind::Unusable))
    };
    if !metadata.is_file() {
        return refused("a folder, a pipe or a device", "a file");
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            let found = format!("mode {mode:04o}, which lets others read it");
            return refused(&found, "0600");
        }
    }
    Ok(())
}

fn unusable(path: &Path, error: io::Error) -> JournalError {
    let message = format!(
        "cannot open the journal {}: found a system error; wanted a file that this program may read and write",
        path.display()
    );
    JournalError::new(message)
        .with_kind(StoreErrorKind::Unusable)
        .with_source(error)
}
