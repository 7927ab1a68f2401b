//! The parts of an error's message that depend on more than its kind.

use aliexpress_signing::Explanation;

use super::Kind;

/// Ids and content types are shorter than this; anything longer is truncated in messages.
const LONGEST_ID: usize = 100;

/// The beginning of the message, before the text of the kind.
pub(super) fn opening(kind: &Kind, api: &str) -> String {
    match kind {
        Kind::Transport(_) | Kind::Status { .. } | Kind::NoSlot { .. } => {
            format!("cannot call {api}: ")
        }
        Kind::Refused(_) if api.is_empty() => {
            "platform refused an earlier refresh of the session: ".to_owned()
        }
        Kind::Refused(_) => format!("platform refused {api}: "),
        Kind::BusinessRefused(_) => format!("{api} refused in its answer: "),
        Kind::NoSession(_) => format!("cannot get a session for {api}: "),
        Kind::Unusable(_)
        | Kind::Setting(_)
        | Kind::Undecodable(_)
        | Kind::Unreadable(_)
        | Kind::Store(_)
        | Kind::Journal(_)
        | Kind::Unauthorised(_)
        | Kind::RefreshedElsewhere { .. }
        | Kind::RefreshPaused(_)
        | Kind::UnknownOutcome(_)
        | Kind::NotVisible(_) => String::new(),
    }
}

/// The platform's id of the request, unless the text of the kind contains it already.
pub(super) fn request_id(kind: &Kind, request_id: &Option<String>) -> String {
    match (kind, request_id) {
        (Kind::NoSession(_) | Kind::UnknownOutcome(_) | Kind::NotVisible(_), _) | (_, None) => {
            String::new()
        }
        // A proper id contains nothing that this escapes.
        (_, Some(id)) => format!(", request id {}", cut(id).escape_debug()),
    }
}

pub(super) fn of_type(content_type: &Option<String>) -> String {
    let quoted = content_type
        .as_ref()
        .map(|text| format!(" of {:?}", cut(text)));
    quoted.unwrap_or_default()
}

pub(super) fn clock(ahead: &Option<i64>) -> String {
    let Some(seconds) = ahead else {
        return String::new();
    };
    let side = if *seconds < 0 { "behind" } else { "ahead of" };
    let seconds = seconds.unsigned_abs();
    format!("; this machine's clock is {seconds} s {side} the gateway's")
}

