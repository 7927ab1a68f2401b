//! A thousand idle connections, in their own process because of the file handles that they need.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot continue panics")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use aliexpress_sandbox::Sandbox;

const IDLE: usize = 1_000;
/// How many file handles the test needs: both ends of each connection, and some for the test itself.
const HANDLES: usize = 2 * IDLE + 500;
/// How long the next call may take; an idle connection may stay open for five times as long.
const PATIENCE: Duration = Duration::from_secs(120);
/// The environment variable that is set if more handles were already requested.
const RAISED: &str = "SANDBOX_TEST_HANDLES_RAISED";

/// How many file handles this process may open.
fn handles() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let soft = line.unwrap().split_whitespace().nth(3).unwrap();
    soft.parse().unwrap_or(usize::MAX)
}

#[test]
fn a_thousand_idle_connections_do_not_block_the_next_call() {
    if handles() < HANDLES {
        assert!(
            std::env::var_os(RAISED).is_none(),
            "wanted {HANDLES} file handles"
        );
        return restart_with_more_handles();
    }
    let sandbox = Sandbox::start().unwrap();
    let connect = || {
        let stream = TcpStream::connect(sandbox.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    };
    // Some have sent nothing, the others half a head.
    let idle: Vec<TcpStream> = (0..IDLE)
        .map(|place| {
            let mut stream = connect();
            if place % 2 == 0 {
                stream.write_all(b"GET / HTTP/1.1\r\nHo").unwrap();
            }
            stream
        })
        .collect();
    for _ in 0..20 {
        let mut stream = connect();
        write!(
            stream,
            "GET /nothing HTTP/1.1\r\nHost: {}\r\n\r\n",
            sandbox.address()
        )
        .unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"HTTP/1.1 404");
    }
    drop(idle);
}

/// Runs this test once more from a shell that raises the limit.
fn restart_with_more_handles() {
    let program = std::env::current_exe().unwrap();
    let script = format!("ulimit -n {HANDLES} && exec \"$0\" --exact \"$1\"");
    let status = Command::new("sh")
        .args(["-c", &script])
        .arg(program)
        .arg("a_thousand_idle_connections_do_not_block_the_next_call")
        .env(RAISED, "1")
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
}
