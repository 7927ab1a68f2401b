//! hyper's errors, in this crate's terms.

use std::error::Error as StdError;
use std::io;

use crate::error::{Error, Kind, Phase, Wanted, causes, is_reset};

/// Explains an error on an established connection, after `received` bytes of the answer's body.
pub(crate) fn explain(
    error: &hyper::Error,
    phase: Phase,
    received: usize,
    wanted: Wanted,
) -> Error {
    if let Some(error) = Error::of_body(error) {
        return error;
    }
    let (kind, says_more) = kind_of(error, received, wanted);
    let explained = Error::new(phase, kind);
    match says_more {
        true => explained.because(actual_cause(error)),
        false => explained,
    }
}

/// The kind of failure, and whether the cause says more than that.
fn kind_of(error: &hyper::Error, received: usize, wanted: Wanted) -> (Kind, bool) {
    if is_reset(error) {
        let causes = causes(error);
        let of_system = causes
            .iter()
            .filter_map(|cause| cause.downcast_ref::<io::Error>());
        let by_system = of_system
            .into_iter()
            .any(|error| error.raw_os_error().is_some());
        return (Kind::cut(received, wanted), by_system);
    }
    if is_head_too_large(error) {
        return (head_too_large(LARGEST_HEAD), false);
    }
    if error.is_parse() {
        let (found, wanted) = ("bytes that are not HTTP".to_owned(), "an HTTP/1.1 answer");
        return (Kind::Malformed { found, wanted }, true);
    }
    if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        return (Kind::cut(received, wanted), false);
    }
    (Kind::Failed, true)
}

/// hyper without its feature `server` has no method for this question. A test fails if the text
/// changes.
pub(crate) fn is_head_too_large(error: &hyper::Error) -> bool {
    error.to_string() == "message head is too large"
}

pub(crate) fn head_too_large(limit: usize) -> Kind {
    let part = "status line and headers";
    Kind::TooLarge { part, limit }
}

/// Largest head of an answer, in bytes; hyper would accept six times as much.
pub(crate) const LARGEST_HEAD: usize = 64 * 1024;

/// The cause that says what happened. The errors of hyper and reqwest around it add nothing.
pub(crate) fn actual_cause(error: &(dyn StdError + 'static)) -> Box<dyn StdError + Send + Sync> {
    let causes = causes(error);
    let of_tls = causes
        .iter()
        .find_map(|cause| cause.downcast_ref::<rustls::Error>());
    if let Some(of_tls) = of_tls {
        return Box::new(of_tls.clone());
    }
    let of_system = causes
        .iter()
        .rev()
        .find_map(|cause| cause.downcast_ref::<io::Error>());
    match of_system.map(|error| (error.raw_os_error(), error)) {
        Some((Some(code), _)) => Box::new(io::Error::from_raw_os_error(code)),
        Some((None, error)) => Box::new(io::Error::new(error.kind(), error.to_string())),
        // The innermost cause is the most specific one.
        None => causes
            .last()
            .map_or_else(|| error.to_string(), |last| last.to_string())
            .into(),
    }
}
