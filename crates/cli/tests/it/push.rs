//! `aliexpress push`: a message from one program to another.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::program::{CANARY, Program, aliexpress, steady};

fn application(args: &[&str]) -> Program {
    aliexpress(args)
        .env("ALIEXPRESS_APP_KEY", "12345678")
        .env("ALIEXPRESS_APP_SECRET", CANARY)
}

#[test]
fn a_message_that_is_sent_is_received_and_a_forged_one_is_not() {
    let mut listening = application(&["push", "listen", "--port", "0", "--json"]);
    let child = listening
        .command()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next =
        || -> serde_json::Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let url = next()["url"].as_str().unwrap().to_owned();
    let data = r#"{"orderId":9007199254740993,"orderStatus":"OrderShipped"}"#;
    let send = ["push", "send", &url, "--type", "53", "--data", data];
    let sent = application(&send).run().ends_with(0);
    assert!(
        sent.stdout.ends_with("answered with status 200\n"),
        "{}",
        sent.stdout
    );
    let received = next();
    assert_eq!(received["message_type"], 53);
    assert_eq!(received["data"]["orderId"], 9_007_199_254_740_993_i64);
    let forged = application(&send)
        .env("ALIEXPRESS_APP_SECRET", "another")
        .run()
        .ends_with(1);
    insta::assert_snapshot!(forged.message(), @"error: the callback did not take the message: found status 401; wanted 200");
    child.kill().unwrap();
    let stderr = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
    child.wait().unwrap();
    insta::assert_snapshot!(steady(&stderr), @r#"{"warning":"cannot receive a push message: found another signature; wanted the one for this body and the app secret"}"#);
}

#[test]
fn a_stored_message_is_verified() {
    let body = r#"{"data":{"buyerId":1861703697,"orderId":1105933950463697,"orderStatus":"paymentFailedEvent"},"message_type":53,"seller_id":"1234","site":"ae_global","timestamp":1719389200}"#;
    let signature = "dea21ab43d2342828d8a222acf7fce499189aa3fc530c02f524580be1d91a1f8";
    let verify = |secret: &str| {
        let args = [
            "push",
            "verify",
            "-",
            "--authorization",
            signature,
            "--json",
        ];
        let program = aliexpress(&args).env("ALIEXPRESS_APP_KEY", "12345678");
        program
            .env("ALIEXPRESS_APP_SECRET", secret)
            .input(body)
            .run()
    };
    assert_eq!(verify("helloworld").ends_with(0).json()["message_type"], 53);
    let forged = verify("helloWorld").ends_with(2);
    insta::assert_snapshot!(forged.error()["message"].as_str().unwrap(), @"cannot receive a push message: found another signature; wanted the one for this body and the app secret");
}

#[test]
fn what_cannot_be_sent_says_why() {
    let send = |args: &[&str]| application(&[&["push", "send"], args].concat()).run();
    let run = send(&["http://127.0.0.1:9", "--type", "53", "--data", "[]"]).ends_with(2);
    assert_eq!(
        run.stderr,
        "error: cannot send a push message: found data that is not a JSON object; wanted one, such as {\"orderId\": 1}\n"
    );
    send(&["http://127.0.0.1:9", "--type", "53"]).ends_with(3);
    let run = aliexpress(&["push", "send", "http://127.0.0.1:9", "--type", "0"])
        .run()
        .ends_with(2);
    insta::assert_snapshot!(run.message(), @"error: cannot sign or verify push messages: found no app key (ALIEXPRESS_APP_KEY), no app secret (ALIEXPRESS_APP_SECRET); wanted both, in the environment or in a profile of the config file");
}
