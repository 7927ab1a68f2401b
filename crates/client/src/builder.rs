//! The settings of a client.

mod build;
mod start;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aliexpress_signing::{AppKey, AppSecret, SignMethod};
use aliexpress_transport::{Builder as TransportBuilder, Transport};

use crate::app::Clock;
use crate::call::Format;
use crate::error::Error;
use crate::journal::OrderJournal;
use crate::limits::{CallLimits, LimitStore};
use crate::retry::RetryPolicy;
use crate::secrets::Session;
use crate::timer::{BlockingTimer, SystemTimer};
use crate::tokens::{FileStore, RefreshTiming, TokenApi, TokenStore};

/// Base address of the platform's gateway.
pub const GATEWAY: &str = "https://api-sg.aliexpress.com";

/// Builds a [`Client`](crate::Client). Every setting has a default, except the app key and app
/// secret, which the builder starts with.
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
    blocking_timer: Box<dyn BlockingTimer>,
    #[cfg(feature = "async")]
    async_timer: Box<dyn crate::AsyncTimer>,
}

/// Whether exchanges are recorded or answered from recordings.
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
            blocking_timer: Box::new(SystemTimer),
            #[cfg(feature = "async")]
            async_timer: Box::new(crate::timer::TokioTimer),
        }
    }

    /// Takes the app key and app secret from `ALIEXPRESS_APP_KEY` and `ALIEXPRESS_APP_SECRET`, and
    /// the tokens from the file named by `ALIEXPRESS_TOKENS` or the session from
    /// `ALIEXPRESS_SESSION`. `ALIEXPRESS_GATEWAY`, if set, replaces the gateway's address.
    ///
    /// Without tokens and without a session, the client can only make calls that need none, unless
    /// it is given a [token store](Self::token_store).
    ///
    /// # Errors
    ///
    /// When the app key or app secret is missing or blank; the message names all such variables.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// The same from any source of variables, for tests.
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

    /// Makes calls with this session, as long as it is valid. The client cannot refresh it.
    pub fn session(mut self, session: impl Into<Session>) -> Self {
        self.session = Some(session.into());
        self
    }

    /// Takes the session from this store, and refreshes it before it expires and when the platform
    /// refuses it. Replaces [`session`](Self::session).
    pub fn token_store(mut self, store: impl TokenStore + 'static) -> Self {
        self.store = Some(Box::new(store));
        self
    }

    /// Records every order in this journal before it is sent, and its outcome afterwards; see
    /// [`journal`](crate::journal).
    pub fn journal(mut self, journal: impl OrderJournal + 'static) -> Self {
        self.journal = Some(Box::new(journal));
        self
    }

    /// Stores no requests in the journal, because they hold the recipient's name and address. Open
    /// orders are then settled one by one with [`recover_order`](crate::Client::recover_order),
    /// which needs the order itself, and not with
    /// [`settle_open_orders`](crate::Client::settle_open_orders).
    pub fn journal_without_requests(mut self) -> Self {
        self.keeps_requests = false;
        self
    }

    /// The account's name in the journal of orders, for programs that place orders for several
    /// accounts. It must never change for an account. The app key by default.
    pub fn account(mut self, name: impl Into<String>) -> Self {
        self.account = Some(name.into());
        self
    }

    /// How long before its expiry a session from a store is refreshed. 30 minutes by default.
    pub fn refresh_ahead(mut self, time: Duration) -> Self {
        self.refresh.ahead = time;
        self
    }

    /// After a refresh, successful or not, how long the session of the account is not refreshed
    /// again, unless the store has other tokens by then. One minute by default; shorter times are
    /// for tests whose sessions expire faster than the platform's.
    pub fn refresh_cooldown(mut self, time: Duration) -> Self {
        self.refresh.cooldown = time;
        self
    }

    /// Which of the platform's two pairs of token calls to use.
    pub fn token_api(mut self, api: TokenApi) -> Self {
        self.token_api = api;
        self
    }

    /// The gateway's base address, without `/sync` or `/rest`. [`GATEWAY`] by default; tests use
    /// that of a sandbox. A gateway on another machine without TLS must be
    /// [allowed](Self::allow_plain_http).
    pub fn gateway(mut self, base: impl Into<String>) -> Self {
        self.gateway = base.into();
        self
    }

    /// Allows a gateway on another machine without TLS, for a sandbox in your own network. Anyone
    /// on the way can then read sessions and orders.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// The format of answers. JSON by default.
    pub fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// Whether to ask for JSON answers in the simplified form, which is smaller. True by default.
    /// Typed calls give the same data either way.
    pub fn simplify(mut self, simplify: bool) -> Self {
        self.simplify = simplify;
        self
    }

    /// How business calls are signed; `sha256` by default. System calls always use `sha256`.
    pub fn sign_method(mut self, method: SignMethod) -> Self {
        self.sign_method = method;
        self
    }

    /// Longest time for a call including all its retries and waits. 60 s by default.
    ///
    /// If the session has to be refreshed first, the refresh gets the same time in addition, because
    /// interrupting it could lose the tokens.
    pub fn deadline(mut self, longest: Duration) -> Self {
        self.deadline = longest;
        self
    }

    /// When and how often calls are retried.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// How many calls per second are made at most.
    pub fn call_limits(mut self, limits: CallLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Shares the call limits with all programs that use this store and the same app key, and obeys
    /// every ban that any of them receives; see [`limits`](crate::limits). All programs must set
    /// the same [`call_limits`](Self::call_limits). While the store fails, the client applies the
    /// limits on its own.
    pub fn shared_limits(mut self, store: impl LimitStore + 'static) -> Self {
        self.shared_limits = Some(Arc::new(store));
        self
    }

    /// Longest time to open a connection: name resolution, TCP, proxy and TLS together. 10 s by
    /// default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.transport = self.transport.connect_timeout(timeout);
        self
    }

    /// Longest time in an exchange without a byte arriving. 30 s by default.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.transport = self.transport.read_timeout(timeout);
        self
    }

    /// Longest time for one exchange; a call may need several. 60 s by default.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.transport = self.transport.total_timeout(timeout);
        self
    }

    /// Largest answer in bytes, after decompression. 16 MiB by default.
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.transport = self.transport.response_limit(bytes);
        self
    }

    /// Largest total size in bytes of the files of one call; a call that exceeds it fails and is
    /// not sent. 32 MiB by default.
    pub fn upload_limit(mut self, bytes: usize) -> Self {
        self.upload_limit = bytes;
        self
    }

    /// Value of the `User-Agent` header; this crate's name and version by default.
    pub fn user_agent(mut self, value: impl Into<String>) -> Self {
        self.transport = self.transport.user_agent(value);
        self
    }

    /// Whether answers may be compressed with gzip. True by default.
    pub fn gzip(mut self, ask: bool) -> Self {
        self.transport = self.transport.gzip(ask);
        self
    }

    /// Uses an HTTP proxy, `http://[user:password@]host[:port]`. No proxy by default.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.transport = self.transport.proxy(url);
        self
    }

    /// Uses the proxy named by `ALL_PROXY`, `HTTPS_PROXY` or `HTTP_PROXY`, except for the hosts in
    /// `NO_PROXY`.
    pub fn proxy_from_env(mut self) -> Self {
        self.transport = self.transport.proxy_from_env();
        self
    }

    /// Also trusts the certificates of a PEM file, in addition to Mozilla's roots. Certificates are
    /// always verified.
    pub fn root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.transport = self.transport.root_certificates_pem(pem);
        self
    }

    /// Takes the time of day from this function, for tests and for machines whose clock cannot be
    /// set.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Also writes every answer to a file in this folder, for [`replay_from`](Self::replay_from).
    /// Sessions, tokens and personal data are redacted: the fields that a model marks as personal
    /// or, without a model, those whose names say so. Check the files before you commit them to a
    /// repository.
    pub fn record_to(mut self, folder: impl Into<PathBuf>) -> Self {
        self.recording_mode = RecordingMode::Record(folder.into());
        self
    }

    /// Answers every call from the recordings in this folder, for tests without a network. The same
    /// API with the same parameters gets the same answers in the same order. Nothing is sent.
    pub fn replay_from(mut self, folder: impl Into<PathBuf>) -> Self {
        self.recording_mode = RecordingMode::Replay(folder.into());
        self
    }

    /// How a call waits; tests can pass a timer that does not really wait. The system's clock by
    /// default.
    pub fn blocking_timer(mut self, time: impl BlockingTimer) -> Self {
        self.blocking_timer = Box::new(time);
        self
    }

    /// How an async call waits; tests can pass timers that do not really wait. tokio's timers by
    /// default.
    #[cfg(feature = "async")]
    pub fn async_timer(mut self, time: impl crate::AsyncTimer) -> Self {
        self.async_timer = Box::new(time);
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
            "cannot build a client: found white space at the start or end of the app secret; wanted the app secret alone",
        );
        let plain = || Client::builder("1", "canary").gateway("http://sandbox:8480");
        check_refused(
            plain(),
            "cannot build a client: found a gateway on another machine without TLS, where anyone on the network path can \
             read sessions and orders; wanted https, or allow_plain_http() if that is intended",
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
                "cannot build a client: found a gateway that is not a base URL; wanted http or \
                 https, a host, and no user name or query",
            );
        }
        check_refused(
            Client::builder("1", "canary").gateway("https://api-sg.aliexpress.com/sync/"),
            "cannot build a client: found a gateway that ends in /sync; wanted its base address, \
             to which each call adds its own path",
        );
        check_refused(
            Client::builder("1", "canary").connect_timeout(Duration::ZERO),
            "cannot set a time-out: found zero as the connect time-out; wanted more than zero",
        );
    }

    #[test]
    fn all_missing_variables_are_named_in_one_error() {
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
    fn only_loopback_is_allowed_without_tls_by_default() {
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
    fn debug_output_contains_no_secret() {
        let builder = Client::builder("1", "canary")
            .session("canary")
            .proxy("http://u:canary@h");
        let printed = format!("{builder:?}") + &format!("{:?}", builder.build());
        assert!(!printed.contains("canary"));
    }
}
