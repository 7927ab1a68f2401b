//! Exchanges over hyper.

mod connect;
mod connection;
mod explain;
mod patience;
mod place;
mod unpack;
mod watched;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body::Body as _;
use hyper::body::Incoming;
use tokio_rustls::TlsConnector;
use ureq::http::{self, HeaderMap, HeaderValue, Request, Response, header};

use crate::async_http::{AsyncHttp, BoxFuture};
use crate::body::Body;
use crate::content_type::header_value;
use crate::error::{Error, Kind, Phase, Wanted, too_large, unknown_encoding};
use crate::exchange::{Connection as Choice, HttpRequest, HttpResponse, Method, first_reserve};
use crate::explain_ureq::missing_end;
use crate::settings::Settings;
use crate::target::LastTarget;
use connect::Connector;
use connection::{Connection, Kept};
use explain::explain;
use patience::End;
use place::Place;
use watched::{Progress, Watched};

/// Sends exchanges over [hyper](https://docs.rs/hyper), with the same guarantees as
/// [`Transport`](crate::Transport).
///
/// It needs a [tokio](https://docs.rs/tokio) runtime with timers and I/O. Clones are cheap and
/// share connections.
#[derive(Clone)]
pub struct AsyncTransport(Arc<Shared>);

struct Shared {
    connector: Connector,
    kept: Kept,
    settings: Settings,
    /// What every request says of the client.
    headers: HeaderMap,
    last: LastTarget<Place>,
}

/// What a transport is made of, beside the limits.
pub(crate) struct Parts {
    pub(crate) tls: rustls::ClientConfig,
    pub(crate) user_agent: String,
    pub(crate) proxy: Option<ureq::Proxy>,
    pub(crate) gzip: bool,
    pub(crate) idle_connections: usize,
    pub(crate) idle_time: Duration,
}

impl AsyncTransport {
    pub(crate) fn new(parts: Parts, settings: Settings) -> Result<Self, Error> {
        Ok(Self(Arc::new(Shared {
            headers: parts.headers()?,
            connector: Connector {
                tls: TlsConnector::from(Arc::new(parts.tls)),
                proxy: parts.proxy,
                user_agent: parts.user_agent,
                timeout: settings.connect_timeout,
            },
            kept: Kept::new(parts.idle_connections, parts.idle_time),
            settings,
            last: LastTarget::default(),
        })))
    }

    async fn exchange(
        &self,
        request: HttpRequest<'_>,
        deadline: Instant,
    ) -> Result<HttpResponse, Error> {
        let place = self.0.last.get(request.url, Place::parse)?;
        let (time, limit) = self.0.settings.time_until(deadline);
        let end = End {
            at: tokio::time::Instant::now() + time,
            limit,
        };
        let sent = match time.is_zero() {
            true => Err(Error::new(Phase::Prepare, Kind::TimedOut(limit))),
            false => self.0.carry(&place, &request, end).await,
        };
        sent.map_err(|error| error.for_target(&place.target))
    }
}

impl Shared {
    /// Sends on a connection, kept or new, and reads the whole answer.
    async fn carry(
        &self,
        place: &Place,
        request: &HttpRequest<'_>,
        end: End,
    ) -> Result<HttpResponse, Error> {
        let body = match request.method {
            Method::Post => request.body,
            Method::Get => Body::Bytes(&[]),
        };
        let progress = Progress::of(body.length());
        let mut message = self.message(place, request, Watched::new(body, &progress))?;
        let (mut connection, answered) = loop {
            let kept = match request.connection {
                Choice::Kept => self.kept.take(&place.server).await,
                Choice::New => {
                    self.kept.close(&place.server);
                    None
                }
            };
            let was_kept = kept.is_some();
            let mut connection = match kept {
                Some(kept) => kept,
                None => self.connector.connect(place, end).await?,
            };
            let sent = connection.send(message);
            let sent = end.patience(sent, self.settings.read_timeout, || progress.pieces());
            let phase = || progress.end().max(Phase::Send);
            match sent.await {
                Ok(Ok(answered)) => break (connection, answered),
                Ok(Err(mut failed)) => match failed.take_message() {
                    // The server closed it before anything was written.
                    Some(unsent) if was_kept => message = unsent,
                    _ => return Err(explain(failed.error(), phase(), 0, Wanted::Head)),
                },
                Err(limit) => return Err(Error::new(phase(), Kind::TimedOut(limit))),
            }
        };
        let mut response = HttpResponse::of_head(answered.status(), answered.headers());
        match self
            .read(&mut connection, answered, &mut response, end)
            .await
        {
            Ok(()) => {
                self.kept.put(&place.server, connection);
                Ok(response)
            }
            Err(error) => Err(error.with_answer_so_far(response)),
        }
    }

