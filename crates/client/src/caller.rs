//! Who makes calls: an application, one of its accounts, and the options of the calls.

mod orders;
mod tokens;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crate::app::App;
use crate::call::{Call, CallOptions, SessionOverride};
use crate::error::Error;
use crate::machine::{Machine, Now, SessionSource};
use crate::prepared::Prepared;
use crate::read::{CallReply, Read};
use crate::secrets::Session;
use crate::tokens::{SessionManager, TokenStore};

/// Where sessions come from.
pub(crate) enum Sessions {
    None,
    Fixed(Session),
    Kept(Box<SessionManager>),
}

/// Everything in a client except what sends its calls. Clones are cheap.
#[derive(Clone)]
pub(crate) struct Caller {
    app: Arc<App>,
    sessions: Arc<Sessions>,
    options: Arc<CallOptions>,
}

impl Caller {
    pub(crate) fn new(app: App, sessions: Sessions) -> Self {
        Self {
            app: Arc::new(app),
            sessions: Arc::new(sessions),
            options: Arc::default(),
        }
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    pub(crate) fn options(&self) -> &CallOptions {
        &self.options
    }

    /// The longest time of one call.
    pub(crate) fn longest_call(&self) -> Duration {
        self.options.deadline.unwrap_or(self.app.deadline)
    }

    pub(crate) fn with(&self, options: CallOptions) -> Self {
        self.with_options(options.over(&self.options))
    }

    /// The same with exactly these options.
    fn with_options(&self, options: CallOptions) -> Self {
        Self {
            app: Arc::clone(&self.app),
            sessions: Arc::clone(&self.sessions),
            options: Arc::new(options),
        }
    }

    /// The same for calls that obtain or refresh sessions. They carry no session and ignore the
    /// options, because a deadline that interrupts a refresh could lose the tokens.
    pub(crate) fn about_sessions(&self) -> Self {
        self.with_options(CallOptions::new().without_session())
    }

    pub(crate) fn for_account(&self, store: impl TokenStore + 'static) -> Self {
        let app = &self.app;
        let manager = SessionManager::new(Box::new(store), app.refresh, app.deadline);
        Self {
            sessions: Arc::new(Sessions::Kept(Box::new(manager))),
            options: Arc::new(self.options.without_account()),
            ..self.clone()
        }
    }

    pub(crate) fn machine<'a, T: CallReply>(
        &'a self,
        call: Call<'a>,
        read: Read<T>,
        now: Now,
    ) -> Result<Machine<'a, T>, Error> {
        call.check_upload(self.app.upload_limit)?;
        let source = self.session_source(&call)?;
        Ok(Machine::new(&self.app, call, source, read, now))
    }

    pub(crate) fn prepare(
        &self,
        call: &Call<'_>,
        session: Option<&Session>,
    ) -> Result<Prepared, Error> {
        call.check_upload(self.app.upload_limit)?;
        self.app.signer.prepare(call, session, self.now())
    }

    /// Where the session of a call comes from.
    ///
    /// # Errors
    ///
    /// When it needs one and there is none.
    pub(crate) fn session_source(&self, call: &Call<'_>) -> Result<SessionSource, Error> {
        let known = |session: Option<&Session>| Ok(SessionSource::Known(session.cloned()));
        match (&call.options.session, &*self.sessions) {
            (Some(SessionOverride::None), _) => known(None),
            (Some(SessionOverride::Session(session)), _) => known(Some(session)),
            (None, _) if call.needs_no_session() => known(None),
            (None, Sessions::Fixed(session)) => known(Some(session)),
            (None, Sessions::Kept(_)) => Ok(SessionSource::Store),
            (None, Sessions::None) if call.may_go_without_session() || self.app.replays => {
                known(None)
            }
            (None, Sessions::None) => Err(Error::unusable(
                format!("call {}", call.name()),
                "a client without a session",
                "a session, a token store, or CallOptions::without_session for an API that needs none",
            )),
        }
    }

    /// The session that a call would be sent with, as far as it is known without refreshing it.
    pub(crate) fn session_without_refresh(&self) -> Option<Session> {
        match (&self.options.session, &*self.sessions) {
            (Some(SessionOverride::Session(session)), _) => Some(session.clone()),
            (None, Sessions::Fixed(session)) => Some(session.clone()),
            (None, Sessions::Kept(manager)) => Some(manager.stored().ok()??.session),
            (Some(SessionOverride::None), _) | (None, Sessions::None) => None,
        }
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.app.clock)()
    }

    /// This instant, with the time of day from the client's clock.
    pub(crate) fn moment(&self, instant: Instant) -> Now {
        Now {
            instant,
            time: self.now(),
        }
    }

    /// The time by the gateway's clock if an answer has stated it; otherwise by this machine's.
    pub(crate) fn gateway_now(&self) -> SystemTime {
        self.app.gateway_clock.at(self.now())
    }

    /// The time to record for an order that is sent now: the earlier of the two clocks. An order
    /// that is wrongly considered too old is merely not sent again; one that is wrongly considered
    /// recent could be placed twice.
    pub(crate) fn sending_time(&self) -> SystemTime {
        self.gateway_now().min(self.now())
    }

    /// How far this machine's clock is off, in words, if that is known and matters.
    pub(crate) fn clock_off(&self) -> Option<String> {
        self.app.gateway_clock.off()
    }

    pub(crate) fn fmt_as(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("gateway", &self.app.signer.base)
            .field("app_key", &self.app.signer.app_key)
            .finish_non_exhaustive()
    }
}
