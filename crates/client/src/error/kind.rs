//! What sort of failure an error is, for `match`.

use super::{Error, Kind};

/// What sort of failure an [`Error`] is. What to do about it, ask the error: [`Error::may_retry`],
/// [`Error::may_have_acted`], [`Error::retry_after`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Something given to this crate cannot be used: a setting, a parameter, a variable. Nothing was sent.
    Unusable,
    /// The exchange gave no whole answer: no connection, a time-out, a cut.
    Transport,
    /// An HTTP status that promises no answer, and nothing in the body that could be read.
    Status,
    /// The gateway, or the service behind it, refused the call: [`Error::api_error`].
    Refused,
    /// The API refused inside a successful answer: [`Error::business_refusal`].
    BusinessRefused,
    /// The answer came and could not be read: [`Error::decode_error`].
    Undecodable,
    /// The call limits, or a ban, leave no room before the deadline. Nothing was sent.
    CallLimit,
    /// The token store or the journal failed. Nothing was sent.
    Store,
    /// There is no session, and only the account can give a new one. Nothing was sent.
    NotAuthorised,
    /// The session could not be renewed for now. Nothing was sent.
    NoSession,
    /// It is open whether an order exists: [`Error::unknown_outcome`].
    UnknownOutcome,
    /// A new order did not show in time: [`Error::order_not_visible`].
    OrderNotVisible,
}

impl Error {
    /// What sort of failure this is.
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
            Kind::NoRoom { .. } => ErrorKind::CallLimit,
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
