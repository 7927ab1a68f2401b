//! A web server on 127.0.0.1, for the callback of a login and for push messages.

use std::cell::RefCell;
use std::convert::Infallible;
use std::net::TcpListener;
use std::rc::Rc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::{LocalSet, spawn_local};

use crate::failure::{Failure, warn};

/// The largest body that is accepted, in bytes. Neither a browser nor the platform sends more.
const LARGEST_BODY: usize = 1024 * 1024;
/// How long the head of a request may take to arrive, and then its body. Other requests are served in the meantime.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// How long to wait after a connection could not be accepted, for instance because too many are open.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// A request.
pub(crate) struct Arrived {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) target: String,
    /// The value of the first header `Authorization`; bytes that are not UTF-8 are replaced.
    pub(crate) authorization: Option<String>,
    pub(crate) body: Bytes,
}

/// The response: an HTTP status and a text for people.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) text: &'static str,
}

/// A listening socket on 127.0.0.1.
pub(crate) struct Loopback {
    listener: TcpListener,
    port: u16,
}

impl Loopback {
    /// Binds the port, or any free one if 0.
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

    /// The address without a path, such as `http://127.0.0.1:8490`.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Answers requests until `answer` gives a result for one, and returns the result after that response was sent. `None`
    /// if the time limit passes first. Requests that cannot be read are answered and reported here.
    pub(crate) fn serve<T: 'static>(
        self,
        limit: Option<Duration>,
        json: bool,
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
                let mut is_failing = false;
                loop {
                    match listener.accept().await {
                        Ok((stream, _)) => {
                            is_failing = false;
                            let (answer, results) = (Rc::clone(&answer), results.clone());
                            spawn_local(connection(stream, json, answer, results));
                        }
                        Err(error) => {
                            if !is_failing {
                                warn(
                                    &format!("cannot accept a connection: {error}; trying again"),
                                    json,
                                );
                            }
                            is_failing = true;
                            tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
                        }
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
    json: bool,
    answer: Rc<RefCell<impl FnMut(Arrived) -> (Answered, Option<T>) + 'static>>,
    results: UnboundedSender<T>,
) {
    let result = Rc::new(RefCell::new(None));
    let service = service_fn(|request| {
        let (answer, result) = (Rc::clone(&answer), Rc::clone(&result));
        async move {
            let answered = match arrived(request).await {
                Ok(arrived) => {
                    let (answered, found) = (answer.borrow_mut())(arrived);
                    *result.borrow_mut() = found;
                    answered
                }
                Err(unread) => {
                    warn(&unread.to_string(), json);
                    unread.answer()
                }
            };
            Ok::<_, Infallible>(response(&answered))
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    // The result counts even if the other side closed the connection before the response.
    let _ = served.await;
    if let Some(result) = result.take() {
        // Only the first result is received.
        let _ = results.send(result);
    }
}

/// Why the body of a request could not be read.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error(
        "cannot read a request: found a body of more than {LARGEST_BODY} bytes; wanted a shorter one"
    )]
    TooLarge,
    #[error("cannot read a request: found an incomplete body after {} s; wanted all of it", REQUEST_TIMEOUT.as_secs())]
    TooSlow,
    #[error("cannot read a request: found the connection closed in the body; wanted all of it")]
    CutOff,
}

impl Unread {
    fn answer(&self) -> Answered {
        let (status, text) = match self {
            Self::TooLarge => (413, "the body is too large\n"),
            Self::TooSlow => (408, "the body took too long\n"),
            Self::CutOff => (400, "the body is incomplete\n"),
        };
        Answered { status, text }
    }
}

async fn arrived(request: Request<Incoming>) -> Result<Arrived, Unread> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, LARGEST_BODY).collect();
    let body = tokio::time::timeout(REQUEST_TIMEOUT, body).await;
    let body = body.map_err(|_| Unread::TooSlow)?.map_err(|error| {
        match error.is::<LengthLimitError>() {
            true => Unread::TooLarge,
            false => Unread::CutOff,
        }
    })?;
    let authorization = head.headers.get(AUTHORIZATION);
    Ok(Arrived {
        method: head.method,
        target: head.uri.to_string(),
        authorization: authorization
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        body: body.to_bytes(),
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
