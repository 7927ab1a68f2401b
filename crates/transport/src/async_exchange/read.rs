//! Reading an answer.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::Bytes;
use http_body::{Body, Frame};
use ureq::http::{Response, header};

use super::unpack;
use super::waiting::End;
use crate::error::{Error, Kind, Phase, Wanted, too_large, unknown_encoding};
use crate::exchange::{HttpResponse, first_reserve};
use crate::explain_ureq::missing_end;
use crate::settings::Settings;

/// Reads an answer to its end or to a limit. `explain` turns the library's error into this crate's, and gets the number
/// of bytes received and what was missing.
pub(crate) async fn read<B: Body<Data = Bytes> + Unpin>(
    answered: Response<B>,
    settings: &Settings,
    end: End,
    explain: impl Fn(B::Error, usize, Wanted) -> Error,
) -> Result<HttpResponse, Error> {
    let mut response = HttpResponse::of_head(answered.status(), answered.headers());
    let body = &mut response.body;
    match read_body(answered, body, settings, end, explain).await {
        Ok(()) => Ok(response),
        Err(error) => Err(error.with_answer_so_far(response)),
    }
}

async fn read_body<B: Body<Data = Bytes> + Unpin>(
    answered: Response<B>,
    read: &mut Vec<u8>,
    settings: &Settings,
    end: End,
    explain: impl Fn(B::Error, usize, Wanted) -> Error,
) -> Result<(), Error> {
    let limit = settings.response_limit;
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
        let piece = piece(&mut incoming);
        match end.wait(piece, settings.read_timeout, || 0).await {
            Ok(Ok(Some(piece))) if piece.len() > limit - body.len() => {
                body.extend_from_slice(&piece[..limit - body.len()]);
                break Err(too_large(limit));
            }
            Ok(Ok(Some(piece))) => body.extend_from_slice(&piece),
            Ok(Ok(None)) => break Ok(()),
            Ok(Err(error)) => {
                break Err(explain(error, body.len(), missing_end(&head.headers)));
            }
            Err(limit) => break Err(Error::new(Phase::Body, Kind::TimedOut(limit))),
        }
    };
    if !is_packed {
        *read = body;
        return match (end, encoding) {
            (Ok(()), Some(encoding)) => Err(unknown_encoding(encoding)),
            (end, _) => end,
        };
    }
    let unpacked = unpack::unpack(&body, limit, read);
    end.and(unpacked)
}

/// The next piece of a body. Trailers are ignored.
async fn piece<B: Body<Data = Bytes> + Unpin>(body: &mut B) -> Result<Option<Bytes>, B::Error> {
    loop {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context));
        match frame.await.transpose()?.map(Frame::into_data) {
            Some(Ok(data)) => return Ok(Some(data)),
            Some(Err(_)) => {}
            None => return Ok(None),
        }
    }
}