    fn message(
        &self,
        place: &Place,
        request: &HttpRequest<'_>,
        body: Watched,
    ) -> Result<Request<Watched>, Error> {
        let mut message = Request::new(body);
        *message.uri_mut() = place.path.clone();
        let headers = message.headers_mut();
        headers.clone_from(&self.headers);
        headers.insert(header::HOST, place.header.clone());
        if request.method == Method::Post {
            headers.insert(header::CONTENT_TYPE, header_value(request.content_type)?);
            *message.method_mut() = http::Method::POST;
        }
        Ok(message)
    }

    /// Reads the body to its end or to a limit.
    async fn read(
        &self,
        connection: &mut Connection,
        answered: Response<Incoming>,
        response: &mut HttpResponse,
        end: End,
    ) -> Result<(), Error> {
        let limit = self.settings.response_limit;
        let (head, mut incoming) = answered.into_parts();
        let encoding = head.headers.get(header::CONTENT_ENCODING);
        let encoding = encoding.filter(|encoding| *encoding != "identity");
        let is_packed = encoding.is_some_and(unpack::is_gzip);
        let announced = incoming.size_hint().exact();
        if !is_packed && announced.is_some_and(|announced| announced > limit as u64) {
            return Err(too_large(limit));
        }
        let mut body = Vec::with_capacity(first_reserve(announced));
        let end = loop {
            let piece = connection.piece(&mut incoming);
            let piece = end.patience(piece, self.settings.read_timeout, || 0).await;
            match piece {
                Ok(Ok(Some(piece))) if piece.len() > limit - body.len() => {
                    body.extend_from_slice(&piece[..limit - body.len()]);
                    break Err(too_large(limit));
                }
                Ok(Ok(Some(piece))) => body.extend_from_slice(&piece),
                Ok(Ok(None)) => break Ok(()),
                Ok(Err(error)) => {
                    let wanted = missing_end(&head.headers);
                    break Err(explain(&error, Phase::Body, body.len(), wanted));
                }
                Err(limit) => break Err(Error::new(Phase::Body, Kind::TimedOut(limit))),
            }
        };
        if !is_packed {
            response.body = body;
            return match (end, encoding) {
                (Ok(()), Some(encoding)) => Err(unknown_encoding(encoding)),
                (end, _) => end,
            };
        }
        let unpacked = unpack::unpack(&body, limit, &mut response.body);
        end.and(unpacked)
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
    fn headers(&self) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        if self.gzip {
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if !self.user_agent.is_empty() {
            let agent = HeaderValue::from_str(&self.user_agent);
            headers.insert(
                header::USER_AGENT,
                agent.map_err(|cause| unusable().because(cause))?,
            );
        }
        Ok(headers)
    }
}

fn unusable() -> Error {
    Error::new(
        Phase::Prepare,
        Kind::Invalid {
            doing: "set the user agent",
            found: "characters that no header may hold".to_owned(),
            wanted: "printable ASCII on one line",
        },
    )
}

impl fmt::Debug for AsyncTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AsyncTransport")
            .field(&self.0.settings)
            .finish()
    }
}
