//! The settings of a client.

mod build;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aliexpress_signing::{AppKey, AppSecret, SignMethod};
use aliexpress_transport::{Builder as TransportBuilder, Transport};

use crate::call::Format;
use crate::caller::Clock;
use crate::error::Error;
use crate::journal::OrderJournal;
use crate::limits::{CallLimits, LimitStore};
use crate::retry::RetryPolicy;
use crate::secrets::Session;
use crate::time::{BlockingTime, SystemSleep};
use crate::tokens::{FileStore, RefreshTiming, TokenApi, TokenStore};

/// The platform's gateway.
pub const GATEWAY: &str = "https://api-sg.aliexpress.com";

/// Makes a [`Client`](crate::Client). Every setting has a default; the key and the secret of the application were
/// given at the start.
#[must_use]
pub struct ClientBuilder {
    app_key: AppKey,
    app_secret: AppSecret,
    session: Option<Session>,
    store: Option<Box<dyn TokenStore>>,
    refresh: RefreshTiming,
    token_api: TokenApi,
    gateway: String,
    format: Format,
    simplify: bool,
    sign_method: SignMethod,
    deadline: Duration,
    retry: RetryPolicy,
    upload_limit: usize,
    limits: CallLimits,
    shared_limits: Option<Arc<dyn LimitStore>>,
    transport: TransportBuilder,
    clock: Clock,
    plain_http: bool,
    journal: Option<Box<dyn OrderJournal>>,
    keeps_requests: bool,
    account: Option<String>,
    recording_mode: RecordingMode,
    blocking_time: Box<dyn BlockingTime>,
    #[cfg(feature = "async")]
    async_time: Box<dyn crate::AsyncTime>,
}

/// What is done with exchanges beside making them.
enum RecordingMode {
    None,
    Record(PathBuf),
    Replay(PathBuf),
}

impl ClientBuilder {
    pub(crate) fn new(app_key: AppKey, app_secret: AppSecret) -> Self {
        Self {
            app_key,
            app_secret,
            session: None,
            store: None,
            refresh: RefreshTiming::default(),
            token_api: TokenApi::default(),
            gateway: GATEWAY.to_owned(),
            format: Format::Json,
            simplify: true,
            sign_method: SignMethod::Sha256,
            deadline: Duration::from_secs(60),
            retry: RetryPolicy::default(),
            upload_limit: 32 * 1024 * 1024,
            limits: CallLimits::default(),
            shared_limits: None,
            transport: Transport::builder()
                .user_agent(concat!("aliexpress-rust/", env!("CARGO_PKG_VERSION"))),
            clock: Arc::new(SystemTime::now),
            plain_http: false,
            journal: None,
            keeps_requests: true,
            account: None,
            recording_mode: RecordingMode::None,
            blocking_time: Box::new(SystemSleep),
            #[cfg(feature = "async")]
            async_time: Box::new(crate::time::TokioTime),
        }
    }

    /// Starts from the variables `ALIEXPRESS_APP_KEY` and `ALIEXPRESS_APP_SECRET`, with the tokens in the file that
    /// `ALIEXPRESS_TOKENS` names or the session in `ALIEXPRESS_SESSION`, and goes to the gateway in
    /// `ALIEXPRESS_GATEWAY` if that is set.
    ///
    /// Without tokens and session the client calls what needs no session, unless it is given a
    /// [token store](Self::token_store).
    ///
    /// # Errors
    ///
    /// When app key or app secret is missing or blank; the message names all that are.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// The same from any source of variables.
    pub(crate) fn from_variables(read: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        const NAMES: [&str; 2] = ["ALIEXPRESS_APP_KEY", "ALIEXPRESS_APP_SECRET"];
        let value = |name: &str| read(name).unwrap_or_default().trim().to_owned();
        let values = NAMES.map(value);
        let missing: Vec<_> = NAMES
            .iter()
            .zip(&values)
            .filter(|(_, value)| value.is_empty())
            .map(|(name, _)| *name)
            .collect();
        if !missing.is_empty() {
            return Err(Error::unusable(
                "read the credentials from the environment",
                format!("no {}", missing.join(", no ")),
                format!("values in {}", NAMES.join(", ")),
            ));
        }
        let [app_key, app_secret] = values;
        let mut builder = Self::new(app_key.into(), app_secret.into());
        let set = |name| Some(value(name)).filter(|value| !value.is_empty());
        if let Some(session) = set("ALIEXPRESS_SESSION") {
            builder = builder.session(session);
        }
        if let Some(file) = set("ALIEXPRESS_TOKENS") {
            builder = builder.token_store(FileStore::new(file));
        }
        if let Some(gateway) = set("ALIEXPRESS_GATEWAY") {
            builder = builder.gateway(gateway);
        }
        Ok(builder)
    }

    /// Calls on behalf of the account with this session, for as long as it holds.
    pub fn session(mut self, session: impl Into<Session>) -> Self {
        self.session = Some(session.into());
        self
    }

    /// Calls with the session in this store, and refreshes it ahead of its end and when the platform
    /// refuses it. Takes the place of [`session`](Self::session).
    pub fn token_store(mut self, store: impl TokenStore + 'static) -> Self {
        self.store = Some(Box::new(store));
        self
    }

