//! The error type of this crate, and the questions it answers.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

use ureq::http::HeaderValue;

use crate::body::BodyError;
use crate::exchange::HttpResponse;

/// Why there is no complete answer.
///
/// The message says what was being done, for which address (without its query), what was found and
/// what was wanted; [`source`](StdError::source) is the error of the system or of TLS, if there is
/// one. Neither contains a byte of the request's or the answer's body.
#[derive(thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("cannot {}{kind}", doing(.kind, .phase, .target))]
struct Inner {
    phase: Phase,
    kind: Kind,
    /// `POST scheme://host/path`; `None` if a setting or the address itself is at fault.
    target: Option<String>,
    permanent: bool,
    #[source]
    cause: Option<Box<dyn StdError + Send + Sync>>,
    so_far: Option<HttpResponse>,
}

/// The kind of an [`Error`]; [`Error::phase`] says which phase the exchange had reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting, an address or a body cannot be used. Nothing was sent.
    Unusable,
    /// Time ran out: the connect, read or total time-out, or the deadline.
    Timeout,
    /// The connection ended before the answer was complete.
    Cut,
    /// The answer is larger than the size limit, or its head is larger than 64 KiB.
    TooLarge,
    /// The answer is not HTTP, or its body is not compressed as its headers say.
    Malformed,
    /// The body to be sent could not be read, or its length differs from the announced one.
    Body,
    /// The system reported an error of the connection, see [`source`](StdError::source).
    Io,
    /// Another component reported an error, such as TLS, see [`source`](StdError::source).
    Failed,
}

/// The phases of an exchange, in order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// Checking settings, address and deadline, before any use of the network.
    Prepare,
    /// Resolving the name of the host.
    Lookup,
    /// Opening the TCP connection to the server.
    Connect,
    /// Resolving or connecting to the proxy, or asking it for a tunnel.
    Proxy,
    /// The TLS handshake.
    Handshake,
    /// Writing the request. Some, all or none of it may have reached the server.
    Send,
    /// Waiting for the status and headers of the answer, after the request was written.
    Answer,
    /// Reading the body, after status and headers arrived.
    Body,
}

/// What was found and what was wanted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Kind {
    /// Something that was given to us cannot be used.
    #[error(": found {found}; wanted {wanted}")]
    Invalid {
        doing: &'static str,
        found: String,
        wanted: &'static str,
    },
    /// A limit on time was reached.
    #[error(": {0}")]
    TimedOut(Limit),
    /// The connection ended before any of the answer came.
    #[error(": found the connection closed; wanted {wanted}")]
    Closed { wanted: Wanted },
    /// The connection ended after so many bytes of the answer's (unpacked) body.
    #[error(": found the end after {received} bytes; wanted {wanted}")]
    Cut { received: usize, wanted: Wanted },
    /// More came than the limit (in bytes) allows.
    #[error(": found more than {limit} bytes of {part}; wanted {limit} at most")]
    TooLarge { part: &'static str, limit: usize },
    /// The answer is not HTTP, or its body is not compressed as its headers say.
    #[error(": found {found}; wanted {wanted}")]
    Malformed { found: String, wanted: &'static str },
    /// The body that was being sent could not be read.
    #[error(": {0}")]
    Body(BodyError),
    /// The cause, an error of the system, says everything.
    #[error("")]
    Io,
    /// The cause says everything.
    #[error("")]
    Failed,
}

impl Kind {
    /// The connection ended early.
    pub(crate) fn cut(received: usize, wanted: Wanted) -> Self {
        match wanted {
            Wanted::Room | Wanted::Head => Kind::Closed { wanted },
            _ => Kind::Cut { received, wanted },
        }
    }
}

/// Which limit on time was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Limit {
    #[error("found no connection after {0:?}; wanted one within the connect time-out")]
    Connect(Duration),
    #[error("found no data for {0:?}; wanted progress within the read time-out")]
    Read(Duration),
    #[error("found no complete answer after {0:?}; wanted one within the total time-out")]
    Total(Duration),
    #[error("found the deadline passed; wanted an answer before it")]
    Deadline,
    /// One that a program set on reqwest.
    #[cfg(feature = "reqwest")]
    #[error("found no complete answer in time; wanted one within the time-out set on reqwest")]
    OfReqwest,
}

/// What was missing when a connection was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Wanted {
    #[error("to send the whole request")]
    Room,
    #[error("a status line and headers")]
    Head,
    #[error("{0} as announced")]
    Length(u64),
    #[error("a last chunk")]
    LastChunk,
    #[error("the rest of the gzip stream")]
    GzipEnd,
    #[error("a clean end of the connection")]
    OrderlyEnd,
}

