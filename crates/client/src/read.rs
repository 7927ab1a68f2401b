//! Turns the status and body of a response into an answer or an error.

use std::time::{Duration, SystemTime};

use aliexpress_models::raw::decode_raw;
use aliexpress_models::{Answer, ApiError, BusinessRefusal, DecodeError, Request, decode};
use aliexpress_transport as transport;

use crate::call::Format;
use crate::error::{Error, Finding, Kind};
use crate::reply::{RawReply, Reply};

/// Reads the answer to a call that another HTTP client sent after
/// [`Client::prepare`](crate::Client::prepare).
///
/// # Errors
///
/// When the platform refused, the HTTP status is not a success, or the answer does not fit the
/// model.
pub fn read<R: Request>(status: u16, body: impl Into<Vec<u8>>) -> Result<Reply<R::Answer>, Error> {
    typed(R::API, status, body.into())
}

pub(crate) fn typed<T: Answer>(api: &str, status: u16, body: Vec<u8>) -> Result<Reply<T>, Error> {
    match decode::<T>(&body) {
        Ok(envelope) => {
            let request_id = envelope.request_id;
            let data = envelope
                .outcome
                .map_err(|error| with_request_id(Error::refused(api, error), &request_id));
            accept(api, status, data, body, |data, raw| Reply {
                api: T::API,
                data,
                request_id,
                trace_id: envelope.trace_id,
                raw,
            })
        }
        Err(_) if !is_success(status) => Err(unexpected(api, status, body)),
        Err(error) => Err(Error::new(api, Kind::Undecodable(error)).with_answer(status, body)),
    }
}

pub(crate) fn untyped(api: &str, status: u16, body: Vec<u8>) -> Result<RawReply, Error> {
    match decode_raw(&body) {
        Ok(envelope) => {
            let request_id = envelope.request_id;
            let data = envelope
                .outcome
                .map_err(|error| with_request_id(Error::refused(api, error), &request_id));
            let format = match body.trim_ascii_start().first() {
                Some(b'<') => Format::Xml,
                _ => Format::Json,
            };
            accept(api, status, data, body, |data, raw| RawReply {
                api: api.into(),
                format,
                data,
                request_id,
                trace_id: envelope.trace_id,
                raw,
            })
        }
        Err(_) if !is_success(status) => Err(unexpected(api, status, body)),
        Err(error) => Err(unreadable(api, &error).with_answer(status, body)),
    }
}

/// The error for a response without a model that is neither JSON nor XML.
fn unreadable(api: &str, error: &DecodeError) -> Error {
    let doing = format!("read the answer to {api}");
    let problem = error.problem();
    let (wanted, found) = problem
        .strip_prefix("expected ")
        .and_then(|problem| problem.split_once(", found "))
        .unwrap_or(("JSON or XML", &problem));
    let place = format!("{found} at line {} column {}", error.line(), error.column());
    Error::new(api, Kind::Unreadable(Finding::new(doing, place, wanted)))
}

/// A refusal counts under any HTTP status, data only under a successful one.
fn accept<D, R>(
    api: &str,
    status: u16,
    data: Result<D, Error>,
    raw: Vec<u8>,
    reply: impl FnOnce(D, Vec<u8>) -> R,
) -> Result<R, Error> {
    match data {
        Ok(data) if is_success(status) => Ok(reply(data, raw)),
        Ok(_) => Err(unexpected(api, status, raw)),
        Err(error) => Err(error.with_answer(status, raw)),
    }
}

fn with_request_id(mut error: Error, request_id: &Option<String>) -> Error {
    let known = &mut error.inner_mut().request_id;
    if known.is_none() {
        known.clone_from(request_id);
    }
    error
}

