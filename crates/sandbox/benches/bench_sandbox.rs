//! Answers one call a given number of times: `bench_sandbox <sandbox|hyper> <order|search> <requests>`.
//!
//! For counting instructions with callgrind: the difference between two runs with different numbers of requests does
//! not include the cost of starting. The requests come from a separate process, so that only the server is counted;
//! `hyper` is a bare server that answers the same bytes.

#![allow(clippy::unwrap_used, reason = "a bench that cannot continue panics")]

mod load;

use std::env;
use std::io::{Read as _, Write as _};
use std::process::{Command, ExitCode, Stdio};

use aliexpress_sandbox::Sandbox;

/// The argument with which the program starts itself as the sending process.
const SENDER: &str = "send-to";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let served = match words[..] {
        [SENDER, address, requests] => {
            let mut request = String::new();
            std::io::stdin().read_to_string(&mut request).unwrap();
            load::load(
                address.parse().unwrap(),
                &request,
                requests.parse().unwrap(),
            );
            Some(())
        }
        [server, call, requests] => serve(server, call, requests),
        _ => None,
    };
    match served {
        Some(()) => ExitCode::SUCCESS,
        None => {
            eprintln!("usage: bench_sandbox <sandbox|hyper> <order|search> <requests>");
            ExitCode::from(2)
        }
    }
}

/// Starts the server, and lets another process send this number of requests.
fn serve(server: &str, call: &str, requests: &str) -> Option<()> {
    let sandbox = Sandbox::builder().seed(7).start().unwrap();
    let (_, body) = load::calls(&sandbox)
        .into_iter()
        .find(|(name, _)| *name == call)?;
    let request = load::request(sandbox.address(), &body);
    let address = match server {
        "sandbox" => sandbox.address(),
        "hyper" => load::bare_server(load::first_answer(sandbox.address(), &request)),
        _ => return None,
    };
    let mut sender = Command::new(env::current_exe().unwrap())
        .args([SENDER, &address.to_string(), requests])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = sender.stdin.take().unwrap();
    input.write_all(request.as_bytes()).unwrap();
    drop(input);
    sender.wait().unwrap().success().then_some(())
}
