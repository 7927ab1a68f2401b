//! Exchanges over reqwest.

mod explain;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::{ClientBuilder, Url, redirect, retry};
use ureq::http::{self, HeaderMap, header};
use ureq::{Proxy, ProxyProtocol};

use crate::async_exchange::read::read;
use crate::async_exchange::waiting::End;
use crate::async_exchange::watched::{Progress, Watched};
use crate::async_exchange::{Parts, sent_body};
use crate::async_http::{AsyncHttp, BoxFuture};
use crate::builder::Builder;
use crate::content_type::header_value;
use crate::error::{Error, Kind, Phase, Wanted};
use crate::exchange::{Connection, HttpRequest, HttpResponse, Method};
use crate::settings::Settings;
use crate::target::{LastTarget, Target, refused};
use explain::Explainer;

/// Sends exchanges over [reqwest](https://docs.rs/reqwest), for programs that configure a reqwest
/// client already: a proxy, a resolver, an interface, their own layers.
///
/// [`Builder::build_reqwest`] makes one. It guarantees the same as
/// [`Transport`](crate::Transport), with these differences:
///
/// - A [new connection](Connection::New) is closed after its exchange, and idle ones stay open.
/// - Plain `http` addresses use a proxy without a tunnel.
/// - An error of connecting may name an earlier phase than the one that failed, and of a refused
///   tunnel only status 407 counts as [permanent](Error::is_permanent).
/// - The head of an answer is limited to 408 KiB instead of 64 KiB.
/// - Kept connections belong to the runtime that opened them: a program with several runtimes
///   needs a transport for each.
///
/// It needs a [tokio](https://docs.rs/tokio) runtime with timers and I/O. Clones are cheap and
/// share connections.
#[derive(Clone)]
pub struct ReqwestTransport(Arc<Shared>);

struct Shared {
    /// Keeps connections.
    keeping: reqwest::Client,
    /// Opens a connection for each exchange, because reqwest cannot choose this for a single exchange.
    opening: reqwest::Client,
    settings: Settings,
    /// The headers of every request.
    headers: HeaderMap,
    proxy: Option<Proxy>,
    last: LastTarget<Place>,
}

/// Where a request goes.
struct Place {
    target: Target,
    url: Url,
}

impl Builder {
    /// Builds the transport for an async program over reqwest. Opens no connection yet.
    ///
    /// Two clients of reqwest are built: one keeps connections, and one opens a connection for
    /// each exchange. `configure` is called for both, and can use every setting of reqwest, except
    /// what [`AsyncHttp`] guarantees: redirects, retries, decompression, logs of whole messages,
    /// the connect time-out and the number of idle connections are set after it.
    ///
    /// Certificates are those of this builder. reqwest's methods for certificates have no effect;
    /// `tls_backend_preconfigured` replaces this builder's TLS as a whole.
    ///
    /// ```
    /// use aliexpress_transport::{Transport, reqwest};
    ///
    /// # fn main() -> Result<(), aliexpress_transport::Error> {
    /// let resolved = ([127, 0, 0, 1], 8443).into();
    /// let transport = Transport::builder()
    ///     .user_agent("my-shop/2.0")
    ///     .build_reqwest(|client| client.resolve("api-sg.aliexpress.com", resolved))?;
    /// # drop(transport);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build), and when reqwest refuses what `configure` set.
    pub fn build_reqwest(
        self,
        configure: impl Fn(ClientBuilder) -> ClientBuilder,
    ) -> Result<ReqwestTransport, Error> {
        let (parts, settings) = self.async_parts()?;
        let build = |idle| {
            let client = configure(basis(&parts)?);
            let client = guarantee(client, &settings, parts.idle_time, idle).build();
            client.map_err(|error| unusable("set up reqwest").because(error.without_url()))
        };
        Ok(ReqwestTransport(Arc::new(Shared {
            keeping: build(parts.idle_connections)?,
            opening: build(0)?,
            headers: parts.headers()?,
            proxy: parts.proxy,
            settings,
            last: LastTarget::default(),
        })))
    }
}

