//! One call: what is called, how, and with which parameters.

use std::borrow::Cow;
use std::time::Duration;

use aliexpress_models::{
    Api, COMMON_PARAMETERS, Call as KnownCall, Effect as KnownEffect, Family, File, Request,
};
use aliexpress_models::{Session as SessionUse, Verb};
use aliexpress_transport::Method;
use serde_json::Value;

use crate::error::Error;
use crate::extra::{Extra, Params, params_of};
use crate::secrets::Session;

/// The format of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// JSON.
    #[default]
    Json,
    /// XML. It has no simplified form.
    Xml,
}

impl Format {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Xml => "xml",
        }
    }
}

/// Whether a call changes something on the platform. This decides whether it may be sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The call only reads: it is retried after failures that may be temporary.
    Read,
    /// The call changes something: it is sent once, on a new connection, and again only if it is
    /// certain that the first try changed nothing.
    Write,
}

impl Effect {
    /// The effect of an API: from its model if it has one. Otherwise the last word of its name
    /// decides, and any word that is not known to mean reading counts as a write.
    ///
    /// ```
    /// use aliexpress::Effect;
    ///
    /// assert_eq!(Effect::of("aliexpress.trade.ds.order.get"), Effect::Read);
    /// assert_eq!(Effect::of("aliexpress.ds.order.create"), Effect::Write);
    /// ```
    pub fn of(api: &str) -> Self {
        const READING: &[&str] = &[
            "calculate",
            "count",
            "detail",
            "details",
            "find",
            "get",
            "list",
            "query",
            "search",
        ];
        if let Some(api) = Api::find(api) {
            return api.call.effect.into();
        }
        let last = api.rsplit(['.', '/']).next().unwrap_or_default();
        let verb_first = READING
            .iter()
            .any(|verb| last.strip_prefix(verb).is_some_and(starts_new_word));
        if READING.contains(&last) || verb_first {
            Effect::Read
        } else {
            Effect::Write
        }
    }
}

impl From<KnownEffect> for Effect {
    fn from(known: KnownEffect) -> Self {
        match known {
            KnownEffect::Read => Effect::Read,
            KnownEffect::Write => Effect::Write,
        }
    }
}

/// Whether `rest`, after a verb, begins another word, as in `queryById`.
fn starts_new_word(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_ascii_uppercase())
}

/// Settings that differ from the client's for some calls; see
/// [`Client::with`](crate::Client::with). The default changes nothing.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct CallOptions {
    pub(crate) format: Option<Format>,
    pub(crate) simplify: Option<bool>,
    pub(crate) session: Option<SessionOverride>,
    pub(crate) account: Option<AccountName>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) effect: Option<Effect>,
    pub(crate) business_refusal_is_error: bool,
    pub(crate) extra: Extra,
}

/// The account's name in the journal of orders, where it differs from the client's.
#[derive(Clone, Debug)]
pub(crate) enum AccountName {
    /// Another account's session was set, and the account was not named.
    Missing,
    Known(String),
}

/// The session to use, where it differs from the client's.
#[derive(Clone, Debug)]
pub(crate) enum SessionOverride {
    None,
    Session(Session),
}

impl CallOptions {
    /// Options that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The format of answers.
    pub fn format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// Whether to ask for the simplified form of JSON or for the full one.
    pub fn simplify(mut self, simplify: bool) -> Self {
        self.simplify = Some(simplify);
        self
    }

    /// Makes calls with the session of another account. It is not refreshed when it expires.
    pub fn session(mut self, session: impl Into<Session>) -> Self {
        self.session = Some(SessionOverride::Session(session.into()));
        self
    }

    /// Names the account in the client's journal of orders. Required together with
    /// [`session`](Self::session) to place an order through a client with a journal.
    pub fn account(mut self, name: impl Into<String>) -> Self {
        self.account = Some(AccountName::Known(name.into()));
        self
    }

    /// Makes calls without a session, for APIs that need none.
    pub fn without_session(mut self) -> Self {
        self.session = Some(SessionOverride::None);
        self
    }

