//! The one error of this crate and the questions one can put to it.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

use ureq::http::HeaderValue;

use crate::exchange::HttpResponse;

/// Why there is no whole answer.
///
/// The message says what was being done, for which address (without its query), what was found and
/// what was wanted; [`source`](StdError::source) has the error of the system or of TLS where there
/// is one. Neither holds a byte of the request's or the answer's body.
pub struct Error(Box<Inner>);

struct Inner {
    phase: Phase,
    kind: Kind,
    /// `POST scheme://host/path`; absent where a setting or the address itself is at fault.
    target: Option<String>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
    so_far: Option<HttpResponse>,
}

/// How far an exchange had come, in order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// Settings, address and deadline were being read; nothing had happened on the network.
    Prepare,
    /// The name of the host was being looked up.
    Lookup,
    /// The TCP connection to the server was being opened.
    Connect,
    /// The proxy was being looked up, connected to or asked for a tunnel.
    Proxy,
    /// TLS was being agreed on.
    Handshake,
    /// The request was being written. Some, all or none of it may have reached the server.
    Send,
    /// The request was written, the status and headers of the answer were being waited for.
    Answer,
    /// Status and headers were there, the body was being read.
    Body,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// Something that was given to us cannot be used.
    Invalid {
        doing: &'static str,
        found: String,
        wanted: &'static str,
    },
    /// A limit on time was reached.
    TimedOut(Limit),
    /// The connection ended early, after so many bytes of the answer's (unpacked) body.
    Cut { received: usize, wanted: Wanted },
    /// More came than the limit (in bytes) allows.
    TooLarge { part: &'static str, limit: usize },
    /// The answer is no HTTP, or its body is not packed as it should be.
    Malformed { found: String, wanted: &'static str },
    /// The cause says it all.
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    Connect(Duration),
    Read(Duration),
    Total(Duration),
    Deadline,
}

/// What was missing when a connection was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Room,
    Head,
    Length(u64),
    LastChunk,
    GzipEnd,
    OrderlyEnd,
}

impl Error {
    /// Whether no connection could be made: name not found, refused, unreachable, proxy or TLS not
    /// agreed on, or the connect time-out passed.
    pub fn is_connect(&self) -> bool {
        (Phase::Lookup..=Phase::Handshake).contains(&self.0.phase)
    }

    /// Whether a limit on time was reached: the connect, read or total time-out, or the deadline.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::TimedOut(_))
    }

    /// Whether the answer was larger than the response size limit, or its head than 64 KiB.
    pub fn is_too_large(&self) -> bool {
        matches!(self.0.kind, Kind::TooLarge { .. })
    }

    /// Whether the server closed or reset the connection after it stood and before the answer was
    /// whole.
    pub fn is_cut(&self) -> bool {
        matches!(self.0.kind, Kind::Cut { .. })
    }

    /// Whether no byte of the request can have reached the server, so that sending it again is no
    /// second request.
    ///
    /// True while there was no connection: bad input, a deadline that had passed, a name that was
    /// not found, a refused connection, a failed TLS handshake, a time-out during any of these.
    /// False from the first write on, even where that write failed: a kept connection that the
    /// server closed at the same moment looks the same whether or not the server read the request.
    pub fn certainly_not_sent(&self) -> bool {
        self.0.phase < Phase::Send
    }

    /// How far the exchange had come.
    pub fn phase(&self) -> Phase {
        self.0.phase
    }

    /// What had come of the answer, where at least its status and headers had: an order may be
    /// named in it. Its body ends where the connection or the limit did. For an answer over the size
    /// limit it holds as many bytes as the limit, or none where the announced length was over it.
    pub fn answer_so_far(&self) -> Option<&HttpResponse> {
        self.0.so_far.as_ref()
    }

    /// An exchange that another HTTP library made and that failed in this phase, for those who carry calls over
    /// one. A reset or an early end anywhere among the causes counts as [cut](Self::is_cut). In doubt name the later
    /// phase: up to [`Phase::Handshake`] a request counts as [certainly not sent](Self::certainly_not_sent).
    ///
    /// The message of the cause must hold no secret.
    pub fn in_phase(phase: Phase, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let cause = cause.into();
        let kind = match phase >= Phase::Send && is_reset(&*cause) {
            true => Kind::Cut {
                received: 0,
                wanted: Wanted::Head,
            },
            false => Kind::Failed,
        };
        Self::new(phase, kind).because(cause)
    }

    /// An exchange of another HTTP library that was given up in this phase, because its deadline passed.
    pub fn timed_out_in(phase: Phase) -> Self {
        Self::new(phase, Kind::TimedOut(Limit::Deadline))
    }

    pub(crate) fn new(phase: Phase, kind: Kind) -> Self {
        Self(Box::new(Inner {
            phase,
            kind,
            target: None,
            cause: None,
            so_far: None,
        }))
    }

    pub(crate) fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
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