    /// Records every order in this journal before it is sent, and its outcome after; see [`journal`](crate::journal).
    pub fn journal(mut self, journal: impl OrderJournal + 'static) -> Self {
        self.journal = Some(Box::new(journal));
        self
    }

    /// Keeps no requests in the journal, because they hold the recipient's name and address. What is open is then
    /// settled by [`recover_order`](crate::Client::recover_order) with the order, not by
    /// [`settle_open_orders`](crate::Client::settle_open_orders).
    pub fn journal_without_requests(mut self) -> Self {
        self.keeps_requests = false;
        self
    }

    /// The account's name in the journal of orders, for programs that place orders for several accounts: the same for
    /// the same account for ever. The app key by default.
    pub fn account(mut self, name: impl Into<String>) -> Self {
        self.account = Some(name.into());
        self
    }

    /// How long before its end a session from a store is refreshed. 30 minutes by default.
    pub fn refresh_ahead(mut self, time: Duration) -> Self {
        self.refresh.ahead = time;
        self
    }

    /// How long after a refresh, whatever came of it, the session of an account is not refreshed again, unless the store
    /// has other tokens by then. A minute by default; less is for tests in which sessions end faster than the platform's.
    pub fn refresh_cooldown(mut self, time: Duration) -> Self {
        self.refresh.cooldown = time;
        self
    }

    /// Which of the platform's two pairs of token calls is used.
    pub fn token_api(mut self, api: TokenApi) -> Self {
        self.token_api = api;
        self
    }

    /// The gateway's base address, without `/sync` or `/rest`. [`GATEWAY`] by default; that of a
    /// sandbox for tests. An address without TLS on another machine has to be
    /// [allowed](Self::allow_plain_http).
    pub fn gateway(mut self, base: impl Into<String>) -> Self {
        self.gateway = base.into();
        self
    }

    /// Lets sessions and orders go to a gateway on another machine without TLS, where anybody on the way can read them:
    /// for a sandbox in a network of one's own.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// The format of answers. JSON by default.
    pub fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// Whether JSON answers are asked for in the simplified form. True by default: they are smaller.
    /// Typed calls give the same data either way.
    pub fn simplify(mut self, simplify: bool) -> Self {
        self.simplify = simplify;
        self
    }

    /// How business calls are signed; `sha256` by default. System calls always are by `sha256`.
    pub fn sign_method(mut self, method: SignMethod) -> Self {
        self.sign_method = method;
        self
    }

    /// Longest time for a call with all its tries and waits. 60 s by default.
    ///
    /// A session that has to be renewed beforehand has this long besides, for a refresh that is cut short
    /// could lose the tokens.
    pub fn deadline(mut self, longest: Duration) -> Self {
        self.deadline = longest;
        self
    }

    /// How often calls are tried.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// How many calls per second go out.
    pub fn call_limits(mut self, limits: CallLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Keeps to the call limits together with all programs that use this store and the same app key, and follows the bans
    /// that one of them hears of; see [`limits`](crate::limits). Every program brings the same
    /// [`call_limits`](Self::call_limits). While the store fails, the client keeps to them alone.
    pub fn shared_limits(mut self, store: impl LimitStore + 'static) -> Self {
        self.shared_limits = Some(Arc::new(store));
        self
    }

    /// Longest time for a new connection: name, TCP, proxy and TLS together. 10 s by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.transport = self.transport.connect_timeout(timeout);
        self
    }