    /// Turns a refusal inside a successful answer into an error, for any API:
    /// [`Error::business_refusal`](crate::Error::business_refusal). By default it is part of the
    /// reply: [`Reply::business_refusal`](crate::Reply::business_refusal).
    pub fn business_refusal_is_error(mut self) -> Self {
        self.business_refusal_is_error = true;
        self
    }

    /// Sends a key that the API's model does not have, because the platform accepts new keys before
    /// it documents them.
    ///
    /// The path starts with a parameter and leads into objects and lists, such as
    /// `ds_extend_request.trade_extra_param.new_key` or `list[0].new_key`; missing objects are
    /// created. A value that the request already has is never replaced: the call then fails before
    /// it is sent. For orders use
    /// [`NewOrder::extra`](crate::NewOrder::extra), which the journal records.
    ///
    /// ```
    /// # use aliexpress::models::ds::product_get::ProductGet;
    /// # use aliexpress::{CallOptions, Client, Error};
    /// # fn of_a_new_parameter(client: &Client, request: &ProductGet) -> Result<(), Error> {
    /// let options = CallOptions::new().extra("provinceCode", "FR-75");
    /// let product = client.with(options).call(request)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn extra(mut self, path: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(path.into(), &value.into());
        self
    }

    /// Longest time for each call including all its retries and waits.
    pub fn deadline(mut self, longest: Duration) -> Self {
        self.deadline = Some(longest);
        self
    }

    /// Whether the calls change something, for APIs about which [`Effect::of`] is wrong.
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// These options, with those of `others` for everything that these do not set.
    pub(crate) fn over(self, others: &Self) -> Self {
        Self {
            format: self.format.or(others.format),
            simplify: self.simplify.or(others.simplify),
            account: match (self.account, &self.session) {
                (None, Some(SessionOverride::Session(_))) => Some(AccountName::Missing),
                (None, _) => others.account.clone(),
                (account, _) => account,
            },
            session: self.session.or_else(|| others.session.clone()),
            deadline: self.deadline.or(others.deadline),
            extra: self.extra.over(&others.extra),
            effect: self.effect.or(others.effect),
            business_refusal_is_error: self.business_refusal_is_error
                || others.business_refusal_is_error,
        }
    }

    /// The same without the settings that belong to one account.
    pub(crate) fn without_account(&self) -> Self {
        Self {
            session: None,
            account: Some(AccountName::Missing),
            ..self.clone()
        }
    }
}

/// The kind of a call, which decides its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint<'a> {
    /// A business call: to `/sync`, with the API's name in `method`.
    Business(&'a str),
    /// A system call: to `/rest` followed by this path.
    System(&'a str),
}

impl<'a> Endpoint<'a> {
    /// The API's name or the path.
    pub(crate) fn name(self) -> &'a str {
        match self {
            Endpoint::Business(name) | Endpoint::System(name) => name,
        }
    }

    /// # Errors
    ///
    /// When the name or path is empty or has characters that no API's name has.
    pub(crate) fn check(self) -> Result<(), Error> {
        let usual = |c: char| c.is_ascii_alphanumeric() || "._-/{}".contains(c);
        if let Endpoint::Business(path) = self
            && path.starts_with('/')
        {
            return Err(Error::unusable(
                "call an API",
                format!("the path {:?}", path.chars().take(80).collect::<String>()),
                "the name of an API, or system_call() for a path",
            ));
        }
        let (doing, name, wanted, fits) = match self {
            Endpoint::Business(name) => (
                "call an API",
                name,
                "a name such as aliexpress.trade.ds.order.get",
                !name.is_empty() && name.chars().all(usual),
            ),
            Endpoint::System(path) => (
                "make a system call",
                path,
                "a path such as /auth/token/create",
                path.len() > 1 && path.starts_with('/') && path.chars().all(usual),
            ),
        };
        if fits {
            return Ok(());
        }
        let found: String = name.chars().take(80).collect();
        Err(Error::unusable(doing, format!("{found:?}"), wanted))
    }
}

