//! ureq's errors, in this crate's terms.

use std::io;

use ureq::Timeout;
use ureq::http::{HeaderMap, header};

use crate::error::{Error, Kind, Limit, Phase, Wanted, is_disconnect};
use crate::phase::{PhasedError, unmark};
use crate::settings::Settings;
use crate::target::Target;

/// What is needed to explain the failure of an exchange.
pub(crate) struct Explainer<'a> {
    pub(crate) target: &'a Target,
    pub(crate) settings: &'a Settings,
    /// The limit on the whole exchange.
    pub(crate) limit: Limit,
}

impl Explainer<'_> {
    /// An error up to the end of the answer's headers.
    pub(crate) fn before_the_body(&self, error: ureq::Error) -> Error {
        // `source()` of ureq's error does not return the `io::Error` inside.
        if let ureq::Error::Io(io) = &error
            && let Some(error) = Error::of_body(io)
        {
            return error.for_target(self.target);
        }
        match unmark(error) {
            Ok(PhasedError { phase, cause }) => self.explain(phase, cause, 0, Wanted::Head),
            // The time ran out between two steps, and ureq does not say between which. The earliest
            // phase after connecting does not promise that nothing was sent.
            Err(error @ ureq::Error::Timeout(_)) => {
                self.explain(Phase::Send, error, 0, Wanted::Head)
            }
            // The connection was closed without an error of the system: there is no further cause to add.
            Err(ureq::Error::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.error(Phase::Answer, Kind::cut(0, Wanted::Head))
            }
            Err(error) => self.explain(Phase::Answer, error, 0, Wanted::Head),
        }
    }

    /// An error after the headers and `received` bytes of the (decompressed) body.
    pub(crate) fn in_the_body(
        &self,
        error: ureq::Error,
        headers: &HeaderMap,
        received: usize,
    ) -> Error {
        let wanted = missing_end(headers);
        match unmark(error) {
            Ok(PhasedError { cause, .. }) => self.explain(Phase::Body, cause, received, wanted),
            Err(ureq::Error::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.error(Phase::Body, Kind::cut(received, wanted))
            }
            Err(error) => self.explain(Phase::Body, error, received, wanted),
        }
    }

    fn explain(&self, phase: Phase, error: ureq::Error, received: usize, wanted: Wanted) -> Error {
        match error {
            ureq::Error::Timeout(reason) => {
                self.error(phase, Kind::TimedOut(self.limit_of(reason)))
            }
            ureq::Error::Io(error) if phase >= Phase::Send && is_disconnect(error.kind()) => {
                let wanted = if phase == Phase::Send {
                    Wanted::Room
                } else {
                    wanted
                };
                self.error(phase, Kind::cut(received, wanted))
                    .because(error)
            }
            ureq::Error::Io(error) => self.error(phase, Kind::Failed).because(error),
            ureq::Error::LargeResponseHeader(_, limit) => self.error(
                phase,
                Kind::TooLarge {
                    part: "status line and headers",
                    limit,
                },
            ),
            ureq::Error::Decompress(_, error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.error(phase, Kind::cut(received, Wanted::GzipEnd))
            }
            ureq::Error::Decompress(_, error) => {
                let found = "a broken gzip stream".to_owned();
                self.error(
                    phase,
                    Kind::Malformed {
                        found,
                        wanted: "a valid one",
                    },
                )
                .because(error)
            }
            ureq::Error::Protocol(error) => {
                let found = "bytes that are not HTTP".to_owned();
                self.error(
                    phase,
                    Kind::Malformed {
                        found,
                        wanted: "an HTTP/1.1 answer",
                    },
                )
                .because(error)
            }
            other => self.error(phase, Kind::Failed).because(other),
        }
    }

    fn limit_of(&self, reason: Timeout) -> Limit {
        match reason {
            Timeout::Connect => Limit::Connect(self.settings.connect_timeout),
            Timeout::PerRead | Timeout::PerWrite => Limit::Read(self.settings.read_timeout),
            _ => self.limit,
        }
    }

    fn error(&self, phase: Phase, kind: Kind) -> Error {
        Error::new(phase, kind).for_target(self.target)
    }
}

/// What marks the end of an answer with these headers.
pub(crate) fn missing_end(headers: &HeaderMap) -> Wanted {
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return Wanted::LastChunk;
    }
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    length.map_or(Wanted::OrderlyEnd, Wanted::Length)
}
