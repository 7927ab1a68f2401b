//! The blocking client.

use std::fmt;
use std::sync::Arc;

use aliexpress_models::Request;
use aliexpress_transport::Transport;

use crate::builder::ClientBuilder;
use crate::call::{Call, CallOptions, Endpoint};
use crate::caller::Caller;
use crate::error::Error;
use crate::machine::{Machine, Now, SessionNeed, SessionSource, Step};
use crate::prepared::Prepared;
use crate::read::{self, CallReply, Read};
use crate::reply::{RawReply, Reply};
use crate::secrets::Session;
use crate::shop::{Batch, Batches, Question, Work};
use crate::time::BlockingTime;
use crate::tokens::TokenStore;
use crate::wire::Wire;

/// Calls the platform on behalf of one application and, where it has a session, of one account.
///
/// Clones are cheap and share connections, call limits and tokens; use one client from as many
/// threads as you like. Calls block the thread. [`with`](Self::with) gives a client whose calls differ
/// from the settings, [`for_account`](Self::for_account) one for another account.
#[derive(Clone)]
pub struct Client {
    caller: Caller,
    carrier: Arc<Carrier>,
}

/// What carries calls, and the time in which they wait.
pub(crate) struct Carrier {
    pub(crate) wire: Wire<Transport>,
    pub(crate) time: Box<dyn BlockingTime>,
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

    pub(crate) fn new(caller: Caller, carrier: Carrier) -> Self {
        Self {
            caller,
            carrier: Arc::new(carrier),
        }
    }

    pub(crate) fn time(&self) -> &dyn BlockingTime {
        &*self.carrier.time
    }

    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The same client for another caller of the application.
    pub(crate) fn of(&self, caller: Caller) -> Self {
        let carrier = Arc::clone(&self.carrier);
        Self { caller, carrier }
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
        self.of(self.caller.with(options))
    }

    /// A client for the account whose tokens are in this store. It shares connections, call limits and
    /// settings with this one, but no session: a session among the options is not carried over.
    #[must_use]
    pub fn for_account(&self, store: impl TokenStore + 'static) -> Self {
        self.of(self.caller.for_account(store))
    }

    /// Makes a typed call. For placing orders take [`place_order`](Self::place_order), which understands
    /// what an answer says about the order.
    ///
    /// # Errors
    ///
    /// When the platform refuses, no answer comes, or the answer does not fit the model; see
    /// [`Error`].
    pub fn call<R: Request>(&self, request: &R) -> Result<Reply<R::Answer>, Error> {
        self.run(Call::typed(request, self.caller.options())?, read::typed)
    }

    /// Calls any API by its name; signed, limited and tried again as typed calls are.
    ///
    /// Objects and lists are given as JSON text. Blank parameters are not sent.
    ///
    /// # Errors
    ///
    /// When a name cannot be used, the platform refuses, or no JSON or XML comes back.
    pub fn call_raw(&self, api: &str, params: &[(&str, &str)]) -> Result<RawReply, Error> {
        let call = Call::untyped(Endpoint::Business(api), params, self.caller.options())?;
        self.run(call, read::untyped)
    }

    /// Makes a system call, such as `/auth/token/create`. It is made without a session unless the
    /// [options](Self::with) give one.
    ///
    /// # Errors
    ///
    /// As [`call_raw`](Self::call_raw).
    pub fn system_call(&self, path: &str, params: &[(&str, &str)]) -> Result<RawReply, Error> {
        let call = Call::untyped(Endpoint::System(path), params, self.caller.options())?;
        self.run(call, read::untyped)
    }

    /// Signs a typed call for another HTTP client to post; [`read`](crate::read()) takes what comes
    /// back. Call limits, tries and the renewing of a refused session are then the caller's; a
    /// [`machine`](Self::machine) keeps them.
    ///
    /// # Errors
    ///
    /// When there is no session in the token store.
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

    /// A typed call for another HTTP client to carry; see [`machine`](crate::machine).
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

    /// Puts a question: makes its call and judges the answer.
    pub(crate) fn ask<Q: Question>(&self, question: &Q) -> Result<Reply<Q::Says>, Error> {
        let request = question.request()?;
        let call = Call::typed(&request, self.caller.options())?;
        let call = call.hearing(Q::REFUSAL_IS_ERROR);
        question.judge(self.run(call, read::typed))
    }

    /// Makes the calls of a batch, one after the other.
    pub(crate) fn batches<W: Work>(&self, mut batches: Batches<W>) -> Batch<W::Item, W::Output> {
        while let Some(question) = batches.next() {
            batches.took(self.ask(&question));
        }
        batches.finish()
    }

    /// Makes a call until it gives an answer or an error that another try would not solve.
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
