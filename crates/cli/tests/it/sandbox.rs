use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Stdio};

use serde_json::Value;

use crate::program::{CANARY, Program, aliexpress, steady};

/// A running sandbox.
pub(crate) struct Running {
    pub(crate) child: Child,
    lines: BufReader<ChildStdout>,
    pub(crate) first: Value,
    _program: Program,
}

impl Running {
    #[track_caller]
    pub(crate) fn start(more: &[&str]) -> Self {
        let mut program = aliexpress(&[&["sandbox", "--json"], more].concat());
        let child = program.command().stdout(Stdio::piped()).spawn().unwrap();
        Self::of(child, program)
    }

    /// A sandbox that was started with a piped standard output.
    #[track_caller]
    pub(crate) fn of(mut child: Child, program: Program) -> Self {
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let first = next(&mut lines);
        Self {
            child,
            lines,
            first,
            _program: program,
        }
    }

    pub(crate) fn next(&mut self) -> Value {
        next(&mut self.lines)
    }

    /// A run against this sandbox, with its credentials.
    pub(crate) fn client(&self, args: &[&str]) -> Program {
        let value = |name: &str| self.first[name].as_str().unwrap_or(CANARY);
        aliexpress(args)
            .env("ALIEXPRESS_GATEWAY", value("url"))
            .env("ALIEXPRESS_APP_KEY", value("app_key"))
            .env("ALIEXPRESS_APP_SECRET", value("app_secret"))
            .env("ALIEXPRESS_SESSION", value("session"))
            .env("NO_PROXY", "*")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
pub(crate) fn next(lines: &mut impl BufRead) -> Value {
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert!(!line.contains(CANARY), "a secret came out: {line}");
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
}

const ORDER_GET: &str = "aliexpress.trade.ds.order.get";
const QUERY: &str = r#"single_order_query={"order_id":10000001}"#;

#[test]
fn calls_with_its_credentials_are_accepted_and_logged() {
    let mut sandbox = Running::start(&["--seed", "7"]);
    sandbox
        .client(&["call", ORDER_GET, QUERY])
        .run()
        .ends_with(0);
    let event = sandbox.next();
    assert_eq!(event["api"], ORDER_GET);
    assert_eq!(
        (&event["verdict"], &event["status"]),
        (&"accepted".into(), &200.into())
    );
}

#[test]
fn given_credentials_are_used_and_not_printed() {
    let given = [
        "--app-key",
        "42",
        "--app-secret",
        CANARY,
        "--session",
        CANARY,
    ];
    let mut sandbox = Running::start(&given);
    assert_eq!(sandbox.first["app_key"], "42");
    assert!(sandbox.first.get("app_secret").is_none());
    sandbox
        .client(&["call", ORDER_GET, QUERY])
        .run()
        .ends_with(0);
    assert_eq!(sandbox.next()["verdict"], "accepted");
}

#[test]
fn a_wrong_signature_is_diagnosed() {
    let mut sandbox = Running::start(&["--seed", "3"]);
    let run = sandbox
        .client(&["call", ORDER_GET, QUERY])
        .env("ALIEXPRESS_APP_SECRET", CANARY)
        .run()
        .ends_with(1);
    insta::assert_snapshot!(run.message(), @r#"
    error: platform refused aliexpress.trade.ds.order.get: code IncompleteSignature "The request signature does not conform to platform standards."; signed here: sign method sha256, no path, parameters in order: app_key, format, method, partner_id, session, sign_method, simplify, single_order_query, timestamp, v; canonical string of 241 bytes with SHA-256 HASH, request id ID
    hint: the signature does not fit the call
    hint: cause: A wrong app secret (check for a line break at its end), a value changed between signing and sending, or a wrong sort order.
    hint: what to do: Compare what the error states with what the gateway expects: sign method, order of parameter names, length and hash of the canonical string.
    hint: see docs/errors.md#incompletesignature
    "#);
    let event = sandbox.next();
    insta::assert_snapshot!(steady(event["signature"].as_str().unwrap()), @r#"no known mistake gives this signature; expected "app_key593445formatjsonmethodaliexpress.trade.ds.order.getpartner_idaliexpress-rust-VERSIONsession[masked]iTetsign_methodsha256simplifytruesingle_order_query{\"order_id\":10000001}timestampTIMEv2.0""#);
}

#[test]
fn faults_can_be_requested() {
    let mut sandbox = Running::start(&["--fault", "html-before:502*9"]);
    let run = sandbox
        .client(&["call", ORDER_GET, QUERY, "--json", "--timeout", "60"])
        .run()
        .ends_with(3);
    assert_eq!(run.error()["kind"], "network");
    assert_eq!(sandbox.next()["faults"][0], "html-before:502");
}

#[test]
fn a_fault_for_an_unknown_api_causes_a_warning() {
    let args = ["sandbox", "--json", "--fault", "reset-after@a.b"];
    let mut program = aliexpress(&args);
    let command = program.command().stdout(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let event = next(&mut BufReader::new(child.stderr.take().unwrap()));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(
        event["warning"],
        "reset-after@a.b*1 has no effect: the sandbox has no API \"a.b\""
    );
}

#[test]
fn wrong_settings_are_refused() {
    aliexpress(&["sandbox", "--port", "70000"])
        .run()
        .ends_with(2);
    let run = aliexpress(&["sandbox", "--fault", "earthquake"])
        .run()
        .ends_with(2);
    insta::assert_snapshot!(run.message(), @r#"
    error: invalid value 'earthquake' for '--fault <FAULT>': cannot read the fault: found "earthquake"; wanted one of delay:DURATION, reset-before, reset-after, cut-body:BYTES, slow-body:DURATION, html-before:STATUS, html-after:STATUS, throttle:DURATION, expire-token, service-failure, malformed, drifting-types, wrong-types, huge:BYTES, bare-list, replace:TEXT, pay-fails, refuse-order:CODE

    For more information, try '--help'.
    "#);
    let run = aliexpress(&["sandbox", "--visible-after", "soon"])
        .run()
        .ends_with(2);
    insta::assert_snapshot!(run.message(), @"
    error: invalid value 'soon' for '--visible-after <SECONDS>': wanted a number of seconds, such as 10 or 0.5

    For more information, try '--help'.
    ");
    aliexpress(&["sandbox", "--callback", "https://shop.example/"])
        .run()
        .ends_with(2);
}

#[test]
fn a_port_in_use_is_named() {
    let sandbox = Running::start(&[]);
    let url = sandbox.first["url"].as_str().unwrap();
    let port = url.rsplit(':').next().unwrap();
    let run = aliexpress(&["sandbox", "--port", port]).run().ends_with(2);
    insta::assert_snapshot!(run.message(), @"error: cannot start the sandbox: cannot listen on 127.0.0.1:PORT: Address already in use (os error 98)");
}

#[test]
fn people_get_variables_to_paste() {
    let mut program = aliexpress(&["sandbox", "--seed", "1", "--port", "0"]);
    let mut child = program.command().stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let text: Vec<_> = lines.take(6).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        text[0].starts_with("sandbox on http://127.0.0.1:"),
        "{text:?}"
    );
    for (line, name) in text[2..]
        .iter()
        .zip(["GATEWAY", "APP_KEY", "APP_SECRET", "SESSION"])
    {
        assert!(
            line.starts_with(&format!("export ALIEXPRESS_{name}=")),
            "{text:?}"
        );
    }
}

/// Sends a command over HTTP, as a test suite in another language does, and returns the response.
pub(crate) fn command(sandbox: &Running, request: &str) -> String {
    let host = sandbox.first["url"].as_str().unwrap();
    let host = host.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!("{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn push_messages_of_the_chosen_types_are_sent() {
    let sandbox = Running::start(&["--push-types", "51,18"]);
    for _ in 0..2 {
        let moved = command(&sandbox, "POST /admin/orders/12345678/advance");
        assert!(moved.contains("200 OK"), "{moved}");
    }
    let pushes = command(&sandbox, "GET /admin/pushes");
    assert!(pushes.contains("\"message_type\":51"), "{pushes}");
    assert!(!pushes.contains("\"message_type\":53"), "{pushes}");
}
