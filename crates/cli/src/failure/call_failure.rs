//! Turns errors of the client into errors of a command.

use std::iter::successors;

use aliexpress::Error;
use aliexpress_models::shared::OrderId;

use crate::failure::Failure;
use crate::failure::exit::Exit;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let failure = match error.unknown_outcome() {
            // Its message ends with advice, so that the causes follow in hints.
            Some(_) => causes(Failure::new(exit(&error), error.to_string()), &error),
            None => Failure::new(exit(&error), sentence(&error)),
        };
        details(hints(failure, &error), &error)
    }
}

fn exit(error: &Error) -> Exit {
    if error.unknown_outcome().is_some() {
        Exit::UnknownOutcome
    } else if error.order_not_visible().is_some() {
        Exit::OutOfTime
    } else if error.api_error().is_some() {
        Exit::Refused
    } else if error.business_refusal().is_some() {
        Exit::RefusedInAnswer
    } else if error.is_call_limit() || (error.is_timeout() && error.api().is_none()) {
        Exit::OutOfTime
    } else if error.is_usage() || error.api().is_none() {
        // Without a call, a setting or the token file is wrong.
        Exit::Usage
    } else if error.is_undecodable() {
        Exit::Undecodable
    } else {
        Exit::Network
    }
}

/// The message of the error and its causes, without repetition.
pub(crate) fn sentence(error: &dyn std::error::Error) -> String {
    chain(error).fold(error.to_string(), |sentence, cause| {
        match sentence.contains(&cause) {
            true => sentence,
            false => format!("{sentence}: {cause}"),
        }
    })
}

/// Adds the causes that the message leaves out, each as a hint.
fn causes(failure: Failure, error: &Error) -> Failure {
    let sentence = error.to_string();
    let left_out = chain(error).filter(|cause| !sentence.contains(cause));
    left_out.fold(failure, |failure, cause| {
        failure.hint(format!("cause: {cause}"))
    })
}

fn chain(error: &dyn std::error::Error) -> impl Iterator<Item = String> {
    successors(error.source(), |&cause| cause.source()).map(ToString::to_string)
}

fn hints(mut failure: Failure, error: &Error) -> Failure {
    if let Some(info) = error.code_info() {
        failure = failure.explained(info);
    }
    if error.is_session_expired() {
        failure = failure.hint(
            "aliexpress auth refresh refreshes the session; aliexpress auth login gets a new one",
        );
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

/// Order ids as text for JSON: above 2^53, many programs round numbers.
pub(crate) fn as_texts(ids: &[OrderId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