fn unexpected(api: &str, status: u16, body: Vec<u8>) -> Error {
    let kind = Kind::Status {
        status,
        length: body.len(),
        content_type: None,
    };
    Error::new(api, kind).with_answer(status, body)
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Reads the response of this API with this status and body.
pub(crate) type Read<T> = fn(&str, u16, Vec<u8>) -> Result<T, Error>;

/// What a call gives, whether or not its API has a model.
pub trait CallReply: Sized {
    /// The platform's id of the request.
    fn request_id(&self) -> Option<&str>;

    /// Changes the ids that the platform gave the request.
    fn redact(&mut self, change: &mut dyn FnMut(&mut String));

    /// The API's refusal inside the answer, if there is one.
    fn business_refusal(&self) -> Option<BusinessRefusal>;

    /// The refusal as an error.
    fn into_refusal(self, api: &str, refusal: BusinessRefusal) -> Error;
}

impl<T> CallReply for Reply<T> {
    fn request_id(&self) -> Option<&str> {
        self.request_id()
    }

    fn redact(&mut self, change: &mut dyn FnMut(&mut String)) {
        let texts = [&mut self.request_id, &mut self.trace_id];
        texts.into_iter().flatten().for_each(change);
    }

    fn business_refusal(&self) -> Option<BusinessRefusal> {
        self.business_refusal()
    }

    fn into_refusal(self, api: &str, refusal: BusinessRefusal) -> Error {
        Error::new(api, Kind::BusinessRefused(refusal)).over_reply(self.request_id, self.raw)
    }
}

impl CallReply for RawReply {
    fn request_id(&self) -> Option<&str> {
        self.request_id()
    }

    fn redact(&mut self, change: &mut dyn FnMut(&mut String)) {
        let texts = [&mut self.request_id, &mut self.trace_id];
        texts.into_iter().flatten().for_each(change);
    }

    fn business_refusal(&self) -> Option<BusinessRefusal> {
        self.business_refusal()
    }

    fn into_refusal(self, api: &str, refusal: BusinessRefusal) -> Error {
        Error::new(api, Kind::BusinessRefused(refusal)).over_reply(self.request_id, self.raw)
    }
}

/// An exchange that gave no complete answer.
pub(crate) fn failed(api: &str, error: transport::Error) -> Error {
    let so_far = error.answer_so_far().cloned();
    let failed = Error::new(api, Kind::Transport(error));
    match so_far {
        Some(answer) => failed.with_answer(answer.status, answer.body),
        None => failed,
    }
}

/// Adds what only the headers of the answer say.
pub(crate) fn with_headers(mut error: Error, headers: &Headers, now: SystemTime) -> Error {
    let inner = error.inner_mut();
    if inner.retry_after.is_none() {
        inner.retry_after = headers.retry_after(now);
    }
    match &mut inner.kind {
        Kind::Status { content_type, .. } => content_type.clone_from(&headers.content_type),
        Kind::Refused(refusal) if is_about_time(&refusal.error) => {
            refusal.clock_ahead = headers.clock_ahead(now);
        }
        _ => {}
    }
    error
}

fn is_about_time(error: &ApiError) -> bool {
    matches!(error.code.as_deref(), Some("IllegalTimestamp" | "31"))
}

/// The headers that matter for an error.
#[derive(Default)]
pub(crate) struct Headers {
    pub(crate) date: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) retry_after: Option<String>,
}

impl Headers {
    /// How long to wait; the header gives seconds or a date.
    fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        let text = self.retry_after.as_deref()?.trim();
        if let Ok(seconds) = text.parse() {
            return Some(Duration::from_secs(seconds));
        }
        // A date is by the server's clock, which may differ from ours.
        let server = self.server_time().unwrap_or(now);
        httpdate::parse_http_date(text)
            .ok()?
            .duration_since(server)
            .ok()
    }

    fn clock_ahead(&self, now: SystemTime) -> Option<i64> {
        let server = self.server_time()?;
        let seconds = |duration: Duration| i64::try_from(duration.as_secs()).ok();
        match now.duration_since(server) {
            Ok(ahead) => seconds(ahead),
            Err(behind) => seconds(behind.duration()).map(|behind| -behind),
        }
    }

    fn server_time(&self) -> Option<SystemTime> {
        httpdate::parse_http_date(self.date.as_deref()?).ok()
    }
}
