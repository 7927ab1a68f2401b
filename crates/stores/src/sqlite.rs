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

/// How long one program waits for another that writes.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same for call limits, which every call is under.
const LIMITS_PATIENCE: Duration = Duration::from_secs(1);

/// Keeps what must not be forgotten in one SQLite file. Several programs of one machine may use it at once; the file
/// must not lie on a network drive.
///
/// What a call wrote survives a crash and a power cut as soon as it returns (WAL with `synchronous=FULL`).
///
/// It is an [`OrderJournal`](aliexpress::journal::OrderJournal) and a [`LimitStore`](aliexpress::limits::LimitStore);
/// [`tokens`](Self::tokens) gives the store of an account's tokens, [`inbox`](Self::inbox) an inbox of push messages. What
/// is known of call limits may be lost in a power cut. Clones share their connections.
#[derive(Clone)]
pub struct SqliteStore(Arc<Opened>);

struct Opened {
    /// Without links, so that all who use the file have the same locks beside it.
    path: PathBuf,
    /// Which file it is, whatever is in its place later.
    file: FileId,
    connection: Mutex<Connection>,
    /// The one for call limits, whose commits wait for no disk.
    limits: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens the file, and makes it where there is none. Only its owner may read it, because it holds
    /// addresses and sessions.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened or made, others than its owner may read it, it is no file of this crate, or its
    /// schema is newer than this version of the crate knows.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, JournalError> {
        let path = make_private(&path.into())?;
        let file = FileId::of(&path).map_err(|error| unusable(&path, error))?;
        let failed = |error| JournalError::from(failed("open the journal", &path, error));
        let mut connection = Connection::open(&path).map_err(failed)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        schema::prepare(&mut connection, &path)?;
        let limits = Connection::open(&path).map_err(failed)?;
        limits.busy_timeout(LIMITS_PATIENCE).map_err(failed)?;
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

    /// The tokens of one account, under a name of the program's choice.
    ///
    /// Of several programs one refreshes them, under a lock of the system on an empty file beside the database; it ends
    /// with the program that holds it, however that ends. Each account has its own lock.
    pub fn tokens(&self, account: impl Into<String>) -> SqliteTokens {
        SqliteTokens::new(self.clone(), account.into())
    }

    /// The inbox of this name, such as the app key; a file may have several.
    pub fn inbox(&self, name: impl Into<String>) -> SqliteInbox {
        SqliteInbox::new(self.clone(), name.into())
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something in one step, after which it is durable. What is written to a file that has been deleted or replaced
    /// would be gone with this program.
    fn write<T>(
        &self,
        doing: &str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let path = &self.0.path;
        if FileId::of(path).ok() != Some(self.0.file) {
            let message = format!(
                "cannot {doing} {}: found that file deleted, moved or replaced since it was opened; wanted it in its place",
                path.display()
            );
            return Err(StoreError::new(message).of_kind(StoreErrorKind::Unusable));
        }
        self.step(&mut self.connection(), doing, work)
    }

    /// Does something in one step on a connection.
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
        "cannot {doing} {}: found an error of SQLite; wanted a file of this crate with room to write",
        path.display()
    );
    StoreError::new(message)
        .of_kind(kind(&error))
        .because(error)
}

fn kind(error: &rusqlite::Error) -> StoreErrorKind {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreErrorKind::Unavailable,
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreErrorKind::Unreadable,
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            StoreErrorKind::Unusable
        }
        // A value of another type than this crate writes.
        None => StoreErrorKind::Unreadable,
        Some(_) => StoreErrorKind::Failed,
    }
}

/// The system's number of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId(u64, u64);

impl FileId {
    /// Elsewhere than on Unix a file in use cannot be deleted.
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

/// Makes the file readable by its owner only where there is none; refuses one that others may read, and what is no file.
/// Gives its path without links.
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
        Err(JournalError::new(message).of_kind(StoreErrorKind::Unusable))
    };
    if !metadata.is_file() {
        return refused("a folder, a pipe or a device", "a file");
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            let found = format!("mode {mode:04o}, by which others may read it");
            return refused(&found, "0600");
        }
    }
    Ok(())
}

fn unusable(path: &Path, error: io::Error) -> JournalError {
    let message = format!(
        "cannot open the journal {}: found an error of the system; wanted a file that this program may read and write",
        path.display()
    );
    JournalError::new(message)
        .of_kind(StoreErrorKind::Unusable)
        .because(error)
}
