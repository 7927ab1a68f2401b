//! Where a request goes.

use ureq::http::uri::Scheme;
use ureq::http::{self, HeaderValue, Uri};

use crate::error::Error;
use crate::target::{Target, refused};

/// An address, split into its parts.
pub(super) struct Place {
    pub(super) target: Target,
    pub(super) is_https: bool,
    /// Without the brackets of an IPv6 address.
    pub(super) host: String,
    pub(super) port: u16,
    /// Identifies the server: scheme, host and port.
    pub(super) server: String,
    /// Path and query.
    pub(super) path: Uri,
    pub(super) header: HeaderValue,
}

impl Place {
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        let target = Target::parse(url)?;
        let invalid = |cause: http::Error| refused("no valid url").because(cause);
        let uri = target.uri();
        let is_https = uri.scheme() == Some(&Scheme::HTTPS);
        let usual = if is_https { 443 } else { 80 };
        let port = uri.port_u16().unwrap_or(usual);
        let host = uri.host().unwrap_or_default();
        let shown = match port == usual {
            true => host.to_owned(),
            false => format!("{host}:{port}"),
        };
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self {
            is_https,
            host: bare(host).to_owned(),
            port,
            server: format!("{}://{host}:{port}", uri.scheme_str().unwrap_or_default()),
            path: path
                .parse()
                .map_err(|cause| invalid(http::Error::from(cause)))?,
            header: HeaderValue::try_from(shown)
                .map_err(|cause| invalid(http::Error::from(cause)))?,
            target,
        })
    }
}

/// A host without the brackets of an IPv6 address.
pub(super) fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}
