//! Decompression of bodies.

use std::io::{self, Read as _};

use flate2::read::MultiGzDecoder;
use ureq::http::HeaderValue;

use crate::error::{Error, Kind, Phase, Wanted, too_large};

/// Whether a body with this encoding is decompressed.
pub(crate) fn is_gzip(encoding: &HeaderValue) -> bool {
    let encoding = encoding.as_bytes();
    encoding.eq_ignore_ascii_case(b"gzip") || encoding.eq_ignore_ascii_case(b"x-gzip")
}

/// Decompresses gzip into `body`, up to the limit. The bytes before an error are kept.
pub(crate) fn unpack(packed: &[u8], limit: usize, body: &mut Vec<u8>) -> Result<(), Error> {
    let one_more = (limit as u64).saturating_add(1);
    let unpacked = MultiGzDecoder::new(packed).take(one_more).read_to_end(body);
    if body.len() > limit {
        body.truncate(limit);
        return Err(too_large(limit));
    }
    match unpacked {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            let kind = Kind::cut(body.len(), Wanted::GzipEnd);
            Err(Error::new(Phase::Body, kind))
        }
        Err(error) => {
            let (found, wanted) = ("a broken gzip stream".to_owned(), "a valid one");
            Err(Error::new(Phase::Body, Kind::Malformed { found, wanted }).because(error))
        }
    }
}
