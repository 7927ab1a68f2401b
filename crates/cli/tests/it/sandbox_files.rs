//! The files that `aliexpress sandbox` reads and writes: answers and the state, complete and broken.

use std::io::BufReader;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::program::{Home, aliexpress, steady};
use crate::sandbox::{Running, command, next};

const CREATE: &str = "aliexpress.ds.order.create";

#[test]
fn an_invalid_answer_file_is_refused_before_the_sandbox_starts() {
    let home = Home::new();
    let good = home.write("good.json", "{}");
    let empty = home.write("empty.json", "");
    let huge = home.path().join("huge");
    // A sparse file, which needs no space on the disk.
    let file = std::fs::File::create(&huge).unwrap();
    file.set_len(64 * 1024 * 1024 + 1).unwrap();
    let good = good.display();
    let mut messages = String::new();
    for args in [
        vec![format!("a.b={}", empty.display())],
        vec![format!("a.b={}", huge.display())],
        vec![format!("a.b={}", home.path().display())],
        vec!["a.b=/no/such/file".to_owned()],
        vec![format!("a.b={good}"), format!("a.b={good}")],
        vec!["a.b".to_owned()],
        vec!["a.b=".to_owned()],
        vec![format!("={good}")],
        vec![format!("a b={good}")],
        vec![format!("ä.b={good}")],
    ] {
        let given = args.iter().flat_map(|arg| ["--answer", arg]);
        let args: Vec<&str> = ["sandbox"].into_iter().chain(given).collect();
        let run = aliexpress(&args).run().ends_with(2);
        messages += &run.message();
        assert!(run.stdout.is_empty(), "{}", run.stdout);
    }
    insta::assert_snapshot!(messages, @r#"
    error: cannot read the answer in HOME/empty.json: found an empty file; wanted the body of an answer
    error: cannot read the answer in HOME/huge: found more bytes; wanted up to 67108864
    error: cannot read the answer in HOME: found a directory; wanted a file
    error: cannot read the answer in /no/such/file: No such file or directory (os error 2)
    error: cannot use --answer: found two answers for a.b; wanted one for each API
    error: invalid value 'a.b' for '--answer <API=FILE>': found no equals sign; wanted API=FILE

    For more information, try '--help'.
    error: invalid value 'a.b=' for '--answer <API=FILE>': found no file; wanted API=FILE

    For more information, try '--help'.
    error: invalid value '=HOME/good.json' for '--answer <API=FILE>': found ""; wanted the name of an API, such as aliexpress.ds.product.get, before the equals sign

    For more information, try '--help'.
    error: invalid value 'a b=HOME/good.json' for '--answer <API=FILE>': found "a b"; wanted the name of an API, such as aliexpress.ds.product.get, before the equals sign

    For more information, try '--help'.
    error: invalid value 'ä.b=HOME/good.json' for '--answer <API=FILE>': found "ä.b"; wanted the name of an API, such as aliexpress.ds.product.get, before the equals sign

    For more information, try '--help'.
    "#);
}

/// Starts a sandbox with a piped standard error.
fn with_errors(args: &[&str]) -> Running {
    let mut program = aliexpress(&[&["sandbox", "--json"], args].concat());
    let piped = program.command().stdout(Stdio::piped());
    let child = piped.stderr(Stdio::piped()).spawn().unwrap();
    Running::of(child, program)
}

#[test]
fn an_answer_that_clients_cannot_read_is_used_with_a_warning() {
    let home = Home::new();
    let bytes = home.path().join("bytes");
    std::fs::write(&bytes, b"\xff\xfe answer").unwrap();
    let broken = home.write("broken.json", "{\"result\":");
    let (bytes, broken) = (
        format!("shop.own.thing={}", bytes.display()),
        format!("aliexpress.ds.product.get={}", broken.display()),
    );
    let mut sandbox = with_errors(&["--answer", &bytes, "--answer", &broken]);
    let mut errors = BufReader::new(sandbox.child.stderr.take().unwrap());
    let mut warning = || steady(next(&mut errors)["warning"].as_str().unwrap());
    insta::assert_snapshot!(warning(), @"the answer of shop.own.thing is neither JSON nor XML; the sandbox sends it unchanged");
    insta::assert_snapshot!(warning(), @"cannot decode the answer to aliexpress.ds.product.get at line 1 column 11: result: expected a value, found the end of the text; the sandbox sends it unchanged");
    let listed = command(&sandbox, "GET /admin/answers");
    assert!(
        listed.contains("{\"api\":\"shop.own.thing\",\"bytes\":9}"),
        "{listed}"
    );
}

#[test]
fn an_answer_for_a_name_similar_to_another_causes_a_note() {
    let home = Home::new();
    let file = home.write("answer.json", "{}");
    let given = format!("aliexpress.ds.product.gett={}", file.display());
    let mut sandbox = with_errors(&["--answer", &given]);
    let mut errors = BufReader::new(sandbox.child.stderr.take().unwrap());
    insta::assert_snapshot!(next(&mut errors)["note"].as_str().unwrap(), @"aliexpress.ds.product.gett is an API that the sandbox does not have; similar: aliexpress.ds.product.get");
}

/// Places an order with a note of this length, and returns its id.
fn place(sandbox: &Running, out_order_id: &str, length: usize) -> String {
    let order = json!({
        "product_items": [{ "product_id": 1, "product_count": 1, "order_memo": "m".repeat(length) }],
        "logistics_address": {
            "country": "ES", "province": "Madrid", "city": "Madrid", "zip": "28001", "address": "Calle Mayor 1",
            "full_name": "A B", "mobile_no": "5550100", "phone_country": "+34",
        },
        "out_order_id": out_order_id,
    });
    let order = format!("param_place_order_request4_open_api_d_t_o={order}");
    let run = sandbox.client(&["call", CREATE, &order, "--json"]).run();
    let answer = run.ends_with(0).json().to_string();
    let (_, id) = answer.split_once("order_list\":").unwrap();
    id.chars()
        .skip_while(|letter| !letter.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect()
}

fn orders(sandbox: &Running) -> String {
    command(sandbox, "GET /admin/orders")
}

/// Ends a sandbox as a service manager does.
#[cfg(unix)]
fn terminate(mut sandbox: Running) {
    let id = sandbox.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert!(sandbox.child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn an_order_placed_right_before_the_end_is_there_after_a_restart() {
    let home = Home::new();
    let path = home.path().join("state.json");
    let args = ["--state", path.to_str().unwrap()];
    for round in 0..3 {
        let sandbox = Running::start(&args);
        let number = format!("shop-{round}");
        let id = place(&sandbox, &number, 1);
        terminate(sandbox);
        let sandbox = Running::start(&args);
        let kept = orders(&sandbox);
        assert!(kept.contains(&id) && kept.contains(&number), "{kept}");
    }
}

#[test]
fn a_state_in_use_or_broken_is_refused_and_not_changed() {
    let home = Home::new();
    let path = home.path().join("state.json");
    let args = ["sandbox", "--state", path.to_str().unwrap()];
    let sandbox = Running::start(&args[1..]);
    let run = aliexpress(&args).run().ends_with(2);
    insta::assert_snapshot!(run.message(), @"error: cannot start the sandbox: cannot keep the state in HOME/state.json: found it in use by another sandbox; wanted a file for this one alone");
    drop(sandbox);
    let mut messages = String::new();
    for text in [
        "{\"version\": 99}",
        "{\"version\": 3, \"orders\": [",
        "\0\u{1}",
    ] {
        std::fs::write(&path, text).unwrap();
        let run = aliexpress(&args).run().ends_with(2);
        messages += &run.message();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    insta::assert_snapshot!(messages, @"
    error: cannot start the sandbox: cannot read the state in HOME/state.json: found version 99; wanted 2 to 4
    error: cannot start the sandbox: cannot read the state in HOME/state.json: found the end of the file at line 1 column 26; wanted a state of the sandbox
    error: cannot start the sandbox: cannot read the state in HOME/state.json: found text that is not JSON at line 1 column 1; wanted a state of the sandbox
    ");
    let home = home.path().to_str().unwrap();
    let run = aliexpress(&["sandbox", "--state", home]).run().ends_with(2);
    insta::assert_snapshot!(run.message(), @"error: cannot start the sandbox: cannot keep the state in HOME: found a directory; wanted a file");
}

/// Starts the program with a limit for the length of files, in blocks, which imitates a full disk.
#[cfg(unix)]
fn on_a_full_disk(blocks: u32, state: &Path) -> Command {
    let mut shell = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    let program = env!("CARGO_BIN_EXE_aliexpress");
    shell.args(["-c", &script, "sh", program, "sandbox", "--json", "--state"]);
    shell.arg(state).env_clear();
    shell.stdout(Stdio::piped()).stderr(Stdio::piped());
    shell
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_at_the_start_is_reported() {
    let home = Home::new();
    let path = home.path().join("state.json");
    let output = on_a_full_disk(0, &path).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    insta::assert_snapshot!(steady(&errors), @r#"{"error":{"exit_code":2,"kind":"usage","message":"cannot start the sandbox: cannot write the state in HOME/state.json: File too large (os error 27)"}}"#);
    assert_eq!(output.status.code(), Some(2));
    assert!(!path.exists());
}

#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_loses_nothing_that_was_written() {
    let home = Home::new();
    let path = home.path().join("state.json");
    let child = on_a_full_disk(16, &path).spawn().unwrap();
    let mut sandbox = Running::of(child, aliexpress(&[]));
    let small = place(&sandbox, "small", 1);
    // It must be in the file first: the file is written as a whole, and does not fit with both orders.
    let small_in_file = format!("\"id\":{small},");
    while !std::fs::read_to_string(&path)
        .unwrap()
        .contains(&small_in_file)
    {
        std::thread::yield_now();
    }
    let large = place(&sandbox, "large", 40_000);
    let mut errors = BufReader::new(sandbox.child.stderr.take().unwrap());
    let warning = next(&mut errors)["warning"].clone();
    insta::assert_snapshot!(steady(warning.as_str().unwrap()), @"cannot write the state in HOME/state.json: File too large (os error 27); trying again");
    let placed = orders(&sandbox);
    assert!(placed.contains(&large), "{placed}");
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(kept["orders"][0]["id"].to_string(), small);
    // The state could not be written at the end, which is an error.
    let id = sandbox.child.id().to_string();
    Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert_eq!(sandbox.child.wait().unwrap().code(), Some(2));
}
