//! A server on loopback that follows a script, byte by byte.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Listens until the test ends. Each connection is served by its own thread.
pub(crate) struct Server {
    port: u16,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<Vec<u8>>>,
}

impl Server {
    /// Calls `serve` for each connection.
    pub(crate) fn start(serve: impl Fn(Peer) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Seen::default());
        let (serve, shared) = (Arc::new(serve), Arc::clone(&seen));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let number = shared.connections.fetch_add(1, Ordering::SeqCst);
                let (serve, seen) = (Arc::clone(&serve), Arc::clone(&shared));
                let peer = Peer {
                    stream: stream.unwrap(),
                    number,
                    seen,
                };
                std::thread::spawn(move || serve(peer));
            }
        });
        Self { port, seen }
    }

    /// Sends the same answer to every request, on kept connections.
    pub(crate) fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |mut peer| {
            while peer.read_request().is_some() {
                peer.write(&answer);
            }
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/sync", self.port)
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// The requests that were read completely, in order of arrival.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.seen.requests.lock().unwrap();
        requests
            .iter()
            .map(|request| String::from_utf8(request.clone()).unwrap())
            .collect()
    }
}

/// The server's end of one connection.
pub(crate) struct Peer {
    pub(crate) stream: TcpStream,
    /// Which connection this is, counted from 0.
    pub(crate) number: usize,
    seen: Arc<Seen>,
}

impl Peer {
    /// One request, head and body; empty if the client closed the connection.
    pub(crate) fn read_request(&mut self) -> Option<Vec<u8>> {
        let request = read_request(&mut self.stream)?;
        self.seen.requests.lock().unwrap().push(request.clone());
        Some(request)
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        // In many tests the client has closed the connection.
        let _ = self.stream.write_all(bytes);
    }

    /// Closes so that the client receives a reset: one byte of its request is left unread.
    pub(crate) fn reset(self) {
        let mut byte = [0];
        while matches!(self.stream.peek(&mut byte), Err(error) if error.kind() == ErrorKind::Interrupted)
        {
        }
    }

    /// Reads the request except its last byte, so that dropping this peer resets the connection.
    pub(crate) fn read_nearly_all(&mut self, length_of_body: usize) {
        let head = read_head(&mut self.stream).unwrap();
        assert!(!head.is_empty());
        self.stream
            .read_exact(&mut vec![0; length_of_body - 1])
            .unwrap();
        assert_eq!(self.stream.peek(&mut [0]).unwrap(), 1);
    }
}

pub(crate) fn read_request(stream: &mut impl Read) -> Option<Vec<u8>> {
    let mut request = read_head(stream)?;
    let head = String::from_utf8(request.clone()).unwrap().to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
    stream.read_exact(&mut body).ok()?;
    request.extend(body);
    Some(request)
}

fn read_head(stream: &mut impl Read) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    Some(head)
}

/// An answer with a `Content-Length`.
pub(crate) fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut answer = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    answer
}

pub(crate) fn pause(millis: u64) {
    std::thread::sleep(Duration::from_millis(millis));
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
