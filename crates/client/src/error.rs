//! The one error of this crate and the questions one can put to it.

mod kind;
mod message;
mod unknown;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use aliexpress_models::shared::OrderId;
use aliexpress_models::{ApiError, BusinessRefusal, DecodeError};
use aliexpress_signing::Explanation;
use aliexpress_transport as transport;

use crate::codes::{CodeInfo, Judgement, RetryClass, explain_of, judge};
use crate::journal::JournalError;
use crate::orders::OrderNotVisible;
use crate::tokens::{Pause, StoreError};
pub use kind::ErrorKind;
pub use unknown::UnknownOutcome;

/// Why a call gave no answer.
///
/// Its message is one line: what was being done, what was found, what was wanted. Neither the message
/// nor `Debug` shows the body of the request or of the answer; the latter is in [`raw`](Self::raw).
///
/// An error of a library beneath is the [`source`](StdError::source). Where the message shows another error's, that
/// one's source is here, so that a chain of errors says nothing twice; but a renewal of the session that failed is
/// the source of the call's error, whose message shows it, too.
#[derive(thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("{}{kind}{}", message::opening(.kind, .api), message::request_id(.kind, .request_id))]
pub(crate) struct Inner {
    /// The API's name or the system call's path; empty where no call was being made.
    pub(crate) api: String,
    pub(crate) kind: Kind,
    #[source]
    pub(crate) cause: Option<Cause>,
    pub(crate) answer: Option<Evidence>,
    pub(crate) request_id: Option<String>,
    pub(crate) tries: u32,
    pub(crate) retry_after: Option<Duration>,
}

/// An error beneath this one.
pub(crate) type Cause = Box<dyn StdError + Send + Sync>;

/// What the gateway sent, as far as anything came.
pub(crate) struct Evidence {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// What happened, in the words that follow [`message::opening`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum Kind {
    /// Something that was given to us cannot be used; nothing was sent.
    #[error("{0}")]
    Unusable(Finding),
    /// A setting of the transport cannot be used.
    #[error("{0}")]
    Setting(transport::Error),
    /// No whole answer.
    #[error("{0}")]
    Transport(transport::Error),
    /// An answer with an HTTP status that promises none, and nothing in it that could be read.
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
    /// The API refused inside a successful answer, where that was asked to be an error.
    #[error("{0}")]
    BusinessRefused(BusinessRefusal),
    /// The answer does not fit the API's model.
    #[error("{0}")]
    Undecodable(DecodeError),
    /// The answer is something else than was asked for.
    #[error("{0}")]
    Unreadable(Finding),
    /// The call limit or a ban leaves no room before the deadline; nothing was sent.
    #[error(
        "found no room for another {wait:.1?} under the call limits; wanted some before the deadline"
    )]
    NoRoom { wait: Duration },
    /// The token store failed; nothing was sent.
    #[error("{0}")]
    Store(StoreError),
    /// The journal failed; nothing was sent.
    #[error("{0}")]
    Journal(JournalError),
    /// There is no session, and only the account can give a new one; nothing was sent.
    #[error("{0}")]
    Unauthorised(Finding),
    /// The session could not be refreshed beforehand; the call itself was not sent.
    #[error("{0}")]
    NoSession(String),
    /// Another thread or program was refreshing the session all that time; nothing was sent.
    #[error(
        "cannot refresh the session: found another thread or program refreshing it for {waited:?} already; wanted it \
         to be done by then"
    )]
    RefreshedElsewhere { waited: Duration },
    /// The session was refreshed, or could not be, less than a minute ago; nothing was sent.
    #[error("{0}")]
    RefreshPaused(Pause),
    /// It is open whether an order exists.
    #[error("{0}")]
    UnknownOutcome(UnknownOutcome),
    /// A new order did not show in time.
    #[error("{0}")]
    NotVisible(OrderNotVisible),
}

impl Kind {
    /// The cause of an error whose message is part of this one's.
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

