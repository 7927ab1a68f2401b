//! Sends calls over another HTTP stack, here hyper; retries and limits stay those of the client.

use aliexpress::machine::{Now, Send, Step};
use aliexpress::models::order_get::{OrderGet, OrderQuery};
use aliexpress::transport::{Error, HttpResponse, Phase};
use aliexpress_sandbox::{Fault, Sandbox};
use http_body_util::{BodyExt, Full};
use hyper::{Request, Uri, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time};

type Failure = Box<dyn std::error::Error + std::marker::Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let sandbox = Sandbox::start()?;
    sandbox.fail_next(Fault::HtmlBefore(502));
    let builder = aliexpress::Client::builder(sandbox.app_key(), sandbox.app_secret());
    let builder = builder.session(sandbox.session()).gateway(sandbox.url());
    let client = builder.build()?;
    let request = OrderGet::new(OrderQuery::new(10_000_001.into()));
    let mut machine = client.machine(&request, Now::read())?;
    let reply = loop {
        match machine.next(Now::read()) {
            Step::Sleep(until) => time::sleep_until(until.into()).await,
            Step::NeedSession(_) => machine.session(Ok(None), Now::read()),
            Step::Limits(task) => machine.limits(task.run(), Now::read()),
            Step::Send(send) => {
                let mut phase = Phase::Prepare;
                match time::timeout_at(send.deadline.into(), post(&send, &mut phase)).await {
                    Ok(Ok(response)) => machine.answered(response, Now::read()),
                    Ok(Err(error)) => machine.failed(Error::in_phase(phase, error), Now::read()),
                    Err(_) => machine.failed(Error::timed_out_in(phase), Now::read()),
                }
            }
            Step::Done(result) => break result?,
        }
    };
    println!("{:?}, {} tries", reply.data(), sandbox.request_count());
    Ok(())
}

/// Posts the request (see `send.prepared.method`); `phase` is the phase that it reached, or a later one.
async fn post(send: &Send, phase: &mut Phase) -> Result<HttpResponse, Failure> {
    let uri: Uri = send.prepared.url.parse()?;
    let host = uri.authority().map_or("", |host| host.as_str());
    let request = Request::post(uri.path()).header("Host", host);
    let request = request.header("Content-Type", &*send.prepared.content_type);
    let body = send.prepared.body.bytes().ok_or("no file is streamed")?;
    let request = request.body(Full::<Bytes>::from(body.to_vec()))?;
    *phase = Phase::Connect;
    let stream = TokioIo::new(TcpStream::connect(host).await?);
    let (mut sender, connection) = http1::handshake(stream).await?;
    tokio::spawn(connection);
    *phase = Phase::Answer;
    let answer = sender.send_request(request).await?;
    let (status, body) = (answer.status(), answer.into_body().collect().await?);
    Ok(HttpResponse::new(status.as_u16(), body.to_bytes()))
}
