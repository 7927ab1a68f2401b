//! The kind of an error, for `match`.

use super::{Error, Kind};

/// The kind of failure of an [`Error`]. To decide what to do, ask the error: [`Error::may_retry`],
/// [`Error::may_have_acted`], [`Error::retry_after`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An input to this crate cannot be used: a setting, a parameter, an environment variable.
    /// Nothing was sent.
    Unusable,
    /// No complete answer arrived: no connection, a time-out, a broken connection.
    Transport,
    /// An HTTP error status, with nothing readable in the body.
    Status,
    /// The gateway, or the service behind it, refused the call: [`Error::api_error`].
    Refused,
    /// The API refused inside a successful answer: [`Error::business_refusal`].
    BusinessRefused,
    /// The answer could not be decoded: [`Error::decode_error`].
    Undecodable,
    /// The call limits or a ban allow the next call only after the deadline. Nothing was sent.
    CallLimit,
    /// The token store or the journal failed. Nothing was sent.
    Store,
    /// There is no session, and the account has to authorise a new one. Nothing was sent.
    NotAuthorised,
    /// The session could not be refreshed at present. Nothing was sent.
    NoSession,
    /// It is unknown whether an order exists: [`Error::unknown_outcome`].
    UnknownOutcome,
    /// A new order did not become visible in time: [`Error::order_not_visible`].
    OrderNotVisible,
}

impl Error {
    /// The kind of failure.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = aliexpress::Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session("expired").gateway(sandbox.url()).build()?;
    /// use aliexpress::ErrorKind;
    ///
    /// # let error = client.order(10_000_001).unwrap_err();
    /// match error.kind() {
    ///     ErrorKind::Refused => println!("the platform refused: {:?}", error.api_error()),
    ///     ErrorKind::Transport if error.may_retry() => println!("later"),
    ///     _ => println!("{error}"),
    /// }
    /// # assert_eq!(error.kind(), ErrorKind::Refused);
    /// # Ok(())
    /// # }
    /// ```
    pub fn kind(&self) -> ErrorKind {
        match &self.inner().kind {
            Kind::Unusable(_) | Kind::Setting(_) => ErrorKind::Unusable,
            Kind::Transport(_) if self.is_usage() => ErrorKind::Unusable,
            Kind::Transport(_) => ErrorKind::Transport,
            Kind::Status { .. } => ErrorKind::Status,
            Kind::Refused(_) => ErrorKind::Refused,
            Kind::BusinessRefused(_) => ErrorKind::BusinessRefused,
            Kind::Undecodable(_) | Kind::Unreadable(_) => ErrorKind::Undecodable,
            Kind::NoSlot { .. } => ErrorKind::CallLimit,
            Kind::Store(_) | Kind::Journal(_) => ErrorKind::Store,
            Kind::Unauthorised(_) => ErrorKind::NotAuthorised,
            Kind::NoSession(_) | Kind::RefreshedElsewhere { .. } | Kind::RefreshPaused(_) => {
                ErrorKind::NoSession
            }
            Kind::UnknownOutcome(_) => ErrorKind::UnknownOutcome,
            Kind::NotVisible(_) => ErrorKind::OrderNotVisible,
        }
    }
}
