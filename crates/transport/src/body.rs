//! Bodies of requests, in memory or read in pieces while they are sent.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

/// The body of a request.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Body<'a> {
    /// Bytes in memory.
    Bytes(&'a [u8]),
    /// Read while it is sent.
    Streamed(&'a StreamedBody),
}

impl<'a> Body<'a> {
    /// Its length in bytes.
    pub fn length(self) -> u64 {
        match self {
            Body::Bytes(bytes) => bytes.len() as u64,
            Body::Streamed(body) => body.length(),
        }
    }

    /// The body from its beginning.
    pub fn reader(self) -> Box<dyn Read + Send + 'a> {
        match self {
            Body::Bytes(bytes) => Box::new(bytes),
            Body::Streamed(body) => Box::new(body.reader()),
        }
    }
}

/// Opens content that is then read once.
pub type OpenContent = Arc<dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync>;

/// A body in pieces. Content that is not in memory is opened and read only while it is sent, so
/// that the body is never completely in memory.
#[derive(Clone, Default)]
pub struct StreamedBody {
    pieces: Vec<Piece>,
    length: u64,
}

#[derive(Clone)]
enum Piece {
    Bytes(Vec<u8>),
    Content { length: u64, open: OpenContent },
}

/// Why a body could not be read while it was being sent.
#[derive(Debug, thiserror::Error)]
#[error("found {found}; wanted {wanted}")]
pub(crate) struct BodyError {
    pub(crate) found: String,
    pub(crate) wanted: String,
    #[source]
    pub(crate) cause: Option<io::Error>,
}

impl StreamedBody {
    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The whole body, if all of it is in memory.
    ///
    /// # Errors
    ///
    /// The body itself, if some of it is not in memory.
    pub fn into_bytes(mut self) -> Result<Vec<u8>, Self> {
        match (self.pieces.pop(), self.pieces.is_empty()) {
            (None, _) => Ok(Vec::new()),
            (Some(Piece::Bytes(bytes)), true) => Ok(bytes),
            (Some(piece), _) => {
                self.pieces.push(piece);
                Err(self)
            }
        }
    }

    /// Reads the body from its beginning. If the content of a piece is shorter or longer than
    /// announced, reading fails at its end.
    pub fn reader(&self) -> impl Read + Send + 'static {
        BodyReader {
            pieces: self.pieces.clone().into_iter(),
            current: Current::Bytes(io::Cursor::new(Vec::new())),
        }
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        match self.pieces.last_mut() {
            Some(Piece::Bytes(last)) => last.extend_from_slice(bytes),
            _ => self.pieces.push(Piece::Bytes(bytes.to_vec())),
        }
    }

    pub(crate) fn content(&mut self, length: u64, open: OpenContent) {
        self.length += length;
        self.pieces.push(Piece::Content { length, open });
    }
}

impl fmt::Debug for StreamedBody {
    /// Leaves out the contents.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamedBody({} bytes)", self.length)
    }
}

struct BodyReader {
    pieces: std::vec::IntoIter<Piece>,
    current: Current,
}

enum Current {
    Bytes(io::Cursor<Vec<u8>>),
    Content {
        reader: Box<dyn Read + Send>,
        length: u64,
        left: u64,
    },
}

impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let read = self.current.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.current = match self.pieces.next() {
                None => return Ok(0),
                Some(Piece::Bytes(bytes)) => Current::Bytes(io::Cursor::new(bytes)),
                Some(Piece::Content { length, open }) => Current::Content {
                    reader: open().map_err(|cause| unreadable(length, cause))?,
                    length,
                    left: length,
                },
            };
        }
    }
}

impl Current {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (reader, length, left) = match self {
            Current::Bytes(bytes) => return bytes.read(buffer),
            Current::Content {
                reader,
                length,
                left,
            } => (reader, *length, left),
        };
        let retried = |reader: &mut dyn Read, buffer: &mut [u8]| loop {
            match reader.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read.map_err(|cause| unreadable(length, cause)),
            }
        };
        if *left == 0 {
            return match retried(reader, &mut [0])? {
                0 => Ok(0),
                _ => Err(other_length("more", length)),
            };
        }
        let most = usize::try_from(*left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = retried(reader, &mut buffer[..most])?;
        if read == 0 {
            return Err(other_length(&format!("{}", length - *left), length));
        }
        *left -= read as u64;
        Ok(read)
    }
}

fn unreadable(length: u64, cause: io::Error) -> io::Error {
    io::Error::other(BodyError {
        found: "a file that cannot be read".to_owned(),
        wanted: format!("its {length} bytes"),
        cause: Some(cause),
    })
}

fn other_length(found: &str, length: u64) -> io::Error {
    io::Error::other(BodyError {
        found: format!("{found} bytes in a file"),
        wanted: format!("{length} as announced"),
        cause: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(length: u64, content: &'static [u8]) -> StreamedBody {
        let mut body = StreamedBody::default();
        body.bytes(b"<");
        body.content(length, Arc::new(move || Ok(Box::new(content))));
        body.bytes(b">");
        body.bytes(b"!");
        body
    }

    fn read(body: &StreamedBody) -> Result<String, String> {
        let mut text = String::new();
        match body.reader().read_to_string(&mut text) {
            Ok(_) => Ok(text),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn pieces_are_read_in_order_and_can_be_opened_again() {
        let body = body(3, b"abc");
        assert_eq!(body.length(), 6);
        assert_eq!(read(&body).as_deref(), Ok("<abc>!"));
        assert_eq!(read(&body).as_deref(), Ok("<abc>!"));
        assert_eq!(format!("{body:?}"), "StreamedBody(6 bytes)");
        assert!(body.into_bytes().is_err());
        assert_eq!(read(&super::tests::body(0, b"")).as_deref(), Ok("<>!"));
    }

    #[test]
    fn a_body_in_memory_is_returned_as_bytes() {
        let mut body = StreamedBody::default();
        assert!(
            body.clone()
                .into_bytes()
                .is_ok_and(|bytes| bytes.is_empty())
        );
        body.bytes(b"a");
        body.bytes(b"b");
        assert!(body.into_bytes().is_ok_and(|bytes| bytes == b"ab"));
    }

    #[test]
    fn content_of_another_length_than_announced_is_an_error() {
        let short = "found 3 bytes in a file; wanted 4 as announced";
        assert_eq!(read(&body(4, b"abc")).unwrap_err(), short);
        let long = "found more bytes in a file; wanted 2 as announced";
        assert_eq!(read(&body(2, b"abc")).unwrap_err(), long);
        let mut broken = StreamedBody::default();
        broken.content(9, Arc::new(|| Err(io::ErrorKind::NotFound.into())));
        let message = "found a file that cannot be read; wanted its 9 bytes";
        assert_eq!(read(&broken).unwrap_err(), message);
    }
}
