//! An async program with an HTTP client of its own: `prepare` signs, hyper sends, `read` decodes.
//!
//! `cargo run --example async_program`. Any HTTP client does that posts a form and gives back status and
//! body. Call limits, tries and the renewing of sessions are then the program's.

use aliexpress::models::order_get::{OrderGet, OrderQuery};
use aliexpress::models::shared::OrderId;
use aliexpress::{Client, Prepared};
use aliexpress_sandbox::Sandbox;
use http_body_util::BodyExt;
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let sandbox = Sandbox::start()?;
    let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
        .session(sandbox.session())
        .gateway(sandbox.url())
        .build()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    runtime.block_on(run(&client))
}

async fn run(client: &Client) -> Result<()> {
    let request = OrderGet::new(OrderQuery::new(OrderId(10_000_001)));
    let (status, body) = post(client.prepare(&request)?).await?;
    let reply = aliexpress::read::<OrderGet>(status, body)?;
    let order = reply.result.as_ref().ok_or("an answer without an order")?;
    println!("order 10000001 is {:?}", order.order_status);
    Ok(())
}

/// One exchange over plain HTTP; a program that talks to the platform uses an HTTP client with TLS.
async fn post(call: Prepared) -> Result<(u16, Vec<u8>)> {
    let uri: Uri = call.url.parse()?;
    let host = uri.authority().ok_or("a URL without a host")?.as_str();
    let stream = TokioIo::new(TcpStream::connect(host).await?);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
    let request = Request::post(uri.path())
        .header("Host", host)
        .header("Content-Type", call.content_type)
        .body(call.body)?;
    // The connection works beside the request, and ends when the sender is dropped.
    tokio::spawn(connection);
    let answer = sender.send_request(request).await?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await?.to_bytes().to_vec();
    Ok((status, body))
}
