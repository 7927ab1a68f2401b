//! The handle of a running sandbox.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use crate::answers::AnswerError;
use crate::apis;
use crate::builder::Builder;
use crate::clock::Clock;
use crate::due;
use crate::fault::Fault;
use crate::fault_plan::FaultRule;
use crate::log::{Kept, LogEntry};
use crate::orders::{OrderDetails, OrderRecord, OrderStatus};
use crate::push::PushMessage;
use crate::server::Server;
use crate::shared_state::SharedState;
use crate::shop::{Product, ProductRecord};
use crate::state::State;
use crate::state_file::StateFile;
use crate::tokens::{Token, TokenRecord};

/// A gateway that runs until it is dropped.
///
/// Several can run in one process; each has its own port, orders and log.
pub struct Sandbox {
    /// `None` only while the sandbox is being dropped.
    server: Option<Server>,
    address: SocketAddr,
    file: Option<Arc<StateFile>>,
    state: SharedState,
    url: String,
    app_key: String,
    app_secret: String,
    session: String,
}

impl Builder {
    /// Opens the port and starts answering.
    ///
    /// # Errors
    /// If the port cannot be opened, for example because it is in use, no thread can be started, or the
    /// [state](Self::state) cannot be read and written. A file that cannot be read is not changed.
    pub fn start(self) -> io::Result<Sandbox> {
        Sandbox::open(self)
    }
}

impl Sandbox {
    /// Starts on a free port of 127.0.0.1 with made-up credentials.
    ///
    /// # Errors
    /// If no port can be opened or no thread started.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Settings to change before starting.
    pub fn builder() -> Builder {
        Builder::default()
    }

    fn open(builder: Builder) -> io::Result<Self> {
        let opened = builder.state.as_deref().map(StateFile::open).transpose()?;
        let (file, saved) = opened.unzip();
        let file = file.map(Arc::new);
        let mut state = State::new(&builder);
        if let Some(saved) = saved.flatten() {
            saved.restore(&mut state);
        }
        let credentials = state.credentials.clone();
        let state = SharedState::new(state);
        if let Some(file) = &file {
            // Saved at once, so that a full disk is reported before there are orders to lose.
            file.save(&state)?;
        }
        let address = SocketAddr::new(builder.address, builder.port);
        let server = Server::start(address, state.clone(), file.clone()).map_err(|error| {
            let why = format!("cannot listen on {address}: {error}");
            io::Error::new(error.kind(), why)
        })?;
        let address = server.address();
        let url = format!("http://{address}");
        state.lock().base.clone_from(&url);
        Ok(Self {
            url,
            server: Some(server),
            address,
            file,
            state,
            app_key: credentials.app_key,
            app_secret: credentials.app_secret,
            session: credentials.session,
        })
    }

    /// The base URL, as `http://127.0.0.1:40321`: business calls go to `{url}/sync`, system calls to
    /// `{url}/rest{path}`, legacy calls to `{url}/router/rest`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address on which the sandbox listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The accepted app key.
    pub fn app_key(&self) -> &str {
        &self.app_key
    }

    /// The app secret with which signatures are checked.
    pub fn app_secret(&self) -> &str {
        &self.app_secret
    }

    /// The session (access token) that is valid from the start.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// Causes a fault in the next call of any API.
    pub fn fail_next(&self, fault: Fault) {
        self.add_fault(FaultRule::next(fault));
    }

    /// Causes a fault in certain calls. Rules are tried in the order in which they were added; a
    /// rule for an API that the sandbox does not [answer](Self::answers) never applies.
    pub fn add_fault(&self, rule: FaultRule) {
        self.state.lock().faults.add(rule);
    }

    /// Whether calls of this API, or system calls with this path, are answered: by the sandbox
    /// itself, or with a body set by [`answer`](Self::answer).
    pub fn answers(&self, api: &str) -> bool {
        apis::answers(&self.state.lock(), api)
    }

