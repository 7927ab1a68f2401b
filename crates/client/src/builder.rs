//! The settings of a client.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aliexpress_signing::{AppKey, AppSecret, SignMethod, Signer};
use aliexpress_transport::{Builder as TransportBuilder, Transport};

use crate::call::Format;
use crate::caller::{App, Caller, Clock, LONGEST, Sessions};
use crate::client::Client;
use crate::error::Error;
use crate::gateway_clock::GatewayClock;
use crate::journal::OrderJournal;
use crate::limits::{CallLimits, Limiter};
use crate::orders::Journaling;
use crate::prepared::Signatory;
use crate::recording::{Recorder, Replayer};
use crate::retry::Retry;
use crate::secrets::Session;
use crate::tokens::{FileStore, Keeper, TokenApi, TokenStore};
use crate::wire::Wire;

/// The platform's gateway.
pub const GATEWAY: &str = "https://api-sg.aliexpress.com";

/// Makes a [`Client`]. Every setting has a default; the key and the secret of the application were
/// given at the start.
#[must_use]
pub struct ClientBuilder {
    app_key: AppKey,
    app_secret: AppSecret,
    session: Option<Session>,
    store: Option<Box<dyn TokenStore>>,
    refresh_ahead: Duration,
    token_api: TokenApi,
    gateway: String,
    format: Format,
    simplify: bool,
    sign_method: SignMethod,
    deadline: Duration,
    retry: Retry,
    limits: CallLimits,
    transport: TransportBuilder,
    clock: Clock,
    plain_http: bool,
    journal: Option<Box<dyn OrderJournal>>,
    keeps_requests: bool,
    account: Option<String>,
    tape: Tape,
}

/// What is done with exchanges beside making them.
enum Tape {
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
            refresh_ahead: Duration::from_secs(30 * 60),
            token_api: TokenApi::default(),
            gateway: GATEWAY.to_owned(),
            format: Format::Json,
            simplify: true,
            sign_method: SignMethod::Sha256,
            deadline: Duration::from_secs(60),
            retry: Retry::default(),
            limits: CallLimits::default(),
            transport: Transport::builder()
                .user_agent(concat!("aliexpress-rust/", env!("CARGO_PKG_VERSION"))),
            clock: Arc::new(SystemTime::now),
            plain_http: false,
            journal: None,
            keeps_requests: true,
            account: None,
            tape: Tape::None,
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
    /// settled by [`recover_order`](Client::recover_order) with the order, not by
    /// [`settle_open_orders`](Client::settle_open_orders).
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
        self.refresh_ahead = time;
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
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// How many calls per second go out.
    pub fn call_limits(mut self, limits: CallLimits) -> Self {
        self.limits = limits;
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
    /// tokens and personal data are masked: what a model marks as personal, and what has such a name where
    /// there is no model. Look the files over before they go into a repository.
    pub fn record_to(mut self, folder: impl Into<PathBuf>) -> Self {
        self.tape = Tape::Record(folder.into());
        self
    }

    /// Answers every call from recordings in this folder, for tests without a network: the same API with
    /// the same parameters gets the same answers in the same order. Nothing is sent.
    pub fn replay_from(mut self, folder: impl Into<PathBuf>) -> Self {
        self.tape = Tape::Replay(folder.into());
        self
    }

    /// The client. Nothing is connected and no token is loaded yet.
    ///
    /// # Errors
    ///
    /// When the app key, the secret or the session is blank, the gateway is no base address, or a
    /// setting of the transport or a folder of recordings cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        self.check()?;
        let sessions = match (self.store, self.session) {
            (Some(store), _) => {
                let patience = self.deadline.min(LONGEST);
                let keeper = Keeper::new(store, self.refresh_ahead, patience);
                Sessions::Kept(Box::new(keeper))
            }
            (None, Some(session)) => Sessions::Fixed(session),
            (None, None) => Sessions::None,
        };
        let journaling = self.journal.map(|journal| Journaling {
            journal,
            account: match self.account {
                Some(account) => account,
                None => self.app_key.as_str().to_owned(),
            },
            keeps_requests: self.keeps_requests,
        });
        let transport = self.transport.build();
        let transport = transport.map_err(Error::of_transport_settings)?;
        let wire = match self.tape {
            Tape::None => Wire::Live(transport),
            Tape::Record(folder) => Wire::Recording(transport, Recorder::new(folder)?),
            Tape::Replay(folder) => Wire::Replaying(Replayer::new(folder)?),
        };
        let app = App {
            replays: matches!(wire, Wire::Replaying(_)),
            signatory: Signatory {
                base: self.gateway.trim_end_matches('/').to_owned(),
                app_key: self.app_key,
                signer: Signer::new(&self.app_secret),
                sign_method: self.sign_method,
                format: self.format,
                simplify: self.simplify,
            },
            refresh_ahead: self.refresh_ahead,
            token_api: self.token_api,
            limiter: Limiter::new(&self.limits),
            retry: self.retry,
            deadline: self.deadline.min(LONGEST),
            clock: self.clock,
            gateway_clock: GatewayClock::default(),
            journaling,
        };
        Ok(Client::new(Caller::new(app, sessions), wire))
    }

