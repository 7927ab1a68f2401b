//! The error type of this crate, and the questions it answers.

mod hidden;
mod kind;
mod message;
mod pause;
mod unknown;

use std::error::Error as StdError;
use std::fmt;
use std::iter::successors;
use std::time::Duration;

use aliexpress_models::shared::OrderId;
use aliexpress_models::{ApiError, BusinessRefusal, DecodeError};
use aliexpress_signing::Explanation;
use aliexpress_transport as transport;

use crate::codes::{CodeInfo, Judgement, RetryClass, explain_of, judge};
use crate::journal::JournalError;
use crate::store_error::StoreError;
pub use hidden::OrderNotVisible;
pub use kind::ErrorKind;
pub(crate) use pause::{FailedRefresh, Pause};
pub use unknown::UnknownOutcome;

/// Why a call failed.
///
/// The message is one line: what was being done, what was found, what was wanted. Neither the
/// message nor `Debug` shows the body of the request or of the answer; [`raw`](Self::raw) has the
/// latter.
///
/// [`source`](StdError::source) is the error of an underlying library. Where the message already
/// contains another error's text, that error's own source is returned instead, so that printing the
/// chain repeats nothing. One exception: a failed refresh of the session is the source of the
/// call's error although the message mentions it.
#[derive(thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("{}{kind}{}", message::opening(.kind, .api), message::request_id(.kind, .request_id))]
pub(crate) struct Inner {
    /// The API's name or the path of the system call; empty if no call was being made.
    pub(crate) api: String,
    pub(crate) kind: Kind,
    #[source]
    pub(crate) cause: Option<Cause>,
    pub(crate) answer: Option<Evidence>,
    pub(crate) request_id: Option<String>,
    pub(crate) tries: u32,
    pub(crate) retry_after: Option<Duration>,
}

/// An underlying error.
pub(crate) type Cause = Box<dyn StdError + Send + Sync>;

/// What the gateway sent, as far as it arrived.
pub(crate) struct Evidence {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// What happened. Displays the words that follow [`message::opening`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum Kind {
    /// An input cannot be used; nothing was sent.
    #[error("{0}")]
    Unusable(Finding),
    /// A setting of the transport cannot be used.
    #[error("{0}")]
    Setting(transport::Error),
    /// No complete answer arrived.
    #[error("{0}")]
    Transport(transport::Error),
    /// An HTTP error status, with nothing readable in the body.
    #[error(
        "found HTTP status {status} with {length} bytes{}; wanted an answer under HTTP status 200",
        message::of_type(.content_type)
    )]
    Status {
        status: u16,
        length: usize,
        content_type: Option<String>,
    },
    /// The platform refused.
    #[error("{0}")]
    Refused(Refusal),
    /// The API refused inside a successful answer, and the caller requested that to be an error.
    #[error("{0}")]
    BusinessRefused(BusinessRefusal),
    /// The answer does not fit the API's model.
    #[error("{0}")]
    Undecodable(DecodeError),
    /// The answer is not what was requested.
    #[error("{0}")]
    Unreadable(Finding),
    /// The call limits or a ban allow the next call only after the deadline; nothing was sent.
    #[error(
        "found call limits that allow the next call only in {wait:.1?}; wanted to make it before the deadline"
    )]
    NoSlot { wait: Duration },
    /// The token store failed; nothing was sent.
    #[error("{0}")]
    Store(StoreError),
    /// The journal failed; nothing was sent.
    #[error("{0}")]
    Journal(JournalError),
    /// There is no session, and only the account can authorise a new one; nothing was sent.
    #[error("{0}")]
    Unauthorised(Finding),
    /// The session could not be refreshed first; the call itself was not sent.
    #[error("{0}")]
    NoSession(String),
    /// Another thread or program was refreshing the session all that time; nothing was sent.
    #[error(
        "cannot refresh the session: found another thread or program still refreshing it after {waited:?}; wanted that \
         refresh to have finished"
    )]
    RefreshedElsewhere { waited: Duration },
    /// A refresh of the session succeeded or failed less than a minute ago; nothing was sent.
    #[error("{0}")]
    RefreshPaused(Pause),
    /// Whether an order exists is unknown.
    #[error("{0}")]
    UnknownOutcome(UnknownOutcome),
    /// A new order did not become visible in time.
    #[error("{0}")]
    NotVisible(OrderNotVisible),
}

