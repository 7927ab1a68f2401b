//! Tests of PostgreSQL only: connections, their errors, and the schema.

use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use aliexpress::journal::{Begun, JournaledOrder, OrderJournal};
use aliexpress::limits::{LimitStore, PlaceRequest, Rates, Reservation};
use aliexpress::tokens::{TokenStore, Tokens};
use aliexpress_stores::PostgresStore;

use crate::server::{ENCODED, PASSWORD, Server, connect, shared};

fn order(id: &str) -> JournaledOrder {
    let mut order = JournaledOrder::new("shop", id, "f", SystemTime::UNIX_EPOCH);
    order.request = Some("canary request".to_owned());
    order
}

/// The name of a test server's database in messages.
fn place(address: &str, server: &Server) -> String {
    let address = address.split('?').next().unwrap_or_default();
    let database = address.rsplit('/').next().unwrap();
    let host = if address.contains("@localhost") {
        "localhost"
    } else {
        "127.0.0.1"
    };
    format!("the database {database} on {host}:{}", server.port())
}

/// The part of a message that says that no server listens, with the system's words.
fn no_server() -> String {
    let refused = TcpStream::connect("127.0.0.1:1").unwrap_err();
    format!("error connecting to server: {refused}; wanted a PostgreSQL server that answers")
}

/// The error of a store that cannot be opened; checks that it does not show the password.
#[track_caller]
fn refused(address: &str) -> String {
    let error = PostgresStore::open(address).unwrap_err();
    let shown = format!("{error:?}");
    assert!(!shown.contains("canary"), "{shown}");
    error.to_string()
}

#[test]
fn unusable_connection_strings_are_refused_before_anything_is_sent() {
    let other_string = "; wanted postgres://user:password@host/database with other characters percent-encoded, or pairs \
                        such as host=… user=… dbname=…";
    let tls = "; wanted TLS, or allow_plain() if this is intended";
    for (address, found, wanted) in [
        (
            "",
            "a connection string without a host",
            "; wanted host and database",
        ),
        (
            "postgres://shop:canary@host:canary/db",
            "a connection string that cannot be read",
            other_string,
        ),
        (
            "host=h password=canary canary",
            "a connection string that cannot be read",
            other_string,
        ),
        (
            "host=h port=canary",
            "a connection string that cannot be read",
            other_string,
        ),
        (
            "postgres://shop:canary@192.0.2.1/db?sslmode=disable",
            "sslmode=disable for another machine, where anyone on the network path can read sessions and addresses",
            tls,
        ),
        (
            "host=localhost hostaddr=192.0.2.1 password=canary sslmode=disable",
            "sslmode=disable for another machine, where anyone on the network path can read sessions and addresses",
            tls,
        ),
    ] {
        let error = refused(address);
        let expected = format!("cannot open a PostgreSQL database: found {found}{wanted}");
        assert_eq!(error, expected, "{address}");
    }
    let settings = PostgresStore::settings("postgres://shop:canary@db.example:1/db").unwrap();
    let shown = format!("{settings:?}");
    assert_eq!(
        shown,
        "PostgresSettings(\"the database db on db.example:1\")"
    );
    let error = settings.root_certificates("canary").open().unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot open a PostgreSQL database: found root certificates that cannot be read; wanted X.509 certificates as \
         PEM"
    );
}

#[test]
fn errors_of_the_server_state_the_database_and_the_problem() {
    let started = Instant::now();
    let error = refused("postgres://shop:canary@127.0.0.1:1/db");
    assert_eq!(
        error,
        format!(
            "cannot open the database db on 127.0.0.1:1: found {}",
            no_server()
        )
    );
    assert!(
        started.elapsed() >= Duration::from_secs(5),
        "it did not wait"
    );
    let Some(server) = shared() else {
        return;
    };
    let address = server.address("postgres");
    let error = refused(&address.replace(ENCODED, "canary"));
    assert_eq!(
        error,
        format!(
            "cannot open {}: found password authentication failed for user \\\"shop\\\" (SQLSTATE 28P01); wanted a \
             database that this user may use",
            place(&address, server)
        )
    );
    let address = server.address("none");
    assert_eq!(
        refused(&address),
        format!(
            "cannot open {}: found database \\\"none\\\" does not exist (SQLSTATE 3D000); wanted a database that this \
             user may use",
            place(&address, server)
        )
    );
}

#[test]
fn other_schemas_are_refused_and_not_changed() {
    let Some(server) = shared() else {
        return;
    };
    let address = server.new_database();
    let mut other = connect(&address).unwrap();
    other
        .batch_execute("CREATE SCHEMA aliexpress; CREATE TABLE aliexpress.t (x int)")
        .unwrap();
    let cannot = format!("cannot open {}: ", place(&address, server));
    assert_eq!(
        refused(&address),
        cannot + "found a schema aliexpress of another program; wanted one of this crate, or none"
    );

    let address = server.new_database();
    drop(PostgresStore::open(&address).unwrap());
    let mut other = connect(&address).unwrap();
    other
        .batch_execute("UPDATE aliexpress.schema_version SET version = 99")
        .unwrap();
    let cannot = format!("cannot open {}: ", place(&address, server));
    assert_eq!(
        refused(&address),
        cannot + "found schema version 99; wanted 1 at most"
    );
}

