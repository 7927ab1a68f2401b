//! What goes out and what comes back.

use std::fmt;

use ureq::http::{HeaderMap, HeaderName, StatusCode, header};

use crate::body::{Body, StreamedBody};
use crate::form;

/// One request: a body that is posted to an address, or an address that is asked for.
///
/// Its `Debug` output shows neither the body nor the query of the address.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct HttpRequest<'a> {
    /// Where to: `http` or `https`, with a host and without a user name. A query is sent on and
    /// shown nowhere, but servers and proxies log it: secrets belong in the body.
    pub url: &'a str,
    /// How it is asked.
    pub method: Method,
    /// Value of the `Content-Type` header of a [`Method::Post`].
    pub content_type: &'a str,
    /// What is posted, sent as it is; a [`Method::Get`] sends nothing.
    pub body: Body<'a>,
    /// Whether a connection kept from an earlier exchange may carry this one.
    pub connection: Connection,
}

/// How a request is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Method {
    /// `POST`, with a body.
    #[default]
    Post,
    /// `GET`, without one: everything is in the address.
    Get,
}

/// Which connection may carry an exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// A kept one where there is one, otherwise a new one.
    #[default]
    Kept,
    /// A new one. It costs a handshake and takes away a doubt: a server may close a kept connection
    /// in the same moment as a request leaves on it, and then no one knows whether the request was
    /// read. Worth it for requests that must not be repeated blindly. Idle connections to the same
    /// server are closed by it; the new one is kept afterwards.
    New,
}

impl<'a> HttpRequest<'a> {
    /// A form, as [`form::encode`] writes it.
    pub fn form(url: &'a str, body: &'a str) -> Self {
        Self::new(url, form::CONTENT_TYPE, body.as_bytes())
    }

    /// Any body.
    pub fn new(url: &'a str, content_type: &'a str, body: &'a [u8]) -> Self {
        Self::posting(url, content_type, Body::Bytes(body))
    }

    /// A body that is read while it is sent.
    pub fn streamed(url: &'a str, content_type: &'a str, body: &'a StreamedBody) -> Self {
        Self::posting(url, content_type, Body::Streamed(body))
    }

    fn posting(url: &'a str, content_type: &'a str, body: Body<'a>) -> Self {
        Self {
            url,
            method: Method::Post,
            content_type,
            body,
            connection: Connection::Kept,
        }
    }

    /// No body: `GET`.
    pub fn get(url: &'a str) -> Self {
        Self {
            method: Method::Get,
            ..Self::new(url, "", &[])
        }
    }

    /// The same exchange with a choice of connection.
    pub fn on(self, connection: Connection) -> Self {
        Self { connection, ..self }
    }
}

impl fmt::Debug for HttpRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field(
                "url",
                &self.url.split(['?', '#']).next().unwrap_or_default(),
            )
            .field("method", &self.method)
            .field("content_type", &self.content_type)
            .field("body", &format_args!("{} bytes", self.body.length()))
            .field("connection", &self.connection)
            .finish()
    }
}

/// What the server said, whatever its status.
///
/// Its `Debug` output shows the status and the length of the body, not its contents.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HttpResponse {
    /// HTTP status code.
    pub status: u16,
    /// The `Date` header as it came: the server's clock in GMT, to the second.
    pub date: Option<String>,
    /// The `Content-Type` header as it came.
    pub content_type: Option<String>,
    /// The `Retry-After` header as it came: seconds, or a date.
    pub retry_after: Option<String>,
    /// The body: unpacked where the server sent gzip, otherwise byte for byte; no character set is
    /// assumed.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// An answer of another HTTP library, without headers.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            body: body.into(),
            ..Self::default()
        }
    }

    /// What comes before the body, which is still empty.
    pub(crate) fn of_head(status: StatusCode, headers: &HeaderMap) -> Self {
        let text = |name| {
            let value = headers.get::<HeaderName>(name);
            value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Self {
            status: status.as_u16(),
            date: text(header::DATE),
            content_type: text(header::CONTENT_TYPE),
            retry_after: text(header::RETRY_AFTER),
            body: Vec::new(),
        }
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("date", &self.date)
            .field("content_type", &self.content_type)
            .field("retry_after", &self.retry_after)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// Room for a body of the announced length, but not for whatever a server cares to announce.
pub(crate) fn first_reserve(announced: Option<u64>) -> usize {
    const MOST: u64 = 256 * 1024;
    announced.unwrap_or_default().min(MOST) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_an_exchange_hides_body_and_query() {
        let exchange = HttpRequest::form("http://h/p?session=canary", "session=canary");
        assert_eq!(
            format!("{exchange:?}"),
            "HttpRequest { url: \"http://h/p\", method: Post, content_type: \
             \"application/x-www-form-urlencoded;charset=UTF-8\", body: 14 bytes, connection: Kept }"
        );
    }

    #[test]
    fn debug_of_an_answer_hides_its_body() {
        let answer = HttpResponse {
            status: 200,
            body: b"canary".to_vec(),
            ..HttpResponse::default()
        };
        assert_eq!(
            format!("{answer:?}"),
            "HttpResponse { status: 200, date: None, content_type: None, retry_after: None, body: 6 bytes }"
        );
    }
}
