use std::fs;

use toml::{Table, Value};

use crate::program::{CANARY, aliexpress, fixture};

/// Signs a case of the signing fixtures and compares both steps.
#[track_caller]
fn check_case(folder: &str) {
    let read =
        |name: &str| fs::read_to_string(fixture(&format!("signing/{folder}/{name}"))).unwrap();
    let case: Table = read("params.toml").parse().unwrap();
    let text = |key: &str| case.get(key).and_then(Value::as_str);
    let method = text("sign_method").unwrap();
    let params = serde_json::to_string(&case["params"]).unwrap();
    let mut args = vec![
        "sign",
        "--json",
        "--sign-method",
        method,
        "--params-json",
        "-",
    ];
    if let Some(path) = text("path") {
        args.extend(["--path", path]);
    }
    if text("blank_values") == Some("left out") {
        args.push("--drop-blank");
    }
    let secret = text("app_secret").unwrap();
    let run = aliexpress(&args)
        .env("ALIEXPRESS_APP_SECRET", secret)
        .input(params)
        .run()
        .ends_with(0);
    // For md5, the secret that is hashed before and after the string is not shown.
    let mut canonical = read("string-to-sign.txt");
    if method == "md5" {
        let inside = canonical.strip_prefix(secret).unwrap();
        canonical = inside.strip_suffix(secret).unwrap().to_owned();
    }
    let signed = run.json();
    assert_eq!(signed["canonical"], canonical, "{folder}");
    assert_eq!(signed["signature"], read("signature.txt"), "{folder}");
}

#[test]
fn every_case_of_the_fixtures_is_signed_in_both_steps() {
    let mut count = 0;
    for entry in fs::read_dir(fixture("signing")).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            check_case(entry.file_name().to_str().unwrap());
            count += 1;
        }
    }
    assert_eq!(count, 22);
}

#[test]
fn people_see_both_steps() {
    let run = aliexpress(&[
        "sign",
        "--secret-env",
        "SHOP",
        "foo=1",
        "bar=2",
        "foo_bar=3",
        "foobar=4",
    ])
    .env("SHOP", "helloworld")
    .run()
    .ends_with(0);
    insta::assert_snapshot!(run.stdout, @"
    canonical  bar2foo1foo_bar3foobar4
    signature  339676BF36C50A8BD3D8F6B4A81B2F9AA614B05BFCFEBEFC169CB830D6B77D3B
    ");
}

#[test]
fn blank_values_are_signed_as_given() {
    let run = aliexpress(&["sign", "--json", "b=", "a= "])
        .env("ALIEXPRESS_APP_SECRET", "helloworld")
        .run()
        .ends_with(0);
    assert_eq!(run.json()["canonical"], "a b");
}

#[test]
fn a_value_may_hold_equal_signs() {
    let run = aliexpress(&["sign", "--json", "a=b=c"])
        .env("ALIEXPRESS_APP_SECRET", "x")
        .run()
        .ends_with(0);
    assert_eq!(run.json()["canonical"], "ab=c");
}

#[test]
fn terminal_control_characters_are_escaped_for_people_only() {
    let args = ["sign", "a=\u{1b}[2J\n"];
    let run = |args: &[&str]| aliexpress(args).env("ALIEXPRESS_APP_SECRET", "x").run();
    assert!(run(&args).stdout.starts_with("canonical  a\\u{1b}[2J\\n\n"));
    assert_eq!(
        run(&["--json", args[0], args[1]]).json()["canonical"],
        "a\u{1b}[2J\n"
    );
}

#[test]
fn the_secret_is_not_printed() {
    for method in ["sha256", "hmac-sha256", "hmac", "md5"] {
        for json in [&["--json"][..], &[]] {
            let args = [&["sign", "--sign-method", method, "a=1"], json].concat();
            let run = aliexpress(&args).env("ALIEXPRESS_APP_SECRET", CANARY);
            run.run().ends_with(0);
        }
    }
    let forced = ["sign", "a=1", "--app-secret-on-the-command-line", CANARY];
    aliexpress(&forced).run().ends_with(0);
}

#[track_caller]
fn check_refused(args: &[&str], input: &str, expected: &str) {
    let args = [&["sign"], args].concat();
    let run = aliexpress(&args)
        .env("ALIEXPRESS_APP_SECRET", CANARY)
        .input(input)
        .run()
        .ends_with(2);
    assert_eq!(
        (&*run.stderr, &*run.stdout),
        (&*format!("error: {expected}\n"), "")
    );
}

#[test]
fn parameters_that_cannot_be_read_are_named_without_their_values() {
    check_refused(
        &["a=1", CANARY],
        "",
        "cannot read parameter 2: found no \"=\"; wanted key=value",
    );
    check_refused(
        &[&format!("={CANARY}")],
        "",
        "cannot read parameter 1: found no key; wanted key=value",
    );
    check_refused(
        &["a=1", "a=2"],
        "",
        "cannot read the parameters: found \"a\" twice; wanted each key once",
    );
    let stdin = &["--params-json", "-"];
    check_refused(
        stdin,
        "[1]",
        "cannot read parameters from standard input: found no object; wanted a JSON object of strings",
    );
    check_refused(
        stdin,
        &format!("{{\"a\": \"{CANARY}\","),
        "cannot read parameters from standard input: found broken JSON at line 1 column 20; wanted a \
         JSON object of strings",
    );
    check_refused(
        stdin,
        r#"{"a": {"b": 1}}"#,
        "cannot read parameters from standard input: found an object under \"a\"; wanted a text (an \
         object or list as JSON in a text)",
    );
    check_refused(
        stdin,
        r#"{"a": "1", "a": "2"}"#,
        "cannot read the parameters: found \"a\" twice; wanted each key once",
    );
    check_refused(
        &["--params-json", "no-such-file"],
        "",
        "cannot read no-such-file: No such file or directory (os error 2)",
    );
}

#[test]
fn a_missing_secret_is_named_by_its_variable() {
    let run = aliexpress(&["sign", "a=1"]).run().ends_with(2);
    assert_eq!(
        run.stderr,
        "error: cannot sign: found no app secret; wanted it in the environment variable \
         ALIEXPRESS_APP_SECRET\n"
    );
    let run = aliexpress(&["sign", "--secret-env", "SHOP", "--json", "a=1"])
        .env("ALIEXPRESS_APP_SECRET", CANARY)
        .run()
        .ends_with(2);
    assert_eq!(run.error()["kind"], "usage");
    assert_eq!(
        run.error()["message"],
        "cannot sign: found no app secret; wanted it in the environment variable SHOP"
    );
}

#[test]
fn a_misplaced_secret_is_not_repeated() {
    for wrong in ["--app-secret", "--session", "--secret"] {
        aliexpress(&["sign", wrong, CANARY, "a=1"])
            .run()
            .ends_with(2);
        aliexpress(&["sign", &format!("{wrong}={CANARY}"), "a=1", "--json"])
            .run()
            .ends_with(2);
    }
}