#[test]
fn a_user_without_the_right_to_create_tables_can_use_them() {
    let Some(server) = shared() else {
        return;
    };
    let address = server.new_database();
    drop(PostgresStore::open(&address).unwrap());
    let mut owner = connect(&address).unwrap();
    owner
        .batch_execute(
            "CREATE ROLE worker LOGIN PASSWORD 'w'; GRANT USAGE ON SCHEMA aliexpress TO worker; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA aliexpress TO worker",
        )
        .unwrap();
    let address = address.replace(&format!("shop:{ENCODED}"), "worker:w");
    let store = PostgresStore::open(&address).unwrap();
    assert_eq!(
        store.begin(&order("1")).unwrap(),
        Begun::Recorded { attempt: 1 }
    );
}

#[test]
fn a_lost_connection_is_replaced() {
    let Some(server) = shared() else {
        return;
    };
    let address = server.new_database();
    let store = PostgresStore::open(&address).unwrap();
    let mut other = connect(&address).unwrap();
    for number in 0..3 {
        let id = number.to_string();
        assert_eq!(
            store.begin(&order(&id)).unwrap(),
            Begun::Recorded { attempt: 1 }
        );
        let ended = other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'aliexpress' \
             AND datname = current_database()",
            &[],
        );
        assert!(ended.unwrap() > 0);
    }
    assert_eq!(store.open("shop").unwrap().len(), 3);
}

#[test]
fn a_call_waits_for_a_server_that_restarts() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let address = server.new_database();
    let store = PostgresStore::open(&address).unwrap();
    store.begin(&order("1")).unwrap();
    // A machine may be too slow to start a server within the five seconds that a call waits.
    let begun = (0..10).find_map(|_| {
        let stopped = Instant::now();
        server.stop();
        let waiting = {
            let store = store.clone();
            thread::spawn(move || store.begin(&order("2")))
        };
        thread::sleep(Duration::from_millis(500));
        server.run();
        let is_late = stopped.elapsed() > Duration::from_secs(4);
        let begun = waiting.join().unwrap();
        (begun.is_ok() || !is_late).then_some(begun)
    });
    assert_eq!(begun.unwrap().unwrap(), Begun::Recorded { attempt: 1 });
    assert_eq!(store.open("shop").unwrap().len(), 2);
    server.stop();
    let error = store.begin(&order("3")).unwrap_err();
    let text = error.to_string();
    let place = place(&address, &server);
    let expected = format!("cannot record an order in {place}: found {}", no_server());
    assert_eq!(text, expected);
    assert!(!format!("{error:?}").contains("canary"));
}

/// After the server crashes and the store reconnects, everything that the store confirmed exists.
#[test]
fn a_server_that_crashes_loses_no_recorded_order() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let address = server.new_database();
    let store = PostgresStore::open(&address).unwrap();
    let over = AtomicBool::new(false);
    let counts: [AtomicUsize; 4] = Default::default();
    let place = &|thread: usize| {
        let mut recorded = Vec::new();
        for number in 0.. {
            if over.load(Ordering::Relaxed) {
                return recorded;
            }
            let id = format!("{thread}-{number}");
            // If the connection was lost during a commit, the record may exist or not.
            if let Ok(Begun::Recorded { attempt: 1 }) = store.begin(&order(&id)) {
                recorded.push(id);
                counts[thread].fetch_add(1, Ordering::Relaxed);
            }
        }
        recorded
    };
    // Every thread records some more orders.
    let some_more = || {
        let before = counts.each_ref().map(|count| count.load(Ordering::Relaxed));
        let started = Instant::now();
        for (count, before) in counts.iter().zip(before) {
            while count.load(Ordering::Relaxed) < before + 3 {
                assert!(started.elapsed() < Duration::from_secs(120));
                thread::sleep(Duration::from_millis(5));
            }
        }
    };
    let recorded: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|number| scope.spawn(move || place(number)))
            .collect();
        for _ in 0..3 {
            some_more();
            server.crash();
            server.run();
        }
        some_more();
        over.store(true, Ordering::Relaxed);
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    for id in recorded.iter().flatten() {
        assert!(
            store.find("shop", id).unwrap().is_some(),
            "{id} was forgotten"
        );
    }
    let rates = Rates { overall: 1, api: 1 };
    let request = PlaceRequest::new("key", "api", rates, Duration::from_secs(9));
    assert_eq!(
        store.reserve(&request).unwrap(),
        Reservation::After(Duration::ZERO)
    );
}