pub(super) fn signed(explanation: &Option<Explanation>) -> String {
    let signed = explanation.as_ref();
    signed.map_or_else(String::new, |signed| format!("; signed here: {signed}"))
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST_ID).collect()
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::io;
    use std::time::{Duration, SystemTime};

    use aliexpress_models::shared::OrderId;
    use aliexpress_models::{Answer, ApiError, decode};
    use aliexpress_transport::{self as transport, Phase};

    use crate::error::OrderNotVisible;
    use crate::error::{Error, ErrorKind, Finding, Kind, UnknownOutcome};
    use crate::journal::JournalError;
    use crate::store_error::StoreError;

    const API: &str = "a.b";

    #[track_caller]
    fn check(error: Error, kind: ErrorKind, message: &str) -> Error {
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
        assert!(!message.contains('\n'));
        error
    }

    /// An error of the system, which no message of this crate repeats.
    fn system_error() -> io::Error {
        io::Error::other("no route to host")
    }

    /// The error of the system is the source, as itself, and the message does not repeat it.
    #[track_caller]
    fn check_source(error: &Error) {
        assert!(
            error
                .source()
                .is_some_and(|source| source.is::<io::Error>())
        );
        assert!(
            error
                .source()
                .is_some_and(|source| source.source().is_none())
        );
        assert!(!error.to_string().contains("no route to host"));
    }

    fn finding() -> Finding {
        Finding::new("do it", "this", "that")
    }

    fn refusal() -> ApiError {
        let mut refusal = ApiError::default();
        refusal.code = Some("15".to_owned());
        refusal.message = Some("no".to_owned());
        refusal.request_id = Some("r1".to_owned());
        refusal
    }

    #[test]
    fn an_error_about_an_input_or_an_answer_has_no_prefix() {
        const MESSAGE: &str = "cannot do it: found this; wanted that";
        for (kind, sort) in [
            (Kind::Unusable(finding()), ErrorKind::Unusable),
            (Kind::Unreadable(finding()), ErrorKind::Undecodable),
            (Kind::Unauthorised(finding()), ErrorKind::NotAuthorised),
        ] {
            check(Error::new(API, kind), sort, MESSAGE);
        }
    }

    #[test]
    fn a_failed_exchange_is_reported_with_the_transports_message() {
        let failed = || transport::Error::in_phase(Phase::Connect, system_error());
        let error = Error::new(API, Kind::Transport(failed()));
        let message = "cannot call a.b: cannot connect for a request";
        check_source(&check(error, ErrorKind::Transport, message));
        let error = Error::of_transport_settings(transport::Error::in_phase(
            Phase::Prepare,
            system_error(),
        ));
        let message = "cannot start a request";
        check_source(&check(error, ErrorKind::Unusable, message));
    }

    #[test]
    fn an_error_status_is_reported_with_length_and_content_type_of_the_body() {
        let status = |content_type| Kind::Status {
            status: 502,
            length: 3,
            content_type,
        };
        let error = Error::new(API, status(None)).with_answer(502, b"sad".to_vec());
        let message = "cannot call a.b: found HTTP status 502 with 3 bytes; wanted an answer under HTTP status 200";
        check(error, ErrorKind::Status, message);
        let long = "x".repeat(200);
        let error = Error::new(API, status(Some(long)));
        let message = format!(
            "cannot call a.b: found HTTP status 502 with 3 bytes of \"{}\"; wanted an answer under HTTP status 200",
            "x".repeat(100)
        );
        check(error, ErrorKind::Status, &message);
    }

    #[test]
    fn a_refusal_is_reported_with_code_clock_and_request_id() {
        let message = "platform refused a.b: code 15 \"no\", request id r1";
        let mut error = check(Error::refused(API, refusal()), ErrorKind::Refused, message);
        let Kind::Refused(inner) = &mut error.inner_mut().kind else {
            panic!("not a refusal");
        };
        inner.clock_ahead = Some(-7);
        let message = "platform refused a.b: code 15 \"no\"; this machine's clock is 7 s behind the gateway's, request id r1";
        check(error, ErrorKind::Refused, message);
        let message =
            "platform refused an earlier refresh of the session: code 15 \"no\", request id r1";
        check(Error::refused("", refusal()), ErrorKind::Refused, message);
        let raw = br#"{"result":{"success":false,"error_code":"E1","error_msg":"sold out"}}"#;
        let answer = aliexpress_models::raw::decode_raw(raw)
            .unwrap()
            .outcome
            .unwrap();
        let refusal = answer.business_refusal().unwrap();
        let message = format!("a.b refused in its answer: {refusal}");
        check(
            Error::new(API, Kind::BusinessRefused(refusal)),
            ErrorKind::BusinessRefused,
            &message,
        );
    }

    #[test]
    fn an_answer_that_cannot_be_decoded_is_reported_with_its_position() {
        let undecodable =
            decode::<aliexpress_models::order_get::OrderGetAnswer>(b"<html>").unwrap_err();
        let api = aliexpress_models::order_get::OrderGetAnswer::API;
        let message = format!(
            "cannot decode the answer to {api} at line 1 column 1: expected JSON or XML, found an HTML page"
        );
        check(
            Error::new(api, Kind::Undecodable(undecodable)),
            ErrorKind::Undecodable,
            &message,
        );
    }

    #[test]
    fn errors_of_calls_that_were_not_sent_say_why() {
        let message = "cannot call a.b: found call limits that allow the next call only in 2.0s; wanted to make it \
                       before the deadline";
        check(
            Error::no_slot(API, Duration::from_secs(2)),
            ErrorKind::CallLimit,
            message,
        );
        let waited = Duration::from_secs(3);
        let message = "cannot refresh the session: found another thread or program still refreshing it after 3s; \
                       wanted that refresh to have finished";
        check(
            Error::new("", Kind::RefreshedElsewhere { waited }),
            ErrorKind::NoSession,
            message,
        );
        let store = StoreError::new("cannot load tokens").with_source(system_error());
        let error = check(
            Error::new("", Kind::Store(store)),
            ErrorKind::Store,
            "cannot load tokens",
        );
        check_source(&error);
        let journal = JournalError::new("cannot write").with_source(system_error());
        let error = check(
            Error::new("", Kind::Journal(journal)),
            ErrorKind::Store,
            "cannot write",
        );
        check_source(&error);
        let failed = transport::Error::in_phase(Phase::Connect, system_error());
        let refresh = Error::new("/auth/token/refresh", Kind::Transport(failed));
        let message = "cannot get a session for a.b: cannot call /auth/token/refresh: cannot connect for a request";
        let error = check(refresh.before_calling(API), ErrorKind::NoSession, message);
        let refresh = error.source().and_then(|error| error.downcast_ref());
        check_source(refresh.expect("the refresh's error"));
    }

    #[test]
    fn errors_about_orders_name_the_order() {
        let failed = transport::Error::in_phase(Phase::Answer, system_error());
        let cause = Error::new(API, Kind::Transport(failed));
        let mut outcome = UnknownOutcome {
            out_order_id: "o-1".to_owned(),
            order_ids: Vec::new(),
            sent_at: SystemTime::UNIX_EPOCH,
            why: cause.to_string(),
            cause: None,
        };
        let message = "cannot tell whether order \"o-1\" was placed: cannot call a.b: cannot get an answer to a \
                       request; find out before placing it under another id";
        assert_eq!(outcome.to_string(), message);
        outcome.cause = Some(cause);
        let error = Error::new(API, Kind::UnknownOutcome(outcome));
        let error = check(error, ErrorKind::UnknownOutcome, message);
        check_source(&error);
        assert!(
            error
                .unknown_outcome()
                .unwrap()
                .cause()
                .is_some_and(Error::may_retry)
        );
        let named = UnknownOutcome {
            out_order_id: "o-1".to_owned(),
            order_ids: vec![OrderId(7), OrderId(8)],
            sent_at: SystemTime::UNIX_EPOCH,
            why: "found both".to_owned(),
            cause: None,
        };
        let message = "cannot tell whether order \"o-1\" was placed: found both; possible order ids: 7 8; find out before \
                       placing it under another id";
        check(
            Error::new(API, Kind::UnknownOutcome(named)),
            ErrorKind::UnknownOutcome,
            message,
        );
        let hidden = OrderNotVisible {
            order_id: OrderId(7),
            waited: Duration::from_secs(2),
        };
        let message = "cannot read order 7: found that the platform did not show the order even after 2.0s; wanted the \
                       order to become visible before that";
        check(
            Error::new(API, Kind::NotVisible(hidden)),
            ErrorKind::OrderNotVisible,
            message,
        );
    }

    #[test]
    fn errors_are_send_and_sync() {
        fn check<T: std::error::Error + Send + Sync + 'static>() {}
        check::<Error>();
        check::<StoreError>();
        check::<JournalError>();
        check::<UnknownOutcome>();
        check::<OrderNotVisible>();
        check::<crate::push::PushError>();
    }
}
