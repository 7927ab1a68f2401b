//! How much memory the sandbox takes, measured in a process of its own.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by a panic"
)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;

use aliexpress_sandbox::Sandbox;

const CONNECTIONS: usize = 16;
const REQUESTS: usize = 100;

/// The bytes of this process that are in memory.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.unwrap().parse::<usize>().unwrap() * 1024
}

/// Sixteen connections, each with calls that leave as much in the log as a call can.
fn load(sandbox: &Sandbox) {
    let value = "v".repeat(3000);
    let body: String = (0..20)
        .map(|index| format!("parameter{index}={value}&"))
        .collect();
    let request = format!(
        "POST /sync?app_key={}&method=a&timestamp=1 HTTP/1.1\r\nHost: a\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        sandbox.app_key(),
        body.len()
    );
    thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let mut stream = TcpStream::connect(sandbox.address()).unwrap();
                stream.set_nodelay(true).unwrap();
                for _ in 0..REQUESTS {
                    stream.write_all(request.as_bytes()).unwrap();
                    let mut answer = [0; 4096];
                    assert_ne!(stream.read(&mut answer).unwrap(), 0);
                }
            });
        }
    });
}

#[test]
fn memory_stays_where_it_is_under_load() {
    const BOUND: usize = 24 * 1024 * 1024;
    let sandbox = Sandbox::builder()
        .log_size(100)
        .clock_check(false)
        .start()
        .unwrap();
    let before = resident();
    load(&sandbox);
    let first = resident();
    load(&sandbox);
    let second = resident();
    let total = CONNECTIONS * REQUESTS * 2;
    assert_eq!(sandbox.request_count(), total as u64);
    assert_eq!(sandbox.log().len(), 100);
    assert!(first - before < BOUND, "{before} {first}");
    assert!(second.saturating_sub(first) < BOUND / 4, "{first} {second}");
}
