//! Tests of SQLite only: its file.

use std::error::Error as _;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use aliexpress::journal::{JournaledOrder, OrderJournal};
use aliexpress::tokens::StoreErrorKind;
use aliexpress_stores::SqliteStore;
use tempfile::TempDir;

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.db");
    (folder, path)
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Checks the whole message, with `{}` for the path, and the message of its cause, if any.
#[track_caller]
fn check_refused(path: &PathBuf, kind: StoreErrorKind, expected: &str, source: Option<&str>) {
    let error = SqliteStore::open(path).err().unwrap();
    let expected = expected.replace("{}", &path.display().to_string());
    assert_eq!((error.to_string(), error.kind()), (expected, kind));
    assert_eq!(
        error.source().map(ToString::to_string).as_deref(),
        source,
        "{error}"
    );
}

#[test]
fn other_files_are_refused_and_not_changed() {
    let (_folder, path) = file();
    let foreign = rusqlite::Connection::open(&path).unwrap();
    foreign.execute_batch("CREATE TABLE t (x)").unwrap();
    drop(foreign);
    private(&path);
    let before = std::fs::read(&path).unwrap();
    check_refused(
        &path,
        StoreErrorKind::Unreadable,
        "cannot open the journal {}: found a database of another program; wanted one of this crate, or no file",
        None,
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);

    let text = path.with_extension("txt");
    std::fs::write(&text, "x".repeat(5000)).unwrap();
    private(&text);
    check_refused(
        &text,
        StoreErrorKind::Unreadable,
        "cannot open the journal {}: found an SQLite error; wanted a file of this crate with room to write",
        Some("file is not a database"),
    );

    let newer = path.with_extension("newer");
    drop(SqliteStore::open(&newer).unwrap());
    let connection = rusqlite::Connection::open(&newer).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    check_refused(
        &newer,
        StoreErrorKind::Unreadable,
        "cannot open the journal {}: found schema version 99; wanted 4 at most",
        None,
    );
    check_refused(
        &path.join("x"),
        StoreErrorKind::Unusable,
        "cannot open the journal {}: found a system error; wanted a file that this program may read and write",
        Some("Not a directory (os error 20)"),
    );
}

fn private(path: &PathBuf) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = file();
    let store = SqliteStore::open(&path).unwrap();
    store
        .begin(&JournaledOrder::new("shop", "1", "f", at(1)))
        .unwrap();
    for name in ["orders.db", "orders.db-wal", "orders.db-shm"] {
        let mode = std::fs::metadata(path.with_file_name(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    drop(store);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    check_refused(
        &path,
        StoreErrorKind::Unusable,
        "cannot open the journal {}: found mode 0644, which lets others read it; wanted 0600",
        None,
    );
}

#[test]
fn a_locked_file_gives_an_error_after_the_wait() {
    let (_folder, path) = file();
    let store = SqliteStore::open(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = store
        .begin(&JournaledOrder::new("shop", "1", "f", at(1)))
        .unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    let expected = format!(
        "cannot record an order in {}: found an SQLite error; wanted a file of this crate with room to write",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(error.source().unwrap().to_string(), "database is locked");
}
