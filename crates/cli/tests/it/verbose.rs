use crate::program::{aliexpress, steady, unreachable};

#[test]
fn each_attempt_is_logged_on_request() {
    let quiet = aliexpress(&["order", "get", "10000001", "--sandbox"]);
    assert_eq!(quiet.run().ends_with(0).stderr, "");
    let verbose = aliexpress(&["order", "get", "10000001", "--sandbox", "-v"]).run();
    insta::assert_snapshot!(verbose.ends_with(0).message(), @r#"debug: [call api="aliexpress.trade.ds.order.get" try=N status=200 duration_ms=TIME request_id="ID"]"#);
}

#[test]
fn a_failed_attempt_is_logged_with_its_reason_and_the_wait() {
    let run = unreachable(&["order", "get", "1", "--verbose", "--timeout", "60"]);
    let printed = run.run().ends_with(3).stderr;
    // Each attempt has its lines.
    let mut lines = Vec::new();
    for line in steady(&printed).lines().map(str::to_owned) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    debug: call failed: cannot call aliexpress.trade.ds.order.get: cannot connect for POST http://127.0.0.1:9/sync [call api="aliexpress.trade.ds.order.get" try=N duration_ms=TIME ]
    debug: trying again wait=TIME
    debug: [call api="aliexpress.trade.ds.order.get" try=N duration_ms=TIME ]
    error: cannot call aliexpress.trade.ds.order.get: cannot connect for POST http://127.0.0.1:9/sync: Connection refused (os error 111)
    hint: check --gateway, --proxy and the network; nothing was sent
    "#);
}

#[test]
fn programs_get_one_document_per_line() {
    let run = unreachable(&["order", "get", "1", "-v", "--json", "--timeout", "60"]);
    let run = run.run().ends_with(3);
    let documents = run.stderr.lines().map(|line| {
        let document: serde_json::Value = serde_json::from_str(line).unwrap();
        document.as_object().unwrap().keys().next().unwrap().clone()
    });
    let kinds: Vec<_> = documents.collect();
    let (last, before) = kinds.split_last().unwrap();
    assert!(
        before.len() > 1 && before.iter().all(|kind| kind == "debug"),
        "{kinds:?}"
    );
    assert_eq!(last, "error");
}

#[test]
fn only_commands_that_make_calls_take_verbose() {
    let without: [&[&str]; 7] = [
        &["explain", "27"],
        &["sign", "a=1"],
        &["apis"],
        &["decode", "answer.json"],
        &["order", "open"],
        &["auth", "status"],
        &["completions", "bash"],
    ];
    let mut messages = String::new();
    for command in without {
        let run = aliexpress(&[command, &["--verbose"]].concat()).run();
        messages += &run.ends_with(2).message();
    }
    insta::assert_snapshot!(messages, @"
    error: unexpected argument '--verbose' found

      tip: to pass '--verbose' as a value, use '-- --verbose'

    Usage: aliexpress explain <CODE>...

    For more information, try '--help'.
    error: unexpected argument '--verbose' found

      tip: to pass '--verbose' as a value, use '-- --verbose'

    Usage: aliexpress sign <KEY=VALUE>...

    For more information, try '--help'.
    error: unexpected argument '--verbose' found

      tip: to pass '--verbose' as a value, use '-- --verbose'

    Usage: aliexpress apis [OPTIONS] [NAME]

    For more information, try '--help'.
    error: unexpected argument '--verbose' found

      tip: to pass '--verbose' as a value, use '-- --verbose'

    Usage: aliexpress decode <FILE|FOLDER|->...

    For more information, try '--help'.
    error: unexpected argument '--verbose' found

    Usage: aliexpress order open [OPTIONS]

    For more information, try '--help'.
    error: unexpected argument '--verbose' found

    Usage: aliexpress auth status [OPTIONS]

    For more information, try '--help'.
    error: unexpected argument '--verbose' found

      tip: to pass '--verbose' as a value, use '-- --verbose'

    Usage: aliexpress completions <SHELL>

    For more information, try '--help'.
    ");
}