impl Error {
    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match &self.0.kind {
            Kind::Invalid { .. } => ErrorKind::Unusable,
            Kind::TimedOut(_) => ErrorKind::Timeout,
            Kind::Closed { .. } | Kind::Cut { .. } => ErrorKind::Cut,
            Kind::TooLarge { .. } => ErrorKind::TooLarge,
            Kind::Malformed { .. } => ErrorKind::Malformed,
            Kind::Body(_) => ErrorKind::Body,
            Kind::Io => ErrorKind::Io,
            Kind::Failed => ErrorKind::Failed,
        }
    }

    /// Whether no connection could be made: the name was not found, the connection was refused, the
    /// host was unreachable, the proxy or TLS failed, or the connect time-out passed.
    pub fn is_connect(&self) -> bool {
        (Phase::Lookup..=Phase::Handshake).contains(&self.0.phase)
    }

    /// Whether a retry would fail in the same way: TLS failed, for example because of an invalid
    /// certificate, or the proxy refused the tunnel (a status from 400 to 499 except 408, 425
    /// and 429).
    pub fn is_permanent(&self) -> bool {
        self.0.permanent
    }

    /// Whether time ran out: the connect, read or total time-out, or the deadline.
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// Whether the answer was larger than the size limit, or its head larger than 64 KiB.
    pub fn is_too_large(&self) -> bool {
        self.kind() == ErrorKind::TooLarge
    }

    /// Whether the server closed or reset the connection after it was established and before the
    /// answer was complete.
    pub fn is_cut(&self) -> bool {
        self.kind() == ErrorKind::Cut
    }

    /// Whether certainly no byte of the request reached the server, so that sending it again cannot
    /// duplicate it.
    ///
    /// True while there was no connection: invalid input, a deadline that had passed, a name that
    /// was not found, a refused connection, a failed TLS handshake, or a time-out during any of
    /// these. False from the first write on, even if that write failed: if the server closed a kept
    /// connection at the same moment, no one can tell whether it read the request.
    pub fn certainly_not_sent(&self) -> bool {
        self.0.phase < Phase::Send
    }

    /// The phase that the exchange had reached.
    pub fn phase(&self) -> Phase {
        self.0.phase
    }

    /// The part of the answer that arrived, if at least its status and headers did: it may name an
    /// order. Its body ends where the connection or the limit ended. For an answer over the size
    /// limit, the body has as many bytes as the limit, or none if the announced length exceeded it.
    pub fn answer_so_far(&self) -> Option<&HttpResponse> {
        self.0.so_far.as_ref()
    }

    /// An exchange over another HTTP library that failed in this phase. A reset or an early end
    /// among the causes counts as [cut](Self::is_cut). If in doubt, name the later phase: up to
    /// [`Phase::Handshake`] a request counts as [certainly not sent](Self::certainly_not_sent).
    ///
    /// The message of the cause must contain no secret.
    pub fn in_phase(phase: Phase, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let cause = cause.into();
        let kind = match phase >= Phase::Send && is_reset(&*cause) {
            true => Kind::cut(0, Wanted::Head),
            false => Kind::Failed,
        };
        Self::new(phase, kind).because(cause)
    }

    /// An exchange over another HTTP library that was given up in this phase because its deadline
    /// passed.
    pub fn timed_out_in(phase: Phase) -> Self {
        Self::new(phase, Kind::TimedOut(Limit::Deadline))
    }

    /// Removes and returns the [`source`](StdError::source), for an error that includes this one's
    /// message and takes over its source, so that printing the chain repeats nothing.
    pub fn take_source(&mut self) -> Option<Box<dyn StdError + Send + Sync>> {
        self.0.cause.take()
    }

    /// The error of a body that could not be read, if it is among the causes of a library's error.
    pub(crate) fn of_body(error: &(dyn StdError + 'static)) -> Option<Self> {
        let mut causes = causes(error).into_iter();
        let body = causes.find_map(|cause| cause.downcast_ref::<BodyError>())?;
        let mut found = Self::new(
            Phase::Send,
            Kind::Body(BodyError {
                found: body.found.clone(),
                wanted: body.wanted.clone(),
                cause: None,
            }),
        );
        // `io::Error` cannot be cloned: an error of the system keeps its number, others keep their text.
        found.0.cause = body.cause.as_ref().map(|cause| {
            match cause.raw_os_error() {
                Some(code) => io::Error::from_raw_os_error(code),
                None => io::Error::new(cause.kind(), cause.to_string()),
            }
            .into()
        });
        Some(found)
    }

    pub(crate) fn new(phase: Phase, kind: Kind) -> Self {
        Self(Box::new(Inner {
            phase,
            kind,
            target: None,
            cause: None,
            permanent: false,
            so_far: None,
        }))
    }

    pub(crate) fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let cause = cause.into();
        if matches!(self.0.kind, Kind::Failed) && cause.is::<io::Error>() {
            self.0.kind = Kind::Io;
        }
        self.0.permanent = is_permanent(self.0.phase, &*cause);
        self.0.cause = Some(cause);
        self
    }

    pub(crate) fn for_target(mut self, target: impl fmt::Display) -> Self {
        self.0.target = Some(target.to_string());
        self
    }

    pub(crate) fn with_answer_so_far(mut self, answer: HttpResponse) -> Self {
        self.0.so_far = Some(answer);
        self
    }
}

