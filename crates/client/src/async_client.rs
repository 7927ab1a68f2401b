//! The client for async programs.

mod lists;
mod orders;
mod shop;
mod tokens;

use std::fmt;
use std::sync::Arc;

use aliexpress_models::Request;
use aliexpress_transport::AsyncHttp;
use tokio::sync::Semaphore;
use tracing::Instrument;

use crate::call::{Call, CallOptions, Endpoint};
use crate::caller::{Caller, Sessions};
use crate::error::Error;
use crate::limits::{LimitsReport, LimitsTask};
use crate::machine::{Machine, Now, SessionNeed, SessionSource, Step};
use crate::prepared::Prepared;
use crate::read::{self, CallReply, Read};
use crate::reply::{RawReply, Reply};
use crate::secrets::Session;
use crate::shop::{Batch, BatchOperation, Batches, Operation};
use crate::timer::AsyncTimer;
use crate::tokens::TokenStore;
use crate::wire::Wire;

/// How many threads of the blocking pool may wait for the sessions of one account at a time,
/// regardless of how many tasks need a session.
const SESSION_THREADS: usize = 4;

/// How many threads of the blocking pool may wait for the store of shared call limits at a time.
const LIMIT_THREADS: usize = 4;

/// Calls the platform from an async program, on behalf of one application and, where it has a
/// session, of one account.
///
/// It has every method of [`Client`](crate::Client) and gives the same answers and errors, because
/// one [machine](crate::machine) decides for both. It never blocks a thread while it waits, and
/// needs a [tokio](https://docs.rs/tokio) runtime with I/O and timers. Clones are cheap and share
/// connections, call limits and tokens.
///
/// ```
/// # use aliexpress::{AsyncClient, Error, NewOrder, PlacedOrder};
/// # use std::time::Duration;
/// # async fn example(client: AsyncClient, order: NewOrder) -> Result<(), Error> {
/// // `client` comes from `ClientBuilder::build_async` or `AsyncClient::from_env`.
/// if let PlacedOrder::Created { order_ids, .. } = client.place_order(&order).await?.data() {
///     let placed = client.wait_for_order(order_ids[0], Duration::from_secs(30)).await?;
///     println!("{:?}", placed.order_status);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Stores
///
/// Token stores, journals and stores of call limits are the same blocking ones that
/// [`Client`](crate::Client) takes. They run on tokio's blocking pool; a session that is still
/// valid comes from memory.
///
/// # Futures that are dropped
///
/// Dropping the future of a call does not undo it: the platform may have acted on what was sent. An
/// order whose future is dropped after the request was sent stays open in the journal and is
/// settled like any order with an unknown outcome
/// ([`settle_open_orders`](Self::settle_open_orders)). A session refresh that has begun still runs
/// to its end and its tokens are stored, so that no refresh token is lost.
#[derive(Clone)]
pub struct AsyncClient {
    caller: Caller,
    carrier: Arc<Carrier>,
    /// Permits for threads of the blocking pool that fetch sessions.
    places: Arc<Semaphore>,
}

/// Sends calls, and knows how to wait between them.
pub(crate) struct Carrier {
    pub(crate) wire: Wire<Box<dyn AsyncHttp>>,
    pub(crate) time: Box<dyn AsyncTimer>,
    /// Permits for threads of the blocking pool that ask the store of shared limits.
    limit_places: Arc<Semaphore>,
}

impl Carrier {
    pub(crate) fn new(wire: Wire<Box<dyn AsyncHttp>>, time: Box<dyn AsyncTimer>) -> Self {
        Self {
            wire,
            time,
            limit_places: Arc::new(Semaphore::new(LIMIT_THREADS)),
        }
    }
}

impl AsyncClient {
    pub(crate) fn new(caller: Caller, carrier: Carrier) -> Self {
        Self {
            caller,
            carrier: Arc::new(carrier),
            places: Arc::new(Semaphore::new(SESSION_THREADS)),
        }
    }

    /// The same client with another caller.
    fn of(&self, caller: Caller) -> Self {
        Self {
            caller,
            carrier: Arc::clone(&self.carrier),
            places: Arc::clone(&self.places),
        }
    }

