//! Requests and responses.

use std::fmt;

use ureq::http::{HeaderMap, HeaderName, StatusCode, header};

use crate::body::{Body, StreamedBody};
use crate::form;

/// A request: a body to post to an address, or an address to get.
///
/// Its `Debug` output shows neither the body nor the query of the address.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct HttpRequest<'a> {
    /// The URL: `http` or `https`, with a host and without a user name. The query is sent but never
    /// shown; servers and proxies log it, however, so put secrets into the body.
    pub url: &'a str,
    /// The HTTP method.
    pub method: Method,
    /// Value of the `Content-Type` header of a [`Method::Post`].
    pub content_type: &'a str,
    /// The body to post, unchanged; a [`Method::Get`] sends none.
    pub body: Body<'a>,
    /// Whether a connection kept from an earlier exchange may be used.
    pub connection: Connection,
}

/// The method of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Method {
    /// `POST`, with a body.
    #[default]
    Post,
    /// `GET`, without a body.
    Get,
}

/// Which connection may be used for an exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// A kept connection if there is one, otherwise a new one.
    #[default]
    Kept,
    /// A new connection. It costs a handshake but avoids a doubt: a server may close a kept
    /// connection at the moment when a request is sent on it, and then no one knows whether the
    /// request was read. Use it for requests that must not be repeated blindly. Idle connections to
    /// the same server are closed; the new one is kept afterwards.
    New,
}

impl<'a> HttpRequest<'a> {
    /// A posted form, as encoded by [`form::encode`].
    pub fn form(url: &'a str, body: &'a str) -> Self {
        Self::new(url, form::CONTENT_TYPE, body.as_bytes())
    }

    /// A posted body of any type.
    pub fn new(url: &'a str, content_type: &'a str, body: &'a [u8]) -> Self {
        Self::posting(url, content_type, Body::Bytes(body))
    }

    /// A posted body that is read while it is sent.
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

    /// A `GET` without a body.
    pub fn get(url: &'a str) -> Self {
        Self {
            method: Method::Get,
            ..Self::new(url, "", &[])
        }
    }

    /// The same request with this choice of connection.
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

/// The server's response, with any status.
///
/// Its `Debug` output shows the status and the length of the body, not its contents.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HttpResponse {
    /// HTTP status code.
    pub status: u16,
    /// The `Date` header, unchanged: the server's clock in GMT, to the second.
    pub date: Option<String>,
    /// The `Content-Type` header, unchanged.
    pub content_type: Option<String>,
    /// The `Retry-After` header, unchanged: seconds, or a date.
    pub retry_after: Option<String>,
    /// The body, decompressed if the server sent gzip; no character set is assumed.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// A response from another HTTP library, without headers.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            body: body.into(),
            ..Self::default()
        }
    }

    /// The status and headers of a response, with an empty body.
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

/// How many bytes to reserve for a body: its announced length up to a limit, because a server can
/// announce any length.
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
