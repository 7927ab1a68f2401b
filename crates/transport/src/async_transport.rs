//! Exchanges over reqwest.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::{Response, header, redirect, retry};

use crate::async_http::{AsyncHttp, BoxFuture};
use crate::error::{
    Error, Kind, Limit, Phase, Wanted, causes, is_reset, too_large, unknown_encoding,
};
use crate::exchange::{Connection, HttpRequest, HttpResponse, Method};
use crate::explain_ureq::missing_end;
use crate::target::Target;
use crate::transport::{Settings, first_reserve};

/// Sends exchanges over [reqwest](https://docs.rs/reqwest), with what [`Transport`](crate::Transport) promises.
///
/// It needs a [tokio](https://docs.rs/tokio) runtime with timers and I/O. Clones are cheap and share connections.
#[derive(Clone)]
pub struct AsyncTransport(Arc<Shared>);

struct Shared {
    /// Keeps connections.
    keeping: reqwest::Client,
    /// Opens one for each exchange. reqwest has no such choice by exchange.
    opening: reqwest::Client,
    settings: Settings,
}

/// What reqwest's clients are made of, beside the limits.
pub(crate) struct Parts {
    pub(crate) tls: rustls::ClientConfig,
    pub(crate) user_agent: String,
    pub(crate) proxy: AsyncProxy,
    pub(crate) gzip: bool,
    pub(crate) idle_connections: usize,
    pub(crate) idle_time: Duration,
}

/// Through which proxy.
pub(crate) enum AsyncProxy {
    None,
    Environment,
    Url(String),
}

impl AsyncTransport {
    pub(crate) fn new(parts: &Parts, settings: Settings) -> Result<Self, Error> {
        let build = |idle| {
            let client = parts.client(&settings, idle)?.build();
            client.map_err(|error| unusable("set up reqwest").because(error.without_url()))
        };
        Ok(Self(Arc::new(Shared {
            keeping: build(parts.idle_connections)?,
            opening: build(0)?,
            settings,
        })))
    }

    async fn exchange(
        &self,
        request: HttpRequest<'_>,
        deadline: Instant,
    ) -> Result<HttpResponse, Error> {
        let Shared {
            keeping,
            opening,
            settings,
        } = &*self.0;
        let target = Target::parse(request.url)?;
        let (time, limit) = settings.time_until(deadline);
        let body = match request.method {
            Method::Post => request.body,
            Method::Get => &[],
        };
        let progress = Progress::of(body);
        let failed = |phase, kind| Error::new(phase, kind).for_target(&target);
        if time.is_zero() {
            return Err(failed(Phase::Prepare, Kind::TimedOut(limit)));
        }
        let client = match request.connection {
            Connection::Kept => keeping,
            Connection::New => opening,
        };
        let uri = target.uri().to_string();
        let asked = match request.method {
            Method::Get => client.get(uri),
            Method::Post => client
                .post(uri)
                .header(header::CONTENT_TYPE, request.content_type)
                .body(reqwest::Body::wrap(Watched {
                    body: Some(Bytes::copy_from_slice(body)),
                    progress: progress.clone(),
                })),
        };
        let send = asked.send();
        let until = tokio::time::Instant::from_std(Instant::now() + time);
        let answered = match tokio::time::timeout_at(until, send).await {
            Ok(sent) => sent.map_err(|error| {
                let wanted = Wanted::Head;
                explain(error, progress.end(), settings, 0, wanted).for_target(&target)
            })?,
            Err(_) => return Err(failed(progress.end(), Kind::TimedOut(limit))),
        };
        let mut response = HttpResponse::of_head(answered.status(), answered.headers());
        match tokio::time::timeout_at(until, read(answered, &mut response, settings)).await {
            Ok(Ok(())) => Ok(response),
            Ok(Err(error)) => Err(error.for_target(&target).with_answer_so_far(response)),
            Err(_) => Err(failed(Phase::Body, Kind::TimedOut(limit)).with_answer_so_far(response)),
        }
    }
}

impl AsyncHttp for AsyncTransport {
    fn send<'a>(
        &'a self,
        request: HttpRequest<'a>,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<HttpResponse, Error>> {
        Box::pin(self.exchange(request, deadline))
    }
}

impl Parts {
    fn client(&self, settings: &Settings, idle: usize) -> Result<reqwest::ClientBuilder, Error> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .http1_only()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .gzip(self.gzip)
            .connect_timeout(settings.connect_timeout)
            .read_timeout(settings.read_timeout)
            .pool_max_idle_per_host(idle)
            .pool_idle_timeout(self.idle_time);
        let builder = match self.user_agent.as_str() {
            "" => builder,
            agent => builder.user_agent(agent),
        };
        Ok(match &self.proxy {
            AsyncProxy::None => builder.no_proxy(),
            AsyncProxy::Environment => builder,
            AsyncProxy::Url(url) => builder.proxy(
                // The error could show the URL, which may hold a password.
                reqwest::Proxy::all(url).map_err(|_| unusable("set the proxy"))?,
            ),
        })
    }
}

fn unusable(doing: &'static str) -> Error {
    Error::new(
        Phase::Prepare,
        Kind::Invalid {
            doing,
            found: "settings that reqwest refuses".to_owned(),
            wanted: "other ones",
        },
    )
}