/// The settings that a program may replace.
fn basis(parts: &Parts) -> Result<ClientBuilder, Error> {
    let mut client = reqwest::Client::builder()
        .tls_backend_preconfigured(parts.tls.clone())
        .no_proxy();
    if !parts.user_agent.is_empty() {
        // Each request has the header; only the requests that open a tunnel need this setting.
        client = client.user_agent(parts.user_agent.as_str());
    }
    Ok(match &parts.proxy {
        Some(proxy) => client.proxy(over_reqwest(proxy)?),
        None => client,
    })
}

/// The settings of every client: a request is written once, and an answer is returned as it was sent.
fn guarantee(
    client: ClientBuilder,
    settings: &Settings,
    idle_time: Duration,
    idle_connections: usize,
) -> ClientBuilder {
    client
        .http1_only()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        // gzip is unpacked here, up to the limit on answers.
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .connection_verbose(false)
        .connect_timeout(settings.connect_timeout)
        .pool_max_idle_per_host(idle_connections)
        .pool_idle_timeout(idle_time)
}

/// A proxy of reqwest for the same addresses.
fn over_reqwest(proxy: &Proxy) -> Result<reqwest::Proxy, Error> {
    let scheme = match proxy.protocol() {
        ProxyProtocol::Https => "https",
        _ => "http",
    };
    let url = Url::parse(&format!("{scheme}://{}:{}", proxy.host(), proxy.port()))
        .map_err(|_| unusable("set the proxy"))?;
    let exceptions = proxy.clone();
    let over = reqwest::Proxy::custom(move |target| {
        let target = target.as_str().parse().ok()?;
        (!exceptions.is_no_proxy(&target)).then(|| url.clone())
    });
    let [user, password] = [proxy.username(), proxy.password()];
    Ok(match user.or(password) {
        Some(_) => over.basic_auth(user.unwrap_or_default(), password.unwrap_or_default()),
        None => over,
    })
}

fn unusable(doing: &'static str) -> Error {
    Error::new(
        Phase::Prepare,
        Kind::Invalid {
            doing,
            found: "settings that reqwest refuses".to_owned(),
            wanted: "valid ones",
        },
    )
}

impl ReqwestTransport {
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
        let message = self.message(place, request, Watched::new(body, &progress))?;
        let client = match request.connection {
            Connection::Kept => &self.keeping,
            Connection::New => &self.opening,
        };
        let explainer = Explainer {
            settings: &self.settings,
            through_proxy: self
                .proxy
                .as_ref()
                .is_some_and(|proxy| !proxy.is_no_proxy(place.target.uri())),
        };
        let sent = client.execute(message);
        let sent = end.wait(sent, self.settings.read_timeout, || progress.pieces());
        let answered = match sent.await {
            Ok(Ok(answered)) => answered,
            Ok(Err(error)) => {
                return Err(explainer.explain(error, progress.end(), 0, Wanted::Head));
            }
            Err(limit) => return Err(Error::new(progress.end(), Kind::TimedOut(limit))),
        };
        let answered: http::Response<reqwest::Body> = answered.into();
        let explain =
            |error, received, wanted| explainer.explain(error, Phase::Body, received, wanted);
        read(answered, &self.settings, end, explain).await
    }

    fn message(
        &self,
        place: &Place,
        request: &HttpRequest<'_>,
        body: Watched,
    ) -> Result<reqwest::Request, Error> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut message = reqwest::Request::new(method, place.url.clone());
        let headers = message.headers_mut();
        headers.clone_from(&self.headers);
        if request.method == Method::Post {
            headers.insert(header::CONTENT_TYPE, header_value(request.content_type)?);
            *message.body_mut() = Some(reqwest::Body::wrap(body));
        }
        Ok(message)
    }
}

impl Place {
    fn parse(url: &str) -> Result<Self, Error> {
        let target = Target::parse(url)?;
        let url = Url::parse(&target.uri().to_string());
        let url = url.map_err(|cause| refused("no valid url").because(cause))?;
        Ok(Self { target, url })
    }
}

impl AsyncHttp for ReqwestTransport {
    fn send<'a>(
        &'a self,
        request: HttpRequest<'a>,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<HttpResponse, Error>> {
        Box::pin(self.exchange(request, deadline))
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReqwestTransport")
            .field(&self.0.settings)
            .finish()
    }
}
