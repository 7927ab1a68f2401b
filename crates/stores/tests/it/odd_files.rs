//! Files that were deleted, linked, damaged, or cannot grow.

use std::error::Error as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use aliexpress::journal::{Begun, Conclusion, JournaledOrder, OrderJournal, OrderState};
use aliexpress::models::shared::OrderId;
use aliexpress::tokens::{StoreErrorKind, TokenStore};
use aliexpress_stores::SqliteStore;
use proptest::prelude::*;
use tempfile::TempDir;

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.db");
    (folder, path)
}

fn order(id: &str) -> JournaledOrder {
    let mut order = JournaledOrder::new("shop", id, "f", SystemTime::UNIX_EPOCH);
    order.request = Some("x".repeat(3000));
    order
}

/// A record in a deleted file is lost when the program ends, so the order must not be sent.
#[test]
fn a_file_that_was_deleted_or_replaced_refuses_orders() {
    for replace in [false, true] {
        let (_folder, path) = file();
        let store = SqliteStore::open(&path).unwrap();
        store.begin(&order("1")).unwrap();
        std::fs::rename(&path, path.with_extension("old")).unwrap();
        if replace {
            std::fs::write(&path, "").unwrap();
        }
        let error = store.begin(&order("2")).unwrap_err();
        let expected = format!(
            "cannot record an order in {}: found the file deleted, moved or replaced since it was opened; wanted the \
             same file",
            path.display()
        );
        assert_eq!(
            (error.to_string(), error.kind()),
            (expected, StoreErrorKind::Unusable)
        );
        let conclusion = Conclusion::new(1, OrderState::NotPlaced, SystemTime::UNIX_EPOCH);
        assert!(store.conclude("shop", "1", &conclusion).is_err());
        // Moved back, the file is used again.
        std::fs::rename(path.with_extension("old"), &path).unwrap();
        assert_eq!(
            store.begin(&order("2")).unwrap(),
            Begun::Recorded { attempt: 1 }
        );
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_opens_the_same_journal_and_the_same_locks() {
    let (folder, path) = file();
    let store = SqliteStore::open(&path).unwrap();
    let links = folder.path().join("links");
    std::fs::create_dir(&links).unwrap();
    std::os::unix::fs::symlink(&path, links.join("shop.db")).unwrap();
    let linked = SqliteStore::open(links.join("shop.db")).unwrap();
    store.begin(&order("1")).unwrap();
    assert!(matches!(
        linked.begin(&order("1")).unwrap(),
        Begun::Known(_)
    ));
    let (ours, theirs) = (store.tokens("left"), linked.tokens("left"));
    let _held = ours.lock(Instant::now()).unwrap().unwrap();
    assert!(theirs.lock(Instant::now()).unwrap().is_none());
    // Next to the link there are no files.
    assert_eq!(std::fs::read_dir(&links).unwrap().count(), 1);

    std::os::unix::fs::symlink(folder.path().join("nowhere.db"), links.join("broken.db")).unwrap();
    let error = SqliteStore::open(links.join("broken.db")).err().unwrap();
    assert_eq!(error.kind(), StoreErrorKind::Unusable);
}

#[cfg(unix)]
#[test]
fn a_folder_a_pipe_or_a_device_is_refused_at_once() {
    let (folder, path) = file();
    let made = Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    for path in [
        path.as_path(),
        folder.path(),
        Path::new("/dev/null"),
        Path::new("/dev/full"),
    ] {
        let error = SqliteStore::open(path).err().unwrap();
        let expected = format!(
            "cannot open the journal {}: found a folder, a pipe or a device; wanted a file",
            path.display()
        );
        assert_eq!(
            (error.to_string(), error.kind()),
            (expected, StoreErrorKind::Unusable)
        );
    }
}

/// A program that may not write the file gets an error that says so, and nothing is recorded.
#[test]
fn a_file_that_cannot_be_written_is_refused() {
    let (_folder, path) = file();
    let store = SqliteStore::open(&path).unwrap();
    // A trigger makes writes fail, like a disk that was remounted read-only. Permissions would not, because tests may run
    // as root.
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch(
            "CREATE TRIGGER t BEFORE INSERT ON orders BEGIN SELECT RAISE(ABORT, 'read only'); END",
        )
        .unwrap();
    let error = store.begin(&order("1")).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cannot record an order in {}: found an SQLite error; wanted a file of this crate with room to write",
            path.display()
        )
    );
    assert_eq!(error.source().unwrap().to_string(), "read only");
    assert_eq!(store.find("shop", "1").unwrap(), None);
}

/// A file of another program with this crate's application id, and files of this crate that lack a table or a column.
#[test]
fn a_file_with_another_schema_is_refused() {
    for change in [
        "DROP TABLE orders",
        "ALTER TABLE orders RENAME COLUMN note TO remark",
        "DROP TABLE orders; CREATE TABLE orders (account TEXT)",
    ] {
        let (_folder, path) = file();
        drop(SqliteStore::open(&path).unwrap());
        rusqlite::Connection::open(&path)
            .unwrap()
            .execute_batch(change)
            .unwrap();
        let store = SqliteStore::open(&path).unwrap();
        assert!(store.begin(&order("1")).is_err(), "{change}");
    }
}