/// An error and everything beneath it. What an error of the system wraps counts too: its `source` passes over it.
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

/// Whether the system says anywhere beneath an error that the other side is gone.
pub(crate) fn is_reset(error: &(dyn StdError + 'static)) -> bool {
    causes(error)
        .into_iter()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| is_disconnect(error.kind()))
}

/// Whether the system says that the other side is gone.
pub(crate) fn is_disconnect(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(
        kind,
        BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof
    )
}

impl Phase {
    fn doing(self) -> &'static str {
        match self {
            Phase::Prepare => "start",
            Phase::Lookup => "look up the host of",
            Phase::Connect => "connect for",
            Phase::Proxy => "open a tunnel through the proxy for",
            Phase::Handshake => "agree on TLS for",
            Phase::Send => "send",
            Phase::Answer => "get an answer to",
            Phase::Body => "read the answer to",
        }
    }
}

/// The body is longer than the settings allow.
pub(crate) fn too_large(limit: usize) -> Error {
    let part = "body";
    Error::new(Phase::Body, Kind::TooLarge { part, limit })
}

/// The body is packed in another way than gzip.
pub(crate) fn unknown_encoding(encoding: &HeaderValue) -> Error {
    let found = format!("the content encoding {encoding:?}");
    let wanted = "gzip or none";
    Error::new(Phase::Body, Kind::Malformed { found, wanted })
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Kind::Invalid {
            doing,
            found,
            wanted,
        } = &self.0.kind
        {
            return write!(f, "cannot {doing}: found {found}; wanted {wanted}");
        }
        write!(f, "cannot {}", self.0.phase.doing())?;
        if let Some(target) = &self.0.target {
            write!(f, " {target}")?;
        }
        self.0.kind.fmt_found(f)
    }
}

impl Kind {
    fn fmt_found(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::TimedOut(limit) => limit.fmt_found(f),
            Kind::Cut {
                wanted: wanted @ (Wanted::Room | Wanted::Head),
                ..
            } => {
                write!(f, ": found the connection closed; wanted {wanted}")
            }
            Kind::Cut { received, wanted } => {
                write!(f, ": found its end after {received} bytes; wanted {wanted}")
            }
            Kind::TooLarge { part, limit } => {
                write!(
                    f,
                    ": found more than {limit} bytes of {part}; wanted {limit} at most"
                )
            }
            Kind::Malformed { found, wanted } => write!(f, ": found {found}; wanted {wanted}"),
            Kind::Invalid { .. } | Kind::Failed => Ok(()),
        }
    }
}

impl Limit {
    fn fmt_found(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Connect(limit) => {
                write!(
                    f,
                    ": found no connection after {limit:?}; wanted one within the connect time-out"
                )
            }
            Limit::Read(limit) => {
                write!(
                    f,
                    ": found silence for {limit:?}; wanted progress within the read time-out"
                )
            }
            Limit::Total(limit) => {
                write!(
                    f,
                    ": found no end after {limit:?}; wanted one within the total time-out"
                )
            }
            Limit::Deadline => {
                f.write_str(": found the deadline passed; wanted an answer before it")
            }
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wanted::Room => f.write_str("room for the whole request"),
            Wanted::Head => f.write_str("a status line and headers"),
            Wanted::Length(length) => write!(f, "{length} as announced"),
            Wanted::LastChunk => f.write_str("a last chunk"),
            Wanted::GzipEnd => f.write_str("the rest of the gzip stream"),
            Wanted::OrderlyEnd => f.write_str("an orderly end of the connection"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("phase", &self.0.phase)
            .field("kind", &self.0.kind)
            .field("target", &self.0.target)
            .field("cause", &self.0.cause)
            .field("answer_so_far", &self.0.so_far)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_transports_go_between_threads() {
        fn check<T: Send + Sync + 'static>() {}
        check::<Error>();
        check::<crate::Transport>();
    }
}
