//! `aliexpress push`: messages from one program to another, and requests that are not messages.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, ChildStdout, Stdio};

use aliexpress::{AppKey, AppSecret, push};

use crate::program::{CANARY, Program, aliexpress, steady};

const APP_KEY: &str = "12345678";
const MESSAGE: &[u8] = br#"{"data":{"orderId":7,"orderStatus":"OrderShipped"},"message_type":53}"#;

fn application(args: &[&str]) -> Program {
    aliexpress(args)
        .env("ALIEXPRESS_APP_KEY", APP_KEY)
        .env("ALIEXPRESS_APP_SECRET", CANARY)
}

fn sign(body: &[u8]) -> String {
    push::sign(&AppKey::new(APP_KEY), &AppSecret::new(CANARY), body)
}

/// A running `push listen --json`.
struct Listening {
    child: Child,
    output: Option<BufReader<ChildStdout>>,
    errors: BufReader<ChildStderr>,
    url: String,
    _program: Program,
}

impl Listening {
    fn start() -> Self {
        let mut program = application(&["push", "listen", "--port", "0", "--json"]);
        let command = program.command().stdout(Stdio::piped());
        let child = command.stderr(Stdio::piped()).spawn().unwrap();
        Self::of(child, program)
    }

    fn of(mut child: Child, program: Program) -> Self {
        let errors = BufReader::new(child.stderr.take().unwrap());
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut listening = Self {
            child,
            output: Some(output),
            errors,
            url: String::new(),
            _program: program,
        };
        let first: serde_json::Value = serde_json::from_str(&listening.line()).unwrap();
        first["url"]
            .as_str()
            .unwrap()
            .clone_into(&mut listening.url);
        listening
    }

