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

use crate::push::Outgoing;
use crate::shared_state::SharedState;

/// How long a callback may take to answer, connecting included.
const CALLBACK_TIMEOUT: Duration = Duration::from_millis(500);

/// Posts messages in the order in which they were created, and repeats those that failed.
pub(super) async fn deliver(state: SharedState) {
    loop {
        state.news().await;
        let messages = state.lock().new_messages();
        for message in messages {
            let number = message.number;
            if send_and_note(message, &state).await {
                tokio::spawn(send_again(number, state.clone()));
            }
        }
    }
}

async fn send_again(number: u64, state: SharedState) {
    loop {
        let pause = state.lock().outbox.retry_after;
        sleep(pause).await;
        let Some(message) = state.lock().message_again(number) else {
            return;
        };
        if !send_and_note(message, &state).await {
            return;
        }
    }
}

/// True if the message is to be sent again.
async fn send_and_note(message: Outgoing, state: &SharedState) -> bool {
    let number = message.number;
    let outcome = match timeout(CALLBACK_TIMEOUT, send(message)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(format!(
            "no answer within {} ms",
            CALLBACK_TIMEOUT.as_millis()
        )),
    };
    state.lock().outbox.note(number, outcome)
}

async fn send(message: Outgoing) -> Result<(), String> {
    let stream = TcpStream::connect(message.callback.address)
        .await
        .map_err(|error| format!("connecting: {error}"))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| format!("sending: {error}"))?;
    // The connection runs in its own task, which ends with the sender.
    tokio::spawn(connection);
    let request = Request::post(&message.callback.target)
        .header(HOST, &message.callback.host)
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, message.authorization)
        .body(Full::new(Bytes::from(message.body)))
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
