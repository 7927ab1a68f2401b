//! Exchanges over hyper.

mod connect;
mod connection;
mod place;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use tokio_rustls::TlsConnector;
use ureq::http::{self, HeaderMap, Request, header};

use crate::async_exchange::explain::explain;
use crate::async_exchange::read::read;
use crate::async_exchange::waiting::End;
use crate::async_exchange::watched::{Progress, Watched};
use crate::async_exchange::{Parts, sent_body};
use crate::async_http::{AsyncHttp, BoxFuture};
use crate::content_type::header_value;
use crate::error::{Error, Kind, Phase, Wanted};
use crate::exchange::{Connection as Choice, HttpRequest, HttpResponse, Method};
use crate::settings::Settings;
use crate::target::LastTarget;
use connect::Connector;
use connection::Kept;
use place::Place;

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
    /// The headers of every request.
    headers: HeaderMap,
    last: LastTarget<Place>,
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
        let sent = match End::of(&self.0.settings, deadline) {
            Ok(end) => self.0.send_and_read(&place, &request, end).await,
            Err(too_late) => Err(too_late),
        };
        sent.map_err(|error| error.for_target(&place.target))
    }
}

impl Shared {
    /// Sends on a connection, kept or new, and reads the whole answer.
    async fn send_and_read(
        &self,
        place: &Place,
        request: &HttpRequest<'_>,
        end: End,
    ) -> Result<HttpResponse, Error> {
        let body = sent_body(request);
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
            let sent = end.wait(sent, self.settings.read_timeout, || progress.pieces());
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
        let explain =
            |error: hyper::Error, received, wanted| explain(&error, Phase::Body, received, wanted);
        let answered = answered.map(|body| connection.body(body));
        let response = read(answered, &self.settings, end, explain).await?;
        self.kept.put(&place.server, connection);
        Ok(response)
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

impl fmt::Debug for AsyncTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AsyncTransport")
            .field(&self.0.settings)
            .finish()
    }
}
