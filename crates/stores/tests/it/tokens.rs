//! Tokens of several accounts in one store.

use std::time::{Duration, Instant, SystemTime};

use aliexpress::journal::{Begun, JournaledOrder, OrderJournal};
use aliexpress::tokens::{TokenStore, Tokens};
use aliexpress::{AuthCode, Client};
use aliexpress_sandbox::Sandbox;
use aliexpress_stores::SqliteStore;

use crate::homes::{Home, homes};

const REFRESH: &str = "/auth/token/refresh";
const ACCOUNTS: [&str; 2] = ["left", "right: 店 / 'x'"];

/// A client with its own connection, like another program.
fn client(sandbox: &Sandbox, home: &Home, account: &str) -> Client {
    Client::builder(sandbox.app_key(), sandbox.app_secret())
        .gateway(sandbox.url())
        .token_store(home.open().tokens(account))
        .refresh_ahead(Duration::ZERO)
        .build()
        .unwrap()
}

fn refreshes(sandbox: &Sandbox) -> usize {
    let log = sandbox.log();
    log.iter().filter(|entry| entry.api == REFRESH).count()
}

#[test]
fn only_one_of_many_connections_refreshes_each_account() {
    for home in homes() {
        let sandbox = Sandbox::start().unwrap();
        let old = ACCOUNTS.map(|account| {
            let code = AuthCode::new(sandbox.authorise());
            let tokens = client(&sandbox, &home, account).create_tokens(&code);
            let tokens = tokens.unwrap();
            sandbox.expire_token(tokens.session.expose());
            tokens.session
        });
        let clients: Vec<_> = (0..12)
            .map(|number| client(&sandbox, &home, ACCOUNTS[number % 2]))
            .collect();
        std::thread::scope(|scope| {
            for client in &clients {
                scope.spawn(|| client.order(10_000_001).unwrap());
            }
        });
        assert_eq!(refreshes(&sandbox), 2);
        let store = home.open();
        let new = ACCOUNTS.map(|account| store.tokens(account).load().unwrap().unwrap().session);
        assert!(new[0] != new[1] && new.iter().all(|session| !old.contains(session)));
    }
}

#[test]
fn tokens_are_loaded_as_saved_and_separately_for_each_account() {
    for home in homes() {
        let store = home.open();
        let mut full = Tokens::new("new")
            .with_refresh_token("r")
            .expiring_at(SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_851_691_824));
        full.account.user_nick = Some("it's".to_owned());
        store.tokens("left").save(&Tokens::new("old")).unwrap();
        store.tokens("left").save(&full).unwrap();
        assert_eq!(store.tokens("right").load().unwrap(), None);
        drop(store);
        assert_eq!(home.open().tokens("left").load().unwrap(), Some(full));
    }
}

#[test]
fn an_accounts_lock_is_exclusive_and_does_not_block_orders() {
    for home in homes() {
        let (one, other) = (home.open(), home.open());
        let (left, again) = (one.tokens("left"), other.tokens("left"));
        let held = left.lock(Instant::now()).unwrap();
        assert!(held.is_some());
        for wait in [1_900, 20_990, 50_000] {
            let until = Instant::now() + Duration::from_micros(wait);
            assert!(again.lock(until).unwrap().is_none());
            assert!(Instant::now() >= until, "{wait} µs");
        }
        let right = other.tokens("right");
        assert!(right.lock(Instant::now()).unwrap().is_some());
        let order = JournaledOrder::new("left", "1", "f", SystemTime::now());
        let begun = other.journal().begin(&order).unwrap();
        assert_eq!(begun, Begun::Recorded { attempt: 1 });
        drop(held);
        assert!(again.lock(Instant::now()).unwrap().is_some());
    }
}

