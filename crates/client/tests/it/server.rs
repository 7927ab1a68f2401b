//! A server on loopback that follows a script, byte by byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What the server does with one connection.
#[derive(Clone)]
pub(crate) enum Act {
    /// An answer with this status line and body.
    Answer(&'static str, String),
    /// An answer with additional headers.
    AnswerWith(&'static str, &'static str, String),
    /// The start of an answer whose `Content-Length` is larger.
    Cut(String),
    /// A reset before anything was read.
    ResetUnread,
    /// A reset after the request was read.
    ResetRead,
    /// The request is read, and nothing is sent until the client closes the connection.
    Silence,
    /// Something that is not HTTP.
    Noise,
}

/// Serves one connection per act, the last act for all that follow, until the test ends.
pub(crate) struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let act = acts[number.min(acts.len() - 1)].clone();
                let seen = Arc::clone(&seen);
                std::thread::spawn(move || act.perform(stream.unwrap(), &seen));
            }
        });
        Self { port, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The requests that were read, in order of arrival.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Act {
    fn perform(self, mut stream: TcpStream, seen: &Mutex<Vec<String>>) {
        if let Act::ResetUnread = self {
            // Closing a socket with unread bytes makes the system send a reset.
            let _ = stream.peek(&mut [0]);
            return;
        }
        let Some(request) = read_request(&mut stream) else {
            return;
        };
        seen.lock().unwrap().push(request);
        let answer = match self {
            Act::Answer(status, body) => whole(status, "", &body),
            Act::AnswerWith(status, headers, body) => whole(status, headers, &body),
            Act::Cut(body) => format!("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{body}"),
            Act::Noise => "noise noise noise\r\n\r\n".to_owned(),
            Act::Silence => {
                let _ = stream.read(&mut [0]);
                return;
            }
            Act::ResetRead | Act::ResetUnread => return,
        };
        // In some tests the client has closed the connection.
        let _ = stream.write_all(answer.as_bytes());
    }
}

/// Waits until a condition holds, however slow the machine is.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "not yet {what}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn whole(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(crate) fn read_request(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head.lines().find_map(|line| {
        line.to_lowercase()
            .strip_prefix("content-length: ")?
            .trim()
            .parse()
            .ok()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8(body).ok()?)
}