    /// Longest silence in an exchange. 30 s by default.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.transport = self.transport.read_timeout(timeout);
        self
    }

    /// Longest time for one exchange, of which a call may need several. 60 s by default.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.transport = self.transport.total_timeout(timeout);
        self
    }

    /// Most bytes of an answer, after unpacking. 16 MiB by default.
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.transport = self.transport.response_limit(bytes);
        self
    }

    /// Most bytes of the files of one call together; a call with more is an error and is not sent. 32 MiB by default.
    pub fn upload_limit(mut self, bytes: usize) -> Self {
        self.upload_limit = bytes;
        self
    }

    /// Value of the `User-Agent` header; this crate's name and version by default.
    pub fn user_agent(mut self, value: impl Into<String>) -> Self {
        self.transport = self.transport.user_agent(value);
        self
    }

    /// Whether answers may come packed by gzip. True by default.
    pub fn gzip(mut self, ask: bool) -> Self {
        self.transport = self.transport.gzip(ask);
        self
    }

    /// Goes through an HTTP proxy, `http://[user:password@]host[:port]`. None by default.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.transport = self.transport.proxy(url);
        self
    }

    /// Goes through the proxy that the environment names in `ALL_PROXY`, `HTTPS_PROXY` or
    /// `HTTP_PROXY`, except to the hosts in `NO_PROXY`.
    pub fn proxy_from_env(mut self) -> Self {
        self.transport = self.transport.proxy_from_env();
        self
    }

    /// Trusts the certificates of a PEM file too, besides Mozilla's roots. Certificates are always
    /// verified.
    pub fn root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.transport = self.transport.root_certificates_pem(pem);
        self
    }

    /// Takes the time of day from here, for tests and for machines whose clock cannot be set.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Writes every answer to a file in this folder too, for [`replay_from`](Self::replay_from). Sessions,
    /// tokens and personal data are redacted: what a model marks as personal, and what has such a name where
    /// there is no model. Look the files over before they go into a repository.
    pub fn record_to(mut self, folder: impl Into<PathBuf>) -> Self {
        self.recording_mode = RecordingMode::Record(folder.into());
        self
    }

    /// Answers every call from recordings in this folder, for tests without a network: the same API with
    /// the same parameters gets the same answers in the same order. Nothing is sent.
    pub fn replay_from(mut self, folder: impl Into<PathBuf>) -> Self {
        self.recording_mode = RecordingMode::Replay(folder.into());
        self
    }

    /// Waits in this time, for tests that do not want to wait. The system's by default.
    pub fn blocking_time(mut self, time: impl BlockingTime) -> Self {
        self.blocking_time = Box::new(time);
        self
    }

    /// Waits in this time, for tests of async programs that do not want to wait. tokio's by default.
    #[cfg(feature = "async")]
    pub fn async_time(mut self, time: impl crate::AsyncTime) -> Self {
        self.async_time = Box::new(time);
        self
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("app_key", &self.app_key)
            .field("session", &self.session)
            .field("gateway", &self.gateway.split('@').next_back())
            .field("format", &self.format)
            .field("simplify", &self.simplify)
            .field("sign_method", &self.sign_method)
            .field("deadline", &self.deadline)
            .field("retry", &self.retry)
            .field("limits", &self.limits)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Client;

    #[track_caller]
    fn check_refused(builder: ClientBuilder, expected: &str) {
        let error = builder.build().unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(error.is_usage() && !error.may_have_acted());
    }

    #[test]
    fn unusable_settings_are_refused() {
        check_refused(
            Client::builder("", "canary"),
            "cannot build a client: found a blank app key; wanted the one from the platform",
        );
        check_refused(
            Client::builder("1", "canary").session(" "),
            "cannot build a client: found a blank session; wanted the one from the platform",
        );
        check_refused(
            Client::builder("1", "canary\n"),
            "cannot build a client: found white space at an end of the app secret; wanted it as the platform gave it",
        );
        let plain = || Client::builder("1", "canary").gateway("http://sandbox:8480");
        check_refused(
            plain(),
            "cannot build a client: found a gateway on another machine without TLS, where anybody on the way can \
             read sessions and orders; wanted https, or allow_plain_http() where that is meant",
        );
        assert!(plain().allow_plain_http().build().is_ok());
        for gateway in [
            "",
            "api-sg.aliexpress.com",
            "ftp://h",
            "http://",
            "http://canary@h",
        ] {
            check_refused(
                Client::builder("1", "canary").gateway(gateway),
                "cannot build a client: found a gateway that is no base address; wanted http or \
                 https, a host, and no user name or query",
            );
        }
        check_refused(
            Client::builder("1", "canary").gateway("https://api-sg.aliexpress.com/sync/"),
            "cannot build a client: found a gateway that ends in /sync; wanted its base address, \
             behind which each call puts its own path",
        );
        check_refused(
            Client::builder("1", "canary").connect_timeout(Duration::ZERO),
            "cannot set a time-out: found zero as the connect time-out; wanted more than zero",
        );
    }

    #[test]
    fn all_missing_variables_are_named_at_once() {
        let error = ClientBuilder::from_variables(|name| {
            (name == "ALIEXPRESS_APP_SECRET").then(|| "canary".to_owned())
        });
        assert_eq!(
            error.unwrap_err().to_string(),
            "cannot read the credentials from the environment: found no ALIEXPRESS_APP_KEY; \
             wanted values in ALIEXPRESS_APP_KEY, ALIEXPRESS_APP_SECRET"
        );
        let builder = ClientBuilder::from_variables(|_| Some(" x\n".to_owned())).unwrap();
        assert_eq!((builder.app_key.as_str(), &*builder.gateway), ("x", "x"));
        let three = |name: &str| (name != "ALIEXPRESS_GATEWAY").then(|| "x".to_owned());
        let builder = ClientBuilder::from_variables(three).unwrap();
        assert_eq!(builder.gateway, GATEWAY);
    }

    #[test]
    fn only_loopback_goes_without_tls_by_itself() {
        for quiet in [
            GATEWAY,
            "http://localhost:8480",
            "http://127.0.0.1",
            "http://127.1.2.3:1/base",
            "http://[::1]:8480",
            "http://[::1]",
        ] {
            assert!(!build::sends_in_clear_text(quiet), "{quiet}");
        }
        for exposed in [
            "http://sandbox:8480",
            "http://10.0.0.1",
            "http://[2001:db8::1]",
        ] {
            assert!(build::sends_in_clear_text(exposed), "{exposed}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let builder = Client::builder("1", "canary")
            .session("canary")
            .proxy("http://u:canary@h");
        let printed = format!("{builder:?}") + &format!("{:?}", builder.build());
        assert!(!printed.contains("canary"));
    }
}