#[cfg(unix)]
#[test]
fn lock_files_are_accessible_to_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("store.db")).unwrap();
    let tokens = store.tokens("left");
    let _held = tokens.lock(Instant::now()).unwrap();
    let files = std::fs::read_dir(folder.path()).unwrap();
    let files: Vec<_> = files.map(Result::unwrap).collect();
    assert!(files.len() > 1);
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", file.file_name());
    }
}

/// A program that cleans up temporary files may delete the lock file during a refresh.
#[cfg(unix)]
#[test]
fn no_other_program_refreshes_after_the_lock_file_was_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("store.db")).unwrap();
    let again = SqliteStore::open(folder.path().join("store.db")).unwrap();
    let delete = || {
        let files = std::fs::read_dir(folder.path())
            .unwrap()
            .map(Result::unwrap);
        let locks = files.filter(|file| file.path().extension().is_some_and(|end| end == "lock"));
        locks.for_each(|file| std::fs::remove_file(file.path()).unwrap());
    };
    let (ours, theirs) = (store.tokens("left"), again.tokens("left"));
    let held = ours.lock(Instant::now()).unwrap().unwrap();
    delete();
    assert!(theirs.lock(Instant::now()).unwrap().is_none());
    assert!(
        again
            .tokens("right")
            .lock(Instant::now())
            .unwrap()
            .is_some()
    );
    drop(held);
    let held = theirs.lock(Instant::now()).unwrap().unwrap();

    // A program that waited for the deleted file uses the new one.
    let until = Instant::now() + Duration::from_secs(20);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| ours.lock(until).unwrap().is_some());
        std::thread::sleep(Duration::from_millis(50));
        delete();
        drop(held);
        assert!(waiting.join().unwrap());
    });

    // A killed program leaves a row, which does not block others while its lock file exists.
    std::mem::forget(ours.lock(Instant::now()).unwrap());
    let other = rusqlite::Connection::open(folder.path().join("store.db")).unwrap();
    let rows = other.query_row("SELECT count(*) FROM refreshes", [], |row| {
        row.get::<_, i64>(0)
    });
    assert_eq!(rows.unwrap(), 1);
    delete();
    assert!(theirs.lock(Instant::now()).unwrap().is_none());
    let past = "UPDATE refreshes SET until_ms = 1";
    other.execute(past, []).unwrap();
    assert!(theirs.lock(Instant::now()).unwrap().is_some());
}

#[test]
fn broken_tokens_are_an_error_that_does_not_show_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let store = SqliteStore::open(&file).unwrap();
    store.tokens("left").save(&Tokens::new("a")).unwrap();
    assert!(!format!("{:?}", store.tokens("left")).contains("canary"));
    let other = rusqlite::Connection::open(&file).unwrap();
    for broken in ["canary", "{\"access\": \"canary\"}"] {
        let changed = other.execute("UPDATE tokens SET tokens = ?1", [broken]);
        assert_eq!(changed.unwrap(), 1);
        let error = store.tokens("left").load().unwrap_err();
        let (text, debug) = (error.to_string(), format!("{error:?}"));
        assert!(text.starts_with("cannot read tokens: found "), "{text}");
        assert!(!text.contains("canary") && !debug.contains("canary"));
    }
}

#[test]
fn a_file_of_the_first_version_is_upgraded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let store = SqliteStore::open(&file).unwrap();
    let order = JournaledOrder::new("left", "1", "f", SystemTime::now());
    store.begin(&order).unwrap();
    drop(store);
    let other = rusqlite::Connection::open(&file).unwrap();
    other
        .execute_batch(
            "DROP TABLE tokens; DROP TABLE limits; DROP TABLE pushes; DROP TABLE refreshes; PRAGMA user_version = 1",
        )
        .unwrap();
    drop(other);
    let store = SqliteStore::open(&file).unwrap();
    assert_eq!(store.find("left", "1").unwrap(), Some(order));
    store.tokens("left").save(&Tokens::new("a")).unwrap();
    assert!(store.tokens("left").load().unwrap().is_some());
}
