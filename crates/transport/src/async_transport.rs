//! Exchanges over reqwest.

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io::{self, Read as _};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Response, header, redirect, retry};
use tokio::sync::mpsc;

use crate::async_http::{AsyncHttp, BoxFuture};
use crate::body::{Body, StreamedBody};
use crate::content_type::header_value;
use crate::error::{
    Error, Kind, Limit, Phase, Wanted, causes, is_reset, too_large, unknown_encoding,
};
use crate::exchange::{Connection, HttpRequest, HttpResponse, Method, first_reserve};
use crate::explain_ureq::missing_end;
use crate::settings::Settings;
use crate::target::{LastTarget, Target, refused};

/// Sends exchanges over [reqwest](https://docs.rs/reqwest), with the same guarantees as
/// [`Transport`](crate::Transport).
///
/// It needs a [tokio](https://docs.rs/tokio) runtime with timers and I/O. Clones are cheap and
/// share connections.
#[derive(Clone)]
pub struct AsyncTransport(Arc<Shared>);

struct Shared {
    /// Keeps connections.
    keeping: reqwest::Client,
    /// Opens one for each exchange. reqwest has no such choice by exchange.
    opening: reqwest::Client,
    settings: Settings,
    /// What every request says of the client.
    headers: HeaderMap,
    last: LastTarget<Place>,
}

/// Where a request goes.
struct Place {
    target: Target,
    url: reqwest::Url,
    /// The address's part in the headers, which reqwest would write again for each request.
    host: HeaderValue,
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
            headers: parts.headers()?,
            settings,
            last: LastTarget::default(),
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
            headers,
            last,
        } = &*self.0;
        let place = last.get(request.url, Place::parse)?;
        let target = &place.target;
        let (time, limit) = settings.time_until(deadline);
        let body = match request.method {
            Method::Post => request.body,
            Method::Get => Body::Bytes(&[]),
        };
        let progress = Progress::of(body.length());
        let failed = |phase, kind| Error::new(phase, kind).for_target(target);
        if time.is_zero() {
            return Err(failed(Phase::Prepare, Kind::TimedOut(limit)));
        }
        let client = match request.connection {
            Connection::Kept => keeping,
            Connection::New => opening,
        };
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut asked = reqwest::Request::new(method, place.url.clone());
        let all = asked.headers_mut();
        all.clone_from(headers);
        all.insert(header::HOST, place.host.clone());
        if request.method == Method::Post {
            all.insert(header::CONTENT_TYPE, header_value(request.content_type)?);
            *asked.body_mut() = Some(reqwest::Body::wrap(Watched {
                left: body.length(),
                body: Pieces::of(body),
                progress: progress.clone(),
            }));
        }
        let end = (tokio::time::Instant::now() + time, limit);
        let sent = pin!(client.execute(asked));
        let sent = patience(sent, end, settings, || progress.pieces()).await;
        let answered = match sent {
            Ok(sent) => sent.map_err(|error| {
                let wanted = Wanted::Head;
                explain(error, progress.end(), settings, 0, wanted).for_target(target)
            })?,
            Err(limit) => return Err(failed(progress.end(), Kind::TimedOut(limit))),
        };
        let mut response = HttpResponse::of_head(answered.status(), answered.headers());
        match read(answered, &mut response, settings, end).await {
            Ok(()) => Ok(response),
            Err(error) => Err(error.for_target(target).with_answer_so_far(response)),
        }
    }
}

impl Place {
    fn parse(url: &str) -> Result<Self, Error> {
        let target = Target::parse(url)?;
        let url = reqwest::Url::parse(&target.uri().to_string());
        let url = url.map_err(|cause| refused("no valid url").because(cause))?;
        // Without the scheme's own port.
        let mut host = url.host_str().unwrap_or_default().to_owned();
        if let Some(port) = url.port() {
            host = format!("{host}:{port}");
        }
        let host = HeaderValue::from_str(&host);
        let host = host.map_err(|cause| refused("no valid url").because(cause))?;
        Ok(Self { target, url, host })
    }
}

