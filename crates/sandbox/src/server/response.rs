//! Answers as HTTP responses.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderValue,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};

use super::body::PacedBody;
use crate::gateway::{Delivery, Reply};

/// A gateway's reply, compressed if that was requested.
pub(super) fn written(reply: Reply, wants_gzip: bool) -> Response<PacedBody> {
    let zipped = if wants_gzip { gzip(&reply.body) } else { None };
    let is_zipped = zipped.is_some();
    let bytes = zipped.map_or(reply.body, Bytes::from);
    let length = bytes.len();
    let body = match reply.delivery {
        Delivery::Whole | Delivery::Reset => PacedBody::whole(bytes),
        Delivery::Cut(kept) => PacedBody::cut(&bytes, kept),
        Delivery::Slow(time) => PacedBody::slow(bytes, time),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    if is_zipped {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(reply.date)) {
        headers.insert(DATE, date);
    }
    response
}

/// A short text.
pub(super) fn plain(status: StatusCode, text: impl Into<Bytes>) -> Response<PacedBody> {
    let mut response = Response::new(PacedBody::whole(text.into()));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}

/// Adds headers against caching, referrers and guessing of the content type.
pub(super) fn private(mut response: Response<PacedBody>) -> Response<PacedBody> {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}
