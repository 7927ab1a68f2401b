use serde_json::{Value, json};

use crate::program::{Run, aliexpress, fixture, steady, unreachable};
use crate::sandbox::Running;

const CREATE: &str = "aliexpress.ds.order.create";

fn sample() -> String {
    std::fs::read_to_string(fixture(&format!("samples/{CREATE}/request.json"))).unwrap()
}

/// The sample order with another `out_order_id`, written without the parameter's long name.
fn order(out_order_id: &str) -> Value {
    let sample: Value = serde_json::from_str(&sample()).unwrap();
    let mut order = sample["param_place_order_request4_open_api_d_t_o"].clone();
    order["out_order_id"] = out_order_id.into();
    order
}

#[track_caller]
fn place(sandbox: &Running, order: &Value, more: &[&str]) -> Run {
    let args = [&["order", "place", "-", "--yes", "--json"], more].concat();
    sandbox.client(&args).input(order.to_string()).run()
}

fn ids(run: &Run) -> Vec<String> {
    serde_json::from_value(run.json()["order_ids"].clone()).unwrap()
}

/// Editors on Windows put a byte order mark at the beginning and two characters at the end of a line.
#[test]
fn an_order_file_from_windows_is_read() {
    let order = format!("\u{feff}{:#}", order("a-1")).replace('\n', "\r\n");
    let run = aliexpress(&["order", "place", "-", "--yes", "--sandbox", "--json"]);
    assert_eq!(
        run.input(order).run().ends_with(0).json()["out_order_id"],
        "a-1"
    );
}

#[test]
fn an_order_is_placed_read_and_watched_until_it_is_finished() {
    let sandbox = Running::start(&["--visible-after", "2", "--pace", "1.5"]);
    let placed = place(&sandbox, &order("a-1"), &[]).ends_with(0);
    assert_eq!(placed.json()["outcome"], "created");
    assert_eq!(placed.json()["out_order_id"], "a-1");
    let id = &ids(&placed)[0];

    sandbox.client(&["order", "get", id]).run().ends_with(1);
    let shown = sandbox
        .client(&["order", "get", id, "--wait", "20"])
        .run()
        .ends_with(0);
    assert!(
        shown.stdout.starts_with(&format!("order {id}\n  status ")),
        "{}",
        shown.stdout
    );

    let watched = sandbox
        .client(&[
            "order", "watch", id, "--every", "0.05", "--within", "30", "--json",
        ])
        .run()
        .ends_with(0);
    let seen: Vec<Value> = watched
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(seen.len() >= 2, "{seen:?}");
    let last = &seen[seen.len() - 1];
    assert_eq!(last["order_status"], "FINISH");
    assert_eq!(last["order_id"], **id);
}

