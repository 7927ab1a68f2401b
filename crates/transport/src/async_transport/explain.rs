//! hyper's errors, in this crate's terms.

use std::error::Error as StdError;
use std::io;

use crate::error::{Error, Kind, Phase, Wanted, causes, is_reset};

/// An error of an exchange on a connection that stands, after so many bytes of the answer's body.
pub(super) fn explain(
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
        true => explained.because(beneath(error)),
        false => explained,
    }
}

/// What sort of failure it is, and whether the cause says more than that.
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
    // Without its server, hyper has no question for it; a test knows when the words change.
    if error.to_string() == "message head is too large" {
        let (part, limit) = ("status line and headers", LARGEST_HEAD);
        return (Kind::TooLarge { part, limit }, false);
    }
    if error.is_parse() {
        let (found, wanted) = ("something else".to_owned(), "an HTTP/1.1 answer");
        return (Kind::Malformed { found, wanted }, true);
    }
    if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        return (Kind::cut(received, wanted), false);
    }
    (Kind::Failed, true)
}

/// Most bytes of an answer's head; hyper would take six times as much.
pub(super) const LARGEST_HEAD: usize = 64 * 1024;

/// What happened: hyper wraps it in errors that say no more than that there was one.
fn beneath(error: &hyper::Error) -> Box<dyn StdError + Send + Sync> {
    let causes = causes(error);
    let of_system = causes
        .iter()
        .rev()
        .find_map(|cause| cause.downcast_ref::<io::Error>());
    match of_system.map(|error| (error.raw_os_error(), error)) {
        Some((Some(code), _)) => Box::new(io::Error::from_raw_os_error(code)),
        Some((None, error)) => Box::new(io::Error::new(error.kind(), error.to_string())),
        // The innermost says it.
        None => causes
            .last()
            .map_or_else(|| error.to_string(), |last| last.to_string())
            .into(),
    }
}