impl Kind {
    /// Removes and returns the source of an error whose message is part of this one's.
    fn take_source(&mut self) -> Option<Cause> {
        match self {
            Kind::Setting(error) | Kind::Transport(error) => error.take_source(),
            Kind::Store(error) => error.take_source(),
            Kind::Journal(error) => error.take_source(),
            Kind::UnknownOutcome(outcome) => outcome.cause.as_mut()?.0.cause.take(),
            _ => None,
        }
    }
}

/// What was being done, what was found, what was wanted.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing}: found {found}; wanted {wanted}")]
pub(crate) struct Finding {
    pub(crate) doing: String,
    pub(crate) found: String,
    pub(crate) wanted: String,
}

#[derive(Debug, thiserror::Error)]
#[error("{error}{}{}", message::clock(.clock_ahead), message::signed(.explanation))]
pub(crate) struct Refusal {
    pub(crate) error: ApiError,
    pub(crate) judgement: Judgement,
    /// This machine's clock minus the gateway's, in seconds, where the timestamp was refused.
    pub(crate) clock_ahead: Option<i64>,
    /// What was signed, where the signature was refused.
    pub(crate) explanation: Option<Explanation>,
}

impl Error {
    pub(crate) fn new(api: impl Into<String>, mut kind: Kind) -> Self {
        Self(Box::new(Inner {
            api: api.into(),
            cause: kind.take_source(),
            kind,
            answer: None,
            request_id: None,
            tries: 0,
            retry_after: None,
        }))
    }

    /// An input cannot be used.
    pub(crate) fn unusable(
        doing: impl Into<String>,
        found: impl Into<String>,
        wanted: impl Into<String>,
    ) -> Self {
        Self::new("", Kind::Unusable(Finding::new(doing, found, wanted)))
    }

    pub(crate) fn refused(api: &str, error: ApiError) -> Self {
        let refusal = Refusal {
            judgement: judge(&error),
            clock_ahead: None,
            explanation: None,
            error,
        };
        let retry_after = crate::ban::ban(&refusal.error);
        let request_id = refusal.error.request_id.clone();
        let mut new = Self::new(api, Kind::Refused(refusal));
        new.0.retry_after = retry_after;
        new.0.request_id = request_id;
        new
    }

    /// The call limits allow the next call only after the deadline.
    pub(crate) fn no_slot(api: &str, wait: Duration) -> Self {
        let mut error = Self::new(api, Kind::NoSlot { wait });
        error.0.retry_after = Some(wait);
        error
    }

