//! The SQLite journal: by the same rules as the one in memory, and as a file among programs.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use aliexpress::journal::{
    Begun, Conclusion, JournaledOrder, MemoryJournal, OrderJournal, OrderState,
};
use aliexpress::models::shared::OrderId;
use aliexpress_stores::SqliteStore;
use proptest::prelude::*;
use tempfile::TempDir;

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.db");
    (folder, path)
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[derive(Clone, Debug)]
enum Step {
    Begin(u8),
    Repeat(u8),
    Conclude(u8, u32, OrderState, Vec<i64>),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let state = prop::sample::select(OrderState::ALL.to_vec());
    prop_oneof![
        3 => (0..3_u8).prop_map(Step::Begin),
        1 => (0..3_u8).prop_map(Step::Repeat),
        3 => (0..3_u8, 1..4_u32, state, prop::collection::vec(1..i64::MAX, 0..3))
            .prop_map(|(id, attempt, state, ids)| Step::Conclude(id, attempt, state, ids)),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_file_keeps_to_the_rules_of_the_one_in_memory(steps in prop::collection::vec(step(), 1..12)) {
        let (_folder, path) = file();
        let (memory, mut sqlite) = (MemoryJournal::new(), SqliteStore::open(&path).unwrap());
        for (number, step) in steps.into_iter().enumerate() {
            // Finer than journals keep it, and with ties.
            let time = at(0) + Duration::from_micros(700 * number as u64);
            match step {
                Step::Begin(id) => {
                    let mut order = JournaledOrder::new("shop", id.to_string(), "f", time);
                    order.request = Some(format!("{{\"number\":{number}}}"));
                    prop_assert_eq!(memory.begin(&order).unwrap(), sqlite.begin(&order).unwrap());
                }
                Step::Repeat(id) => {
                    let id = id.to_string();
                    let (done, of_file) = (memory.repeat("shop", &id, time), sqlite.repeat("shop", &id, time));
                    prop_assert_eq!(of_file.ok(), done.ok());
                }
                Step::Conclude(id, attempt, state, ids) => {
                    let ids: Vec<_> = ids.into_iter().map(OrderId).collect();
                    let conclusion = Conclusion::new(attempt, state, time).order_ids(ids).note("CODE");
                    let id = id.to_string();
                    let done = memory.conclude("shop", &id, &conclusion);
                    prop_assert_eq!(sqlite.conclude("shop", &id, &conclusion).is_ok(), done.is_ok());
                }
                Step::Reopen => {
                    drop(sqlite);
                    sqlite = SqliteStore::open(&path).unwrap();
                }
            }
            prop_assert_eq!(memory.open("shop").unwrap(), sqlite.open("shop").unwrap());
            prop_assert_eq!(memory.latest("shop", 2).unwrap(), sqlite.latest("shop", 2).unwrap());
            prop_assert!(sqlite.find("other", "0").unwrap().is_none());
        }
    }
}

#[test]
fn of_many_that_begin_one_order_one_records_it() {
    let (_folder, path) = file();
    let recorded: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    // Each a connection of its own, on a file that is made by whoever comes first.
                    let store = SqliteStore::open(&path).unwrap();
                    let order = JournaledOrder::new("shop", "1", "f", at(1));
                    (matches!(store.begin(&order).unwrap(), Begun::Recorded { .. })) as usize
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(recorded, 1);
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
        "cannot open the journal {}: found version 99 of its schema; wanted 2 at most",
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

#[test]
fn it_does_what_a_journal_must() {
    let (_folder, path) = file();
    aliexpress::journal::conformance::check(SqliteStore::open(&path).unwrap()).unwrap();
}

/// The suite races threads on one connection; programs have one each.
#[test]
fn of_many_connections_one_begins_an_order() {
    let (_folder, path) = file();
    let start = std::sync::Barrier::new(8);
    let race = || {
        let store = SqliteStore::open(&path).unwrap();
        start.wait();
        let order = JournaledOrder::new("shop", "1", "f", at(1));
        matches!(store.begin(&order).unwrap(), Begun::Recorded { .. })
    };
    let recorded = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..8).map(|_| scope.spawn(race)).collect();
        let racers = racers.into_iter().map(|racer| racer.join().unwrap());
        racers.filter(|recorded| *recorded).count()
    });
    assert_eq!(recorded, 1);
}
