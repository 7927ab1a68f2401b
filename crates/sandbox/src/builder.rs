//! How a sandbox is set up.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::Sandbox;
use crate::callback::Callback;
use crate::clock::Clock;
use crate::push;
use crate::tokens::Lifetimes;

/// Settings of a sandbox; [`Sandbox::builder`] has the defaults.
#[derive(Clone)]
#[must_use]
pub struct Builder {
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    pub(crate) app_key: Option<String>,
    pub(crate) app_secret: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) visible_after: Option<Duration>,
    pub(crate) clock: Clock,
    pub(crate) clock_check: bool,
    pub(crate) seed: Option<u64>,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) log_size: usize,
    pub(crate) pace: Option<Duration>,
    pub(crate) callback: Option<Callback>,
    pub(crate) push_types: Vec<i64>,
    pub(crate) push_retry: Duration,
    pub(crate) as_live: bool,
    pub(crate) state: Option<PathBuf>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            app_key: None,
            app_secret: None,
            session: None,
            visible_after: None,
            clock: Clock::Machine,
            clock_check: true,
            seed: None,
            lifetimes: Lifetimes::default(),
            log_size: 500,
            pace: None,
            callback: None,
            push_types: vec![push::ORDER_STATUS],
            push_retry: Duration::from_secs(1),
            as_live: false,
            state: None,
        }
    }
}

impl Builder {
    /// Listens on this port; 0, the default, is any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Listens on this address; loopback (127.0.0.1) by default.
    ///
    /// The page and the admin endpoints answer callers on this machine only, whatever the address.
    pub fn address(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// The app key to accept; made up by default.
    pub fn app_key(mut self, app_key: impl Into<String>) -> Self {
        self.app_key = Some(app_key.into());
        self
    }

    /// The app secret to check signatures with; made up by default.
    pub fn app_secret(mut self, app_secret: impl Into<String>) -> Self {
        self.app_secret = Some(app_secret.into());
        self
    }

    /// A session (access token) that is valid from the start; made up by default.
    pub fn session(mut self, session: impl Into<String>) -> Self {
        self.session = Some(session.into());
        self
    }

    /// How long after its creation an order stays invisible, as it does on the platform for some seconds. By
    /// default it is visible at once, and after three seconds where the sandbox behaves [as live](Self::as_live).
    pub fn visible_after(mut self, delay: Duration) -> Self {
        self.visible_after = Some(delay);
        self
    }

    /// Whether the timestamps of calls are compared with the clock. They are by default.
    pub fn clock_check(mut self, check: bool) -> Self {
        self.clock_check = check;
        self
    }

    /// A clock that stays at `time` until it is set or moved; the machine's by default.
    pub fn clock(mut self, time: SystemTime) -> Self {
        self.clock = Clock::at(time);
        self
    }

    /// Makes everything that is made up or left to chance come out the same each time.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// How long access and refresh tokens live: 24 and 48 hours by default, as for an app under test.
    pub fn token_lifetimes(mut self, access: Duration, refresh: Duration) -> Self {
        self.lifetimes = Lifetimes { access, refresh };
        self
    }

    /// How many requests the log keeps, 500 by default.
    pub fn log_size(mut self, entries: usize) -> Self {
        self.log_size = entries;
        self
    }

    /// Advances each order to its next status after this time, until it is finished. By default, and for a
    /// time of zero, orders move by command only.
    pub fn pace(mut self, time: Duration) -> Self {
        self.pace = Some(time);
        self
    }

    /// Posts push messages to this URL, which must be plain HTTP on this machine.
    ///
    /// # Errors
    /// When it is not.
    pub fn callback(mut self, url: &str) -> io::Result<Self> {
        self.callback = Some(url.parse()?);
        Ok(self)
    }

    /// The types of push messages that follow by themselves from what happens: 53, an order's status, by default.
    /// The platform sends those that an app has subscribed to.
    ///
    /// There are also 18 for a parcel that was sent, 51 for a payment that was made or failed, and 65 for an
    /// access token within an hour of its end, or half its lifetime where that is shorter. What these three hold
    /// on the platform is not known, so their `data` is kept to numbers: of the order, or of the account with
    /// the time at which its token ends.
    pub fn push_types(mut self, types: impl Into<Vec<i64>>) -> Self {
        self.push_types = types.into();
        self
    }

    /// How long after a push message that was not answered with status 200 it is sent again, up to twelve
    /// times: 1 second by default, where the platform waits 30 minutes.
    pub fn push_retry(mut self, pause: Duration) -> Self {
        self.push_retry = pause;
        self
    }

    /// Gives the sandbox the live platform's habits, which its documentation does not show:
    ///
    /// - numbers and booleans come as texts, a list of one as a bare object, lists under other inner names, empty
    ///   texts in place of absent ones;
    /// - one search in twenty fails with `NGSELECTION_SEARCH_ERROR` and passes when it is repeated;
    /// - an order is [visible late](Self::visible_after), and one payment in twenty that an order asks for fails
    ///   after the order was created;
    /// - provinces and cities that the address tree does not have are refused;
    /// - batch jobs take five seconds.
    ///
    /// Off by default; tests of a client do well to turn it on. Which calls are affected depends on the
    /// [seed](Self::seed).
    pub fn as_live(mut self, as_live: bool) -> Self {
        self.as_live = as_live;
        self
    }

    /// Keeps orders, stock, prices and sellers' products in this file, and takes up from there what an earlier sandbox
    /// kept; a file that does not exist or is empty is a new one.
    ///
    /// The file is written at the start, within a second of a change, and when the sandbox is
    /// [stopped](Sandbox::stop) or dropped: whole or not at all. Only its owner may read it, because it holds
    /// addresses. One sandbox at a time uses it, and locks an empty file beside it (`.NAME.lock`, which stays).
    /// Credentials are not in it: give them, or a [seed](Self::seed), to keep them the same.
    pub fn state(mut self, file: impl Into<PathBuf>) -> Self {
        self.state = Some(file.into());
        self
    }

    /// Opens the port and starts answering.
    ///
    /// # Errors
    /// When the port cannot be opened, say because it is taken, no thread can be started, or the
    /// [state](Self::state) cannot be read and written. A file that cannot be read stays as it is.
    pub fn start(self) -> io::Result<Sandbox> {
        Sandbox::open(self)
    }
}
