//! Calls start no thread, blocking or async. This test has its own program, because it counts all threads.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use aliexpress::{CallLimits, Client, ClientBuilder};

const ANSWER: &str =
    include_str!("../../../fixtures/samples/aliexpress.trade.ds.order.get/answer.json");

/// Makes calls over a kept connection, and over a new one for a call that changes something.
const READING: &str = "aliexpress.trade.ds.order.get";
const WRITING: &str = "aliexpress.shop.something.change";

/// A server with a few threads, all started before the count, which each answer on one connection.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for _ in 0..4 {
        let listener = listener.try_clone().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer_all(stream.unwrap());
            }
        });
    }
    format!("http://{address}")
}

fn answer_all(mut stream: TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
        }
        reader.read_exact(&mut vec![0; length]).ok()?;
        let length = ANSWER.len();
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{ANSWER}");
        stream.write_all(answer.as_bytes()).ok()?;
    }
}

fn settings(gateway: &str) -> ClientBuilder {
    Client::builder("12345678", "helloworld")
        .session("50000201c07")
        .gateway(gateway)
        .call_limits(CallLimits::off().overall(100_000))
}

/// How many threads the standard library starts during this: it numbers them.
fn threads_started_by(act: impl FnOnce()) -> u64 {
    let last = || {
        let thread = std::thread::spawn(|| std::thread::current().id());
        let id = format!("{:?}", thread.join().unwrap());
        let number = id.trim_start_matches("ThreadId(").trim_end_matches(')');
        number.parse::<u64>().unwrap()
    };
    let before = last();
    act();
    last() - before - 1
}

#[test]
fn no_call_starts_a_thread() {
    assert_eq!(threads_started_by(|| drop(std::thread::spawn(|| ()))), 1);
    let gateway = serve();
    blocking(&gateway);
    #[cfg(feature = "hyper")]
    asynchronous(&gateway);
}

fn blocking(gateway: &str) {
    let client = settings(gateway).build().unwrap();
    for api in [READING, WRITING] {
        let calls = || (0..100).for_each(|_| drop(client.call_raw(api, &[]).unwrap()));
        assert_eq!(threads_started_by(calls), 0, "{api}");
    }
    let orders = || (0..100).for_each(|_| drop(client.order(10_000_001).unwrap()));
    assert_eq!(threads_started_by(orders), 0);
}

/// On a runtime with one thread, with a session from a store that was already read.
#[cfg(feature = "hyper")]
fn asynchronous(gateway: &str) {
    use aliexpress::tokens::{MemoryStore, Tokens};

    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    let store = MemoryStore::with(Tokens::new("50000201c07"));
    let mut clients = vec![
        settings(gateway).build_async().unwrap(),
        settings(gateway).token_store(store).build_async().unwrap(),
    ];
    #[cfg(feature = "reqwest")]
    clients.push(settings(gateway).build_reqwest(|reqwest| reqwest).unwrap());
    for client in clients.drain(..) {
        runtime.block_on(client.order(10_000_001)).unwrap();
        for api in [READING, WRITING] {
            let call = || drop(runtime.block_on(client.call_raw(api, &[])).unwrap());
            let calls = || (0..100).for_each(|_| call());
            assert_eq!(threads_started_by(calls), 0, "{api}");
        }
        let order = || drop(runtime.block_on(client.order(10_000_001)).unwrap());
        let orders = || (0..100).for_each(|_| order());
        assert_eq!(threads_started_by(orders), 0);
    }
}
