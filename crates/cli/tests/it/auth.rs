use crate::program::{CANARY, Home, aliexpress};
use crate::sandbox::Running;

#[test]
fn the_url_of_the_authorisation_page_is_printed() {
    let run = aliexpress(&[
        "auth",
        "url",
        "--redirect",
        "https://shop.example/back",
        "--state",
        "x y",
    ])
    .env("ALIEXPRESS_APP_KEY", "12345678")
    .run()
    .ends_with(0);
    insta::assert_snapshot!(run.stdout, @"https://api-sg.aliexpress.com/oauth/authorize?response_type=code&force_auth=true&redirect_uri=https%3A%2F%2Fshop.example%2Fback&client_id=12345678&state=x+y");
    let run = aliexpress(&["auth", "url", "--redirect", "https://x.example"])
        .run()
        .ends_with(2);
    insta::assert_snapshot!(run.stderr);
}

/// Gets a code from the sandbox's authorisation page, as a browser does.
fn code(sandbox: &Running) -> String {
    use std::io::{Read, Write};
    let url = sandbox.first["url"].as_str().unwrap();
    let place = url.strip_prefix("http://").unwrap();
    let app_key = sandbox.first["app_key"].as_str().unwrap();
    let mut stream = std::net::TcpStream::connect(place).unwrap();
    write!(
        stream,
        "GET /oauth/authorize?response_type=code&redirect_uri=http://127.0.0.1/back&client_id={app_key}&state=s HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let start = answer
        .to_ascii_lowercase()
        .find("location: ")
        .unwrap_or_else(|| panic!("{answer}"));
    answer[start + 10..].lines().next().unwrap().to_owned()
}

#[test]
fn a_session_is_created_stored_used_and_refreshed_without_being_printed() {
    let sandbox = Running::start(&[]);
    let home = Home::new();
    let run = |args: &[&str], input: &str| {
        let program = sandbox.client(args).env("ALIEXPRESS_SESSION", "");
        program.at(&home).input(input).run()
    };
    run(&["auth", "status"], "").ends_with(2);
    let callback = code(&sandbox);
    let created = run(&["auth", "create", "--state", "s", "--json"], &callback).ends_with(0);
    let status = run(&["auth", "status", "--json"], "").ends_with(0);
    assert_eq!(status.json(), created.json());
    let stored = std::fs::read_to_string(created.json()["stored_in"].as_str().unwrap()).unwrap();
    let stored: serde_json::Value = serde_json::from_str(&stored).unwrap();

    let query = r#"single_order_query={"order_id":10000001}"#;
    run(&["call", "aliexpress.trade.ds.order.get", query], "").ends_with(0);
    let refreshed = run(&["auth", "refresh"], "").ends_with(0);
    let used_up = run(&["auth", "create"], &callback).ends_with(1);
    insta::assert_snapshot!(used_up.message(), @r#"
    error: platform refused /auth/token/create: code InvalidCode "Invalid authorization code: it was used before.", request id ID
    hint: the authorisation code is not accepted
    hint: cause: The code was used before, is older than three minutes, or belongs to another application.
    hint: what to do: Send the account's owner to the authorisation page again, and exchange the new code at once.
    hint: see docs/errors.md#invalidcode
    "#);
    for secret in ["access_token", "refresh_token"] {
        let secret = stored[secret].as_str().unwrap();
        for run in [&created, &status, &refreshed, &used_up] {
            assert!(!format!("{run:?}").contains(secret), "{run:?}");
        }
    }
    run(&["call", "aliexpress.trade.ds.order.get", query], "").ends_with(0);
}

/// A program with its own database can use the session that `auth create` stored there.
#[test]
fn a_session_can_be_stored_in_the_database_of_a_program() {
    use aliexpress::tokens::TokenStore;
    let sandbox = Running::start(&[]);
    let home = Home::new();
    let file = home.path().join("shop.db");
    let store = file.to_str().unwrap();
    let args = [
        "auth",
        "create",
        "--store",
        store,
        "--account",
        "shop",
        "--json",
    ];
    let program = sandbox.client(&args).at(&home);
    let created = program.input(code(&sandbox)).run().ends_with(0);
    assert_eq!(created.json()["stored_in"], store);
    let database = aliexpress_stores::SqliteStore::open(&file).unwrap();
    let tokens = database.tokens("shop").load().unwrap().unwrap();
    assert!(tokens.refresh_token.is_some());
    assert!(database.tokens("default").load().unwrap().is_none());
    let status = sandbox
        .client(&["auth", "status"])
        .env("ALIEXPRESS_SESSION", "");
    status.at(&home).run().ends_with(2);
}

#[test]
fn an_invalid_code_is_not_sent() {
    let sandbox = Running::start(&[]);
    let refused = |args: &[&str], input: &str, expected: &str| {
        let run = sandbox.client(args).input(input).run().ends_with(2);
        assert_eq!(run.stderr, format!("error: {expected}\n"));
    };
    let wanted = "cannot read the code: found no code; wanted the code, or the URL of the callback";
    refused(&["auth", "create"], "\n", wanted);
    refused(&["auth", "create"], &format!("{CANARY} {CANARY}"), wanted);
    refused(
        &["auth", "create", "--state", "mine"],
        &format!("https://shop.example/back?code={CANARY}&state=other"),
        "cannot read the callback: found another state; wanted the state passed to the authorisation page",
    );
}

#[test]
fn a_session_that_was_given_is_not_shown() {
    let run = aliexpress(&["auth", "status"])
        .env("ALIEXPRESS_SESSION", CANARY)
        .run()
        .ends_with(0);
    assert_eq!(
        run.stdout,
        "session  from the settings; when it expires is not known\n"
    );
}

#[test]
fn without_a_stored_session_there_is_nothing_to_refresh() {
    let run = aliexpress(&["auth", "refresh", "--app-key", "1"])
        .env("ALIEXPRESS_APP_SECRET", CANARY)
        .run()
        .ends_with(2);
    insta::assert_snapshot!(run.stderr);
}

#[test]
fn codes_and_tokens_that_the_platform_refuses_are_not_repeated() {
    let sandbox = Running::start(&[]);
    let create = &["auth", "create"];
    let forced = &["auth", "create", "--code-on-the-command-line", CANARY];
    let token = format!("refresh_token={CANARY}");
    let refresh = &["call", "/auth/token/refresh", &token];
    let mut messages = String::new();
    for args in [&create[..], forced, refresh] {
        for json in [&["--json"][..], &[]] {
            let args = [args, json].concat();
            let run = sandbox.client(&args).input(CANARY).run();
            messages += &run.ends_with(1).message();
        }
    }
    insta::assert_snapshot!(messages, @r#"
    {"error":{"error_response":{"code":"InvalidCode","msg":"Invalid authorization code: the sandbox hands them out at /oauth/authorize, and takes others of the platform's look, digits_letters.","request_id":"ID","type":"ISV"},"exit_code":1,"hints":["the authorisation code is not accepted","cause: The code was used before, is older than three minutes, or belongs to another application.","what to do: Send the account's owner to the authorisation page again, and exchange the new code at once.","see docs/errors.md#invalidcode"],"kind":"refused","may_have_acted":false,"message":"platform refused /auth/token/create: code InvalidCode \"Invalid authorization code: the sandbox hands them out at /oauth/authorize, and takes others of the platform's look, digits_letters.\", request id ID","page":"docs/errors.md#invalidcode","request_id":"ID"}}
    error: platform refused /auth/token/create: code InvalidCode "Invalid authorization code: the sandbox hands them out at /oauth/authorize, and takes others of the platform's look, digits_letters.", request id ID
    hint: the authorisation code is not accepted
    hint: cause: The code was used before, is older than three minutes, or belongs to another application.
    hint: what to do: Send the account's owner to the authorisation page again, and exchange the new code at once.
    hint: see docs/errors.md#invalidcode
    {"error":{"error_response":{"code":"InvalidCode","msg":"Invalid authorization code: the sandbox hands them out at /oauth/authorize, and takes others of the platform's look, digits_letters.","request_id":"ID","type":"ISV"},"exit_code":1,"hints":["the authorisation code is not accepted","cause: The code was used before, is older than three minutes, or belongs to another application.","what to do: Send the account's owner to the authorisation page again, and exchange the new code at once.","see docs/errors.md#invalidcode"],"kind":"refused","may_have_acted":false,"message":"platform refused /auth/token/create: code InvalidCode \"Invalid authorization code: the sandbox hands them out at /oauth/authorize, and takes others of the platform's look, digits_letters.\", request id ID","page":"docs/errors.md#invalidcode","request_id":"ID"}}
    error: platform refused /auth/token/create: code InvalidCode "Invalid authorization code: the sandbox hands them out at /oauth/authorize, and takes others of the platform's look, digits_letters.", request id ID
    hint: the authorisation code is not accepted
    hint: cause: The code was used before, is older than three minutes, or belongs to another application.
    hint: what to do: Send the account's owner to the authorisation page again, and exchange the new code at once.
    hint: see docs/errors.md#invalidcode
    {"error":{"error_response":{"code":"IllegalRefreshToken","msg":"The specified refresh token is invalid.","request_id":"ID","type":"ISV"},"exit_code":1,"hints":["the refresh token is unknown or expired","cause: The refresh token has expired; a refresh does not extend its life.","what to do: Have the account authorise the application again.","see docs/errors.md#illegalrefreshtoken","aliexpress auth refresh refreshes the session; aliexpress auth login gets a new one"],"kind":"refused","may_have_acted":false,"message":"platform refused /auth/token/refresh: code IllegalRefreshToken \"The specified refresh token is invalid.\", request id ID","page":"docs/errors.md#illegalrefreshtoken","request_id":"ID"}}
    error: platform refused /auth/token/refresh: code IllegalRefreshToken "The specified refresh token is invalid.", request id ID
    hint: the refresh token is unknown or expired
    hint: cause: The refresh token has expired; a refresh does not extend its life.
    hint: what to do: Have the account authorise the application again.
    hint: see docs/errors.md#illegalrefreshtoken
    hint: aliexpress auth refresh refreshes the session; aliexpress auth login gets a new one
    "#);
}

/// Gets a page without following redirects, and returns the whole response.
fn get(url: &str) -> String {
    use std::io::{Read, Write};
    let (place, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = std::net::TcpStream::connect(place).unwrap();
    write!(
        stream,
        "GET /{path} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn one_command_logs_in() {
    use std::io::{BufRead, BufReader};
    let sandbox = Running::start(&[]);
    let home = Home::new();
    let mut program = sandbox
        .client(&["auth", "login", "--port", "0", "--json"])
        .at(&home);
    let child = program.command().env("ALIEXPRESS_SESSION", "");
    let mut child = child.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    // A request of someone else does not end the wait.
    let callback = first["callback"].as_str().unwrap();
    let foreign = get(&format!("{callback}?code=x&state=y"));
    assert!(foreign.starts_with("HTTP/1.1 400"), "{foreign}");
    assert!(foreign.contains("another login"), "{foreign}");
    let authorised = get(first["url"].as_str().unwrap());
    let location = authorised
        .lines()
        .find_map(|line| line.strip_prefix("location: "))
        .unwrap_or_else(|| panic!("{authorised}"));
    assert!(get(location).contains("You can close this page"));
    let shown: String = lines.map_while(Result::ok).collect();
    assert!(child.wait().unwrap().success());
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert!(shown["stored_in"].is_string(), "{shown}");
    let status = sandbox
        .client(&["auth", "status"])
        .env("ALIEXPRESS_SESSION", "");
    status.at(&home).run().ends_with(0);
}

#[test]
fn a_login_without_a_callback_ends_with_advice() {
    let run = aliexpress(&[
        "auth",
        "login",
        "--port",
        "0",
        "--wait",
        "0.2",
        "--app-key",
        "1",
    ])
    .env("ALIEXPRESS_APP_SECRET", CANARY)
    .run()
    .ends_with(8);
    assert!(
        run.stdout.starts_with(
            "Open this page and authorise the application with the account:\n\nhttps://"
        )
    );
    insta::assert_snapshot!(run.message(), @"
    waiting for the browser at http://127.0.0.1:PORT/callback
    error: cannot log in: found no browser at the callback within 0.2 s; wanted a request to http://127.0.0.1:PORT/callback
    hint: register this callback URL in the developer console
    hint: aliexpress auth url and auth create need no callback to this machine
    ");
}

#[test]
fn a_callback_that_is_not_a_url_is_refused() {
    let run = aliexpress(&["auth", "url", "--redirect", "nourl", "--app-key", "1"]).run();
    let run = run.ends_with(2);
    insta::assert_snapshot!(run.message(), @"
    error: invalid value 'nourl' for '--redirect <URL>': wanted a URL that begins with https:// or http://

    For more information, try '--help'.
    ");
}
