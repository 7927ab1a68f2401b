//! Calls, the bare server that they are compared with, and a client that sends them.

use std::convert::Infallible;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread;
use std::time::SystemTime;

use aliexpress_sandbox::Sandbox;
use aliexpress_signing::{AppSecret, SignMethod, Signer};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

/// The name of the bare server's thread.
pub(crate) const BARE: &str = "bare-server";

/// The calls that are measured: a name, and the signed call as a form.
pub(crate) fn calls(sandbox: &Sandbox) -> [(&'static str, String); 2] {
    let order = signed(
        sandbox,
        "aliexpress.trade.ds.order.get",
        ("single_order_query", "{\"order_id\":10000001}"),
    );
    let search = signed(sandbox, "aliexpress.ds.text.search", ("keyWord", "shirt"));
    [("order", order), ("search", search)]
}

/// A correctly signed call as a form.
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

pub(crate) fn request(address: SocketAddr, body: &str) -> String {
    format!(
        "POST /sync HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The body of the answer.
pub(crate) fn first_answer(address: SocketAddr, request: &str) -> Bytes {
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
pub(crate) fn bare_server(answer: Bytes) -> SocketAddr {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::Builder::new().name(BARE.to_owned());
    let server = server.spawn(move || {
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
    server.unwrap();
    address
}

/// Sends a request this number of times over one connection, and reads each answer to its end.
pub(crate) fn load(address: SocketAddr, request: &str, requests: usize) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; 256 * 1024];
    for _ in 0..requests {
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

/// The length in bytes of an answer with this head.
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
