//! What is particular to SQLite: the file.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use aliexpress::journal::{JournaledOrder, OrderJournal};
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

#[track_caller]
fn check_refused(path: &PathBuf, expected: &str) {
    let error = SqliteStore::open(path).err().unwrap().to_string();
    let expected = expected.replace("{}", &path.display().to_string());
    assert!(error.starts_with(&expected), "{error}");
}

#[test]
fn other_files_are_refused_and_left_alone() {
    let (_folder, path) = file();
    let foreign = rusqlite::Connection::open(&path).unwrap();
    foreign.execute_batch("CREATE TABLE t (x)").unwrap();
    drop(foreign);
    private(&path);
    let before = std::fs::read(&path).unwrap();
    check_refused(
        &path,
        "cannot open the journal {}: found a database of another program;",
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);

    let text = path.with_extension("txt");
    std::fs::write(&text, "x".repeat(5000)).unwrap();
    private(&text);
    check_refused(
        &text,
        "cannot open the journal {}: found file is not a database;",
    );

    let newer = path.with_extension("newer");
    drop(SqliteStore::open(&newer).unwrap());
    let connection = rusqlite::Connection::open(&newer).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    check_refused(
        &newer,
        "cannot open the journal {}: found version 99 of its schema; wanted 3 at most",
    );
    check_refused(&path.join("x"), "cannot open the journal {}: ");
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
    check_refused(&path, "cannot open the journal {}: found mode 0644");
}

#[test]
fn a_locked_file_fails_in_time_instead_of_going_unrecorded() {
    let (_folder, path) = file();
    let store = SqliteStore::open(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = store
        .begin(&JournaledOrder::new("shop", "1", "f", at(1)))
        .unwrap_err();
    assert!(error.to_string().contains("database is locked"), "{error}");
}