#[test]
fn errors_do_not_show_stored_data() {
    let Some(server) = shared() else {
        return;
    };
    let address = server.new_database();
    let store = PostgresStore::open(&address).unwrap();
    let error = store.begin(&order("a\0b")).unwrap_err();
    let cannot = format!(
        "cannot record an order in {}: found ",
        place(&address, server)
    );
    let wanted = "; wanted a database that this user may use";
    let found = "invalid byte sequence for encoding \\\"UTF8\\\": 0x00 (SQLSTATE 22021)";
    assert_eq!(error.to_string(), format!("{cannot}{found}{wanted}"));
    // A constraint that another program added. The server's detail quotes the row.
    connect(&address)
        .unwrap()
        .batch_execute("ALTER TABLE aliexpress.orders ADD CHECK (note <> '')")
        .unwrap();
    let error = store.begin(&order("1")).unwrap_err();
    let found = "new row for relation \\\"orders\\\" violates check constraint \\\"orders_note_check\\\" (SQLSTATE 23514)";
    assert_eq!(error.to_string(), format!("{cannot}{found}{wanted}"));
    let shown = format!("{error:?}");
    assert!(!shown.contains("canary"), "{shown}");
    let shown = format!(
        "{store:?} {:?} {:?}",
        store.tokens("left"),
        store.inbox("key")
    );
    assert!(!shown.contains("canary"), "{shown}");
    assert!(PASSWORD.contains("canary"));
}

#[test]
fn a_store_can_be_used_and_dropped_on_the_threads_of_a_runtime() {
    let Some(server) = shared() else {
        return;
    };
    let address = server.new_database();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = PostgresStore::open(&address).unwrap();
        store.begin(&order("1")).unwrap();
        let tokens = store.tokens("left");
        let held = tokens.lock(Instant::now()).unwrap();
        tokens.save(&Tokens::new("a")).unwrap();
        drop(held);
        drop(store);
        assert!(tokens.load().unwrap().is_some());
    });
}

#[test]
fn tls_is_verified() {
    let Some(server) = shared() else {
        return;
    };
    let address = format!("{}?sslmode=verify-full", server.new_database());
    let refused_by_tls = |address: &str, found: &str| {
        format!(
            "cannot open {}: found error performing TLS handshake: invalid peer certificate: {found}; wanted a PostgreSQL \
             server that answers",
            place(address, server)
        )
    };
    assert_eq!(refused(&address), refused_by_tls(&address, "UnknownIssuer"));
    let with_root = |address: &str| {
        let settings = PostgresStore::settings(address).unwrap();
        settings.root_certificates(server.root.clone()).open()
    };
    let store = with_root(&address).unwrap();
    store.begin(&order("1")).unwrap();
    let mut other = connect(&address.replace("?sslmode=verify-full", "")).unwrap();
    let encrypted = other.query_one(
        "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl \
         AND application_name = 'aliexpress' AND datname = current_database()",
        &[],
    );
    assert!(encrypted.unwrap().get::<_, i64>(0) > 0);
    // The certificate is not valid for this name.
    let wrong_name = "certificate not valid for name \"localhost\"; certificate is only valid for IpAddress(127.0.0.1)";
    let other_name = address.replace("127.0.0.1", "localhost");
    let error = with_root(&other_name).unwrap_err();
    assert_eq!(error.to_string(), refused_by_tls(&other_name, wrong_name));
}

#[test]
fn a_database_can_be_reached_over_a_unix_socket() {
    let Some(server) = shared() else {
        return;
    };
    let address = server.new_database();
    let database = address.rsplit('/').next().unwrap();
    let password = PASSWORD.replace('\\', "\\\\").replace('\'', "\\'");
    let (folder, port) = (server.socket().display(), server.port());
    let pairs =
        format!("host={folder} port={port} user=shop password='{password}' dbname={database}");
    let store = PostgresStore::open(&pairs).unwrap();
    assert_eq!(
        store.begin(&order("1")).unwrap(),
        Begun::Recorded { attempt: 1 }
    );
}

/// With any setting of the database, a recorded order survives a crash of the server.
#[test]
fn commits_wait_for_the_disk_whatever_the_databases_default_is() {
    let Some(server) = shared() else {
        return;
    };
    let address = server.new_database();
    let mut other = connect(&address).unwrap();
    let database = address.rsplit('/').next().unwrap();
    other
        .batch_execute(&format!(
            "ALTER DATABASE {database} SET synchronous_commit TO off; \
             ALTER DATABASE {database} SET default_transaction_isolation TO 'serializable'; \
             CREATE FUNCTION on_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             NEW.note = current_setting('synchronous_commit') || ' ' || current_setting('transaction_isolation'); \
             RETURN NEW; END $$"
        ))
        .unwrap();
    let store = PostgresStore::open(&address).unwrap();
    other
        .batch_execute("CREATE TRIGGER on_insert BEFORE INSERT ON aliexpress.orders FOR EACH ROW EXECUTE FUNCTION on_insert()")
        .unwrap();
    store.begin(&order("1")).unwrap();
    assert_eq!(
        store.find("shop", "1").unwrap().unwrap().note,
        "on read committed"
    );
}