/// An error and all its causes. This includes what an error of the system wraps, which its `source` skips.
pub(crate) fn causes<'a>(error: &'a (dyn StdError + 'static)) -> Vec<&'a (dyn StdError + 'static)> {
    let (mut all, mut next) = (Vec::new(), Some(error));
    while let Some(error) = next {
        all.push(error);
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped as _),
            None => error.source(),
        };
    }
    all
}

/// Whether an error before there was a connection would happen again.
fn is_permanent(phase: Phase, cause: &(dyn StdError + 'static)) -> bool {
    let causes = causes(cause);
    match phase {
        // rustls reports what it refuses as invalid data; all other errors of the system may be temporary.
        Phase::Handshake => {
            let system = |cause: &&(dyn StdError + 'static)| {
                let error = cause.downcast_ref::<io::Error>();
                error.is_some_and(|error| error.kind() == io::ErrorKind::InvalidData)
            };
            !cause.is::<io::Error>() || causes.iter().any(system)
        }
        Phase::Proxy => causes
            .iter()
            .any(|cause| refuses_tunnel(&cause.to_string())),
        _ => false,
    }
}

/// Whether a proxy refused the tunnel permanently. ureq has the status only in a text, and the async transport writes
/// the same text.
fn refuses_tunnel(text: &str) -> bool {
    const PASSING: [&str; 3] = ["408", "425", "429"];
    // reqwest has this text for status 407 only; for other statuses it does not say which one it was.
    if text == "tunnel error: proxy authorization required" {
        return true;
    }
    let status = text
        .split_once("proxy server responded ")
        .map(|(_, status)| status);
    status.is_some_and(|status| {
        status.starts_with('4') && !PASSING.iter().any(|passing| status.starts_with(passing))
    })
}

/// Whether one of the causes of an error is that the other side closed or reset the connection.
pub(crate) fn is_reset(error: &(dyn StdError + 'static)) -> bool {
    causes(error)
        .into_iter()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| is_disconnect(error.kind()))
}

/// Whether an error of the system means that the other side closed or reset the connection.
pub(crate) fn is_disconnect(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(
        kind,
        BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof
    )
}

/// What was being done, and for which address.
fn doing(kind: &Kind, phase: &Phase, target: &Option<String>) -> String {
    let doing = match (kind, phase) {
        (Kind::Invalid { doing, .. }, _) => return (*doing).to_owned(),
        (_, Phase::Prepare) => "start",
        (_, Phase::Lookup) => "look up the host of",
        (_, Phase::Connect) => "connect for",
        (_, Phase::Proxy) => "open a tunnel through the proxy for",
        (_, Phase::Handshake) => "complete the TLS handshake for",
        (_, Phase::Send) => "send",
        (_, Phase::Answer) => "get an answer to",
        (_, Phase::Body) => "read the answer to",
    };
    format!("{doing} {}", target.as_deref().unwrap_or("a request"))
}

/// The body is longer than the settings allow.
pub(crate) fn too_large(limit: usize) -> Error {
    let part = "body";
    Error::new(Phase::Body, Kind::TooLarge { part, limit })
}

/// The body is compressed, but not with gzip.
pub(crate) fn unknown_encoding(encoding: &HeaderValue) -> Error {
    let found = format!("the content encoding {encoding:?}");
    let wanted = "gzip or none";
    Error::new(Phase::Body, Kind::Malformed { found, wanted })
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_transports_are_send_and_sync() {
        fn check<T: Send + Sync + 'static>() {}
        check::<Error>();
        check::<crate::Transport>();
    }

    #[track_caller]
    fn check(phase: Phase, kind: Kind, sort: ErrorKind, message: &str) {
        let error = Error::new(phase, kind).for_target("POST http://h/sync");
        assert_eq!((error.kind(), error.to_string().as_str()), (sort, message));
        assert!(error.source().is_none());
    }

    #[test]
    fn every_phase_has_a_message() {
        for (phase, message) in [
            (Phase::Prepare, "cannot start POST http://h/sync"),
            (
                Phase::Lookup,
                "cannot look up the host of POST http://h/sync",
            ),
            (Phase::Connect, "cannot connect for POST http://h/sync"),
            (
                Phase::Proxy,
                "cannot open a tunnel through the proxy for POST http://h/sync",
            ),
            (
                Phase::Handshake,
                "cannot complete the TLS handshake for POST http://h/sync",
            ),
            (Phase::Send, "cannot send POST http://h/sync"),
            (Phase::Answer, "cannot get an answer to POST http://h/sync"),
            (Phase::Body, "cannot read the answer to POST http://h/sync"),
        ] {
            check(phase, Kind::Failed, ErrorKind::Failed, message);
            check(phase, Kind::Io, ErrorKind::Io, message);
        }
    }

    #[test]
    fn every_kind_has_a_message() {
        let invalid = Kind::Invalid {
            doing: "set a time-out",
            found: "zero".to_owned(),
            wanted: "more",
        };
        let message = "cannot set a time-out: found zero; wanted more";
        check(Phase::Prepare, invalid, ErrorKind::Unusable, message);
        let large = Kind::TooLarge {
            part: "body",
            limit: 9,
        };
        let malformed = Kind::Malformed {
            found: "noise".to_owned(),
            wanted: "HTTP",
        };
        let second = Duration::from_secs(1);
        for (kind, sort, rest) in [
            (
                Kind::TimedOut(Limit::Connect(second)),
                ErrorKind::Timeout,
                "found no connection after 1s; wanted one within the connect time-out",
            ),
            (
                Kind::TimedOut(Limit::Read(second)),
                ErrorKind::Timeout,
                "found no data for 1s; wanted progress within the read time-out",
            ),
            (
                Kind::TimedOut(Limit::Total(second)),
                ErrorKind::Timeout,
                "found no complete answer after 1s; wanted one within the total time-out",
            ),
            (
                Kind::TimedOut(Limit::Deadline),
                ErrorKind::Timeout,
                "found the deadline passed; wanted an answer before it",
            ),
            (
                Kind::cut(0, Wanted::Room),
                ErrorKind::Cut,
                "found the connection closed; wanted to send the whole request",
            ),
            (
                Kind::cut(0, Wanted::Head),
                ErrorKind::Cut,
                "found the connection closed; wanted a status line and headers",
            ),
            (
                Kind::cut(7, Wanted::Length(8)),
                ErrorKind::Cut,
                "found the end after 7 bytes; wanted 8 as announced",
            ),
            (
                Kind::cut(7, Wanted::LastChunk),
                ErrorKind::Cut,
                "found the end after 7 bytes; wanted a last chunk",
            ),
            (
                Kind::cut(7, Wanted::GzipEnd),
                ErrorKind::Cut,
                "found the end after 7 bytes; wanted the rest of the gzip stream",
            ),
            (
                Kind::cut(7, Wanted::OrderlyEnd),
                ErrorKind::Cut,
                "found the end after 7 bytes; wanted a clean end of the connection",
            ),
            (
                large,
                ErrorKind::TooLarge,
                "found more than 9 bytes of body; wanted 9 at most",
            ),
            (malformed, ErrorKind::Malformed, "found noise; wanted HTTP"),
            (
                Kind::Body(BodyError {
                    found: "3 bytes in a file".to_owned(),
                    wanted: "4 as announced".to_owned(),
                    cause: None,
                }),
                ErrorKind::Body,
                "found 3 bytes in a file; wanted 4 as announced",
            ),
        ] {
            let message = format!("cannot read the answer to POST http://h/sync: {rest}");
            check(Phase::Body, kind, sort, &message);
        }
    }

    #[test]
    fn the_cause_is_the_source_and_not_part_of_the_message() {
        let mut error = Error::in_phase(Phase::Send, io::Error::other("no room"));
        assert_eq!(error.kind(), ErrorKind::Io);
        assert_eq!(error.to_string(), "cannot send a request");
        assert_eq!(error.source().unwrap().to_string(), "no room");
        assert!(error.source().unwrap().is::<io::Error>());
        assert_eq!(error.take_source().unwrap().to_string(), "no room");
        assert!(error.source().is_none());
        let error = Error::in_phase(Phase::Handshake, "bad certificate");
        assert_eq!(error.kind(), ErrorKind::Failed);
        let error = Error::timed_out_in(Phase::Answer);
        assert_eq!(
            error.to_string(),
            "cannot get an answer to a request: found the deadline passed; wanted an answer before it"
        );
    }
}
