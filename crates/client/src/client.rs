//! The client: calls from parameters to answers.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use aliexpress_models::Request;
use aliexpress_transport::{Connection, HttpRequest};
use tracing::{Span, debug, debug_span, field};

use crate::builder::ClientBuilder;
use crate::call::{Call, CallOptions, Effect, Endpoint, SessionChoice};
use crate::error::{Error, Kind};
use crate::gateway_clock::GatewayClock;
use crate::limits::Limiter;
use crate::orders::Journaling;
use crate::prepared::{Prepared, Signatory};
use crate::read::{self, Headers};
use crate::recording::Wire;
use crate::reply::{RawReply, Reply};
use crate::retry::Retry;
use crate::secrets::Session;
use crate::tokens::{Keeper, TokenApi, TokenStore};

/// Calls the platform on behalf of one application and, where it has a session, of one account.
///
/// Clones are cheap and share connections, call limits and tokens; use one client from as many
/// threads as you like. Calls block the thread. [`with`](Self::with) gives a client whose calls differ
/// from the settings, [`for_account`](Self::for_account) one for another account.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    sessions: Arc<Sessions>,
    options: Arc<CallOptions>,
}

/// What all clients of one application share.
pub(crate) struct Shared {
    pub(crate) signatory: Signatory,
    pub(crate) wire: Wire,
    /// How long before its end a session from a store is refreshed.
    pub(crate) refresh_ahead: Duration,
    pub(crate) token_api: TokenApi,
    pub(crate) limiter: Limiter,
    pub(crate) retry: Retry,
    pub(crate) deadline: Duration,
    pub(crate) clock: Clock,
    pub(crate) gateway_clock: GatewayClock,
    pub(crate) journaling: Option<Journaling>,
}

/// The time of day, for timestamps and the ends of tokens.
pub(crate) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Where sessions come from.
pub(crate) enum Sessions {
    None,
    Fixed(Session),
    Kept(Box<Keeper>),
}

impl Client {
    /// Starts a client for an application, by the key and secret of the developer console.
    pub fn builder(
        app_key: impl Into<crate::AppKey>,
        app_secret: impl Into<crate::AppSecret>,
    ) -> ClientBuilder {
        ClientBuilder::new(app_key.into(), app_secret.into())
    }

    /// A client with the defaults, from the environment; see [`ClientBuilder::from_env`].
    ///
    /// # Errors
    ///
    /// When a variable is missing or blank; the message names all that are.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    pub(crate) fn new(shared: Shared, sessions: Sessions) -> Self {
        Self {
            shared: Arc::new(shared),
            sessions: Arc::new(sessions),
            options: Arc::default(),
        }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    pub(crate) fn options(&self) -> &CallOptions {
        &self.options
    }