#[test]
fn people_see_what_happened_and_what_to_do_next() {
    let sandbox = Running::start(&["--seed", "3"]);
    let path = fixture(&format!("samples/{CREATE}/request.json"));
    let place = || sandbox.client(&["order", "place", &path, "--yes"]).run();
    let placed = place().ends_with(0);
    let id = placed.stdout.split(' ').nth(1).unwrap();
    let printed = placed.stdout.replace(id, "ID");
    assert!(
        printed.starts_with(
            "order ID placed under out_order_id 123456789\nnext: aliexpress order watch ID\n\nrequest id "
        ),
        "{printed}"
    );
    insta::assert_snapshot!(placed.message(), @r#"
    warning: the address may be refused: zip for RU: found 5 digits; wanted 6 digits
    note: recorded the order in HOME/.local/share/aliexpress/orders.db as sent TIME; if this command is interrupted, settle the order with aliexpress order settle
    placing the order under out_order_id "123456789"
    "#);
    let again = place().ends_with(7);
    assert!(
        again.stdout.starts_with(
            "an order was already placed under out_order_id 123456789; nothing was placed now"
        ),
        "{}",
        again.stdout
    );
}

#[test]
fn an_order_that_is_not_paid_has_its_own_exit_code() {
    let sandbox = Running::start(&["--fault", "pay-fails"]);
    let mut order = order("a-1");
    order["ds_extend_request"] =
        json!({ "payment": { "try_to_pay": true, "pay_currency": "USD" } });
    let placed = place(&sandbox, &order, &[]).ends_with(6);
    assert_eq!(placed.json()["outcome"], "created-not-paid");
    let id = &ids(&placed)[0];
    let shown = sandbox.client(&["order", "get", id]).run().ends_with(0);
    assert!(shown.stdout.contains("pay until "), "{}", shown.stdout);
}

#[test]
fn a_refused_order_is_explained() {
    let sandbox = Running::start(&["--fault", "refuse-order:INVENTORY_HOLD_ERROR*2"]);
    let run = place(&sandbox, &order("a-1"), &[]).ends_with(1);
    assert_eq!(run.error()["code"], "INVENTORY_HOLD_ERROR");
    assert_eq!(run.stdout, "");
    let people = sandbox
        .client(&["order", "place", "-", "--yes"])
        .input(order("a-1").to_string())
        .run()
        .ends_with(1);
    insta::assert_snapshot!(people.message(), @r#"
    warning: the address may be refused: zip for RU: found 5 digits; wanted 6 digits
    note: recorded the order in HOME/.local/share/aliexpress/orders.db as sent TIME; if this command is interrupted, settle the order with aliexpress order settle
    placing the order under out_order_id "a-1"
    error: platform refused the order: INVENTORY_HOLD_ERROR: the goods could not be reserved, request id ID
    hint: cause: Too few pieces are in stock, or the platform's stock service failed temporarily.
    hint: what to do: Check the stock of the variant; if it suffices, place the order again after a while under the same `out_order_id`.
    hint: see docs/errors-of-apis.md#inventory_hold_error
    hint: no order was placed
    "#);
}

#[test]
fn an_unknown_outcome_can_be_recovered_without_a_second_order() {
    let sandbox = Running::start(&["--fault", "reset-after@aliexpress.ds.order.create"]);
    let run = place(&sandbox, &order("a-1"), &[]).ends_with(4);
    let error = run.error();
    assert_eq!(
        (&error["kind"], &error["out_order_id"]),
        (&json!("unknown-outcome"), &json!("a-1"))
    );
    assert_eq!(error["may_have_acted"], true);
    let first_sent = error["first_sent"].as_str().unwrap();
    insta::assert_snapshot!(steady(&error["hints"].to_string()), @r#"["cause: Connection reset by peer (os error 104)","do not place it under another out_order_id: if the first order exists, that would be a second one","within 20 hours, aliexpress order place - --recover TIME sends it again under the same id, which does not place a second order","aliexpress order settle settles every open order"]"#);

    let recovered = place(&sandbox, &order("a-1"), &["--recover", first_sent]).ends_with(7);
    assert_eq!(recovered.json()["outcome"], "duplicate");
    let long_ago = place(
        &sandbox,
        &order("a-1"),
        &["--recover", "2020-01-01T00:00:00Z"],
    )
    .ends_with(4);
    insta::assert_snapshot!(long_ago.error()["hints"].to_string(), @r#"["do not place it under another out_order_id: if the first order exists, that would be a second one","look for the order on the platform's site; aliexpress order note records what you found"]"#);
    place(&sandbox, &order("a-1"), &["--recover", "yesterday"]).ends_with(2);
}

#[test]
fn an_order_that_was_not_sent_was_not_placed() {
    let run = unreachable(&["order", "place", "-", "--yes"])
        .input(order("a-1").to_string())
        .run()
        .ends_with(3);
    insta::assert_snapshot!(run.message(), @r#"
    warning: the address may be refused: zip for RU: found 5 digits; wanted 6 digits
    note: recorded the order in HOME/.local/share/aliexpress/orders.db as sent TIME; if this command is interrupted, settle the order with aliexpress order settle
    placing the order under out_order_id "a-1"
    error: cannot call aliexpress.ds.order.create: cannot connect for POST http://127.0.0.1:9/sync: Connection refused (os error 111)
    hint: check --gateway, --proxy and the network; nothing was sent
    hint: no order was placed
    "#);
}

#[test]
fn nothing_is_placed_without_a_yes() {
    let mut sandbox = Running::start(&[]);
    let path = fixture(&format!("samples/{CREATE}/request.json"));
    let mut messages = String::new();
    for order in ["-", &path] {
        let input = match order {
            "-" => sample(),
            _ => "y\n".to_owned(),
        };
        let run = sandbox
            .client(&["order", "place", order])
            .input(input)
            .run();
        messages += &run.ends_with(2).message();
    }
    insta::assert_snapshot!(messages, @"
    warning: the address may be refused: zip for RU: found 5 digits; wanted 6 digits
    error: cannot ask whether to place the order: found no terminal; wanted --yes or a terminal
    warning: the address may be refused: zip for RU: found 5 digits; wanted 6 digits
    error: cannot ask whether to place the order: found no terminal; wanted --yes or a terminal
    ");
    let get = sandbox.client(&["order", "get", "10000001"]).run();
    get.ends_with(0);
    assert_eq!(sandbox.next()["api"], "aliexpress.trade.ds.order.get");
}

#[test]
fn an_address_that_looks_wrong_is_sent_with_a_warning() {
    let mut spanish = order("a-1");
    spanish["logistics_address"]["country"] = "ES".into();
    spanish["logistics_address"]["mobile_no"] = "61234567".into();
    let place = |more: &[&str]| {
        let args = [&["order", "place", "-", "--yes", "--sandbox"], more].concat();
        aliexpress(&args)
            .input(spanish.to_string())
            .run()
            .ends_with(0)
    };
    insta::assert_snapshot!(place(&[]).message(), @r#"
    warning: the address may be refused: mobile_no for ES: found 8 digits; wanted 9 digits, without the country's prefix
    placing the order under out_order_id "a-1"
    "#);
    let line = place(&["--json"]).stderr;
    let first: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert!(first["warning"].is_string(), "{line}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_order_id_is_not_lost_if_the_output_fails() {
    let sandbox = Running::start(&[]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let path = fixture(&format!("samples/{CREATE}/request.json"));
    let mut program = sandbox.client(&["order", "place", &path, "--yes"]);
    let output = program.command().stdout(full.unwrap()).output().unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{printed}");
    insta::assert_snapshot!(steady(&printed), @r#"
    warning: the address may be refused: zip for RU: found 5 digits; wanted 6 digits
    note: recorded the order in HOME/.local/share/aliexpress/orders.db as sent TIME; if this command is interrupted, settle the order with aliexpress order settle
    placing the order under out_order_id "123456789"
    warning: order ORDER placed under out_order_id 123456789
    error: cannot write the output: No space left on device (os error 28)
    "#);
}

/// A full disk behind standard error does not end a command or change its exit code.
#[cfg(target_os = "linux")]
#[test]
fn a_failure_to_print_does_not_change_the_exit_code() {
    let full = || {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).open("/dev/full").unwrap()
    };
    let path = fixture(&format!("samples/{CREATE}/request.json"));
    for (fault, code) in [("reset-after", 4), ("pay-fails", 6), ("delay:1ms", 0)] {
        let sandbox = Running::start(&["--fault", &format!("{fault}@{CREATE}")]);
        for more in [&[][..], &["--json"], &["--verbose"]] {
            let args = [&["order", "place", &path, "--yes"], more].concat();
            let mut program = sandbox.client(&args);
            let command = program.command().stdout(full()).stderr(full());
            let status = command.status().unwrap();
            // The fault was for the first run; the others find the order.
            let code = if more.is_empty() { code } else { 7 };
            assert_eq!(status.code(), Some(code), "{fault} {more:?}");
        }
    }
    for (args, code) in [
        (&["--help"][..], 2),
        (&["order", "get", "x"], 2),
        (&["explain", "x"], 2),
    ] {
        let mut program = aliexpress(args);
        let status = program.command().stdout(full()).stderr(full()).status();
        assert_eq!(status.unwrap().code(), Some(code), "{args:?}");
    }
}

#[track_caller]
fn check_unusable(order: &str, expected: &str) {
    let run = aliexpress(&["order", "place", "-", "--yes", "--sandbox"])
        .input(order)
        .run()
        .ends_with(2);
    assert_eq!(run.stderr, format!("error: {expected}\n"));
}

#[test]
fn an_order_that_cannot_be_used_is_reported_before_anything_is_sent() {
    check_unusable(
        "\n",
        "cannot read the order in standard input: found nothing; wanted a JSON object",
    );
    check_unusable(
        "{\"out_order_id\":",
        "cannot read the order in standard input: found broken JSON at line 1 column 16; wanted a JSON \
         object",
    );
    check_unusable(
        r#"{"out_order_id": "1", "product_items": [{"product_count": 1, "product_count": 9}]}"#,
        "cannot read the order in standard input: found product_items[0].product_count twice; wanted \
         each key once",
    );
    check_unusable(
        &"[".repeat(100_000),
        "cannot read the order in standard input: found broken JSON at line 1 column 128; wanted a JSON \
         object",
    );
    check_unusable(
        "[1]",
        "cannot read the order in standard input: found a list; wanted a JSON object",
    );
    let mut wrong = order("a-1");
    wrong["product_items"][0]["product_count"] = "two".into();
    check_unusable(
        &wrong.to_string(),
        "cannot read the order in standard input: product_items[0].product_count: expected an integer, \
         found \"two\"",
    );
    let mut lacking = order(" ");
    lacking["logistics_address"]["full_name"] = "".into();
    check_unusable(
        &lacking.to_string(),
        "cannot place an order: found nothing in logistics_address.full_name, out_order_id; wanted every \
         required field",
    );
}

#[test]
fn keys_that_the_platform_would_ignore_are_refused() {
    let mut camel = order("a-1");
    camel["logistics_address"]["mobileNo"] = "1".into();
    camel["product_items"][1]["colour"] = "red".into();
    check_unusable(
        &camel.to_string(),
        "cannot read the order in standard input: found the unknown keys logistics_address.mobileNo, \
         product_items[1].colour; wanted keys of aliexpress.ds.order.create\n\
         hint: keys are in snake case, such as mobile_no",
    );
}

#[test]
fn unknown_keys_are_sent_if_they_are_allowed() {
    let mut sandbox = Running::start(&[]);
    let mut newer = order("a-1");
    newer["logistics_address"]["floor_no"] = "4".into();
    newer["product_items"][1]["gift"] = json!({"wrapped": true});
    newer["ds_extend_request"] = json!({"trade_extra_param": {"new_key": "K1"}});
    let refused = place(&sandbox, &newer, &[]).ends_with(2);
    insta::assert_snapshot!(refused.message(), @r#"{"error":{"exit_code":2,"hints":["--allow-unknown sends keys that the API's model does not have"],"kind":"usage","message":"cannot read the order in standard input: found the unknown keys ds_extend_request.trade_extra_param.new_key, logistics_address.floor_no, product_items[1].gift; wanted keys of aliexpress.ds.order.create"}}"#);
    place(&sandbox, &newer, &["--allow-unknown"]).ends_with(0);
    let sent = sandbox.next();
    let notes = sent["notes"].to_string();
    for path in [
        "ds_extend_request.trade_extra_param.new_key",
        "logistics_address.floor_no",
        "product_items[1].gift",
    ] {
        assert!(notes.contains(path), "{path} in {notes}");
    }

    // Such a key cannot be written in a path.
    newer["logistics_address"]["floor.no"] = "4".into();
    let refused = place(&sandbox, &newer, &["--allow-unknown"]).ends_with(2);
    insta::assert_snapshot!(refused.message(), @r#"{"error":{"exit_code":2,"hints":["--allow-unknown sends keys that the API's model does not have"],"kind":"usage","message":"cannot read the order in standard input: found the unknown keys ds_extend_request.trade_extra_param.new_key, logistics_address.\"floor.no\", logistics_address.floor_no, product_items[1].gift; wanted keys of aliexpress.ds.order.create"}}"#);
}

#[test]
fn an_order_is_shown_as_its_buyer_and_as_its_seller_see_it() {
    let buyer = aliexpress(&["order", "get", "10000001", "--sandbox"])
        .run()
        .ends_with(0);
    insta::assert_snapshot!(without_request_id(&buyer));
    let seller = aliexpress(&["order", "info", "12345678", "--sandbox"])
        .run()
        .ends_with(0);
    insta::assert_snapshot!(without_request_id(&seller));
}

fn without_request_id(run: &Run) -> String {
    let (text, _) = run.stdout.split_once("request id ").unwrap();
    text.to_owned()
}

#[test]
fn programs_get_the_whole_order() {
    let buyer = aliexpress(&["order", "get", "10000001", "--sandbox", "--json"])
        .run()
        .ends_with(0);
    assert_eq!(buyer.json()["order"]["order_status"], "FINISH");
    assert!(buyer.json()["request_id"].is_string());
    let seller = |include: &str| {
        let args = [
            "order",
            "info",
            "12345678",
            "--sandbox",
            "--json",
            "--include",
            include,
        ];
        aliexpress(&args).run().ends_with(0).json()["order"].clone()
    };
    assert!(seller("buyer,refund")["buyer_info"].is_object());
    assert!(seller("refund")["buyer_info"].is_null());
    aliexpress(&["order", "info", "12345678", "--include", "all"])
        .run()
        .ends_with(2);
    let all = aliexpress(&["order", "info", "12345678", "--sandbox", "--all"])
        .run()
        .ends_with(0);
    assert!(all.stdout.contains("init_oder_amount"), "{}", all.stdout);
}

#[test]
fn a_watch_ends_at_the_requested_status() {
    let sandbox = Running::start(&["--pace", "1"]);
    let id = &ids(&place(&sandbox, &order("a-1"), &[]).ends_with(0))[0];
    let until = [
        "order",
        "watch",
        id,
        "--every",
        "0.05",
        "--within",
        "120",
        "--until",
        "wait_buyer_accept_goods",
    ];
    let run = sandbox.client(&until).run().ends_with(0);
    assert!(run.stdout.trim_end().ends_with("shipped"), "{}", run.stdout);
}

#[test]
fn a_watch_without_a_change_ends_at_its_time_limit() {
    let sandbox = Running::start(&[]);
    let id = &ids(&place(&sandbox, &order("a-1"), &[]).ends_with(0))[0];
    let args = [
        "order", "watch", id, "--every", "0.1", "--within", "3", "--json",
    ];
    let run = sandbox.client(&args).run().ends_with(8);
    assert_eq!(run.error()["kind"], "out-of-time");
    let missed = [
        "order", "watch", "10000001", "--until", "IN_ISSUE", "--within", "60",
    ];
    let run = sandbox.client(&missed).run().ends_with(8);
    insta::assert_snapshot!(run.message(), @"
    waiting for order 10000001 to become visible
    error: cannot wait for order 10000001 any longer: found it finished with FINISH; wanted IN_ISSUE
    ");
    let started = std::time::Instant::now();
    unreachable(&["order", "watch", "77", "--within", "1"])
        .run()
        .ends_with(3);
    assert!(started.elapsed().as_secs() < 60);
    let hidden = ["order", "watch", "77", "--within", "5"];
    let run = sandbox.client(&hidden).run().ends_with(8);
    insta::assert_snapshot!(run.message(), @r#"
    waiting for order 77 to become visible
    error: cannot read order 77: found that the platform did not show the order even after TIME; wanted the order to become visible before that: platform refused aliexpress.trade.ds.order.get: code 15 "Remote service error", sub-code isv.insufficient-permission "Insufficient permission.", request id ID
    hint: the account has no permission for this
    hint: cause: The order belongs to another account, or was placed seconds ago and is not visible yet.
    hint: what to do: After placing an order, wait ten seconds before you read it; otherwise check whose session was used.
    hint: see docs/errors.md#isvinsufficient-permission
    "#);
    aliexpress(&["order", "watch", "77", "--until", "SOON"])
        .run()
        .ends_with(2);
    aliexpress(&["order", "watch", "0"]).run().ends_with(2);
}
