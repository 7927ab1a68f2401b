//! The blocking transport.

use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::http::{Request, Response, header};
use ureq::{Agent, AsSendBody, SendBody};

use crate::body::Body;
use crate::content_type::{header_value, no_content_type};
use crate::error::{Error, Kind, Limit, Phase, too_large, unknown_encoding};
use crate::exchange::{Connection, HttpRequest, HttpResponse, Method, first_reserve};
use crate::explain_ureq::Explainer;
use crate::settings::Settings;
use crate::target::{LastTarget, Target};

/// Sends exchanges, one at a time per calling thread, over kept connections.
///
/// Clones are cheap and share connections; one transport can be used from any number of threads.
#[derive(Clone)]
pub struct Transport(Arc<Shared>);

struct Shared {
    agent: Agent,
    settings: Settings,
    last: LastTarget<Target>,
}

impl Transport {
    pub(crate) fn new(agent: Agent, settings: Settings) -> Self {
        Self(Arc::new(Shared {
            agent,
            settings,
            last: LastTarget::default(),
        }))
    }

    /// Sends the request and waits for the complete answer, until the deadline at the latest.
    ///
    /// The request is written at most once: neither this crate nor ureq repeats it, and redirects
    /// are answers like every other status.
    ///
    /// # Errors
    ///
    /// If there is no complete answer; [`Error::phase`] says which phase the exchange reached, and
    /// [`Error::certainly_not_sent`] whether the server can have seen any of the request.
    pub fn send(
        &self,
        exchange: &HttpRequest<'_>,
        deadline: Instant,
    ) -> Result<HttpResponse, Error> {
        let Shared {
            agent,
            settings,
            last,
        } = &*self.0;
        let target = last.get(exchange.url, Target::parse)?;
        let (time, limit) = settings.time_until(deadline);
        if time.is_zero() {
            return Err(Error::new(Phase::Prepare, Kind::TimedOut(limit)).for_target(&target));
        }

        let explainer = Explainer {
            target: &target,
            settings,
            limit,
        };
        let uri = target.uri();
        let response = match exchange.method {
            Method::Get => {
                let request = Request::get(uri).body(());
                agent.run(self.configured(request, exchange.connection, limit, time)?)
            }
            Method::Post => {
                let content_type = header_value(exchange.content_type);
                let request = Request::post(uri).header(header::CONTENT_TYPE, content_type?);
                match exchange.body {
                    Body::Bytes(bytes) => {
                        let request = request.body(bytes);
                        agent.run(self.configured(request, exchange.connection, limit, time)?)
                    }
                    Body::Streamed(body) => {
                        let mut reader = body.reader();
                        // Without a length, ureq would send it in chunks.
                        let request = request
                            .header(header::CONTENT_LENGTH, body.length())
                            .body(SendBody::from_reader(&mut reader));
                        agent.run(self.configured(request, exchange.connection, limit, time)?)
                    }
                }
            }
        };
        let response = response.map_err(|error| explainer.before_the_body(error))?;
        self.read(response, &explainer)
    }

    fn configured<B: AsSendBody>(
        &self,
        request: Result<Request<B>, ureq::http::Error>,
        connection: Connection,
        limit: Limit,
        time: Duration,
    ) -> Result<Request<B>, Error> {
        let request = request.map_err(|cause| no_content_type().because(cause))?;
        // The agent has the total time-out already. Its settings are copied only if they differ.
        if let (Limit::Total(_), Connection::Kept) = (limit, connection) {
            return Ok(request);
        }
        // ureq's global time-out costs a thread, but only with ureq's own resolver.
        let config = self
            .0
            .agent
            .configure_request(request)
            .timeout_global(Some(time));
        Ok(match connection {
            Connection::Kept => config.build(),
            Connection::New => config.max_idle_age(Duration::ZERO).build(),
        })
    }

    /// Reads the body up to the size limit, which applies to the decompressed body.
    fn read(
        &self,
        response: Response<ureq::Body>,
        explainer: &Explainer<'_>,
    ) -> Result<HttpResponse, Error> {
        let limit = self.0.settings.response_limit;
        let (head, mut body) = response.into_parts();
        let mut answer = HttpResponse::of_head(head.status, &head.headers);
        let announced = body.content_length();
        if announced.is_some_and(|announced| announced > limit as u64) {
            return Err(too_large(limit)
                .for_target(explainer.target)
                .with_answer_so_far(answer));
        }

        answer.body.reserve(first_reserve(announced));
        let one_more = (limit as u64).saturating_add(1);
        let read = body
            .as_reader()
            .take(one_more)
            .read_to_end(&mut answer.body);
        if let Err(error) = read {
            let error = explainer.in_the_body(error.into(), &head.headers, answer.body.len());
            return Err(error.with_answer_so_far(answer));
        }
        if answer.body.len() > limit {
            answer.body.truncate(limit);
            return Err(too_large(limit)
                .for_target(explainer.target)
                .with_answer_so_far(answer));
        }
        // ureq removes this header from a body that it has decompressed.
        match head.headers.get(header::CONTENT_ENCODING) {
            Some(encoding) if encoding != "identity" => Err(unknown_encoding(encoding)
                .for_target(explainer.target)
                .with_answer_so_far(answer)),
            _ => Ok(answer),
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Transport").field(&self.0.settings).finish()
    }
}