    /// The rules that are not yet used up.
    pub fn faults(&self) -> Vec<FaultRule> {
        self.state.lock().faults.rules().to_vec()
    }

    /// Removes all faults, and ends all bans.
    pub fn clear_faults(&self) {
        let mut state = self.state.lock();
        state.faults.clear();
        state.bans.clear();
    }

    /// Removes the answer set by [`answer`](Self::answer) for this API. Returns false if there was
    /// none.
    pub fn remove_answer(&self, api: &str) -> bool {
        self.state.lock().answers.remove(api)
    }

    /// The bodies set by [`answer`](Self::answer), by API.
    pub fn given_answers(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state.lock();
        let answers = state.answers.iter();
        answers
            .map(|(api, body)| (api.to_owned(), body.to_vec()))
            .collect()
    }

    /// An example answer of this API in simplified JSON, as a starting point for your own: the
    /// documentation's sample, or one generated from the API's model. It is always the same; `None`
    /// for an API without a model.
    pub fn example_answer(&self, api: &str) -> Option<String> {
        apis::example(&self.state.lock(), api)
    }

    /// Answers every call of this API with `body`, unchanged: for APIs that the sandbox does not
    /// support, or instead of its own answer. The body does not have to be JSON, XML or text. Calls
    /// are checked like all others, except for the API's own parameters.
    ///
    /// # Errors
    /// If all bodies set in this way would take more than 64 MiB in total. The earlier ones stay.
    pub fn answer(
        &self,
        api: impl Into<String>,
        body: impl Into<Vec<u8>>,
    ) -> Result<(), AnswerError> {
        let body = Bytes::from(body.into());
        self.state.lock().answers.give(api.into(), body)
    }

    /// The latest requests, oldest first.
    pub fn log(&self) -> Vec<LogEntry> {
        self.log_after(0)
    }

    /// The requests after the one with this number, oldest first, if they are still kept.
    pub fn log_after(&self, number: u64) -> Vec<LogEntry> {
        self.state
            .lock()
            .log
            .after(number)
            .map(Kept::entry)
            .collect()
    }

    /// How many requests there have been.
    pub fn request_count(&self) -> u64 {
        self.state.lock().log.count()
    }

    /// Sets and stops the clock, and applies every event scheduled up to that time.
    pub fn set_clock(&self, time: SystemTime) {
        let mut state = self.state.lock();
        state.clock = Clock::at(time);
        let now = state.now();
        due::run(&mut state, now);
    }

    /// Moves the clock forward and stops it.
    ///
    /// Clients need not change their clocks: if the sandbox used the machine's clock before, calls with the machine's
    /// time are still accepted.
    pub fn pass_time(&self, time: Duration) {
        let mut state = self.state.lock();
        state.clock = state.clock.moved_by(time);
        let now = state.now();
        due::run(&mut state, now);
    }

    /// Returns to the machine's clock.
    pub fn use_machine_clock(&self) {
        let mut state = self.state.lock();
        state.clock = Clock::Machine;
        let now = state.now();
        due::run(&mut state, now);
    }

    /// The time by the sandbox's clock.
    pub fn now(&self) -> SystemTime {
        self.state.lock().now()
    }

    /// Issues an authorisation code, as the authorisation page does when its user agrees. It can be
    /// used once, within three minutes.
    pub fn authorise(&self) -> String {
        let state = &mut *self.state.lock();
        let now = state.now();
        state
            .tokens
            .authorise(&state.credentials.app_key, now, &mut state.rng)
    }

    /// A session for another account, which cannot see the orders of the first one.
    pub fn session_of_another_account(&self) -> String {
        let state = &mut *self.state.lock();
        let now = state.now();
        state
            .tokens
            .issue_to_stranger("somebody", now, &mut state.rng)
            .access
    }

    /// All orders, sorted by id.
    pub fn orders(&self) -> Vec<OrderRecord> {
        let state = &mut *self.state.lock();
        let now = state.now();
        due::run(state, now);
        state.orders.iter().map(|order| order.record(now)).collect()
    }

