//! What exchanges over hyper and over reqwest share: when a request counts as sent, how long to wait, how answers are read.

pub(crate) mod explain;
pub(crate) mod read;
mod unpack;
pub(crate) mod waiting;
pub(crate) mod watched;

use std::time::Duration;

use ureq::http::{HeaderMap, HeaderValue, header};

use crate::body::Body;
use crate::error::{Error, Kind, Phase};
use crate::exchange::{HttpRequest, Method};

/// The parts of a transport, except its limits.
pub(crate) struct Parts {
    pub(crate) tls: rustls::ClientConfig,
    pub(crate) user_agent: String,
    pub(crate) proxy: Option<ureq::Proxy>,
    pub(crate) gzip: bool,
    pub(crate) idle_connections: usize,
    pub(crate) idle_time: Duration,
}

impl Parts {
    /// The headers of every request.
    pub(crate) fn headers(&self) -> Result<HeaderMap, Error> {
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
            found: "characters that a header cannot contain".to_owned(),
            wanted: "printable ASCII on one line",
        },
    )
}

/// The body that is sent with a request.
pub(crate) fn sent_body<'a>(request: &HttpRequest<'a>) -> Body<'a> {
    match request.method {
        Method::Post => request.body,
        Method::Get => Body::Bytes(&[]),
    }
}