    /// A client whose calls differ from this one's as the options say. What they leave open stays as it
    /// is, options given earlier included; everything else is shared.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use aliexpress::{CallOptions, Client, Error, NewOrder, PlacedOrder, Reply};
    /// # fn of_another_account(client: &Client, order: &NewOrder) -> Result<Reply<PlacedOrder>, Error> {
    /// let options = CallOptions::new().session("their session").deadline(Duration::from_secs(30));
    /// client.with(options).place_order(order)
    /// # }
    /// ```
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self {
            options: Arc::new(options.over(&self.options)),
            ..self.clone()
        }
    }

    /// The same client for calls about sessions: made without one, and as the settings say, because a
    /// refresh that the deadline of one call cuts short could lose the tokens.
    pub(crate) fn about_sessions(&self) -> Self {
        Self {
            options: Arc::new(CallOptions::new().without_session()),
            ..self.clone()
        }
    }

    /// A client for the account whose tokens are in this store. It shares connections, call limits and
    /// settings with this one, but no session: a session among the options is left behind.
    #[must_use]
    pub fn for_account(&self, store: impl TokenStore + 'static) -> Self {
        let shared = &self.shared;
        let keeper = Keeper::new(Box::new(store), shared.refresh_ahead, shared.deadline);
        Self {
            sessions: Arc::new(Sessions::Kept(Box::new(keeper))),
            options: Arc::new(self.options.without_account()),
            ..self.clone()
        }
    }

    /// Makes a typed call. For placing orders take [`place_order`](Self::place_order), which understands
    /// what an answer says about the order.
    ///
    /// # Errors
    ///
    /// When the platform refuses, no answer comes, or the answer does not fit the model; see
    /// [`Error`].
    pub fn call<R: Request>(&self, request: &R) -> Result<Reply<R::Answer>, Error> {
        let params = request.params();
        let params = borrowed(&params);
        let call = Call::new(Endpoint::Business(R::API), &params, &self.options)?;
        let reply: Reply<R::Answer> = self.run(&call, read::typed)?;
        // Looking for a refusal reads the answer once more.
        if self.options.business_refusal_is_error
            && let Some(refusal) = reply.business_refusal()
        {
            return Err(reply.said_no(R::API, refusal));
        }
        Ok(reply)
    }

    /// Calls any API by its name; signed, limited and tried again as typed calls are.
    ///
    /// Objects and lists are given as JSON text. Blank parameters are not sent.
    ///
    /// # Errors
    ///
    /// When a name cannot be used, the platform refuses, or no JSON or XML comes back.
    pub fn call_raw(&self, api: &str, params: &[(&str, &str)]) -> Result<RawReply, Error> {
        self.run(
            &Call::new(Endpoint::Business(api), params, &self.options)?,
            read::untyped,
        )
    }

    /// Makes a system call, such as `/auth/token/create`. It is made without a session unless the
    /// [options](Self::with) give one.
    ///
    /// # Errors
    ///
    /// As [`call_raw`](Self::call_raw).
    pub fn system_call(&self, path: &str, params: &[(&str, &str)]) -> Result<RawReply, Error> {
        self.run(
            &Call::new(Endpoint::System(path), params, &self.options)?,
            read::untyped,
        )
    }

    /// Signs a typed call for another HTTP client to post; [`read`](crate::read()) takes what comes
    /// back. Call limits, tries and the renewing of a refused session are then the caller's.
    ///
    /// # Errors
    ///
    /// When there is no session to be had from the token store.
    pub fn prepare<R: Request>(&self, request: &R) -> Result<Prepared, Error> {
        let params = request.params();
        let params = borrowed(&params);
        let call = Call::new(Endpoint::Business(R::API), &params, &self.options)?;
        let session = self.session(&call)?;
        self.shared
            .signatory
            .prepare(&call, session.as_ref(), self.now())
    }

    /// Makes a call until it gives an answer or an error that another try would not mend.
    pub(crate) fn run<T: Answered>(&self, call: &Call<'_>, read: Read<T>) -> Result<T, Error> {
        let deadline = call.options.deadline.unwrap_or(self.shared.deadline);
        let deadline = Instant::now() + deadline.min(LONGEST);
        let mut tries = self.shared.retry.start(call.effect);
        let (mut number, mut renewed) = (0, false);
        loop {
            number += 1;
            let session = self.session(call)?;
            let error = match self.attempt(call, session.as_ref(), deadline, number, read) {
                Ok(reply) => return Ok(reply),
                Err(error) => self.heed(call, error, number),
            };
            if !renewed && self.renew(call, &error, session.as_ref())? {
                renewed = true;
                continue;
            }
            match tries.wait_after(&error, deadline) {
                Some(wait) => {
                    debug!(?wait, "trying again");
                    std::thread::sleep(wait);
                }
                None => return Err(error),
            }
        }
    }

    /// One try: waits for the call limits, signs, sends and reads.
    fn attempt<T: Answered>(
        &self,
        call: &Call<'_>,
        session: Option<&Session>,
        deadline: Instant,
        number: u32,
        read: Read<T>,
    ) -> Result<T, Error> {
        let span = debug_span!(
            "call",
            api = call.name(),
            r#try = number,
            status = field::Empty,
            request_id = field::Empty,
            duration_ms = field::Empty,
        );
        let _entered = span.enter();
        self.wait_for_room(call, deadline)?;
        let started = Instant::now();
        let now = self.now();
        let read = self
            .shared
            .signatory
            .prepare(call, session, now)
            .and_then(|prepared| self.post(call, &prepared, session, deadline, read))
            .map_err(|error| self.explain(error, call, session, now));
        span.record("duration_ms", started.elapsed().as_millis() as u64);
        match &read {
            Ok(reply) => span.record("request_id", reply.request_id()),
            Err(error) => span.record("request_id", error.request_id()),
        };
        if let Err(error) = &read {
            debug!(%error, "call failed");
        }
        read
    }

    fn wait_for_room(&self, call: &Call<'_>, deadline: Instant) -> Result<(), Error> {
        let now = Instant::now();
        match self.shared.limiter.reserve(call.name(), now, deadline) {
            Ok(start) => {
                let wait = start.saturating_duration_since(now);
                if !wait.is_zero() {
                    debug!(?wait, "held back by the call limits");
                    std::thread::sleep(wait);
                }
                Ok(())
            }
            Err(wait) => {
                let mut error = Error::new(call.name(), Kind::NoRoom { wait });
                error.inner_mut().retry_after = Some(wait);
                Err(error)
            }
        }
    }

    fn post<T>(
        &self,
        call: &Call<'_>,
        prepared: &Prepared,
        session: Option<&Session>,
        deadline: Instant,
        read: Read<T>,
    ) -> Result<T, Error> {
        // A connection that is closed in the same moment as a request leaves on it leaves in doubt
        // whether the request was read: not worth it for a call that changes something.
        let connection = match call.effect {
            Effect::Read => Connection::Kept,
            Effect::Write => Connection::New,
        };
        let exchange = HttpRequest::form(&prepared.url, &prepared.body).on(connection);
        let answer = self.shared.wire.send(call, session, &exchange, deadline)?;
        Span::current().record("status", answer.status);
        self.shared
            .gateway_clock
            .note(answer.date.as_deref(), self.now());
        let headers = Headers {
            date: answer.date,
            content_type: answer.content_type,
            retry_after: answer.retry_after,
        };
        read(call.name(), answer.status, answer.body)
            .map_err(|error| read::with_headers(error, &headers, self.now()))
    }

    /// Adds what was signed to a refused signature, and takes out of a refusal what it must not show.
    fn explain(
        &self,
        mut error: Error,
        call: &Call<'_>,
        session: Option<&Session>,
        now: SystemTime,
    ) -> Error {
        if let Kind::Refused(refusal) = &mut error.inner_mut().kind {
            crate::mask::mask(&mut refusal.error, call, session);
            if matches!(
                refusal.error.code.as_deref(),
                Some("IncompleteSignature" | "25")
            ) {
                refusal.explanation = self.shared.signatory.explain(call, session, now);
            }
        }
        error
    }

    /// Counts the tries, and lets everybody keep to a ban that one call was told of.
    fn heed(&self, call: &Call<'_>, mut error: Error, number: u32) -> Error {
        let sent = !matches!(error.inner().kind, Kind::NoRoom { .. } | Kind::Unusable(_));
        error.inner_mut().tries = if sent { number } else { number - 1 };
        let Some(ban) = error
            .retry_after()
            .filter(|_| error.is_call_limit() && sent)
        else {
            return error;
        };
        let ban = ban.min(LONGEST_BAN);
        match error.api_error().and_then(|error| error.code.as_deref()) {
            Some("AppCallLimit" | "7") => self.shared.limiter.ban_all(ban),
            _ => self.shared.limiter.ban(call.name(), ban),
        }
        error
    }

    /// The session that a call goes out with.
    fn session(&self, call: &Call<'_>) -> Result<Option<Session>, Error> {
        match (&call.options.session, call.endpoint, &*self.sessions) {
            (Some(SessionChoice::None), ..) => Ok(None),
            (Some(SessionChoice::Given(session)), ..) => Ok(Some(session.clone())),
            (None, Endpoint::System(_), _) => Ok(None),
            // Recordings are of any account.
            (None, _, Sessions::None)
                if call.may_go_without_session()
                    || matches!(self.shared.wire, Wire::Replaying(_)) =>
            {
                Ok(None)
            }
            (None, _, Sessions::None) => Err(Error::unusable(
                format!("call {}", call.name()),
                "a client without a session",
                "a session, a token store, or CallOptions::without_session for an API that needs none",
            )),
            (None, _, Sessions::Fixed(session)) => Ok(Some(session.clone())),
            (None, _, Sessions::Kept(keeper))
                if call.may_go_without_session() && matches!(keeper.known(), Ok(None)) =>
            {
                Ok(None)
            }
            (None, _, Sessions::Kept(keeper)) => {
                let session = keeper.session(self.now(), &|old| self.refreshed(old));
                session
                    .map(Some)
                    .map_err(|error| error.before_calling(call.name()))
            }
        }
    }

    /// Whether there is another session after the platform refused this one, so that the call is
    /// worth one more try. A call that changes something gets it only because such a refusal proves
    /// that nothing was done.
    ///
    /// # Errors
    ///
    /// When the renewing failed and may not fail the next time: then the session is not lost yet, as the
    /// refusal would have it.
    fn renew(
        &self,
        call: &Call<'_>,
        error: &Error,
        session: Option<&Session>,
    ) -> Result<bool, Error> {
        let (Sessions::Kept(keeper), Some(session)) = (&*self.sessions, session) else {
            return Ok(false);
        };
        let open = call.effect == Effect::Write && error.may_have_acted();
        if !error.is_session_expired() || open || call.options.session.is_some() {
            return Ok(false);
        }
        // An answer that refuses the session and names an order contradicts itself: no reason to send again.
        let names_order = |body| !crate::salvage::order_ids(body).is_empty();
        if call.effect == Effect::Write && error.raw().is_some_and(names_order) {
            return Ok(false);
        }
        match keeper.renew(session, self.now(), &|old| self.refreshed(old)) {
            Ok(_) => Ok(true),
            Err(renewing) if renewing.may_retry() => {
                let mut renewing = renewing.before_calling(call.name());
                renewing.inner_mut().tries = error.tries();
                Err(renewing)
            }
            Err(renewing) => {
                debug!(error = %renewing, "refused session not renewed");
                Ok(false)
            }
        }
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.shared.clock)()
    }

    /// The time by the gateway's clock, where an answer told it; by this machine's otherwise.
    pub(crate) fn gateway_now(&self) -> SystemTime {
        self.shared.gateway_clock.at(self.now())
    }

    /// How far this machine's clock is off, in words, where that is known and matters.
    pub(crate) fn clock_off(&self) -> Option<String> {
        self.shared.gateway_clock.off()
    }
}

/// What a call gives, as far as its span tells of it.
pub(crate) trait Answered {
    fn request_id(&self) -> Option<&str>;
}

impl<T> Answered for Reply<T> {
    fn request_id(&self) -> Option<&str> {
        self.request_id()
    }
}

impl Answered for RawReply {
    fn request_id(&self) -> Option<&str> {
        self.request_id()
    }
}

/// Reads an answer to this API with this status and body.
pub(crate) type Read<T> = fn(&str, u16, Vec<u8>) -> Result<T, Error>;

/// For how long a ban is believed at a time: an answer could shut a client down for years.
const LONGEST_BAN: Duration = Duration::from_secs(3600);

/// Longer than any call, and short enough to be added to any point in time.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

pub(crate) fn borrowed<'a>(params: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    params
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("gateway", &self.shared.signatory.base)
            .field("app_key", &self.shared.signatory.app_key)
            .finish_non_exhaustive()
    }
}
