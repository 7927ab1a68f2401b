//! What a failed call means for whoever typed the command.

use std::error::Error as _;

use aliexpress::Error;
use aliexpress_models::shared::OrderId;

use crate::exit::Exit;
use crate::failure::Failure;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let failure = Failure::new(exit(&error), sentence(&error));
        let failure = hints(failure, &error);
        details(failure, &error)
    }
}

fn exit(error: &Error) -> Exit {
    if error.unknown_outcome().is_some() {
        Exit::UnknownOutcome
    } else if error.order_not_visible().is_some() {
        Exit::OutOfTime
    } else if error.api_error().is_some() {
        Exit::Refused
    } else if error.is_call_limit() {
        Exit::OutOfTime
    } else if error.is_usage() || error.api().is_none() {
        // Where no call was being made, a setting or the token file is at fault.
        Exit::Usage
    } else if error.is_undecodable() {
        Exit::Undecodable
    } else {
        Exit::Network
    }
}

/// The error with its causes, each said once.
fn sentence(error: &Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !sentence.contains(&text) {
            sentence = format!("{sentence}: {text}");
        }
        cause = error.source();
    }
    sentence
}

fn hints(mut failure: Failure, error: &Error) -> Failure {
    if let Some(outcome) = error.unknown_outcome() {
        return failure.hint(format!(
            "the same order file sent again under out_order_id {:?} within 24 hours does not place a \
             second order",
            outcome.out_order_id
        ));
    }
    if let Some(info) = error.code_info() {
        failure = failure.hint(format!("{}: {}", info.meaning, info.advice));
    }
    if error.is_session_expired() {
        failure = failure
            .hint("aliexpress auth refresh renews the session; aliexpress auth url begins anew");
    }
    if let Some(wait) = error.retry_after() {
        failure = failure.hint(format!("try again in {:.1} s", wait.as_secs_f64()));
    }
    if error.is_connect() {
        failure = failure.hint("check --gateway, --proxy and the network; nothing was sent");
    }
    failure
}

fn details(mut failure: Failure, error: &Error) -> Failure {
    if let Some(refusal) = error.api_error() {
        failure = failure.detail(
            "error_response",
            serde_json::to_value(refusal).unwrap_or_default(),
        );
    }
    if let Some(outcome) = error.unknown_outcome() {
        failure = failure
            .detail("out_order_id", outcome.out_order_id.as_str())
            .detail("order_ids", as_texts(&outcome.order_ids));
    }
    if let Some(id) = error.request_id() {
        failure = failure.detail("request_id", id);
    }
    if let Some(wait) = error.retry_after() {
        failure = failure.detail("retry_after_seconds", wait.as_secs_f64());
    }
    if error.api().is_some() {
        failure = failure.detail("may_have_acted", error.may_have_acted());
    }
    failure
}

/// Numbers of orders for programs; as texts, for they pass 2^53, beyond which many programs round.
pub(crate) fn as_texts(ids: &[OrderId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