    /// A retry must wait at least this long, even if the retry policy waits less.
    pub(crate) fn retrying_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = self.0.retry_after.max(Some(wait));
        self
    }

    pub(crate) fn after_tries(mut self, tries: u32) -> Self {
        self.0.tries = tries;
        self
    }

    /// Adds what was signed to a refused signature.
    pub(crate) fn explained(mut self, signed: impl FnOnce() -> Option<Explanation>) -> Self {
        if let Kind::Refused(refusal) = &mut self.0.kind {
            let code = refusal.error.code.as_deref();
            if matches!(code, Some("IncompleteSignature" | "25")) {
                refusal.explanation = signed();
            }
        }
        self
    }

    /// An error about a reply that was already decoded. The request id given here is redacted
    /// already.
    pub(crate) fn over_reply(mut self, request_id: Option<String>, body: Vec<u8>) -> Self {
        self.0.request_id = request_id;
        self.0.answer = Some(Evidence { status: 200, body });
        self
    }

    pub(crate) fn with_answer(mut self, status: u16, body: Vec<u8>) -> Self {
        if self.0.request_id.is_none() {
            self.0.request_id = crate::partial_answer::request_id(&body);
        }
        self.0.answer = Some(Evidence { status, body });
        self
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(crate) fn inner_mut(&mut self) -> &mut Inner {
        &mut self.0
    }

    /// The error of this crate that caused this one.
    fn inner_error(&self) -> Option<&Self> {
        self.0.cause.as_ref()?.downcast_ref()
    }

    fn refusal(&self) -> Option<&Refusal> {
        match &self.0.kind {
            Kind::Refused(refusal) => Some(refusal),
            // The refusal of the last poll for the order.
            Kind::NotVisible(_) | Kind::NoSession(_) => self.inner_error()?.refusal(),
            _ => None,
        }
    }

    /// Whether the platform refused the call in a readable answer.
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self.0.kind, Kind::Refused(_))
    }

    /// Whether the session is too new to be refreshed again.
    pub(crate) fn is_new_session(&self) -> bool {
        matches!(&self.0.kind, Kind::RefreshPaused(pause) if pause.follows_success())
    }

    /// Wraps a failure to obtain a session as the error of the call that needed it. That call was
    /// never sent, even if the platform acted on the refresh.
    pub(crate) fn before_calling(self, api: &str) -> Self {
        // An error that already says that there is no session is left as it is.
        if self.api().is_none() && !matches!(self.0.kind, Kind::Refused(_)) {
            return self;
        }
        let retry_after = self.0.retry_after;
        let mut error = Self::new(api, Kind::NoSession(self.to_string()));
        error.0.retry_after = retry_after;
        error.0.cause = Some(Box::new(self));
        error
    }
}

impl Error {
    /// The API or system path that was called; `None` if a setting or an input is at fault.
    pub fn api(&self) -> Option<&str> {
        Some(self.0.api.as_str()).filter(|api| !api.is_empty())
    }

    /// The platform's refusal with all its fields. For an order that did not become visible, the
    /// refusal of the last poll.
    pub fn api_error(&self) -> Option<&ApiError> {
        self.refusal().map(|refusal| &refusal.error)
    }

