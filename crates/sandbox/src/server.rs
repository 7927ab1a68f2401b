//! The HTTP side: one thread that listens, and answers each request from the shared state.

mod body;
mod line;

use std::convert::Infallible;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderValue};
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::sync::oneshot;

use crate::gateway::{self, Delivery, Reply};
use crate::intake::Intake;
use crate::world::World;
use body::PacedBody;
use line::{Line, ResetSwitch};

/// The largest body that is read.
const LARGEST_BODY: usize = 32 * 1024 * 1024;

/// The state, shared between the server and those who hold the sandbox.
#[derive(Clone)]
pub(crate) struct SharedWorld(Arc<Mutex<World>>);

impl SharedWorld {
    pub(crate) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    /// The state, for as long as it takes. A request that panicked leaves it usable.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running server. Dropping it closes the port and all connections.
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(address: SocketAddr, world: SharedWorld) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("aliexpress-sandbox".to_owned())
            .spawn(move || {
                let listening = runtime.spawn(listen(listener, world));
                // Ends when the sender is dropped; the runtime then goes, and every connection with it.
                let _ = runtime.block_on(stopped);
                listening.abort();
            })?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the server's thread is no reason for the test that drops it to panic too.
            let _ = thread.join();
        }
    }
}

async fn listen(listener: TcpListener, world: SharedWorld) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                tokio::spawn(serve(stream, peer, world.clone()));
            }
            // Out of file handles, or a peer that was gone at once: neither ends the server.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
        }
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, world: SharedWorld) {
    // Answers are written in one go; waiting to fill packets would only delay them.
    let _ = stream.set_nodelay(true);
    let reset = ResetSwitch::default();
    let line = Line::new(stream, reset.clone());
    let service = service_fn(move |request| respond(request, peer, world.clone(), reset.clone()));
    let mut server = hyper::server::conn::http1::Builder::new();
    // Errors here are the peer's, or faults made on purpose.
    let _ = server
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(line), service)
        .await;
}

/// The answer to one request, or an error that makes hyper drop the connection.
async fn respond(
    request: Request<Incoming>,
    _peer: SocketAddr,
    world: SharedWorld,
    reset: ResetSwitch,
) -> Result<Response<PacedBody>, io::Error> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        return Ok(plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is too large or was cut short",
        ));
    };
    call(&head, body.to_bytes(), &world, &reset).await
}

async fn call(
    head: &Parts,
    body: Bytes,
    world: &SharedWorld,
    reset: &ResetSwitch,
) -> Result<Response<PacedBody>, io::Error> {
    let intake = Intake::read(head, body).await;
    let wants_gzip = intake.wants_gzip;
    let reply = gateway::answer(&mut world.lock(), intake);
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    if reply.delivery == Delivery::Reset {
        reset.pull();
        return Err(io::Error::other("the connection is reset on purpose"));
    }
    Ok(written(reply, wants_gzip))
}

fn written(reply: Reply, wants_gzip: bool) -> Response<PacedBody> {
    let zipped = if wants_gzip {
        gzip(reply.body.as_bytes())
    } else {
        None
    };
    let is_zipped = zipped.is_some();
    let bytes = zipped.map_or_else(|| Bytes::from(reply.body), Bytes::from);
    let length = bytes.len();
    let body = match reply.delivery {
        Delivery::Whole | Delivery::Reset => PacedBody::whole(bytes),
        Delivery::Cut(kept) => PacedBody::cut(&bytes, kept),
        Delivery::Slow(time) => PacedBody::slow(bytes, time),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    if is_zipped {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Some(date) = http_date(reply.date) {
        headers.insert(DATE, date);
    }
    response
}

/// `time` as the `Date` header has it; years before 0 have none.
fn http_date(time: Timestamp) -> Option<HeaderValue> {
    let text = DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&time)
        .ok()?;
    HeaderValue::from_str(&text).ok()
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

fn plain(status: StatusCode, text: &'static str) -> Response<PacedBody> {
    let mut response = Response::new(PacedBody::whole(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