    fn check(&self) -> Result<(), Error> {
        let session = self.session.as_ref().map(Session::expose);
        let texts = [
            ("app key", Some(self.app_key.as_str())),
            ("app secret", Some(self.app_secret.expose())),
            ("session", session),
        ];
        let blank = texts
            .into_iter()
            .find(|(_, text)| text.is_some_and(|text| text.trim().is_empty()));
        if let Some((name, _)) = blank {
            let wanted = "the one from the platform";
            return Err(Error::unusable(
                "build a client",
                format!("a blank {name}"),
                wanted,
            ));
        }
        let padded = texts
            .into_iter()
            .find(|(_, text)| text.is_some_and(|text| text.trim().len() < text.len()));
        if let Some((name, _)) = padded {
            return Err(Error::unusable(
                "build a client",
                format!("white space at an end of the {name}"),
                "it as the platform gave it",
            ));
        }
        let path = ["/sync", "/rest"]
            .into_iter()
            .find(|path| self.gateway.trim_end_matches('/').ends_with(path));
        if let Some(path) = path {
            return Err(Error::unusable(
                "build a client",
                format!("a gateway that ends in {path}"),
                "its base address, behind which each call puts its own path",
            ));
        }
        let (scheme, host) = self.gateway.split_once("://").unwrap_or_default();
        let plain = !host.is_empty() && !host.contains(['?', '#', '@', ' ']);
        if matches!(scheme, "http" | "https") && plain {
            return self.check_plain_http();
        }
        // An address with a user name in it may hold a password.
        Err(Error::unusable(
            "build a client",
            "a gateway that is no base address",
            "http or https, a host, and no user name or query",
        ))
    }
}

impl ClientBuilder {
    fn check_plain_http(&self) -> Result<(), Error> {
        if is_readable_on_the_way(&self.gateway) && !self.plain_http {
            return Err(Error::unusable(
                "build a client",
                "a gateway on another machine without TLS, where anybody on the way can read sessions and orders",
                "https, or allow_plain_http() where that is meant",
            ));
        }
        Ok(())
    }
}

/// Whether calls to this base address leave the machine without TLS.
fn is_readable_on_the_way(gateway: &str) -> bool {
    let Some(rest) = gateway.strip_prefix("http://") else {
        return false;
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => authority,
    };
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    host != "localhost" && !address.is_some_and(|address| address.is_loopback())
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
            assert!(!is_readable_on_the_way(quiet), "{quiet}");
        }
        for exposed in [
            "http://sandbox:8480",
            "http://10.0.0.1",
            "http://[2001:db8::1]",
        ] {
            assert!(is_readable_on_the_way(exposed), "{exposed}");
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