    /// All details of an order; `None` if there is no such order.
    pub fn order(&self, order_id: i64) -> Option<OrderDetails> {
        let state = &mut *self.state.lock();
        let now = state.now();
        due::run(state, now);
        state.orders.get(order_id).map(|order| order.details(now))
    }

    /// Writes the [state](crate::Builder::state) now, if a file was given.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save_state(&self) -> io::Result<()> {
        match &self.file {
            Some(file) => file.save(&self.state),
            None => Ok(()),
        }
    }

    /// Stops the server, then writes the [state](crate::Builder::state) once more if a file was given.
    /// Dropping the sandbox does the same, but does not report an error.
    ///
    /// # Errors
    /// If the state cannot be written. The file then keeps its earlier contents.
    pub fn stop(mut self) -> io::Result<()> {
        drop(self.server.take());
        self.save_state()
    }

    /// Why the state could not be written after its last change, if it could not.
    pub fn state_error(&self) -> Option<String> {
        self.state.lock().state_error.clone()
    }

    /// The products that can be bought, sorted by id.
    pub fn products(&self) -> Vec<ProductRecord> {
        let state = self.state.lock();
        state.shop.products().map(Product::record).collect()
    }

    /// Moves an order to its next status and returns that; `None` if there is no such order or it
    /// is finished.
    pub fn advance(&self, order_id: i64) -> Option<OrderStatus> {
        let state = &mut *self.state.lock();
        state.advance(order_id, state.now())
    }

    /// Starts the cancellation of an order; [`advance`](Self::advance) completes it. `None` if
    /// there is no such order or it is finished.
    pub fn cancel(&self, order_id: i64) -> Option<OrderStatus> {
        let state = &mut *self.state.lock();
        state.cancel(order_id, state.now())
    }

    /// Moves an order to any status, even an undocumented one. `None` if there is no such order.
    pub fn set_order_status(&self, order_id: i64, status: OrderStatus) -> Option<OrderStatus> {
        let state = &mut *self.state.lock();
        state.set_order_status(order_id, status, state.now())
    }

    /// Posts push messages to this URL from now on, or nowhere.
    ///
    /// # Errors
    /// If it is not plain HTTP on this machine.
    pub fn set_callback(&self, url: Option<&str>) -> io::Result<()> {
        let callback = url.map(str::parse).transpose()?;
        self.state.lock().outbox.set_callback(callback);
        Ok(())
    }

    /// Creates a push message of any type with this JSON as its `data`, such as the test message of
    /// type 0.
    pub fn push(&self, message_type: i64, data: serde_json::Value) {
        let state = &mut *self.state.lock();
        let seller = state.tokens.owner().user_id.clone();
        state.push(message_type, &seller, data, state.now());
    }

    /// The latest push messages, oldest first.
    pub fn pushes(&self) -> Vec<PushMessage> {
        self.state.lock().outbox.messages().cloned().collect()
    }

    /// The tokens, oldest first.
    pub fn tokens(&self) -> Vec<TokenRecord> {
        let tokens = &self.state.lock().tokens;
        tokens.all().iter().map(Token::record).collect()
    }

    /// Expires an access token now; the refresh token that came with it still works. False if the
    /// token is unknown.
    pub fn expire_token(&self, access_token: &str) -> bool {
        let mut state = self.state.lock();
        let now = state.now();
        state.tokens.expire(access_token, now)
    }

    /// Expires a refresh token now. False if it is unknown.
    pub fn expire_refresh_token(&self, refresh_token: &str) -> bool {
        let mut state = self.state.lock();
        let now = state.now();
        state.tokens.expire_refresh(refresh_token, now)
    }
}

impl Drop for Sandbox {
    /// Stops the server, then writes the state once more. An error is not reported: see
    /// [`stop`](Self::stop).
    fn drop(&mut self) {
        drop(self.server.take());
        let _ = self.save_state();
    }
}

/// Shows the URL only.
impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
