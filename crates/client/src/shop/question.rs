//! One call of a shop's day: what is asked, and what the answer says. Both clients carry it in the same way.

use aliexpress_models::{BusinessRefusal, Request};

use crate::error::{Error, Finding, Kind};
use crate::reply::Reply;

/// A question to one API.
pub(crate) trait Question: Sync {
    type Asks: Request<Answer: Send> + Send + Sync;
    type Says: Send;

    /// Whether what the API says instead of an answer is an error. Otherwise [`read`](Self::read) has to look for it.
    const REFUSAL_IS_ERROR: bool = true;

    /// The request.
    ///
    /// # Errors
    ///
    /// When it cannot be made of what was given.
    fn request(&self) -> Result<Self::Asks, Error>;

    /// What the answer says.
    ///
    /// # Errors
    ///
    /// When it says nothing.
    fn read(&self, reply: AnswerTo<Self>) -> Result<Reply<Self::Says>, Error>;

    /// What a refusal says, where it answers the question.
    fn heard(&self, _refusal: &BusinessRefusal) -> Option<Self::Says> {
        None
    }

    /// What the call gave.
    ///
    /// # Errors
    ///
    /// When it gave no answer.
    fn judge(&self, called: Result<AnswerTo<Self>, Error>) -> Result<Reply<Self::Says>, Error> {
        let error = match called {
            Ok(reply) => return self.read(reply),
            Err(error) => error,
        };
        let heard = error
            .business_refusal()
            .and_then(|refusal| self.heard(refusal));
        match heard {
            Some(says) => Ok(Reply::over_refusal(Self::Asks::API, says, &error)),
            None => Err(error),
        }
    }
}

/// The answer to a question as it came.
pub(crate) type AnswerTo<Q> = Reply<<<Q as Question>::Asks as Request>::Answer>;

/// The part of an answer that matters.
///
/// # Errors
///
/// When it is not there.
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

/// An answer that lacks what was asked for.
pub(crate) fn lacking<R: Request>(reply: Reply<R::Answer>, wanted: &str) -> Error {
    unreadable::<R>(reply, "no result", wanted)
}

/// An answer that holds something else than was asked for.
pub(crate) fn unreadable<R: Request>(
    reply: Reply<R::Answer>,
    found: impl Into<String>,
    wanted: impl Into<String>,
) -> Error {
    let finding = Finding::new(format!("read the answer to {}", R::API), found, wanted);
    let error = Error::new(R::API, Kind::Unreadable(finding));
    error.over_reply(reply.request_id, reply.raw)
}

/// A text that says something: the platform writes an empty one where it has none.
pub(crate) fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The code with which the calls of affiliates and dropshippers say that they found nothing, and the members that hold
/// it. Source: reports from live use.
const EMPTY: &str = "405";
const EMPTY_IN: [&str; 2] = ["resp_code", "rsp_code"];

/// Whether a refusal says that there is nothing of the kind.
pub(crate) fn says_empty(refusal: &BusinessRefusal) -> bool {
    let member = refusal.path.rsplit('.').next().unwrap_or_default();
    refusal.code.as_deref() == Some(EMPTY) && EMPTY_IN.contains(&member)
}