const FULL: &str = "STORES_TEST_FULL";

/// The program that the next test starts: it records orders until the file cannot grow.
#[test]
fn program_whose_file_cannot_grow() {
    let Some(path) = std::env::var_os(FULL) else {
        return;
    };
    let store = SqliteStore::open(&path).unwrap();
    for number in 0..10_000 {
        match store.begin(&order(&number.to_string())) {
            Ok(begun) => {
                assert_eq!(begun, Begun::Recorded { attempt: 1 });
                println!("\nrecorded {number}");
            }
            Err(error) => {
                let path = Path::new(&path).display();
                assert_eq!(
                    error.to_string(),
                    format!(
                        "cannot record an order in {path}: found an SQLite error; wanted a file of this crate with room to write"
                    )
                );
                println!("\nrefused {}", error.source().unwrap());
                return;
            }
        }
    }
    panic!("the file grew");
}

/// A limit of the system simulates a full disk: the write fails at the same point.
#[cfg(unix)]
#[test]
fn a_full_disk_refuses_orders_and_loses_none() {
    let (_folder, path) = file();
    let mut child = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 400; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([
            "odd_files::program_whose_file_cannot_grow",
            "--exact",
            "--nocapture",
        ])
        .env(FULL, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let lines: Vec<_> = lines.map(Result::unwrap).collect();
    assert!(child.wait().unwrap().success(), "{lines:?}");
    let recorded: Vec<_> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("recorded "))
        .collect();
    assert!(
        recorded.len() > 5 && lines.iter().any(|line| line.starts_with("refused ")),
        "{lines:?}"
    );
    let store = SqliteStore::open(&path).unwrap();
    let open = store.open("shop").unwrap();
    let known: std::collections::BTreeSet<_> = open
        .iter()
        .map(|order| order.out_order_id.as_str())
        .collect();
    assert!(recorded.iter().all(|number| known.contains(number)));
    // When there is room again, orders are recorded again.
    assert_eq!(
        store.begin(&order("new")).unwrap(),
        Begun::Recorded { attempt: 1 }
    );
}

#[test]
fn a_known_order_is_not_begun_again_weeks_later() {
    let (_folder, path) = file();
    let day = Duration::from_secs(24 * 3600);
    for (id, state) in [
        ("open", None),
        ("placed", Some(OrderState::Placed)),
        ("unpaid", Some(OrderState::NotPaid)),
    ] {
        let store = SqliteStore::open(&path).unwrap();
        store.begin(&order(id)).unwrap();
        if let Some(state) = state {
            let conclusion =
                Conclusion::new(1, state, SystemTime::UNIX_EPOCH).order_ids([OrderId(81)]);
            store.conclude("shop", id, &conclusion).unwrap();
        }
        drop(store);
        // Another program, 40 days later. The id stays in the journal after any outcome.
        let store = SqliteStore::open(&path).unwrap();
        let mut again = order(id);
        again.first_sent = SystemTime::UNIX_EPOCH + 40 * day;
        let Begun::Known(known) = store.begin(&again).unwrap() else {
            panic!("{id} was begun again");
        };
        assert_eq!(known.first_sent, SystemTime::UNIX_EPOCH);
        let nothing = Conclusion::new(1, OrderState::Open, SystemTime::UNIX_EPOCH + 40 * day);
        store.conclude("shop", id, &nothing).unwrap();
        let after = store.find("shop", id).unwrap().unwrap();
        assert_eq!(after.order_ids, known.order_ids);
        assert_eq!(after.exists(), state.is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// If the file or the log is damaged or truncated anywhere, opening returns an error or a journal and never panics,
    /// and what the journal returns is what was written.
    #[test]
    fn a_corrupt_file_gives_an_error_or_a_usable_journal(
        spoilt in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
        of_log in any::<bool>(),
    ) {
        let (folder, path) = file();
        let store = SqliteStore::open(&path).unwrap();
        for number in 0..5 {
            store.begin(&order(&number.to_string())).unwrap();
        }
        // As after a crash: the log has not been written into the file yet.
        let copy = folder.path().join("copy.db");
        for end in ["", "-wal"] {
            let name = |path: &Path| PathBuf::from(format!("{}{end}", path.display()));
            let mut bytes = std::fs::read(name(&path)).unwrap();
            if of_log == (end == "-wal") && !bytes.is_empty() {
                for (at, byte) in &spoilt {
                    let at = at.index(bytes.len());
                    bytes[at] = *byte;
                }
                let length = cut.map_or(bytes.len(), |cut| cut.index(bytes.len()));
                bytes.truncate(length);
            }
            std::fs::write(name(&copy), bytes).unwrap();
        }
        #[cfg(unix)]
        std::fs::set_permissions(&copy, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        if let Ok(store) = SqliteStore::open(&copy) {
            if let Ok(open) = store.open("shop") {
                for found in open {
                    prop_assert!(found.out_order_id.len() < 3000);
                }
            }
            let _ = store.begin(&order("new"));
            let _ = store.find("shop", "new");
        }
    }
}