/// A call: everything that is the same for each of its tries.
pub(crate) struct Call<'a> {
    pub(crate) endpoint: Endpoint<'a>,
    params: Params<'a>,
    pub(crate) options: &'a CallOptions,
    pub(crate) effect: Effect,
    session: SessionUse,
    method: Method,
    /// Whether a business refusal is an error.
    pub(crate) refusal_is_error: bool,
    /// By parameter name.
    files: Vec<(&'static str, &'a File)>,
}

impl<'a> Call<'a> {
    /// A call with the parameters of a request.
    ///
    /// # Errors
    ///
    /// When the name, or that of a parameter, cannot be sent.
    pub(crate) fn typed<R: Request>(
        request: &'a R,
        options: &'a CallOptions,
    ) -> Result<Self, Error> {
        Self::of_request(request, params_of(request), options)
    }

    pub(crate) fn of_request<R: Request>(
        request: &'a R,
        params: Params<'a>,
        options: &'a CallOptions,
    ) -> Result<Self, Error> {
        let endpoint = match R::API.starts_with('/') {
            true => Endpoint::System(R::API),
            false => Endpoint::Business(R::API),
        };
        let mut call = Self::new(endpoint, params, options)?;
        call.take(&R::CALL);
        let files = request.files().into_iter();
        call.files = files.collect();
        Ok(call)
    }

    /// A call with any parameters.
    ///
    /// # Errors
    ///
    /// When the name, or that of a parameter, cannot be sent.
    pub(crate) fn untyped(
        endpoint: Endpoint<'a>,
        params: &[(&'a str, &'a str)],
        options: &'a CallOptions,
    ) -> Result<Self, Error> {
        let params = params.iter();
        let params = params.map(|(name, value)| (*name, Cow::Borrowed(*value)));
        let mut call = Self::new(endpoint, params.collect(), options)?;
        let name = endpoint.name();
        match (Api::find(name), Family::of(name)) {
            (Some(api), _) => call.take(&api.call),
            // Other APIs of this family ignore a session; nothing is known about this one.
            (None, Some(family))
                if family.session == SessionUse::Never && !name.starts_with('/') =>
            {
                call.session = SessionUse::Optional;
            }
            (None, Some(family)) => call.session = family.session,
            (None, None) => {}
        }
        if Api::find(name).is_none() {
            call.effect = options.effect.unwrap_or_else(|| Effect::of(name));
        }
        Ok(call)
    }

    fn new(
        endpoint: Endpoint<'a>,
        mut params: Params<'a>,
        options: &'a CallOptions,
    ) -> Result<Self, Error> {
        endpoint.check()?;
        options.extra.put_into(endpoint.name(), &mut params)?;
        check_params(endpoint, &params)?;
        Ok(Self {
            endpoint,
            params,
            options,
            // Changed below where the API is known.
            effect: options.effect.unwrap_or(Effect::Write),
            session: match endpoint {
                Endpoint::Business(_) => SessionUse::Always,
                Endpoint::System(_) => SessionUse::Never,
            },
            method: Method::Post,
            refusal_is_error: options.business_refusal_is_error,
            files: Vec::new(),
        })
    }

    /// The same call, with business refusals as errors or not, regardless of the options.
    pub(crate) fn refusals_as_errors(self, refusal_is_error: bool) -> Self {
        Self {
            refusal_is_error,
            ..self
        }
    }

    /// Takes effect, session and method from what is known about the API.
    fn take(&mut self, known: &KnownCall) {
        self.effect = self.options.effect.unwrap_or(known.effect.into());
        self.session = known.session;
        self.method = match known.verb {
            Verb::Post => Method::Post,
            Verb::Get => Method::Get,
        };
    }

    /// The HTTP method. Files are always posted.
    pub(crate) fn method(&self) -> Method {
        match self.files.is_empty() {
            true => self.method,
            false => Method::Post,
        }
    }

    /// # Errors
    ///
    /// When the files of the call together are larger than this many bytes.
    pub(crate) fn check_upload(&self, limit: usize) -> Result<(), Error> {
        let lengths = self.files.iter().map(|(_, file)| file.length());
        let size = lengths.fold(0, u64::saturating_add);
        if size <= limit as u64 {
            return Ok(());
        }
        Err(Error::unusable(
            format!("call {}", self.name()),
            format!("files of {size} bytes"),
            format!("at most {limit}, the upload_limit of the client"),
        ))
    }

