//! How errors read.

use std::error::Error as StdError;
use std::fmt;

use super::{Error, Evidence, Finding, Kind, Refusal};

/// Ids and content types are shorter; what is longer is cut in messages.
const LONGEST_ID: usize = 100;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.inner();
        match &inner.kind {
            Kind::Unusable(finding) | Kind::Unreadable(finding) | Kind::Unauthorised(finding) => {
                write!(f, "{finding}")?
            }
            Kind::Transport(error) if inner.api.is_empty() => write!(f, "{error}")?,
            Kind::Transport(error) => write!(f, "cannot call {}: {error}", inner.api)?,
            Kind::Status { content_type } => {
                write!(f, "cannot call {}: found ", inner.api)?;
                inner
                    .answer
                    .as_ref()
                    .map_or(Ok(()), |answer| answer.fmt(f))?;
                if let Some(content_type) = content_type {
                    let cut: String = content_type.chars().take(LONGEST_ID).collect();
                    write!(f, " of {cut:?}")?;
                }
                f.write_str("; wanted an answer under HTTP status 200")?;
            }
            Kind::Refused(refusal) if inner.api.is_empty() => {
                write!(f, "platform refused the refresh token before: {refusal}")?
            }
            Kind::Refused(refusal) => write!(f, "platform refused {}: {refusal}", inner.api)?,
            Kind::BusinessRefused(refusal) => write!(f, "{} said no: {refusal}", inner.api)?,
            Kind::Undecodable(error) => write!(f, "{error}")?,
            Kind::NoRoom { wait } => write!(
                f,
                "cannot call {}: found no room for another {wait:.1?} under the call limits; wanted \
                 some before the deadline",
                inner.api
            )?,
            Kind::Store(error) => write!(f, "{error}")?,
            Kind::Journal(error) => write!(f, "{error}")?,
            Kind::RefreshedElsewhere { waited } => write!(
                f,
                "cannot refresh the session: found another thread or program at it for {waited:?} \
                 already; wanted it to be done by then"
            )?,
            Kind::NoSession(cause) => {
                return write!(f, "cannot take a session for {}: {cause}", inner.api);
            }
            Kind::UnknownOutcome(outcome) => return write!(f, "{outcome}"),
            Kind::NotVisible(hidden) => return write!(f, "{hidden}"),
        }
        if let Some(request_id) = &inner.request_id {
            let cut: String = request_id.chars().take(LONGEST_ID).collect();
            // An id has none of what is escaped here.
            write!(f, ", request id {}", cut.escape_debug())?;
        }
        Ok(())
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "HTTP status {} with {} bytes",
            self.status,
            self.body.len()
        )
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            doing,
            found,
            wanted,
        } = self;
        write!(f, "cannot {doing}: found {found}; wanted {wanted}")
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)?;
        if let Some(seconds) = self.clock_ahead {
            let side = if seconds < 0 { "behind" } else { "ahead of" };
            let seconds = seconds.unsigned_abs();
            write!(
                f,
                "; this machine's clock is {seconds} s {side} the gateway's"
            )?;
        }
        if let Some(explanation) = &self.explanation {
            write!(f, "; signed here: {explanation}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.inner();
        f.debug_struct("Error")
            .field("api", &inner.api)
            .field("kind", &inner.kind)
            .field("answer", &inner.answer)
            .field("request_id", &inner.request_id)
            .field("tries", &inner.tries)
            .field("retry_after", &inner.retry_after)
            .finish()
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("status", &self.status)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

impl StdError for Error {
    /// The cause behind the message, where the message has not told it already.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.inner().kind {
            Kind::Transport(error) => error.source(),
            Kind::Undecodable(error) => error.source(),
            Kind::Store(error) => error.source(),
            Kind::Journal(error) => error.source(),
            Kind::NoSession(cause) => cause.source(),
            // The outcome's message tells its cause's.
            Kind::UnknownOutcome(outcome) => outcome.cause().and_then(StdError::source),
            Kind::NotVisible(hidden) => Some(&hidden.last),
            _ => None,
        }
    }
}
