//! Receives push messages and checks that they come from the platform.
//!
//! `cargo run --example webhook` lets a sandbox in this process send one. For the platform, put TLS
//! in front and keep this order: verify the raw bytes, answer, and only then process the message.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use aliexpress::{AppKey, AppSecret, push};
use aliexpress_sandbox::Sandbox;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let callback = format!("http://{}/push", listener.local_addr()?);
    let sandbox = Sandbox::builder().callback(&callback)?.start()?;
    let app_key = AppKey::new(sandbox.app_key());
    let secret = AppSecret::new(sandbox.app_secret());

    let shipped = serde_json::json!({ "orderId": 10_000_001, "orderStatus": "OrderShipped" });
    sandbox.push(53, shipped);
    let (mut stream, _) = listener.accept()?;
    let (authorization, body) = read_post(&stream)?;
    let message = push::receive(&app_key, &secret, authorization.as_deref(), &body);
    let status = match &message {
        Ok(_) => "200 OK",
        Err(error) if error.is_forged() || error.is_unsigned() => "401 Unauthorized",
        Err(_) => "400 Bad Request",
    };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n")?;
    match message {
        // It may be sent again, so processing it twice must be harmless.
        Ok(message) => println!("{:?}, account {:?}", message.event, message.seller_id),
        Err(error) => println!("{error}"),
    }
    Ok(())
}

/// The `Authorization` header and the body of a request.
fn read_post(stream: &TcpStream) -> io::Result<(Option<String>, Vec<u8>)> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    // Messages are much shorter than this limit.
    let mut reader = BufReader::new(stream).take(64 * 1024);
    let (mut authorization, mut length) = (None, 0);
    // The headers are between the request line and a blank line.
    for line in reader.by_ref().lines().skip(1) {
        match line?.split_once(':') {
            Some((name, value)) => match name.to_ascii_lowercase().as_str() {
                "authorization" => authorization = Some(value.trim().to_owned()),
                "content-length" => length = value.trim().parse().map_err(io::Error::other)?,
                _ => {}
            },
            None => break,
        }
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    Ok((authorization, body))
}