    /// The next line on standard output.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.as_mut().unwrap().read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap()
    }

    /// Sends the head and body of a request, and returns the status and the text of the response.
    fn request(&self, head: &str, body: &[u8]) -> String {
        let mut stream = self.connect();
        let head = head.replace('\n', "\r\n");
        write!(stream, "{head}\r\nHost: shop\r\n\r\n").unwrap();
        // A body that is too large is not read to its end.
        let _ = stream.write_all(body);
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap_or_default();
        let text = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
        format!("{status} {}", text.trim_end())
    }

    fn post(&self, body: &[u8], signature: &str) -> String {
        let length = body.len();
        let head =
            format!("POST /push HTTP/1.1\nContent-Length: {length}\nauthorization: {signature}");
        self.request(&head, body)
    }

    /// Ends the program, and returns what is left on standard error.
    fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.rest_of_errors()
    }

    fn rest_of_errors(&mut self) -> String {
        let mut errors = String::new();
        self.errors.read_to_string(&mut errors).unwrap();
        assert!(!errors.contains(CANARY), "a secret was printed: {errors}");
        steady(&errors)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_sent_message_is_received_and_a_forged_one_is_refused() {
    let mut listening = Listening::start();
    let data = r#"{"orderId":9007199254740993,"orderStatus":"OrderShipped"}"#;
    let url = listening.url.clone();
    let send = ["push", "send", &url, "--type", "53", "--data", data];
    let sent = application(&send).run().ends_with(0);
    assert!(
        sent.stdout.ends_with("answered with status 200\n"),
        "{}",
        sent.stdout
    );
    let received: serde_json::Value = serde_json::from_str(&listening.line()).unwrap();
    assert_eq!(received["message_type"], 53);
    assert_eq!(received["data"]["orderId"], 9_007_199_254_740_993_i64);
    let forged = application(&send)
        .env("ALIEXPRESS_APP_SECRET", "another")
        .run()
        .ends_with(1);
    insta::assert_snapshot!(forged.message(), @"error: the callback did not accept the message: found status 401; wanted 200");
    insta::assert_snapshot!(listening.kill(), @r#"{"warning":"cannot receive a push message: found a wrong signature; wanted the one for this body and the app secret"}"#);
}

/// A JSON reader that rounds or drops repeated keys would change these.
#[test]
fn a_message_is_printed_with_every_member_and_digit() {
    let mut listening = Listening::start();
    for message in [
        r#"{"data":{"orderId":12345678901234567890123456789,"price":1.10},"message_type":53}"#,
        r#"{"message_type":"new","data":"text","site":null,"added":[1]}"#,
        r#"{"message_type":9999,"data":{"a":1,"a":2}}"#,
    ] {
        let answer = listening.post(message.as_bytes(), &sign(message.as_bytes()));
        assert_eq!(answer, "200 received", "{message}");
        assert_eq!(listening.line(), message);
    }
}

#[test]
fn each_kind_of_wrong_request_has_its_status_and_a_warning() {
    let listening = Listening::start();
    let upper = sign(MESSAGE).to_uppercase();
    let length = MESSAGE.len();
    let too_large = vec![b' '; 1024 * 1024 + 1];
    let answers = [
        listening.post(MESSAGE, &upper),
        listening.post(MESSAGE, &"0".repeat(64)),
        listening.post(
            MESSAGE,
            &push::sign(&AppKey::new(APP_KEY), &AppSecret::new("x"), MESSAGE),
        ),
        listening.request(
            &format!("POST / HTTP/1.1\nContent-Length: {length}"),
            MESSAGE,
        ),
        listening.post(b"", &sign(b"")),
        listening.post(b"\xff{}", &sign(b"\xff{}")),
        listening.post(b"[]", &sign(b"[]")),
        listening.request("GET / HTTP/1.1", b""),
        listening.post(&too_large, &sign(&too_large)),
    ];
    insta::assert_snapshot!(answers.join("\n"), @"
    200 received
    401 not signed by the platform for this application
    401 not signed by the platform for this application
    401 not signed by the platform for this application
    400 the body is not a push message
    400 the body is not a push message
    400 the body is not a push message
    405 send push messages by POST
    413 the body is too large
    ");
    insta::assert_snapshot!(listening.kill(), @r#"
    {"warning":"cannot receive a push message: found a wrong signature; wanted the one for this body and the app secret"}
    {"warning":"cannot receive a push message: found a wrong signature; wanted the one for this body and the app secret"}
    {"warning":"cannot receive a push message: found no signature; wanted the signature of the body, in the header Authorization"}
    {"warning":"cannot receive a push message: found a body that is not JSON; wanted a message of the platform"}
    {"warning":"cannot receive a push message: found a body that is not JSON; wanted a message of the platform"}
    {"warning":"cannot receive a push message: found JSON that is not an object; wanted a message of the platform"}
    {"warning":"cannot receive a push message: found the method GET; wanted POST"}
    {"warning":"cannot read a request: found a body of more than 1048576 bytes; wanted a shorter one"}
    "#);
}

#[test]
fn a_message_that_cannot_be_printed_is_asked_for_again() {
    let mut listening = Listening::start();
    // As `| head -1` does.
    drop(listening.output.take());
    let answer = listening.post(MESSAGE, &sign(MESSAGE));
    assert_eq!(answer, "503 the message was not printed; send it again");
    assert_eq!(listening.child.wait().unwrap().code(), Some(0));
    assert_eq!(listening.rest_of_errors(), "");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_listener_with_exit_code_0() {
    for signal in ["INT", "TERM", "HUP"] {
        let mut listening = Listening::start();
        let id = listening.child.id().to_string();
        let kill = std::process::Command::new("kill")
            .args(["-s", signal, &id])
            .status();
        assert!(kill.unwrap().success());
        assert_eq!(listening.child.wait().unwrap().code(), Some(0), "{signal}");
        assert_eq!(listening.rest_of_errors(), "");
    }
}

#[cfg(unix)]
#[test]
fn too_many_connections_do_not_end_the_listener() {
    let mut program = application(&[]);
    let limited = "ulimit -n 20; exec \"$0\" push listen --port 0 --json";
    let child = std::process::Command::new("sh")
        .args(["-c", limited])
        .arg(program.command().get_program())
        .envs(
            program
                .command()
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut listening = Listening::of(child, program);
    let idle: Vec<_> = (0..30).map(|_| listening.connect()).collect();
    let mut warning = String::new();
    listening.errors.read_line(&mut warning).unwrap();
    insta::assert_snapshot!(warning, @r#"{"warning":"cannot accept a connection: Too many open files (os error 24); trying again"}"#);
    drop(idle);
    assert_eq!(listening.post(MESSAGE, &sign(MESSAGE)), "200 received");
}

#[test]
fn a_stored_message_is_verified() {
    let body = r#"{"data":{"buyerId":1861703697,"orderId":1105933950463697,"orderStatus":"paymentFailedEvent"},"message_type":53,"seller_id":"1234","site":"ae_global","timestamp":1719389200}"#;
    let signature = "dea21ab43d2342828d8a222acf7fce499189aa3fc530c02f524580be1d91a1f8";
    let verify = |secret: &str, more: &[&str]| {
        let args = ["push", "verify", "-", "--authorization", signature];
        let program = aliexpress(&[&args, more].concat()).env("ALIEXPRESS_APP_KEY", APP_KEY);
        program
            .env("ALIEXPRESS_APP_SECRET", secret)
            .input(body)
            .run()
    };
    let program = verify("helloworld", &["--json"]).ends_with(0);
    assert_eq!(program.stdout, format!("{body}\n"));
    let people = verify("helloworld", &[]).ends_with(0).stdout;
    assert!(people.starts_with("type 53, made "), "{people}");
    assert!(people.ends_with(&format!(" ago  {body}\n")), "{people}");
    let forged = verify("helloWorld", &["--json"]).ends_with(2);
    insta::assert_snapshot!(forged.error()["message"].as_str().unwrap(), @"cannot receive a push message: found a wrong signature; wanted the one for this body and the app secret");
}

#[test]
fn a_message_that_cannot_be_sent_says_why() {
    let send = |args: &[&str]| application(&[&["push", "send"], args].concat()).run();
    let run = send(&["http://127.0.0.1:9", "--type", "53", "--data", "[]"]).ends_with(2);
    assert_eq!(
        run.stderr,
        "error: cannot send a push message: found data that is not a JSON object; wanted one, such as {\"orderId\": 1}\n"
    );
    send(&["http://127.0.0.1:9", "--type", "53"]).ends_with(3);
    let run = send(&["127.0.0.1:9", "--type", "53"]).ends_with(2);
    insta::assert_snapshot!(run.message(), @"
    error: invalid value '127.0.0.1:9' for '<URL>': wanted a URL that begins with https:// or http://

    For more information, try '--help'.
    ");
    let run = send(&["http://127.0.0.1:99999", "--type", "53"]).ends_with(2);
    insta::assert_snapshot!(run.message(), @"
    error: invalid value 'http://127.0.0.1:PORT' for '<URL>': wanted a URL with a host and, if needed, a port, such as http://127.0.0.1:PORT/push

    For more information, try '--help'.
    ");
    let run = aliexpress(&["push", "send", "http://127.0.0.1:9", "--type", "0"])
        .run()
        .ends_with(2);
    insta::assert_snapshot!(run.message(), @"error: cannot sign or verify push messages: found no app key (ALIEXPRESS_APP_KEY), no app secret (ALIEXPRESS_APP_SECRET); wanted app key and app secret, in the environment or in a profile of the config file");
}
