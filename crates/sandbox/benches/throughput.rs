//! Requests a second over kept connections: the sandbox beside a bare hyper server that answers the same bytes.
//!
//! `cargo bench -p aliexpress-sandbox`. Both run on one thread in this process, as the sandbox always does, and are
//! loaded in turn by the same clients, so that their ratio means the same on every machine. Fails below [`FLOOR`].

#![allow(
    clippy::unwrap_used,
    reason = "a bench that cannot go on says so by a panic"
)]

use std::convert::Infallible;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use aliexpress_sandbox::Sandbox;
use aliexpress_signing::{AppSecret, SignMethod, Signer};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

/// The least share of the bare server's requests that the sandbox must answer.
const FLOOR: f64 = 0.1;
const CONNECTIONS: usize = 8;
const REQUESTS: usize = 5_000;
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    let sandbox = Sandbox::start().unwrap();
    let order = signed(
        &sandbox,
        "aliexpress.trade.ds.order.get",
        ("single_order_query", "{\"order_id\":10000001}"),
    );
    let search = signed(&sandbox, "aliexpress.ds.text.search", ("keyWord", "shirt"));
    let mut passes = true;
    for (name, body) in [("an order", order), ("a search", search)] {
        let answer = first_answer(sandbox.address(), &request(sandbox.address(), &body));
        let bare = bare_server(answer);
        let (mut fastest, mut floor) = (0.0f64, 0.0f64);
        for _ in 0..ROUNDS {
            fastest = fastest.max(rate(sandbox.address(), &body));
            floor = floor.max(rate(bare, &body));
        }
        let ratio = fastest / floor;
        println!(
            "{name}: {fastest:.0} requests/s, {floor:.0} by a bare hyper server, ratio {ratio:.2}"
        );
        passes &= ratio >= FLOOR;
    }
    match passes {
        true => ExitCode::SUCCESS,
        false => {
            eprintln!("found a ratio below the floor; wanted {FLOOR} or more");
            ExitCode::FAILURE
        }
    }
}

/// The form of a call, rightly signed.
fn signed(sandbox: &Sandbox, api: &str, own: (&str, &str)) -> String {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let now = now.as_millis().to_string();
    let mut parameters = vec![
        ("app_key", sandbox.app_key()),
        ("session", sandbox.session()),
        ("timestamp", &now),
        ("sign_method", "sha256"),
        ("format", "json"),
        ("simplify", "true"),
        ("local", "en_US"),
        ("countryCode", "ES"),
        ("currency", "EUR"),
        ("method", api),
        own,
    ];
    let signer = Signer::new(&AppSecret::new(sandbox.app_secret()));
    let sign = signer.sign(SignMethod::Sha256, None, &mut parameters);
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(parameters)
        .append_pair("sign", sign.as_str())
        .finish()
}

fn request(address: SocketAddr, body: &str) -> String {
    format!(
        "POST /sync HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The body of the answer.
fn first_answer(address: SocketAddr, request: &str) -> Bytes {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(
            request
                .replacen("\r\n", "\r\nConnection: close\r\n", 1)
                .as_bytes(),
        )
        .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let text = String::from_utf8(answer).unwrap();
    assert!(!text.contains("error_response"), "{text}");
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    Bytes::from(body.to_owned())
}

/// Starts a server that reads each body and answers these bytes.
fn bare_server(answer: Bytes) -> SocketAddr {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let _ = stream.set_nodelay(true);
                let answer = answer.clone();
                let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                    let answer = answer.clone();
                    async move {
                        let _ = request.into_body().collect().await;
                        Ok::<_, Infallible>(Response::new(Full::new(answer)))
                    }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
    });
    address
}

/// Requests a second from all connections together. Answers end where their announced length says.
fn rate(address: SocketAddr, body: &str) -> f64 {
    let request = request(address, body);
    let started = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| load(address, &request));
        }
    });
    let seconds = started
        .elapsed()
        .max(Duration::from_millis(1))
        .as_secs_f64();
    (CONNECTIONS * REQUESTS) as f64 / seconds
}

fn load(address: SocketAddr, request: &str) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; 256 * 1024];
    for _ in 0..REQUESTS {
        stream.write_all(request.as_bytes()).unwrap();
        let mut read = stream.read(&mut buffer).unwrap();
        let size = announced(&buffer[..read]);
        while read < size {
            let more = stream.read(&mut buffer).unwrap();
            assert_ne!(more, 0, "the connection was closed");
            read += more;
        }
    }
}

/// How long an answer with this head is.
fn announced(start: &[u8]) -> usize {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut response = httparse::Response::new(&mut headers);
    let head = response.parse(start).unwrap().unwrap();
    let length = response
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = std::str::from_utf8(length.unwrap().value).unwrap();
    head + length.parse::<usize>().unwrap()
}