    /// Something that was given cannot be used.
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
        let retry_after = crate::retry::ban(&refusal.error);
        let request_id = refusal.error.request_id.clone();
        let mut new = Self::new(api, Kind::Refused(refusal));
        new.0.retry_after = retry_after;
        new.0.request_id = request_id;
        new
    }

    /// The call limits leave no room before the deadline.
    pub(crate) fn no_room(api: &str, wait: Duration) -> Self {
        let mut error = Self::new(api, Kind::NoRoom { wait });
        error.0.retry_after = Some(wait);
        error
    }

    /// Not before this time has passed, whatever else is to be waited for.
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

    /// Over a reply, whose request id has lost by now what no error may show.
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

    /// The error of this crate that this one comes from.
    fn beneath(&self) -> Option<&Self> {
        self.0.cause.as_ref()?.downcast_ref()
    }

    fn refusal(&self) -> Option<&Refusal> {
        match &self.0.kind {
            Kind::Refused(refusal) => Some(refusal),
            // The last refusal to show the order.
            Kind::NotVisible(_) | Kind::NoSession(_) => self.beneath()?.refusal(),
            _ => None,
        }
    }

    /// Whether the platform refused the call, in an answer that could be read.
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self.0.kind, Kind::Refused(_))
    }

    /// Whether the session is so new that it is not renewed again.
    pub(crate) fn is_new_session(&self) -> bool {
        matches!(&self.0.kind, Kind::RefreshPaused(pause) if pause.follows_success())
    }

    /// Wraps a failure to obtain a session as the error of the call that needed it. Whatever
    /// became of the refresh, that call was not sent.
    pub(crate) fn before_calling(self, api: &str) -> Self {
        // What says itself that there is no session stays as it is.
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

/// Questions.
impl Error {
    /// The API or system path that was called; `None` where a setting or an input is at fault.
    pub fn api(&self) -> Option<&str> {
        Some(self.0.api.as_str()).filter(|api| !api.is_empty())
    }

    /// The platform's refusal, every field as it came. For an order that did not show, the last
    /// refusal to show it.
    pub fn api_error(&self) -> Option<&ApiError> {
        self.refusal().map(|refusal| &refusal.error)
    }

    /// What the API said instead of doing what it was asked for, inside an answer that the gateway calls a success.
    pub fn business_refusal(&self) -> Option<&BusinessRefusal> {
        match &self.0.kind {
            Kind::BusinessRefused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// What is known of the code of the platform's refusal, or of the API's: meaning, cause, advice.
    pub fn code_info(&self) -> Option<&'static CodeInfo> {
        if let Some(refusal) = self.business_refusal() {
            return explain_of(&self.0.api, refusal.code.as_deref()?);
        }
        self.refusal().and_then(|refusal| refusal.judgement.info)
    }

    /// What is known of an order whose existence is open. Only [`place_order`] and the methods like it give such
    /// an error; every other error of theirs proves that no order was placed.
    ///
    /// [`place_order`]: crate::Client::place_order
    pub fn unknown_outcome(&self) -> Option<&UnknownOutcome> {
        match &self.0.kind {
            Kind::UnknownOutcome(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// What is known of an order that did not show before the deadline.
    pub fn order_not_visible(&self) -> Option<&OrderNotVisible> {
        match &self.0.kind {
            Kind::NotVisible(hidden) => Some(hidden),
            _ => None,
        }
    }

    /// Whether there is no session that holds: the platform refused it as unknown or expired, or it could not
    /// be renewed because its refresh token has ended or was refused, or the token store has none yet. With a
    /// token store, the account has to authorise the application (again).
    pub fn is_session_expired(&self) -> bool {
        matches!(self.0.kind, Kind::Unauthorised(_))
            || self.refusal().is_some_and(|refusal| {
                matches!(
                    refusal.judgement.retry,
                    RetryClass::AfterRefresh | RetryClass::AfterAuthorisation
                )
            })
    }

    /// Whether the call came too fast: refused by the platform, or held back here by the
    /// [call limits](crate::CallLimits) until after the deadline.
    pub fn is_call_limit(&self) -> bool {
        matches!(self.0.kind, Kind::NoRoom { .. })
            || self
                .refusal()
                .is_some_and(|refusal| refusal.judgement.retry == RetryClass::AfterWait)
    }

    /// Whether a limit on time was reached: a time-out, the deadline, or the wait for a new order.
    pub fn is_timeout(&self) -> bool {
        match &self.0.kind {
            Kind::Transport(error) => error.is_timeout(),
            Kind::NotVisible(_) | Kind::RefreshedElsewhere { .. } => true,
            Kind::UnknownOutcome(outcome) => outcome.cause().is_some_and(Error::is_timeout),
            Kind::NoSession(_) => self.beneath().is_some_and(Self::is_timeout),
            _ => false,
        }
    }

    /// Whether no connection could be made.
    pub fn is_connect(&self) -> bool {
        match &self.0.kind {
            Kind::Transport(error) => error.is_connect(),
            Kind::NoSession(_) => self.beneath().is_some_and(Self::is_connect),
            _ => false,
        }
    }

    /// Whether the answer came but could not be read.
    pub fn is_undecodable(&self) -> bool {
        matches!(self.0.kind, Kind::Undecodable(_) | Kind::Unreadable(_))
    }

    /// Whether something given to this crate is at fault: a setting, a parameter, a variable.
    pub fn is_usage(&self) -> bool {
        match &self.0.kind {
            Kind::Unusable(_) | Kind::Setting(_) => true,
            Kind::Transport(error) => {
                error.phase() == transport::Phase::Prepare && !error.is_timeout()
            }
            _ => false,
        }
    }

    /// Whether the same call, if it changes nothing, may succeed when it is tried again: the fault
    /// is in the connection or in a service behind the gateway, or the calls came too fast. A gateway that cannot prove who
    /// it is and a proxy that refuses are the same at the next try.
    ///
    /// For a call that does change something, ask [`may_have_acted`](Self::may_have_acted) first.
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
            Kind::NoRoom { .. } | Kind::NotVisible(_) | Kind::RefreshedElsewhere { .. } => true,
            Kind::NoSession(_) => self.beneath().is_some_and(Self::may_retry),
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

    /// How long to wait before another try: as the platform's ban, the `Retry-After` header or the
    /// call limits say. `None` if nothing is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the platform may have done what was asked for. False only where that is certain:
    /// nothing left this machine, or the gateway itself refused the call.
    pub fn may_have_acted(&self) -> bool {
        match &self.0.kind {
            Kind::Unusable(_)
            | Kind::Setting(_)
            | Kind::NoRoom { .. }
            | Kind::Store(_)
            | Kind::Journal(_)
            | Kind::Unauthorised(_)
            | Kind::NoSession(_)
            | Kind::RefreshPaused(_)
            | Kind::RefreshedElsewhere { .. } => false,
            Kind::Transport(error) => !error.certainly_not_sent(),
            // An error status beside the refusal leaves in doubt who wrote which.
            // So does an answer that names an order, whatever it refuses.
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

    /// The orders that the answer names anywhere, in whatever place and shape.
    pub(crate) fn order_ids(&self) -> Vec<OrderId> {
        let ids = crate::partial_answer::order_ids(self.raw().unwrap_or_default());
        ids.into_iter().map(OrderId).collect()
    }

    /// The platform's name for the exchange, which its support asks for; read from the answer even
    /// where the answer as a whole could not be.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The HTTP status of the answer, where one came.
    pub fn status(&self) -> Option<u16> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The body of the answer as far as it came. It may hold personal data of buyers.
    pub fn raw(&self) -> Option<&[u8]> {
        self.0.answer.as_ref().map(|answer| answer.body.as_slice())
    }

    /// How often the call was sent or tried to be sent; 0 where it never came to that.
    pub fn tries(&self) -> u32 {
        self.0.tries
    }

    /// How far this machine's clock is ahead of the gateway's (behind it, if negative), in seconds;
    /// known if the platform refused the timestamp and the answer had a `Date`.
    pub fn clock_ahead_seconds(&self) -> Option<i64> {
        self.refusal().and_then(|refusal| refusal.clock_ahead)
    }

    /// What was signed, without any value, where the platform refused the signature: compare it with
    /// what the gateway expects.
    pub fn signature_explanation(&self) -> Option<&Explanation> {
        self.refusal()
            .and_then(|refusal| refusal.explanation.as_ref())
    }

    /// Where in the answer the model and the answer differ, and how.
    pub fn decode_error(&self) -> Option<&DecodeError> {
        match &self.0.kind {
            Kind::Undecodable(error) => Some(error),
            _ => None,
        }
    }
}

/// What lies beneath an error, such as what the system said of a full disk: for logs, because a message leaves it out.
pub(crate) fn cause(error: &dyn StdError) -> Option<String> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    (!causes.is_empty()).then(|| causes.join(": "))
}

/// Whether another try of the exchange may pass.
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
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Debug for Evidence {
    /// Without the body.
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
