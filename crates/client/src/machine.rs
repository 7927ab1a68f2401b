//! One call as a state machine: no clock, no socket, no thread.
//!
//! A [`Machine`] is given events and answers with the next step. It alone decides what is retried
//! and after which wait, within which deadline and call limits, when a refused session is refreshed,
//! and what a call that changes something must never do. [`Client`](crate::Client) drives it over
//! blocking sockets, `AsyncClient` (feature `async`) over a [`tokio`](https://docs.rs/tokio)
//! runtime; other HTTP stacks drive it themselves:
//!
//! ```
//! use aliexpress::machine::{Now, Step};
//! use aliexpress::models::order_get::{OrderGet, OrderQuery};
//! use aliexpress::models::shared::OrderId;
//! # use aliexpress::transport::Transport;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = aliexpress_sandbox::Sandbox::start()?;
//! # let client = aliexpress::Client::builder(sandbox.app_key(), sandbox.app_secret())
//! #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
//! # let transport = Transport::builder().build()?;
//! # let send_once = |prepared: &aliexpress::Prepared, deadline| transport.send(&prepared.request(), deadline);
//! let request = OrderGet::new(OrderQuery::new(OrderId(10_000_001)));
//! let mut machine = client.machine(&request, Now::read())?;
//! let reply = loop {
//!     match machine.next(Now::read()) {
//!         Step::Sleep(until) => std::thread::sleep(until - Now::read().instant),
//!         // Only a client with a token store needs one.
//!         Step::NeedSession(_) => unreachable!("the client has a session"),
//!         // Only a client with shared call limits has such a task.
//!         Step::Limits(task) => machine.limits(task.run(), Now::read()),
//!         Step::Send(send) => match send_once(&send.prepared, send.deadline) {
//!             Ok(response) => machine.answered(response, Now::read()),
//!             Err(error) => machine.failed(error, Now::read()),
//!         },
//!         Step::Done(result) => break result?,
//!     }
//! };
//! assert!(reply.result.is_some());
//! # Ok(())
//! # }
//! ```
//!
//! # What a driver must do
//!
//! - Send what [`Step::Send`] holds **once**, with the [method](crate::Prepared::method) given
//!   there. Follow no redirects and repeat nothing: an HTTP library that retries automatically can
//!   place an order twice.
//! - Use a new connection where [`Send::connection`] asks for one. On a kept connection no one can
//!   tell whether a request was read if it was sent at the moment when the server closed the
//!   connection.
//! - Report in which phase a failure happened:
//!   [`transport::Error::in_phase`](crate::transport::Error::in_phase) takes the phase. If in
//!   doubt, name a later phase, because a request that failed no later than the handshake counts as
//!   certainly not sent.
//! - Give up at the deadline, and limit how much of an answer is read.
//!
//! If a machine is dropped after [`Step::Send`], it is unknown whether the platform acted.

use std::fmt;
use std::mem;
use std::time::{Instant, SystemTime};

use aliexpress_transport::{self as transport, Connection, HttpResponse, Phase};
use tracing::{Span, debug, debug_span, field};

use crate::app::{App, LONGEST};
use crate::call::{Call, Effect};
use crate::error::{Error, Kind};
use crate::limits::{LimitsReport, LimitsTask, Reservation};
use crate::prepared::Prepared;
use crate::read::{self, CallReply, Headers, Read};
use crate::redact::{Redactor, is_clean};
use crate::retry::Tries;
use crate::secrets::Session;
use crate::store_error::StoreError;

/// A point in time on the two clocks that a call uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// On the monotonic clock, for waits and deadlines.
    pub instant: Instant,
    /// The time of day, for timestamps.
    pub time: SystemTime,
}

impl Now {
    /// The present moment by this machine's clocks.
    pub fn read() -> Self {
        Self {
            instant: Instant::now(),
            time: SystemTime::now(),
        }
    }
}