/// When an exchange ends at the latest, and by which limit.
type End = (tokio::time::Instant, Limit);

/// Waits for something to the end of an exchange, and in silence no longer than the read time-out: unless `progress`
/// counts on meanwhile. Gives the limit that was reached. What is there at once needs no timer.
async fn patience<F: Future>(
    mut awaited: Pin<&mut F>,
    (end, limit): End,
    settings: &Settings,
    progress: impl Fn() -> u32,
) -> Result<F::Output, Limit> {
    if let Poll::Ready(output) =
        poll_fn(|context| Poll::Ready(awaited.as_mut().poll(context))).await
    {
        return Ok(output);
    }
    loop {
        let silence = tokio::time::Instant::now() + settings.read_timeout;
        let before = progress();
        match tokio::time::timeout_at(end.min(silence), awaited.as_mut()).await {
            Ok(output) => return Ok(output),
            Err(_) if end <= silence => return Err(limit),
            Err(_) if progress() == before => return Err(Limit::Read(settings.read_timeout)),
            Err(_) => {}
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
            // It is unpacked whether or not it was asked for.
            .gzip(true)
            .connect_timeout(settings.connect_timeout)
            .pool_max_idle_per_host(idle)
            .pool_idle_timeout(self.idle_time);
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

impl Parts {
    /// With the value of `Accept`, which reqwest sets otherwise.
    fn headers(&self) -> Result<HeaderMap, Error> {
        let encoding = match self.gzip {
            true => "gzip",
            false => "identity",
        };
        let mut headers = HeaderMap::from_iter([
            (header::ACCEPT, HeaderValue::from_static("*/*")),
            (header::ACCEPT_ENCODING, HeaderValue::from_static(encoding)),
        ]);
        if !self.user_agent.is_empty() {
            let agent = HeaderValue::from_str(&self.user_agent);
            let agent = agent.map_err(|_| unusable("set the user agent"))?;
            headers.insert(header::USER_AGENT, agent);
        }
        Ok(headers)
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

/// Reads the body to its end or to a limit.
async fn read(
    mut answered: Response,
    response: &mut HttpResponse,
    settings: &Settings,
    end: End,
) -> Result<(), Error> {
    let limit = settings.response_limit;
    let announced = answered.content_length();
    if announced.is_some_and(|announced| announced > limit as u64) {
        return Err(too_large(limit));
    }
    response.body.reserve(first_reserve(announced));
    loop {
        let chunk = patience(pin!(answered.chunk()), end, settings, || 0).await;
        let chunk = chunk.map_err(|limit| Error::new(Phase::Body, Kind::TimedOut(limit)))?;
        let received = response.body.len();
        let chunk = chunk.map_err(|error| {
            let wanted = missing_end(answered.headers());
            explain(error, Phase::Body, settings, received, wanted)
        });
        match chunk? {
            Some(chunk) if chunk.len() > limit - received => {
                response.body.extend_from_slice(&chunk[..limit - received]);
                return Err(too_large(limit));
            }
            Some(chunk) => response.body.extend_from_slice(&chunk),
            None => break,
        }
    }
    // reqwest takes the header away from what it unpacks.
    match answered.headers().get(header::CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(unknown_encoding(encoding)),
        _ => Ok(()),
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
    if let Some(error) = Error::of_body(&error) {
        return error;
    }
    if error.is_connect() {
        let of_tls = causes(&error)
            .iter()
            .any(|cause| cause.is::<rustls::Error>());
        // hyper-util's error of a tunnel has no public type; a test knows when the words change.
        let of_tunnel = || {
            let mut causes = causes(&error).into_iter();
            causes.any(|cause| cause.to_string().starts_with("tunnel error: "))
        };
        let phase = match of_tls {
            true => Phase::Handshake,
            false if of_tunnel() => Phase::Proxy,
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
    let (kind, says_more) = kind_of(&error, received, wanted);
    let explained = Error::new(phase, kind);
    match says_more {
        true => explained.because(beneath(error)),
        false => explained,
    }
}

/// What sort of failure it is, and whether the cause says more than that.
fn kind_of(error: &reqwest::Error, received: usize, wanted: Wanted) -> (Kind, bool) {
    let causes = causes(error);
    let of_hyper = causes
        .iter()
        .find_map(|cause| cause.downcast_ref::<hyper::Error>());
    let of_system = causes
        .iter()
        .filter_map(|cause| cause.downcast_ref::<io::Error>());
    if is_reset(error) {
        let is_unpacked = error.is_decode() && of_hyper.is_none();
        let by_system = of_system
            .clone()
            .any(|error| error.raw_os_error().is_some());
        let wanted = match is_unpacked && !by_system {
            true => Wanted::GzipEnd,
            false => wanted,
        };
        return (Kind::cut(received, wanted), by_system);
    }
    match of_hyper {
        // Without its server, hyper has no question for it; a test knows when the words change.
        Some(error) if error.to_string() == "message head is too large" => {
            let (part, limit) = ("status line and headers", LARGEST_HEAD);
            (Kind::TooLarge { part, limit }, false)
        }
        Some(error) if error.is_parse() => {
            let (found, wanted) = ("something else".to_owned(), "an HTTP/1.1 answer");
            (Kind::Malformed { found, wanted }, true)
        }
        Some(error)
            if error.is_incomplete_message() || error.is_closed() || error.is_canceled() =>
        {
            (Kind::cut(received, wanted), false)
        }
        None if error.is_decode() && of_system.clone().next().is_some() => {
            let (found, wanted) = ("a broken gzip stream".to_owned(), "one that unpacks");
            (Kind::Malformed { found, wanted }, true)
        }
        _ => (Kind::Failed, true),
    }
}

/// hyper's own limit, in bytes, which reqwest leaves as it is.
const LARGEST_HEAD: usize = 8192 + 4096 * 100;

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
        // The innermost says it.
        None => match causes.last() {
            Some(last) => last.to_string().into(),
            None => Box::new(error),
        },
    }
}

/// How far the writing of a request has come, as its body sees it.
///
/// hyper asks for the first piece of a body after the connection stands, and before it writes a byte: it puts
/// the head into its buffer, fills it up from the body, and writes then.
///
/// Another thread may write. So who ends the waiting takes the body away where it was not asked for, and a request
/// without it is never whole.
#[derive(Clone)]
struct Progress(Arc<AtomicU32>);

const WAITING: u32 = 0;
const TAKEN_AWAY: u32 = 1;
/// From here on, the body was asked for, once more with every number.
const ASKED: u32 = 2;

impl Progress {
    /// An empty body is never asked for.
    fn of(length: u64) -> Self {
        let state = if length == 0 { ASKED } else { WAITING };
        Self(Arc::new(AtomicU32::new(state)))
    }

    /// How far the request came that is given up now.
    fn end(&self) -> Phase {
        match self.pass_to(TAKEN_AWAY) {
            TAKEN_AWAY => Phase::Connect,
            _ => Phase::Answer,
        }
    }

    /// The body is asked for its next piece; false where it was taken away.
    fn ask(&self) -> bool {
        match self.pass_to(ASKED) {
            TAKEN_AWAY => false,
            asked => {
                // Only the body itself counts on.
                let next = asked.checked_add(1).unwrap_or(ASKED);
                self.0.store(next, Ordering::Release);
                true
            }
        }
    }

    /// A number that changes with every piece.
    fn pieces(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }

    /// The state after the attempt to pass from waiting to `next`.
    fn pass_to(&self, next: u32) -> u32 {
        let passed = self
            .0
            .compare_exchange(WAITING, next, Ordering::AcqRel, Ordering::Acquire);
        passed.map_or_else(|state| state, |_| next)
    }
}

/// A body that notes when it is asked for.
struct Watched {
    body: Pieces,
    /// Bytes that are still to come.
    left: u64,
    progress: Progress,
}

/// Where the pieces of a body come from.
enum Pieces {
    Whole(Option<Bytes>),
    /// A body that is not opened before it is asked for.
    Unopened(StreamedBody),
    /// A thread of the blocking pool reads; it ends when no one takes its pieces any more.
    Read(mpsc::Receiver<io::Result<Bytes>>),
}

/// How much of a streamed body is read at a time. With one piece being sent and another waiting, a body takes three of
/// these.
const PIECE: usize = 64 * 1024;

impl Pieces {
    fn of(body: Body<'_>) -> Self {
        match body {
            Body::Bytes(bytes) => Pieces::Whole(Some(Bytes::copy_from_slice(bytes))),
            Body::Streamed(body) => Pieces::Unopened(body.clone()),
        }
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            match self {
                Pieces::Whole(bytes) => return Poll::Ready(bytes.take().map(Ok)),
                Pieces::Read(pieces) => return pieces.poll_recv(context),
                Pieces::Unopened(body) => *self = Pieces::Read(read_aside(body)),
            }
        }
    }
}

/// Reads a body on the blocking pool, no further ahead than is being sent.
fn read_aside(body: &StreamedBody) -> mpsc::Receiver<io::Result<Bytes>> {
    let (give, take) = mpsc::channel(1);
    let mut reader = body.reader();
    tokio::task::spawn_blocking(move || {
        loop {
            let mut piece = vec![0; PIECE];
            let read = reader.read(&mut piece).map(|length| {
                piece.truncate(length);
                Bytes::from(piece)
            });
            let is_last = read.as_ref().map_or(true, Bytes::is_empty);
            let is_end = read.as_ref().is_ok_and(Bytes::is_empty);
            if is_end || give.blocking_send(read).is_err() || is_last {
                return;
            }
        }
    });
    take
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if !self.progress.ask() {
            let given_up = io::Error::other("the request was given up");
            return Poll::Ready(Some(Err(given_up)));
        }
        self.body.poll_next(context).map(|piece| {
            piece.map(|piece| {
                let piece = piece?;
                self.left = self.left.saturating_sub(piece.len() as u64);
                Ok(Frame::data(piece))
            })
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }

    /// A whole body is not asked for once more. A streamed one is, because it may be longer than announced.
    fn is_end_stream(&self) -> bool {
        matches!(self.body, Pieces::Whole(None))
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
    use http_body::Body as _;

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
            body: Pieces::of(Body::Bytes(b"a=1")),
            left: 3,
            progress: Progress::of(3),
        }
    }

    const SECOND: Duration = Duration::from_secs(1);

    /// Waits 100 s for nothing at all, with a read time-out of one second, and says how long it took.
    async fn in_vain(progress: impl Fn() -> u32) -> (Limit, Duration) {
        let settings = Settings {
            connect_timeout: SECOND,
            read_timeout: SECOND,
            total_timeout: SECOND,
            response_limit: 0,
        };
        let started = tokio::time::Instant::now();
        let end = (started + 100 * SECOND, Limit::Deadline);
        let waited = patience(pin!(std::future::pending::<()>()), end, &settings, progress).await;
        (waited.unwrap_err(), started.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_an_exchange_unless_the_request_is_being_sent() {
        let still = in_vain(|| 7).await;
        assert_eq!(still, (Limit::Read(SECOND), SECOND));
        let pieces = AtomicU32::new(0);
        let for_a_while = in_vain(|| pieces.fetch_add(1, Ordering::Relaxed).min(20)).await;
        assert_eq!(for_a_while, (Limit::Read(SECOND), 11 * SECOND));
        let for_ever = in_vain(|| pieces.fetch_add(1, Ordering::Relaxed)).await;
        assert_eq!(for_ever, (Limit::Deadline, 100 * SECOND));
    }

    #[test]
    fn an_abandoned_request_is_never_written() {
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
        assert_eq!(Progress::of(0).end(), Phase::Answer);
    }
}
