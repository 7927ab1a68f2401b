//! The blocking client.

mod lists;
mod orders;
mod shop;
mod tokens;

use std::fmt;
use std::sync::Arc;

use aliexpress_models::Request;
use aliexpress_transport::Transport;

use crate::call::{Call, CallOptions, Endpoint};
use crate::caller::Caller;
use crate::error::Error;
use crate::machine::{Machine, Now, SessionNeed, SessionSource, Step};
use crate::prepared::Prepared;
use crate::read::{self, CallReply, Read};
use crate::reply::{RawReply, Reply};
use crate::secrets::Session;
use crate::shop::{Batch, BatchOperation, Batches, Operation};
use crate::timer::BlockingTimer;
use crate::tokens::TokenStore;
use crate::wire::Wire;

/// Calls the platform on behalf of one application and, where it has a session, of one account.
///
/// Calls block the thread. Clones are cheap and share connections, call limits and tokens; one
/// client can be used from any number of threads. [`with`](Self::with) gives a client with
/// different options, and [`for_account`](Self::for_account) one for another account.
///
/// ```
/// use aliexpress::Client;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
/// # let (app_key, app_secret, session) = (sandbox.app_key(), sandbox.app_secret(), sandbox.session());
/// let client = Client::builder(app_key, app_secret)
///     .session(session)
/// #   .gateway(sandbox.url())
///     .build()?;
/// let order = client.order(10_000_001)?;
/// println!("{:?}, request {:?}", order.order_status, order.request_id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    caller: Caller,
    carrier: Arc<Carrier>,
}

/// Sends calls, and knows how to wait between them.
pub(crate) struct Carrier {
    pub(crate) wire: Wire<Transport>,
    pub(crate) time: Box<dyn BlockingTimer>,
}

impl Client {
    pub(crate) fn new(caller: Caller, carrier: Carrier) -> Self {
        Self {
            caller,
            carrier: Arc::new(carrier),
        }
    }

    pub(crate) fn time(&self) -> &dyn BlockingTimer {
        &*self.carrier.time
    }

    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The same client with another caller.
    pub(crate) fn of(&self, caller: Caller) -> Self {
        let carrier = Arc::clone(&self.carrier);
        Self { caller, carrier }
    }

    /// A client with these options. An option that is not set keeps its current value, which an
    /// earlier call of this method may have set; everything else is shared with this client.
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
        self.of(self.caller.with(options))
    }

    /// A client for the account whose tokens are in this store. It shares connections, call limits
    /// and settings with this client, but never its session: a session set in the options is not
    /// carried over.
    #[must_use]
    pub fn for_account(&self, store: impl TokenStore + 'static) -> Self {
        self.of(self.caller.for_account(store))
    }

    /// Makes a typed call. To place orders, use [`place_order`](Self::place_order), which
    /// understands what an answer says about the order.
    ///
    /// # Errors
    ///
    /// When the platform refuses, no answer comes, or the answer does not fit the model; see
    /// [`Error`].
    pub fn call<R: Request>(&self, request: &R) -> Result<Reply<R::Answer>, Error> {
        self.run(Call::typed(request, self.caller.options())?, read::typed)
    }

    /// Calls any API by its name. The call is signed, limited and retried as typed calls are.
    ///
    /// Give objects and lists as JSON text. Blank parameters are not sent.
    ///
    /// # Errors
    ///
    /// When the API or a parameter has an invalid name, the platform refuses, or the answer is
    /// neither JSON nor XML.
    pub fn call_raw(&self, api: &str, params: &[(&str, &str)]) -> Result<RawReply, Error> {
        let call = Call::untyped(Endpoint::Business(api), params, self.caller.options())?;
        self.run(call, read::untyped)
    }

    /// Makes a system call, such as `/auth/token/create`. It carries no session unless the
    /// [options](Self::with) give one.
    ///
    /// # Errors
    ///
    /// As [`call_raw`](Self::call_raw).
    pub fn system_call(&self, path: &str, params: &[(&str, &str)]) -> Result<RawReply, Error> {
        let call = Call::untyped(Endpoint::System(path), params, self.caller.options())?;
        self.run(call, read::untyped)
    }

    /// Signs a typed call for another HTTP client to send; [`read`](crate::read()) reads the
    /// answer. Call limits, retries and the refresh of a refused session are then up to the caller;
    /// a [`machine`](Self::machine) handles them.
    ///
    /// # Errors
    ///
    /// When the token store holds no session.
    pub fn prepare<R: Request>(&self, request: &R) -> Result<Prepared, Error> {
        self.prepare_call(&Call::typed(request, self.caller.options())?)
    }

    pub(crate) fn prepare_call(&self, call: &Call<'_>) -> Result<Prepared, Error> {
        let session = match self.caller.session_source(call)? {
            SessionSource::Known(session) => session,
            SessionSource::Store => self
                .session(call, &SessionNeed::Current)
                .map_err(|error| error.before_calling(call.name()))?,
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
    pub(crate) fn perform<O: Operation>(&self, operation: &O) -> Result<Reply<O::Output>, Error> {
        let request = operation.request()?;
        let call = Call::typed(&request, self.caller.options())?;
        let call = call.refusals_as_errors(O::REFUSAL_IS_ERROR);
        operation.result(self.run(call, read::typed))
    }

    /// Makes the calls of a batch, one after the other.
    pub(crate) fn batches<W: BatchOperation>(
        &self,
        mut batches: Batches<W>,
    ) -> Batch<W::Item, W::Output> {
        while let Some(operation) = batches.next() {
            batches.record(self.perform(&operation));
        }
        batches.finish()
    }

    /// Makes a call, with retries, until it gives an answer, or an error that a retry would not
    /// resolve.
    pub(crate) fn run<T: CallReply>(&self, call: Call<'_>, read: Read<T>) -> Result<T, Error> {
        let Carrier { wire, time } = &*self.carrier;
        let now = || self.caller.moment(time.now());
        let mut machine = self.caller.machine(call, read, now())?;
        loop {
            match machine.next(now()) {
                Step::Sleep(until) => time.sleep_until(until),
                Step::NeedSession(need) => {
                    let session = self.session(machine.call(), &need);
                    machine.session(session, now());
                }
                Step::Limits(task) => machine.limits(task.run(), now()),
                Step::Send(send) => {
                    let response = machine.span().in_scope(|| {
                        wire.send(machine.call(), machine.session_in_use(), |transport| {
                            let prepared = &send.prepared;
                            let request = prepared.request();
                            transport.send(&request.on(send.connection), send.deadline)
                        })
                    });
                    match response {
                        Ok(response) => machine.answered(response, now()),
                        Err(error) => machine.broke(error, now()),
                    }
                }
                Step::Done(result) => return result,
            }
        }
    }

    /// A session from the client's store.
    fn session(&self, call: &Call<'_>, need: &SessionNeed) -> Result<Option<Session>, Error> {
        let may_lack = call.may_go_without_session();
        let refresh = |old: &_| self.refreshed(old);
        self.caller.session_from_store(need, may_lack, &refresh)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.caller.fmt_as("Client", f)
    }
}