    /// The API's refusal inside an answer that the gateway calls a success.
    pub fn business_refusal(&self) -> Option<&BusinessRefusal> {
        match &self.0.kind {
            Kind::BusinessRefused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// What is known about the code of the refusal, the platform's or the API's: meaning, cause,
    /// advice.
    pub fn code_info(&self) -> Option<&'static CodeInfo> {
        if let Some(refusal) = self.business_refusal() {
            return explain_of(&self.0.api, refusal.code.as_deref()?);
        }
        self.refusal().and_then(|refusal| refusal.judgement.info)
    }

    /// Details of an order that may or may not exist. Only [`place_order`] and the other methods
    /// that send orders return such an error; every other error they return proves that no order
    /// was placed.
    ///
    /// [`place_order`]: crate::Client::place_order
    pub fn unknown_outcome(&self) -> Option<&UnknownOutcome> {
        match &self.0.kind {
            Kind::UnknownOutcome(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// Details of an order that did not become visible before the deadline.
    pub fn order_not_visible(&self) -> Option<&OrderNotVisible> {
        match &self.0.kind {
            Kind::NotVisible(hidden) => Some(hidden),
            _ => None,
        }
    }

    /// Whether there is no valid session: the platform refused it as unknown or expired, its
    /// refresh token has expired or was refused, or the token store holds no tokens yet. With a
    /// token store, the account then has to authorise the application (again).
    pub fn is_session_expired(&self) -> bool {
        matches!(self.0.kind, Kind::Unauthorised(_))
            || self.refusal().is_some_and(|refusal| {
                matches!(
                    refusal.judgement.retry,
                    RetryClass::AfterRefresh | RetryClass::AfterAuthorisation
                )
            })
    }

    /// Whether calls were made too fast: the platform refused this one, or the
    /// [call limits](crate::CallLimits) held it back until after the deadline.
    pub fn is_call_limit(&self) -> bool {
        matches!(self.0.kind, Kind::NoSlot { .. })
            || self
                .refusal()
                .is_some_and(|refusal| refusal.judgement.retry == RetryClass::AfterWait)
    }

    /// Whether time ran out: a time-out, the deadline, or the wait for a new order.
    pub fn is_timeout(&self) -> bool {
        match &self.0.kind {
            Kind::Transport(error) => error.is_timeout(),
            Kind::NotVisible(_) | Kind::RefreshedElsewhere { .. } => true,
            Kind::UnknownOutcome(outcome) => outcome.cause().is_some_and(Error::is_timeout),
            Kind::NoSession(_) => self.inner_error().is_some_and(Self::is_timeout),
            _ => false,
        }
    }

    /// Whether no connection could be made.
    pub fn is_connect(&self) -> bool {
        match &self.0.kind {
            Kind::Transport(error) => error.is_connect(),
            Kind::NoSession(_) => self.inner_error().is_some_and(Self::is_connect),
            _ => false,
        }
    }

    /// Whether an answer arrived but could not be read.
    pub fn is_undecodable(&self) -> bool {
        matches!(self.0.kind, Kind::Undecodable(_) | Kind::Unreadable(_))
    }

    /// Whether an input to this crate is at fault: a setting, a parameter, an environment variable.
    pub fn is_usage(&self) -> bool {
        match &self.0.kind {
            Kind::Unusable(_) | Kind::Setting(_) => true,
            Kind::Transport(error) => {
                error.phase() == transport::Phase::Prepare && !error.is_timeout()
            }
            _ => false,
        }
    }

    /// Whether the same call, if it changes nothing, may succeed on a retry: the connection or a
    /// service behind the gateway failed, or calls were made too fast. False for a gateway whose
    /// certificate is invalid or a proxy that refuses, because a retry would end the same way.
    ///
    /// For a call that changes something, ask [`may_have_acted`](Self::may_have_acted) first.
    pub fn may_retry(&self) -> bool {
        match &self.0.kind {
            Kind::Transport(error) => {
                !error.is_permanent() && (error.is_connect() || transport_may_pass(error.kind()))
            }
            Kind::Status { .. } => matches!(self.status(), Some(408 | 429 | 500..)),
            Kind::Refused(refusal) => matches!(
                refusal.judgement.retry,
                RetryClass::MayPass | RetryClass::AfterWait
            ),
            Kind::NoSlot { .. } | Kind::NotVisible(_) | Kind::RefreshedElsewhere { .. } => true,
            Kind::NoSession(_) => self.inner_error().is_some_and(Self::may_retry),
            Kind::RefreshPaused(pause) => pause.may_pass(),
            Kind::Unusable(_)
            | Kind::Setting(_)
            | Kind::BusinessRefused(_)
            | Kind::Undecodable(_)
            | Kind::Unreadable(_)
            | Kind::Store(_)
            | Kind::Journal(_)
            | Kind::Unauthorised(_)
            | Kind::UnknownOutcome(_) => false,
        }
    }

    /// How long to wait before a retry, from the platform's ban, the `Retry-After` header or the
    /// call limits. `None` if none of them says.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the platform may have acted on the call. False only if it certainly did not: nothing
    /// was sent, or the gateway itself refused the call.
    pub fn may_have_acted(&self) -> bool {
        match &self.0.kind {
            Kind::Unusable(_)
            | Kind::Setting(_)
            | Kind::NoSlot { .. }
            | Kind::Store(_)
            | Kind::Journal(_)
            | Kind::Unauthorised(_)
            | Kind::NoSession(_)
            | Kind::RefreshPaused(_)
            | Kind::RefreshedElsewhere { .. } => false,
            Kind::Transport(error) => !error.certainly_not_sent(),
            // With an HTTP error status it is unclear who wrote the refusal. An answer that names
            // an order contradicts its refusal.
            Kind::Refused(refusal) => {
                !refusal.judgement.nothing_done
                    || matches!(self.status(), Some(500..))
                    || !self.order_ids().is_empty()
            }
            Kind::Status { .. }
            | Kind::BusinessRefused(_)
            | Kind::Undecodable(_)
            | Kind::Unreadable(_)
            | Kind::UnknownOutcome(_)
            | Kind::NotVisible(_) => true,
        }
    }

    /// Every order id in the answer, in any place and form.
    pub(crate) fn order_ids(&self) -> Vec<OrderId> {
        let ids = crate::partial_answer::order_ids(self.raw().unwrap_or_default());
        ids.into_iter().map(OrderId).collect()
    }

    /// The platform's id of this request, which its support asks for. Also found in an answer that
    /// could not be decoded.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The HTTP status of the answer, if one arrived.
    pub fn status(&self) -> Option<u16> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The body of the answer as far as it arrived. It may contain personal data of buyers.
    pub fn raw(&self) -> Option<&[u8]> {
        self.0.answer.as_ref().map(|answer| answer.body.as_slice())
    }

    /// How often the call was sent, failed attempts to send included; 0 if it never got that far.
    pub fn tries(&self) -> u32 {
        self.0.tries
    }

    /// How many seconds this machine's clock is ahead of the gateway's, negative if it is behind.
    /// Known if the platform refused the timestamp and the answer had a `Date` header.
    pub fn clock_ahead_seconds(&self) -> Option<i64> {
        self.refusal().and_then(|refusal| refusal.clock_ahead)
    }

    /// What was signed, with all values left out, if the platform refused the signature: compare it
    /// with what the gateway expects.
    pub fn signature_explanation(&self) -> Option<&Explanation> {
        self.refusal()
            .and_then(|refusal| refusal.explanation.as_ref())
    }

    /// Where in the answer it differs from the model, and how.
    pub fn decode_error(&self) -> Option<&DecodeError> {
        match &self.0.kind {
            Kind::Undecodable(error) => Some(error),
            _ => None,
        }
    }
}

/// The underlying error, such as the system's error for a full disk, for logs: a message does not
/// contain it.
pub(crate) fn cause(error: &dyn StdError) -> Option<String> {
    let causes = successors(error.source(), |&cause| cause.source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    (!causes.is_empty()).then(|| causes.join(": "))
}

/// Whether a retry of the exchange may succeed.
fn transport_may_pass(kind: transport::ErrorKind) -> bool {
    use transport::ErrorKind::{Cut, Io, Malformed, Timeout};
    matches!(kind, Timeout | Cut | Io | Malformed)
}

impl Finding {
    pub(crate) fn new(
        doing: impl Into<String>,
        found: impl Into<String>,
        wanted: impl Into<String>,
    ) -> Self {
        Self {
            doing: doing.into(),
            found: found.into(),
            wanted: wanted.into(),
        }
    }
}

impl fmt::Debug for Error {
    /// The message and those of its sources in one line, because a program whose `main` returns the
    /// error prints this; with `{:#?}`, the parts of the error.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return fmt::Debug::fmt(&self.0, f);
        }
        let message = self.to_string();
        match cause(self).filter(|cause| !message.contains(cause.as_str())) {
            Some(cause) => write!(f, "{message}: {cause}"),
            None => f.write_str(&message),
        }
    }
}

impl fmt::Debug for Evidence {
    /// Leaves out the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("status", &self.status)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

impl Error {
    /// A setting of the transport that cannot be used; its message says which and why.
    pub(crate) fn of_transport_settings(error: transport::Error) -> Self {
        Self::new("", Kind::Setting(error))
    }
}