/// Reads the body to its end or to the limit.
async fn read(
    mut answered: Response,
    response: &mut HttpResponse,
    settings: &Settings,
) -> Result<(), Error> {
    let limit = settings.response_limit;
    let announced = answered.content_length();
    if announced.is_some_and(|announced| announced > limit as u64) {
        return Err(too_large(limit));
    }
    if let Some(encoding) = answered.headers().get(header::CONTENT_ENCODING)
        && encoding != "identity"
    {
        return Err(unknown_encoding(encoding));
    }
    let wanted = missing_end(answered.headers());
    response.body.reserve(first_reserve(announced));
    loop {
        let chunk = answered.chunk().await;
        let received = response.body.len();
        match chunk.map_err(|error| explain(error, Phase::Body, settings, received, wanted))? {
            Some(chunk) if chunk.len() > limit - received => {
                response.body.extend_from_slice(&chunk[..limit - received]);
                return Err(too_large(limit));
            }
            Some(chunk) => response.body.extend_from_slice(&chunk),
            None => return Ok(()),
        }
    }
}

/// reqwest's error in this crate's terms. Its address is taken out of it.
fn explain(
    error: reqwest::Error,
    phase: Phase,
    settings: &Settings,
    received: usize,
    wanted: Wanted,
) -> Error {
    let error = error.without_url();
    if error.is_connect() {
        let of_tls = causes(&error)
            .iter()
            .any(|cause| cause.is::<rustls::Error>());
        let phase = match of_tls {
            true => Phase::Handshake,
            false => Phase::Connect,
        };
        return match error.is_timeout() {
            true => Error::new(
                phase,
                Kind::TimedOut(Limit::Connect(settings.connect_timeout)),
            ),
            false => Error::new(phase, Kind::Failed).because(beneath(error)),
        };
    }
    let phase = phase.max(Phase::Send);
    if error.is_timeout() {
        return Error::new(phase, Kind::TimedOut(Limit::Read(settings.read_timeout)));
    }
    if is_cut(&error) {
        return Error::new(phase, Kind::cut(received, wanted)).because(beneath(error));
    }
    Error::new(phase, Kind::Failed).because(beneath(error))
}

/// What happened: reqwest wraps it in errors that say no more than that there was one.
fn beneath(error: reqwest::Error) -> Box<dyn StdError + Send + Sync> {
    let causes = causes(&error);
    let of_tls = causes
        .iter()
        .find_map(|cause| cause.downcast_ref::<rustls::Error>());
    if let Some(of_tls) = of_tls {
        return Box::new(of_tls.clone());
    }
    let of_system = causes
        .iter()
        .rev()
        .find_map(|cause| cause.downcast_ref::<io::Error>());
    match of_system.map(|error| (error.raw_os_error(), error)) {
        Some((Some(code), _)) => Box::new(io::Error::from_raw_os_error(code)),
        Some((None, error)) => Box::new(io::Error::new(error.kind(), error.to_string())),
        None => Box::new(error),
    }
}

fn is_cut(error: &(dyn StdError + 'static)) -> bool {
    is_reset(error)
        || causes(error)
            .into_iter()
            .filter_map(|cause| cause.downcast_ref::<hyper::Error>())
            .any(|error| error.is_incomplete_message() || error.is_closed() || error.is_canceled())
}

/// How far the writing of a request has come, as its body sees it.
///
/// hyper asks for the first piece of a body after the connection stands, and before it writes a byte: it puts
/// the head into its buffer, fills it up from the body, and writes then.
///
/// Another thread may write. So who ends the waiting takes the body away where it was not asked for, and a request
/// without it is never whole.
#[derive(Clone)]
struct Progress(Arc<AtomicU8>);

const WAITING: u8 = 0;
const ASKED: u8 = 1;
const TAKEN_AWAY: u8 = 2;

impl Progress {
    /// An empty body is never asked for.
    fn of(body: &[u8]) -> Self {
        let state = if body.is_empty() { ASKED } else { WAITING };
        Self(Arc::new(AtomicU8::new(state)))
    }

    /// How far the request came that is given up now.
    fn end(&self) -> Phase {
        match self.pass_to(TAKEN_AWAY) {
            ASKED => Phase::Answer,
            _ => Phase::Connect,
        }
    }

    /// The state after the attempt to pass from waiting to `next`.
    fn pass_to(&self, next: u8) -> u8 {
        let passed = self
            .0
            .compare_exchange(WAITING, next, Ordering::AcqRel, Ordering::Acquire);
        passed.map_or_else(|state| state, |_| next)
    }
}

/// A body in one piece that notes when it is asked for.
struct Watched {
    body: Option<Bytes>,
    progress: Progress,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(match self.progress.pass_to(ASKED) {
            ASKED => self.body.take().map(|body| Ok(Frame::data(body))),
            _ => Some(Err(io::Error::other("the request was given up"))),
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.body.as_ref().map_or(0, |body| body.len() as u64))
    }
}

impl fmt::Debug for AsyncTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AsyncTransport")
            .field(&self.0.settings)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(body: &mut Watched) -> Option<io::Result<Bytes>> {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(frame) => {
                frame.map(|frame| frame.map(|frame| frame.into_data().unwrap_or_default()))
            }
            Poll::Pending => None,
        }
    }

    fn watched() -> Watched {
        Watched {
            body: Some(Bytes::from_static(b"a=1")),
            progress: Progress::of(b"a=1"),
        }
    }

    #[test]
    fn a_request_that_was_given_up_is_never_written() {
        let mut body = watched();
        assert_eq!(body.progress.clone().end(), Phase::Connect);
        assert!(matches!(asked(&mut body), Some(Err(_))));
        assert_eq!(body.progress.end(), Phase::Connect);
    }

    #[test]
    fn a_request_that_was_asked_for_may_have_been_sent() {
        let mut body = watched();
        assert!(matches!(asked(&mut body), Some(Ok(bytes)) if &bytes[..] == b"a=1"));
        assert_eq!(body.progress.end(), Phase::Answer);
        assert_eq!(Progress::of(b"").end(), Phase::Answer);
    }
}
