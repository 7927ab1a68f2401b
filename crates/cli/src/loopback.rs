//! A web server on this machine, for what comes back to it: a browser after the login, push messages.

use std::cell::RefCell;
use std::convert::Infallible;
use std::net::TcpListener;
use std::rc::Rc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::{LocalSet, spawn_local};

use crate::failure::Failure;

/// No browser and no platform sends more.
const LARGEST_BODY: usize = 1024 * 1024;
/// How long a request may take to arrive; until then others are served beside it.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came.
pub(crate) struct Arrived {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: Bytes,
}

/// What is answered: a status and a text for people.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) text: &'static str,
}

/// A port of 127.0.0.1 that is listened to.
pub(crate) struct Loopback {
    listener: TcpListener,
    port: u16,
}

impl Loopback {
    /// Takes the port, or any free one if 0.
    pub(crate) fn bind(port: u16) -> Result<Self, Failure> {
        let cannot = |error| {
            Failure::file(format_args!("listen on 127.0.0.1:{port}"), &error)
                .hint("--port N chooses another port, --port 0 any free one")
        };
        let listener = TcpListener::bind(("127.0.0.1", port)).map_err(cannot)?;
        let port = listener.local_addr().map_err(cannot)?.port();
        listener.set_nonblocking(true).map_err(cannot)?;
        Ok(Self { listener, port })
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Answers until one request brings a result, which is given once its answer is out; `None` if the time is up.
    pub(crate) fn serve<T: 'static>(
        self,
        limit: Option<Duration>,
        answer: impl FnMut(Arrived) -> (Answered, Option<T>) + 'static,
    ) -> Result<Option<T>, Failure> {
        let cannot =
            |error| Failure::file(format_args!("listen on 127.0.0.1:{}", self.port), &error);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(cannot)?;
        let answer = Rc::new(RefCell::new(answer));
        let (results, mut result) = unbounded_channel();
        LocalSet::new().block_on(&runtime, async {
            let listener = tokio::net::TcpListener::from_std(self.listener).map_err(cannot)?;
            spawn_local(async move {
                loop {
                    // A connection that fails before it begins is the other side's matter.
                    if let Ok((stream, _)) = listener.accept().await {
                        spawn_local(connection(stream, Rc::clone(&answer), results.clone()));
                    }
                }
            });
            Ok(match limit {
                None => result.recv().await,
                Some(limit) => tokio::time::timeout(limit, result.recv())
                    .await
                    .unwrap_or_default(),
            })
        })
    }
}

/// Serves one request.
async fn connection<T: 'static>(
    stream: TcpStream,
    answer: Rc<RefCell<impl FnMut(Arrived) -> (Answered, Option<T>) + 'static>>,
    results: UnboundedSender<T>,
) {
    let result = Rc::new(RefCell::new(None));
    let service = service_fn(|request| {
        let (answer, result) = (Rc::clone(&answer), Rc::clone(&result));
        async move {
            let answered = match arrived(request).await {
                Some(arrived) => {
                    let (answered, found) = (answer.borrow_mut())(arrived);
                    *result.borrow_mut() = found;
                    answered
                }
                None => Answered {
                    status: 413,
                    text: "too large, or too slow",
                },
            };
            Ok::<_, Infallible>(response(&answered))
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    // Whatever became of the answer, the request has come.
    let _ = served.await;
    if let Some(result) = result.take() {
        // No one waits for a second result.
        let _ = results.send(result);
    }
}

async fn arrived(request: Request<Incoming>) -> Option<Arrived> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, LARGEST_BODY).collect();
    let body = tokio::time::timeout(PATIENCE, body)
        .await
        .ok()?
        .ok()?
        .to_bytes();
    let authorization = head.headers.get(AUTHORIZATION);
    Some(Arrived {
        method: head.method,
        target: head.uri.to_string(),
        authorization: authorization
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        body,
    })
}

fn response(answered: &Answered) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(answered.text.as_bytes())));
    *response.status_mut() = answered.status.try_into().unwrap_or_default();
    let headers = response.headers_mut();
    let plain = hyper::header::HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(CONTENT_TYPE, plain);
    headers.insert(CONNECTION, hyper::header::HeaderValue::from_static("close"));
    response
}
