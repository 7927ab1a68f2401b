//! Carries push messages to the callback.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::SharedWorld;
use crate::push::Letter;

/// How long a callback may take to answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// Sends messages as they are made, each in its turn, and sees to those that have to be sent again.
pub(super) async fn carry(world: SharedWorld) {
    loop {
        world.news().await;
        let letters = world.lock().new_letters();
        for letter in letters {
            let number = letter.number;
            if send_and_note(letter, &world).await {
                tokio::spawn(send_again(number, world.clone()));
            }
        }
    }
}

async fn send_again(number: u64, world: SharedWorld) {
    loop {
        let pause = world.lock().outbox.retry_after;
        sleep(pause).await;
        let Some(letter) = world.lock().letter_again(number) else {
            return;
        };
        if !send_and_note(letter, &world).await {
            return;
        }
    }
}

/// True when the message is to be sent again.
async fn send_and_note(letter: Letter, world: &SharedWorld) -> bool {
    let number = letter.number;
    let outcome = match timeout(PATIENCE, send(letter)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(format!("no answer within {} ms", PATIENCE.as_millis())),
    };
    world.lock().outbox.note(number, outcome)
}

async fn send(letter: Letter) -> Result<(), String> {
    let stream = TcpStream::connect(letter.callback.address)
        .await
        .map_err(|error| format!("connecting: {error}"))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| format!("sending: {error}"))?;
    // The connection does its work beside the sender, and ends with it.
    tokio::spawn(connection);
    let request = Request::post(&letter.callback.target)
        .header(HOST, &letter.callback.host)
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, letter.authorization)
        .body(Full::new(Bytes::from(letter.body)))
        .map_err(|error| format!("sending: {error}"))?;
    let answer = sender
        .send_request(request)
        .await
        .map_err(|error| format!("sending: {error}"))?;
    match answer.status() {
        StatusCode::OK => Ok(()),
        status => Err(format!(
            "answered with status {}, wanted 200",
            status.as_u16()
        )),
    }
}