    /// The call's files, by parameter name.
    pub(crate) fn files(&self) -> &[(&'static str, &'a File)] {
        &self.files
    }

    /// Whether a file comes from a reader that was read and cannot be read again, so that a retry
    /// is impossible.
    pub(crate) fn has_spent_file(&self) -> bool {
        self.files.iter().any(|(_, file)| file.is_spent())
    }

    /// The call's own parameters.
    pub(crate) fn params(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.params.iter().map(|(name, value)| (*name, &**value))
    }

    pub(crate) fn name(&self) -> &'a str {
        self.endpoint.name()
    }

    /// Whether the API needs no session.
    pub(crate) fn needs_no_session(&self) -> bool {
        self.session == SessionUse::Never
    }

    /// Whether the call is sent without a session if there is none.
    pub(crate) fn may_go_without_session(&self) -> bool {
        self.session != SessionUse::Always
    }
}

/// A repeated name is refused, because its signature would depend on the implementation.
fn check_params(endpoint: Endpoint<'_>, params: &[(&str, Cow<'_, str>)]) -> Result<(), Error> {
    for (index, (name, _)) in params.iter().enumerate() {
        let found = if name.trim().is_empty() {
            "a parameter without a name".to_owned()
        } else if COMMON_PARAMETERS.contains(name) {
            format!("the common parameter {name:?} among the call's own")
        } else if params[..index].iter().any(|(earlier, _)| earlier == name) {
            format!("the parameter {name:?} twice")
        } else {
            continue;
        };
        return Err(Error::unusable(
            format!("call {}", endpoint.name()),
            found,
            "each of the API's own parameters once",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_api_decides_whether_its_call_writes() {
        for (name, effect) in [
            ("aliexpress.trade.ds.order.get", Effect::Read),
            ("aliexpress.solution.order.info.get", Effect::Read),
            ("aliexpress.logistics.buyer.freight.calculate", Effect::Read),
            (
                "aliexpress.logistics.redefining.querySellerAddress",
                Effect::Read,
            ),
            ("aliexpress.ds.order.create", Effect::Write),
            ("aliexpress.ds.something.getter", Effect::Write),
            ("/auth/token/create", Effect::Write),
            ("", Effect::Write),
        ] {
            assert_eq!(Effect::of(name), effect, "{name}");
        }
    }

    #[track_caller]
    fn check_refused(endpoint: Endpoint<'_>, params: &[(&str, &str)], expected: &str) {
        let options = CallOptions::new();
        let error = Call::untyped(endpoint, params, &options).err().unwrap();
        assert_eq!(error.to_string(), expected);
        assert!(!error.may_have_acted() && error.is_usage());
    }

    #[test]
    fn unusable_names_are_refused() {
        check_refused(
            Endpoint::Business(""),
            &[],
            "cannot call an API: found \"\"; wanted a name such as aliexpress.trade.ds.order.get",
        );
        check_refused(
            Endpoint::Business("/auth/token/create"),
            &[],
            "cannot call an API: found the path \"/auth/token/create\"; wanted the name of an API, or \
             system_call() for a path",
        );
        check_refused(
            Endpoint::System("auth token"),
            &[],
            "cannot make a system call: found \"auth token\"; wanted a path such as /auth/token/create",
        );
    }

    #[test]
    fn parameters_that_the_client_sends_and_repeated_ones_are_refused() {
        let endpoint = Endpoint::Business("a.get");
        check_refused(
            endpoint,
            &[("sign", "x")],
            "cannot call a.get: found the common parameter \"sign\" among the call's own; wanted \
             each of the API's own parameters once",
        );
        check_refused(
            endpoint,
            &[("x", "1"), ("x", "2")],
            "cannot call a.get: found the parameter \"x\" twice; wanted each of the API's own \
             parameters once",
        );
        check_refused(
            endpoint,
            &[(" ", "1")],
            "cannot call a.get: found a parameter without a name; wanted each of the API's own \
             parameters once",
        );
    }
}