/// What a driver has to do next.
#[derive(Debug)]
pub enum Step<T> {
    /// Wait until this instant, then ask again.
    Sleep(Instant),
    /// Get a session and report it by [`Machine::session`].
    NeedSession(SessionNeed),
    /// Run this task, which may block, and report its result by [`Machine::limits`]. Occurs only if
    /// call limits are [shared](crate::ClientBuilder::shared_limits).
    Limits(LimitsTask),
    /// Send this once, and report by [`Machine::answered`] or [`Machine::failed`].
    Send(Send),
    /// The call is over.
    Done(Result<T, Error>),
}

/// Which session is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionNeed {
    /// The account's session, refreshed if it is about to expire.
    Current,
    /// A session other than this one, which the platform refused.
    InPlaceOf(Session),
}

/// One request to send.
#[derive(Debug)]
#[non_exhaustive]
pub struct Send {
    /// The signed request. The platform accepts its timestamp for minutes only: send it at once.
    pub prepared: Prepared,
    /// Whether a kept connection may be used.
    pub connection: Connection,
    /// When to give up.
    pub deadline: Instant,
}

/// One call in progress; see the [module](self).
#[must_use]
pub struct Machine<'a, T> {
    app: &'a App,
    call: Call<'a>,
    read: Read<T>,
    source: SessionSource,
    deadline: Instant,
    tries: Tries,
    /// The number of the try, from 1.
    number: u32,
    refreshed: bool,
    session: Option<Session>,
    signed_at: Now,
    span: Span,
    state: State,
    /// The result of the call, until the driver takes it. Kept outside of the state because it may
    /// be large and states change often.
    result: Option<Result<T, Error>>,
}

/// Where the session of a call comes from.
pub(crate) enum SessionSource {
    /// The session is known, or none is needed.
    Known(Option<Session>),
    /// A store that refreshes it: the driver has to ask.
    Store,
}

enum State {
    /// A try is about to begin.
    Begin,
    /// A slot under the call limits has to be taken.
    Limits,
    /// The driver was asked to get the slot from the store of shared limits.
    Slot,
    /// The store of shared limits has to be informed of a ban; the call then continues with this
    /// state.
    Ban(LimitsTask, Box<State>),
    /// The driver was asked to inform the store.
    Reporting(Box<State>),
    /// Waiting for the next try, or for the slot taken under the call limits.
    Waiting(Instant, Waiting),
    /// The driver was asked for a session.
    Session,
    /// The driver was asked for another session instead of this one, which this refusal was about.
    Refresh(Session, Error),
    /// The request was given to the driver.
    Sent,
    Over,
}

#[derive(Clone, Copy)]
enum Waiting {
    ForTry,
    ForPlace,
}

impl<'a, T: CallReply> Machine<'a, T> {
    pub(crate) fn new(
        app: &'a App,
        call: Call<'a>,
        source: SessionSource,
        read: Read<T>,
        now: Now,
    ) -> Self {
        let longest = call.options.deadline.unwrap_or(app.deadline);
        Self {
            deadline: now.instant + longest.min(LONGEST),
            tries: app.retry.start(call.effect),
            number: 0,
            refreshed: false,
            session: None,
            signed_at: now,
            span: Span::none(),
            state: State::Begin,
            result: None,
            app,
            call,
            read,
            source,
        }
    }