    /// A client with these options. An option that is not set keeps its current value, which an
    /// earlier call of this method may have set; everything else is shared with this client.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        self.of(self.caller.with(options))
    }

    /// A client for the account whose tokens are in this store. It shares connections, call limits
    /// and settings with this client, but never its session: a session set in the options is not
    /// carried over.
    #[must_use]
    pub fn for_account(&self, store: impl TokenStore + 'static) -> Self {
        Self {
            places: Arc::new(Semaphore::new(SESSION_THREADS)),
            ..self.of(self.caller.for_account(store))
        }
    }

    /// Makes a typed call. To place orders, use [`place_order`](Self::place_order), which
    /// understands what an answer says about the order.
    ///
    /// # Errors
    ///
    /// When the platform refuses, no answer comes, or the answer does not fit the model; see
    /// [`Error`].
    pub async fn call<R: Request>(&self, request: &R) -> Result<Reply<R::Answer>, Error> {
        let call = Call::typed(request, self.caller.options())?;
        self.run(call, read::typed).await
    }

    /// Calls any API by its name. The call is signed, limited and retried as typed calls are.
    ///
    /// Give objects and lists as JSON text. Blank parameters are not sent.
    ///
    /// # Errors
    ///
    /// When the API or a parameter has an invalid name, the platform refuses, or the answer is
    /// neither JSON nor XML.
    pub async fn call_raw(&self, api: &str, params: &[(&str, &str)]) -> Result<RawReply, Error> {
        let call = Call::untyped(Endpoint::Business(api), params, self.caller.options())?;
        self.run(call, read::untyped).await
    }

    /// Makes a system call, such as `/auth/token/create`. It carries no session unless the
    /// [options](Self::with) give one.
    ///
    /// # Errors
    ///
    /// As [`call_raw`](Self::call_raw).
    pub async fn system_call(
        &self,
        path: &str,
        params: &[(&str, &str)],
    ) -> Result<RawReply, Error> {
        let call = Call::untyped(Endpoint::System(path), params, self.caller.options())?;
        self.run(call, read::untyped).await
    }

    /// Signs a typed call for another HTTP client to send; [`read`](crate::read()) reads the
    /// answer. Call limits, retries and the refresh of a refused session are then up to the caller;
    /// a [`machine`](Self::machine) handles them.
    ///
    /// # Errors
    ///
    /// When the token store holds no session.
    pub async fn prepare<R: Request>(&self, request: &R) -> Result<Prepared, Error> {
        self.prepare_call(&Call::typed(request, self.caller.options())?)
            .await
    }

    pub(crate) async fn prepare_call(&self, call: &Call<'_>) -> Result<Prepared, Error> {
        let session = match self.caller.session_source(call)? {
            SessionSource::Known(session) => session,
            SessionSource::Store => {
                let may_lack = call.may_go_without_session();
                let session = self.session(SessionNeed::Current, may_lack).await;
                session.map_err(|error| error.before_calling(call.name()))?
            }
        };
        self.caller.prepare(call, session.as_ref())
    }

    /// A typed call as a state machine, for another HTTP client to send; see
    /// [`machine`](crate::machine).
    ///
    /// # Errors
    ///
    /// When the call needs a session and the client has none.
    pub fn machine<'a, R: Request>(
        &'a self,
        request: &'a R,
        now: Now,
    ) -> Result<Machine<'a, Reply<R::Answer>>, Error> {
        let call = Call::typed(request, self.caller.options())?;
        self.caller.machine(call, read::typed, now)
    }

    /// Makes the call of an operation and interprets the answer.
    pub(crate) async fn perform<O: Operation>(
        &self,
        operation: &O,
    ) -> Result<Reply<O::Output>, Error> {
        let request = operation.request()?;
        let call = Call::typed(&request, self.caller.options())?;
        let call = call.refusals_as_errors(O::REFUSAL_IS_ERROR);
        operation.result(self.run(call, read::typed).await)
    }

    /// Makes the calls of a batch, one after the other.
    pub(crate) async fn batches<W: BatchOperation>(
        &self,
        mut batches: Batches<W>,
    ) -> Batch<W::Item, W::Output> {
        while let Some(operation) = batches.next() {
            batches.record(self.perform(&operation).await);
        }
        batches.finish()
    }

    /// Makes a call, with retries, until it gives an answer, or an error that a retry would not
    /// resolve.
    async fn run<T: CallReply>(&self, call: Call<'_>, read: Read<T>) -> Result<T, Error> {
        let now = || self.caller.moment(self.carrier.time.now());
        let wire = &self.carrier.wire;
        let may_lack = call.may_go_without_session();
        let mut machine = self.caller.machine(call, read, now())?;
        loop {
            match machine.next(now()) {
                Step::Sleep(until) => self.carrier.time.sleep_until(until).await,
                Step::NeedSession(need) => {
                    let session = self.session(need, may_lack).await;
                    machine.session(session, now());
                }
                Step::Limits(task) => machine.limits(self.ask_limits(task).await, now()),
                Step::Send(send) => {
                    let carrier = wire.carrier(machine.call());
                    let response = match carrier {
                        Err(replayed) => replayed,
                        Ok(http) => {
                            let prepared = &send.prepared;
                            let request = prepared.request();
                            let sent = http.send(request.on(send.connection), send.deadline);
                            let sent = sent.instrument(machine.span().clone()).await;
                            wire.received(machine.call(), machine.session_in_use(), sent)
                        }
                    };
                    match response {
                        Ok(response) => machine.answered(response, now()),
                        Err(error) => machine.broke(error, now()),
                    }
                }
                Step::Done(result) => return result,
            }
        }
    }

    /// A session from the client's store. A refresh runs on the blocking pool and finishes even if
    /// the call that needs it is dropped.
    async fn session(&self, need: SessionNeed, may_lack: bool) -> Result<Option<Session>, Error> {
        if let (SessionNeed::Current, Sessions::Kept(manager)) = (&need, self.caller.sessions())
            && let Some(session) = manager.cached(self.caller.now())
        {
            return Ok(Some(session));
        }
        self.refreshing(move |caller, refresh| caller.session_from_store(&need, may_lack, refresh))
            .await
    }

    /// Asks the store of shared limits on the blocking pool.
    async fn ask_limits(&self, task: LimitsTask) -> LimitsReport {
        // The semaphore is never closed.
        let place = self.carrier.limit_places.clone().acquire_owned().await.ok();
        let asked = tokio::task::spawn_blocking(move || {
            let _place = place;
            task.run()
        });
        match asked.await {
            Ok(report) => report,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => LimitsReport::unavailable("a runtime that is shutting down"),
            },
        }
    }

    /// Runs blocking work on tokio's pool. The work finishes even if the call that needs it is
    /// dropped.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Caller) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let caller = self.caller.clone();
        let span = tracing::Span::current();
        match tokio::task::spawn_blocking(move || span.in_scope(|| work(&caller))).await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Error::unusable(
                    "use a store",
                    "a runtime that is shutting down",
                    "one that runs",
                )),
            },
        }
    }
}

impl fmt::Debug for AsyncClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.caller.fmt_as("AsyncClient", f)
    }
}
