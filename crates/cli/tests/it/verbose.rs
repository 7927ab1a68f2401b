use crate::program::{aliexpress, unreachable};

#[test]
fn each_try_is_logged_when_asked_for() {
    let quiet = aliexpress(&["order", "get", "10000001", "--sandbox"]);
    assert_eq!(quiet.run().ends_with(0).stderr, "");
    let verbose = aliexpress(&["order", "get", "10000001", "--sandbox", "-v"]).run();
    let printed = verbose.ends_with(0).stderr;
    let start = "debug: [call api=\"aliexpress.trade.ds.order.get\" try=1 status=200 duration_ms=";
    assert!(
        printed.starts_with(start) && printed.lines().count() == 1,
        "{printed}"
    );
    assert!(printed.contains(" request_id=\"21"), "{printed}");
}

#[test]
fn tries_that_fail_say_why_and_when_the_next_one_is() {
    let run = unreachable(&["order", "get", "1", "--verbose", "--timeout", "0.5"]);
    let printed = run.run().ends_with(3).stderr;
    let failed = "debug: call failed: cannot call aliexpress.trade.ds.order.get: cannot connect";
    assert!(printed.starts_with(failed), "{printed}");
    assert!(printed.contains("\ndebug: trying again wait="), "{printed}");
    assert!(
        printed
            .lines()
            .any(|line| line.starts_with("error: cannot call ")),
        "{printed}"
    );
}

#[test]
fn programs_get_a_document_per_line() {
    let run = unreachable(&["order", "get", "1", "-v", "--json", "--timeout", "0.5"]);
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
    for command in without {
        let run = aliexpress(&[command, &["--verbose"]].concat()).run();
        let printed = run.ends_with(2).stderr;
        assert!(printed.contains("'--verbose'"), "{command:?}: {printed}");
    }
}