    /// What to do now.
    ///
    /// If the driver asks again without having reported, a session counts as missing, the store of
    /// shared limits as unreachable, and the outcome of a request as unknown: no request is given
    /// to the driver twice.
    pub fn next(&mut self, now: Now) -> Step<T> {
        loop {
            self.state = match mem::replace(&mut self.state, State::Over) {
                State::Begin => {
                    if let Some(need) = self.begin() {
                        return Step::NeedSession(need);
                    }
                    State::Limits
                }
                State::Limits => match self.shared_slot(now) {
                    Some(task) => {
                        self.state = State::Slot;
                        return Step::Limits(task);
                    }
                    None => self.reserve_slot(now),
                },
                State::Ban(task, then) => {
                    self.state = State::Reporting(then);
                    return Step::Limits(task);
                }
                State::Waiting(until, what) if until > now.instant => {
                    self.state = State::Waiting(until, what);
                    return Step::Sleep(until);
                }
                State::Waiting(_, Waiting::ForTry) => State::Begin,
                State::Waiting(_, Waiting::ForPlace) => match self.sign(now) {
                    Ok(send) => {
                        self.state = State::Sent;
                        return Step::Send(send);
                    }
                    Err(error) => self.after(error, now),
                },
                State::Refresh(session, error) if !self.refreshed => {
                    self.refreshed = true;
                    self.state = State::Refresh(session.clone(), error);
                    return Step::NeedSession(SessionNeed::InPlaceOf(session));
                }
                State::Over => {
                    let result = self.result.take();
                    return Step::Done(result.unwrap_or_else(|| Err(self.is_over())));
                }
                unreported => self.without_report(unreported, now),
            };
        }
    }

    /// Reports the session that [`Step::NeedSession`] asked for. `None` makes the call without a
    /// session, for APIs that need none.
    pub fn session(&mut self, session: Result<Option<Session>, Error>, now: Now) {
        self.state = match (mem::replace(&mut self.state, State::Over), session) {
            (State::Session, Ok(session)) => {
                self.session = session;
                State::Limits
            }
            (State::Session, Err(error)) => self.end(error.before_calling(self.call.name())),
            // One more try: the refusal proves that nothing was done.
            (State::Refresh(..), Ok(session)) => {
                self.number += 1;
                self.span = self.span_of_try();
                self.session = session;
                State::Limits
            }
            // The new session was refused like the old one. The refusal is reported, because it
            // says more than the error about the pause between refreshes.
            (State::Refresh(_, error), Err(refreshing)) if refreshing.is_new_session() => {
                debug!(error = %refreshing, "refused session not refreshed");
                self.pause_or_end(error, now)
            }
            // The refused session may still be valid; if it is not, the error of the refresh says
            // why.
            (State::Refresh(_, error), Err(refreshing)) => {
                let refreshing = refreshing.before_calling(self.call.name());
                self.end(refreshing.after_tries(error.tries()))
            }
            (other, _) => other,
        };
    }

    /// Reports the result of the task of [`Step::Limits`].
    pub fn limits(&mut self, report: LimitsReport, now: Now) {
        self.state = match mem::replace(&mut self.state, State::Over) {
            State::Slot => match report.0 {
                Ok(Some(reservation)) => self.reserved(reservation, now),
                Ok(None) => self.reserve_slot(now),
                Err(error) => {
                    self.pause_sharing(&error, now);
                    self.reserve_slot(now)
                }
            },
            State::Reporting(then) => {
                if let Err(error) = report.0 {
                    self.pause_sharing(&error, now);
                }
                *then
            }
            other => other,
        };
    }

    /// Reports the answer to the request of [`Step::Send`].
    pub fn answered(&mut self, response: HttpResponse, now: Now) {
        if !matches!(self.state, State::Sent) {
            return;
        }
        self.span.record("status", response.status);
        let headers = Headers {
            date: response.date,
            content_type: response.content_type,
            retry_after: response.retry_after,
        };
        let read = (self.read)(self.call.name(), response.status, response.body);
        // The clock of a proxy or captive portal is not the gateway's.
        if read.as_ref().map_or_else(Error::is_refused, |_| true) {
            let clock = &self.app.gateway_clock;
            clock.note(headers.date.as_deref(), now.time);
        }
        self.state = match read {
            Ok(mut reply) => {
                reply.redact(&mut |id| {
                    let session = self.session.as_ref().map(Session::expose);
                    let params = self.call.params().map(|(_, value)| value);
                    if !is_clean(id, session.into_iter().chain(params)) {
                        self.redactor().id(id);
                    }
                });
                self.record_end(reply.request_id(), now);
                let result = self.check_business_refusal(reply);
                self.result = Some(result);
                State::Over
            }
            Err(error) => {
                let error = read::with_headers(error, &headers, now.time);
                let error = self.explain(error);
                self.after(error, now)
            }
        };
    }

