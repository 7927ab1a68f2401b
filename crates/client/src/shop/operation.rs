//! One call of the shop methods: its request, and how its answer is interpreted. Both clients use
//! it.

use aliexpress_models::{BusinessRefusal, Request};

use crate::error::{Error, Finding, Kind};
use crate::reply::Reply;

/// A call of one API.
pub(crate) trait Operation: Sync {
    type Request: Request<Answer: Send> + Send + Sync;
    type Output: Send;

    /// Whether a refusal inside the answer is an error. If not, [`read`](Self::read) has to check
    /// for it.
    const REFUSAL_IS_ERROR: bool = true;

    /// The request.
    ///
    /// # Errors
    ///
    /// When the caller's input is invalid.
    fn request(&self) -> Result<Self::Request, Error>;

    /// The result in the answer.
    ///
    /// # Errors
    ///
    /// When the answer contains none.
    fn read(&self, reply: ReplyTo<Self>) -> Result<Reply<Self::Output>, Error>;

    /// The result, if a refusal means one, such as an empty list.
    fn output_of_refusal(&self, _refusal: &BusinessRefusal) -> Option<Self::Output> {
        None
    }

    /// The result of the call.
    ///
    /// # Errors
    ///
    /// When there is none.
    fn result(&self, called: Result<ReplyTo<Self>, Error>) -> Result<Reply<Self::Output>, Error> {
        let error = match called {
            Ok(reply) => return self.read(reply),
            Err(error) => error,
        };
        let output = error
            .business_refusal()
            .and_then(|refusal| self.output_of_refusal(refusal));
        match output {
            Some(output) => Ok(Reply::over_refusal(Self::Request::API, output, &error)),
            None => Err(error),
        }
    }
}

/// The undecoded reply to an operation.
pub(crate) type ReplyTo<O> = Reply<<<O as Operation>::Request as Request>::Answer>;

/// The relevant part of an answer.
///
/// # Errors
///
/// When it is missing.
pub(crate) fn part<R: Request, T>(
    mut reply: Reply<R::Answer>,
    wanted: &str,
    take: impl FnOnce(&mut R::Answer) -> Option<T>,
) -> Result<Reply<T>, Error> {
    match take(&mut reply.data) {
        Some(part) => Ok(reply.map(|_| part)),
        None => Err(lacking::<R>(reply, wanted)),
    }
}

/// The error for an answer that lacks the result.
pub(crate) fn lacking<R: Request>(reply: Reply<R::Answer>, wanted: &str) -> Error {
    unreadable::<R>(reply, "no result", wanted)
}

/// The error for an answer that contains something else.
pub(crate) fn unreadable<R: Request>(
    reply: Reply<R::Answer>,
    found: impl Into<String>,
    wanted: impl Into<String>,
) -> Error {
    let finding = Finding::new(format!("read the answer to {}", R::API), found, wanted);
    let error = Error::new(R::API, Kind::Unreadable(finding));
    error.over_reply(reply.request_id, reply.raw)
}

/// The text, unless it is empty, which the platform uses for missing texts.
pub(crate) fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The code with which affiliate and dropshipping calls report that nothing was found. Source:
/// reports from live use.
const EMPTY: &str = "405";
const EMPTY_IN: [&str; 2] = ["resp_code", "rsp_code"];

/// Whether a refusal means that nothing was found.
pub(crate) fn says_empty(refusal: &BusinessRefusal) -> bool {
    let member = refusal.path.rsplit('.').next().unwrap_or_default();
    refusal.code.as_deref() == Some(EMPTY) && EMPTY_IN.contains(&member)
}
