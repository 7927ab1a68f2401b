//! Open orders in the journal, and how later runs settle them.

use serde_json::{Value, json};

use crate::program::{Home, Program, Run, fixture, steady};
use crate::sandbox::Running;

const CREATE: &str = "aliexpress.ds.order.create";

struct Shop {
    sandbox: Running,
    home: Home,
}

impl Shop {
    fn open(faults: &[&str]) -> Self {
        Self {
            sandbox: Running::start(faults),
            home: Home::new(),
        }
    }

    fn program(&self, args: &[&str]) -> Program {
        self.sandbox.client(args).at(&self.home)
    }

    #[track_caller]
    fn run(&self, args: &[&str], code: i32) -> Run {
        self.program(&[args, &["--json"]].concat())
            .run()
            .ends_with(code)
    }

    #[track_caller]
    fn place(&self, code: i32) -> Run {
        self.run(&["order", "place", &sample(), "--yes"], code)
    }

    /// The states of the orders in the journal.
    #[track_caller]
    fn states(&self) -> Vec<Value> {
        let orders = self.run(&["order", "list"], 0).lines();
        orders.iter().map(|order| order["state"].clone()).collect()
    }
}

fn sample() -> String {
    fixture(&format!("samples/{CREATE}/request.json"))
}

#[test]
fn an_open_order_is_listed_settled_and_not_placed_twice() {
    let shop = Shop::open(&["--fault", "reset-after"]);
    let open = shop.place(4);
    insta::assert_snapshot!(open.message(), @r#"
    {"warning":"the address may be refused: zip for RU: found 5 digits; wanted 6 digits"}
    {"note":"recorded the order in HOME/.local/share/aliexpress/orders.db as sent TIME; if this command is interrupted, settle the order with aliexpress order settle"}
    {"error":{"exit_code":4,"first_sent":"TIME","hints":["cause: Connection reset by peer (os error 104)","do not place it under another out_order_id: if the first order exists, that would be a second one","within 20 hours, aliexpress order place FIXTURES/samples/aliexpress.ds.order.create/request.json --recover TIME sends it again under the same id, which does not place a second order","aliexpress order settle settles every open order"],"kind":"unknown-outcome","may_have_acted":true,"message":"cannot tell whether order \"123456789\" was placed: cannot call aliexpress.ds.order.create: cannot get an answer to POST http://127.0.0.1:PORT/sync: found the connection closed; wanted a status line and headers; find out before placing it under another id","order_ids":[],"out_order_id":"123456789"}}
    "#);
    assert_eq!(shop.states(), ["open"]);
    assert_eq!(shop.run(&["order", "open"], 0).lines()[0]["attempts"], 1);
    // It is not sent again before it is settled.
    shop.place(4);
    let settled = shop.run(&["order", "settle"], 0).lines();
    assert_eq!(
        (&settled[0]["settled"], &settled[0]["out_order_id"]),
        (&json!(true), &json!("123456789"))
    );
    assert!(shop.run(&["order", "settle"], 0).stdout.is_empty());
    assert_eq!(shop.states(), ["placed"]);
    assert_eq!(shop.place(7).json()["outcome"], "duplicate");
    let people = shop.program(&["order", "list"]).run().ends_with(0);
    assert!(people.stdout.contains("123456789") && people.stdout.contains("placed"));
}

#[test]
fn an_open_order_can_be_settled_by_a_note() {
    let shop = Shop::open(&["--fault", "reset-before"]);
    shop.place(4);
    shop.run(&["order", "note", "123456789"], 2);
    shop.run(
        &["order", "note", "123456789", "--placed", "81", "--none"],
        2,
    );
    shop.run(&["order", "note", "nobody", "--none"], 2);
    shop.run(&["order", "note", "123456789", "--none"], 0);
    assert_eq!(shop.states(), ["not-placed"]);
    shop.place(0);
    // An order that exists stays recorded.
    shop.run(&["order", "note", "123456789", "--none"], 0);
    assert_eq!(shop.states(), ["placed"]);
    let found = shop.run(&["order", "find", "123456789"], 0).json();
    assert_eq!(found["journal"]["state"], "placed");
    shop.run(&["order", "find", "nobody"], 2);
}

#[test]
fn a_note_that_no_order_exists_does_not_change_a_placed_one() {
    let shop = Shop::open(&[]);
    shop.place(0);
    let noted = shop
        .program(&["order", "note", "123456789", "--none"])
        .run();
    insta::assert_snapshot!(noted.ends_with(0).message(), @"warning: the journal already has proof that the order exists; it stays recorded");
    assert_eq!(shop.states(), ["placed"]);
}

#[test]
fn orders_of_another_program_are_listed_and_noted_under_its_account() {
    let shop = Shop::open(&["--fault", "reset-before"]);
    let file = shop.home.path().join("shop.db");
    let value = |name: &str| shop.sandbox.first[name].as_str().unwrap().to_owned();
    let client = aliexpress::Client::builder(value("app_key"), value("app_secret"))
        .gateway(value("url"))
        .session(value("session"))
        .journal(aliexpress_stores::SqliteStore::open(&file).unwrap())
        .account("shop")
        .build()
        .unwrap();
    let order: Value = serde_json::from_str(&std::fs::read_to_string(sample()).unwrap()).unwrap();
    let order: aliexpress_models::order_create::OrderCreate =
        serde_json::from_value(order).unwrap();
    let order = aliexpress::NewOrder::try_from(order).unwrap();
    client.place_order(&order).unwrap_err();
    let journal = ["--journal", file.to_str().unwrap()];
    let account = [&journal[..], &["--account", "shop"]].concat();
    let run = |args: &[&str], more: &[&str]| shop.run(&[args, more].concat(), 0).lines();
    let open = run(&["order", "open"], &account);
    assert_eq!(open[0]["out_order_id"], "123456789");
    assert!(run(&["order", "open"], &journal).is_empty());
    run(&["order", "note", "123456789", "--none"], &account);
    let listed = run(&["order", "list"], &account);
    assert_eq!(listed[0]["state"], "not-placed");
    for command in [&["place", "x"][..], &["settle"], &["find", "x"]] {
        let args = [&["order"], command, &account].concat();
        let refused = shop.program(&args).run().ends_with(2).stderr;
        assert!(
            refused.contains("unexpected argument '--account'"),
            "{refused}"
        );
    }
}

#[test]
fn a_misspelt_journal_is_not_created_by_a_list() {
    let home = Home::new();
    let file = home.path().join("misspelt.db");
    let args = ["order", "list", "--journal", file.to_str().unwrap()];
    let run = crate::program::aliexpress(&args)
        .at(&home)
        .run()
        .ends_with(0);
    assert_eq!(
        run.stdout,
        "the journal has no orders of this app key and profile\n"
    );
    insta::assert_snapshot!(run.message(), @"warning: there is no journal HOME/misspelt.db yet");
    assert!(!file.exists());
}

#[test]
fn an_order_that_cannot_be_recorded_is_not_sent() {
    let shop = Shop::open(&[]);
    let folder = Home::new();
    let blocked = folder.path().join("no/such/folder/orders.db");
    let args = [
        "order",
        "place",
        &sample(),
        "--yes",
        "--journal",
        blocked.to_str().unwrap(),
    ];
    let run = shop.program(&args).run().ends_with(2);
    insta::assert_snapshot!(run.message(), @"error: cannot open the journal HOME/no/such/folder/orders.db: found a system error; wanted a file that this program may read and write: No such file or directory (os error 2)");
    shop.place(0);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_with_the_code_for_an_unknown_outcome() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};
    let mut messages = String::new();
    for signal in ["INT", "TERM"] {
        let mut shop = Shop::open(&["--fault", &format!("delay:60s@{CREATE}")]);
        let mut program = shop.program(&["order", "place", &sample(), "--yes"]);
        let mut child = program
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut printed = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("placing the order") {
            line.clear();
            assert!(printed.read_line(&mut line).unwrap() > 0, "ended early");
        }
        // The order has arrived, and its answer has not left.
        while shop.sandbox.next()["api"] != CREATE {}
        let pid = child.id().to_string();
        Command::new("kill")
            .args(["-s", signal, &pid])
            .status()
            .unwrap();
        let status = child.wait().unwrap();
        let mut rest = String::new();
        printed.read_to_string(&mut rest).unwrap();
        assert_eq!(status.code(), Some(4), "{signal}: {rest}");
        messages += &steady(&rest);
        assert_eq!(shop.states(), ["open"]);
        shop.run(&["order", "settle"], 0);
        assert_eq!(shop.states(), ["placed"]);
    }
    insta::assert_snapshot!(messages, @"
    error: interrupted while an order was being sent: it may or may not have been placed
    hint: aliexpress order settle finds out
    hint: do not place it under another out_order_id
    error: interrupted while an order was being sent: it may or may not have been placed
    hint: aliexpress order settle finds out
    hint: do not place it under another out_order_id
    ");
}