    /// The reply, or its business refusal as an error if the call's options ask for that.
    fn check_business_refusal(&self, reply: T) -> Result<T, Error> {
        // Looking for a refusal may decode the answer a second time.
        let hears = self.call.refusal_is_error;
        let Some(refusal) = hears.then(|| reply.business_refusal()).flatten() else {
            return Ok(reply);
        };
        let mut error = reply.into_refusal(self.call.name(), refusal);
        self.redactor().error(&mut error);
        Err(error.after_tries(self.number))
    }

    /// Reports that no complete answer arrived to the request of [`Step::Send`].
    pub fn failed(&mut self, error: transport::Error, now: Now) {
        self.broke(read::failed(self.call.name(), error), now);
    }

    /// The same for an error of this crate.
    pub(crate) fn broke(&mut self, error: Error, now: Now) {
        if matches!(self.state, State::Sent) {
            self.state = self.after(error, now);
        }
    }

    /// The span of the current try, for what the driver logs during it.
    pub fn span(&self) -> &Span {
        &self.span
    }

    pub(crate) fn call(&self) -> &Call<'a> {
        &self.call
    }

    /// The session that the current try uses.
    pub(crate) fn session_in_use(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// Begins a try. Returns the session that it needs first, if any.
    fn begin(&mut self) -> Option<SessionNeed> {
        self.number += 1;
        self.span = self.span_of_try();
        match &self.source {
            SessionSource::Known(session) => {
                self.session.clone_from(session);
                None
            }
            SessionSource::Store => {
                self.state = State::Session;
                Some(SessionNeed::Current)
            }
        }
    }

    /// The request for a slot to the store of shared limits, if there is one that works.
    fn shared_slot(&self, now: Now) -> Option<LimitsTask> {
        let shared = self.app.shared_limits.as_ref()?;
        if shared.is_paused(now.instant) {
            return None;
        }
        let (api, longest) = (self.call.name(), self.deadline - now.instant);
        Some(shared.reserving(api, self.app.limiter.rates(api), longest))
    }

    /// A slot under the limits of this client alone.
    fn reserve_slot(&mut self, now: Now) -> State {
        let limiter = &self.app.limiter;
        let reservation = limiter.reserve(self.call.name(), now.instant, self.deadline);
        self.reserved(reservation, now)
    }

    fn reserved(&mut self, reservation: Reservation, now: Now) -> State {
        match reservation {
            Reservation::After(wait) => {
                if !wait.is_zero() {
                    debug!(parent: &self.span, ?wait, "held back by the call limits");
                }
                State::Waiting(now.instant + wait, Waiting::ForPlace)
            }
            Reservation::TooLate(wait) => {
                let error = Error::no_slot(self.call.name(), wait);
                self.after(error, now)
            }
        }
    }

    fn pause_sharing(&self, error: &StoreError, now: Now) {
        if let Some(shared) = &self.app.shared_limits {
            shared.pause(error, now.instant);
        }
    }

    fn sign(&mut self, now: Now) -> Result<Send, Error> {
        self.signed_at = now;
        let signer = &self.app.signer;
        let prepared = signer.prepare(&self.call, self.session.as_ref(), now.time)?;
        // If a kept connection is closed at the moment when a request is sent on it, no one can
        // tell whether the request was read. A call that changes something must not risk that.
        let connection = match self.call.effect {
            Effect::Read => Connection::Kept,
            Effect::Write => Connection::New,
        };
        Ok(Send {
            prepared,
            connection,
            deadline: self.deadline,
        })
    }

    /// The next state after a failed try.
    fn after(&mut self, mut error: Error, now: Now) -> State {
        self.redactor().error(&mut error);
        self.record_end(error.request_id(), now);
        debug!(parent: &self.span, %error, "call failed");
        // A call that was held back or could not be signed was not sent.
        let sent = !matches!(error.inner().kind, Kind::NoSlot { .. } | Kind::Unusable(_));
        let error = error.after_tries(if sent { self.number } else { self.number - 1 });
        let ban = if sent {
            self.record_ban(&error, now)
        } else {
            None
        };
        let next = match self.session.clone() {
            Some(session) if self.may_refresh(&error) => State::Refresh(session, error),
            _ => self.pause_or_end(error, now),
        };
        match ban {
            Some(task) => State::Ban(task, Box::new(next)),
            None => next,
        }
    }

    /// Applies a ban that one call received to all calls. Returns the task that reports it to the
    /// shared limits.
    fn record_ban(&self, error: &Error, now: Now) -> Option<LimitsTask> {
        let ban = error.retry_after().filter(|_| error.is_call_limit())?;
        let api = match error.api_error().and_then(|error| error.code.as_deref()) {
            Some("AppCallLimit" | "7") => None,
            _ => Some(self.call.name()),
        };
        self.app.limiter.ban(api, ban, now.instant);
        let shared = self.app.shared_limits.as_ref()?;
        (!shared.is_paused(now.instant)).then(|| shared.banning(api, ban))
    }

    /// Whether the platform refused the session and another try with a new one is allowed. For a
    /// call that changes something it is, because such a refusal proves that nothing was done.
    fn may_refresh(&self, error: &Error) -> bool {
        if self.refreshed
            || self.call.has_spent_file()
            || !matches!(self.source, SessionSource::Store)
            || !error.is_session_expired()
        {
            return false;
        }
        match self.call.effect {
            Effect::Read => true,
            // An answer that refuses the session but names an order contradicts itself: the call
            // may have acted.
            Effect::Write => !error.may_have_acted(),
        }
    }

    fn pause_or_end(&mut self, error: Error, now: Now) -> State {
        if self.call.has_spent_file() {
            return self.end(error);
        }
        match self.tries.wait_after(&error, self.deadline, now.instant) {
            Some(wait) => {
                debug!(?wait, "trying again");
                State::Waiting(now.instant + wait, Waiting::ForTry)
            }
            None => self.end(error),
        }
    }

    fn end(&mut self, error: Error) -> State {
        self.result = Some(Err(error));
        State::Over
    }

    /// Handles a driver that continues without a report.
    fn without_report(&mut self, unreported: State, now: Now) -> State {
        match unreported {
            State::Session => {
                let found = "no report of the requested session";
                let error = self.misuse(found);
                self.end(error)
            }
            State::Refresh(_, error) => self.pause_or_end(error, now),
            State::Slot => self.reserve_slot(now),
            State::Reporting(then) => *then,
            _ => {
                let error = transport::Error::in_phase(Phase::Send, "the driver reported nothing");
                self.after(read::failed(self.call.name(), error), now)
            }
        }
    }

    fn is_over(&self) -> Error {
        self.misuse("a call that is over")
    }

    fn misuse(&self, found: &str) -> Error {
        let doing = format!("drive the call of {}", self.call.name());
        Error::unusable(doing, found, "one report for each step")
    }

    /// Adds what was signed to the refusal of a signature.
    fn explain(&self, error: Error) -> Error {
        error.explained(|| {
            let signer = &self.app.signer;
            signer.explain(&self.call, self.session.as_ref(), self.signed_at.time)
        })
    }

    /// Redacts the platform's texts: they must not show the session or personal data.
    fn redactor(&self) -> Redactor {
        Redactor::of_call(&self.call, self.session.as_ref())
    }

    fn span_of_try(&self) -> Span {
        debug_span!(
            "call",
            api = self.call.name(),
            r#try = self.number,
            status = field::Empty,
            request_id = field::Empty,
            duration_ms = field::Empty,
        )
    }

    fn record_end(&self, request_id: Option<&str>, now: Now) {
        let duration = now
            .instant
            .saturating_duration_since(self.signed_at.instant);
        self.span.record("duration_ms", duration.as_millis() as u64);
        self.span.record("request_id", request_id);
    }
}

impl<T> fmt::Debug for Machine<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("api", &self.call.name())
            .field("try", &self.number)
            .finish_non_exhaustive()
    }
}
