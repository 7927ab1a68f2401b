//! Posts push messages to the callback.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::push::Letter;
use crate::shared_state::SharedState;

/// How long a callback may take to answer.
const CALLBACK_TIMEOUT: Duration = Duration::from_millis(500);

/// Posts messages in the order in which they were created, and repeats those that failed.
pub(super) async fn deliver(state: SharedState) {
    loop {
        state.news().await;
        let letters = state.lock().new_letters();
        for letter in letters {
            let number = letter.number;
            if send_and_note(letter, &state).await {
                tokio::spawn(send_again(number, state.clone()));
            }
        }
    }
}

async fn send_again(number: u64, state: SharedState) {
    loop {
        let pause = state.lock().outbox.retry_after;
        sleep(pause).await;
        let Some(letter) = state.lock().letter_again(number) else {
            return;
        };
        if !send_and_note(letter, &state).await {
            return;
        }
    }
}

/// True when the message is to be sent again.
async fn send_and_note(letter: Letter, state: &SharedState) -> bool {
    let number = letter.number;
    let outcome = match timeout(CALLBACK_TIMEOUT, send(letter)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(format!(
            "no answer within {} ms",
            CALLBACK_TIMEOUT.as_millis()
        )),
    };
    state.lock().outbox.note(number, outcome)
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
