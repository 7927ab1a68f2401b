//! Answers from bytes, format and form found out on the way.

use std::fmt;

use crate::envelope::{Answer, ApiError, Envelope, read_envelope};
use crate::record::{Record, Trail};

/// Reads an answer, JSON or XML, full or simplified, data or refusal.
///
/// The format is told by the first byte, the form by the keys. Unknown fields are passed over; everything
/// else is kept or is an error. A byte order mark is allowed.
///
/// # Errors
///
/// When the bytes are no UTF-8, no JSON or XML, cut short, the answer of another API, or hold a value that
/// the model has no place for. A refusal by the platform is no error here but an
/// [`outcome`](Envelope::outcome).
pub fn decode<T: Answer>(bytes: &[u8]) -> Result<Envelope<T>, DecodeError> {
    let mut data = T::default();
    let mut error = ApiError::default();
    let refused = read(T::API, T::KEY, bytes, &mut data, &mut error)?;
    let (request_id, trace_id) = match refused {
        true => (error.request_id.clone(), error.trace_id.clone()),
        false => (error.request_id.take(), error.trace_id.take()),
    };
    Ok(Envelope {
        outcome: if refused { Err(error) } else { Ok(data) },
        request_id,
        trace_id,
    })
}

fn read(
    api: &'static str,
    key: &'static str,
    bytes: &[u8],
    data: &mut dyn Record,
    error: &mut ApiError,
) -> Result<bool, DecodeError> {
    let text = utf8(api, bytes)?;
    let mut trail = Trail::default();
    match Format::of(text) {
        #[cfg(feature = "json")]
        Some(Format::Json) => read_json(key, text, data, error, &mut trail),
        #[cfg(feature = "xml")]
        Some(Format::Xml) => read_xml(key, text, data, error, &mut trail),
        _ => Err(Fault::no_format(text)),
    }
    .map_err(|fault| DecodeError::new(api, text, trail, fault))
}

/// Reads any answer into `T`; true where the format gives scalars types.
pub(crate) fn read_raw<T: serde_core::de::DeserializeOwned>(
    api: &'static str,
    bytes: &[u8],
) -> Result<(T, bool), DecodeError> {
    let text = utf8(api, bytes)?;
    match Format::of(text) {
        #[cfg(feature = "json")]
        Some(Format::Json) => {
            let mut reader = crate::json::Reader::new(text);
            let read =
                T::deserialize(&mut reader).and_then(|raw| reader.end().map(|()| (raw, true)));
            read.map_err(|error| Fault {
                message: error.message,
                at: reader.position(),
            })
        }
        #[cfg(feature = "xml")]
        Some(Format::Xml) => {
            let mut reader = crate::xml::Reader::new(text);
            let read =
                T::deserialize(&mut reader).and_then(|raw| reader.end().map(|()| (raw, false)));
            read.map_err(|error| Fault {
                message: error.message,
                at: reader.position(),
            })
        }
        _ => Err(Fault::no_format(text)),
    }
    .map_err(|fault| DecodeError::new(api, text, Trail::default(), fault))
}

/// What a reader says, with the byte that it had come to.
struct Fault {
    message: String,
    at: usize,
}

impl Fault {
    fn no_format(text: &str) -> Self {
        Self {
            message: format!("expected JSON or XML, found {}", glimpse(text)),
            at: 0,
        }
    }
}

#[cfg(feature = "json")]
fn read_json(
    key: &'static str,
    text: &str,
    data: &mut dyn Record,
    error: &mut ApiError,
    trail: &mut Trail,
) -> Result<bool, Fault> {
    let mut reader = crate::json::Reader::new(text);
    let read = read_envelope(key, data, &mut reader, error, trail);
    read.and_then(|refused| reader.end().map(|()| refused))
        .map_err(|error| Fault {
            message: error.message,
            at: reader.position(),
        })
}

#[cfg(feature = "xml")]
fn read_xml(
    key: &'static str,
    text: &str,
    data: &mut dyn Record,
    error: &mut ApiError,
    trail: &mut Trail,
) -> Result<bool, Fault> {
    let mut reader = crate::xml::Reader::new(text);
    let read = read_envelope(key, data, &mut reader, error, trail);
    read.and_then(|refused| reader.end().map(|()| refused))
        .map_err(|error| Fault {
            message: error.message,
            at: reader.position(),
        })
}

/// The two formats of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(all(feature = "json", feature = "xml")), allow(dead_code))]
pub(crate) enum Format {
    Json,
    Xml,
}

impl Format {
    /// By the first byte that is no white space. An HTML page, as proxies send it, is neither.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.trim_ascii_start();
        let starts = |word: &str| {
            text.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        match text.as_bytes().first()? {
            b'{' | b'[' => Some(Self::Json),
            b'<' if !starts("<!doctype html") && !starts("<html") => Some(Self::Xml),
            _ => None,
        }
    }
}

pub(crate) fn utf8<'a>(api: &'static str, bytes: &'a [u8]) -> Result<&'a str, DecodeError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let found = bytes.get(at).copied().unwrap_or_default();
        let fault = Fault {
            message: format!("expected UTF-8, found byte 0x{found:02x}"),
            at,
        };
        let valid = bytes
            .get(..at)
            .and_then(|valid| std::str::from_utf8(valid).ok());
        DecodeError::new(api, valid.unwrap_or_default(), Trail::default(), fault)
    })
}

/// What stands where an answer was wanted, without quoting more of it than tells its kind.
fn glimpse(text: &str) -> String {
    let text = text.trim_ascii();
    match text.chars().next() {
        None => "nothing".to_owned(),
        Some('<') => "an HTML page".to_owned(),
        Some(_) => crate::record::quoted(text.lines().next().unwrap_or_default()),
    }
}

/// Why an answer could not be read. Equal errors say the same about the same place.
///
/// It prints the API, the path of the field, what was found and what was wanted. It does not hold the
/// answer, which the caller still has.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodeError {
    inner: Box<Inner>,
}

#[derive(Clone, Debug, PartialEq)]
struct Inner {
    api: &'static str,
    path: String,
    expected: Option<String>,
    found: Option<String>,
    message: String,
    line: usize,
    column: usize,
}

impl DecodeError {
    fn new(api: &'static str, text: &str, trail: Trail, fault: Fault) -> Self {
        let read = text.as_bytes().get(..fault.at).unwrap_or(text.as_bytes());
        let line_start = read
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |index| index + 1);
        let path = trail.path();
        let (expected, found) = match trail.mismatch {
            Some(mismatch) => (Some(mismatch.expected), Some(mismatch.found)),
            None => (None, None),
        };
        Self {
            inner: Box::new(Inner {
                api,
                path,
                expected,
                found,
                message: fault.message,
                line: read.iter().filter(|byte| **byte == b'\n').count() + 1,
                column: read.len() - line_start + 1,
            }),
        }
    }

    /// The API whose answer it was to be.
    pub fn api(&self) -> &'static str {
        self.inner.api
    }

    /// The field, as `result.child_order_list[3].product_count`, list indices from zero; empty for the
    /// answer as a whole.
    pub fn path(&self) -> &str {
        &self.inner.path
    }

    /// What the model wanted there; none when the answer is no JSON or XML.
    pub fn expected(&self) -> Option<&str> {
        self.inner.expected.as_deref()
    }

    /// What the answer holds there; none when it is no JSON or XML.
    pub fn found(&self) -> Option<&str> {
        self.inner.found.as_deref()
    }

    /// The line, from one, that the reader had come to.
    pub fn line(&self) -> usize {
        self.inner.line
    }

    /// The column in bytes, from one, that the reader had come to.
    pub fn column(&self) -> usize {
        self.inner.column
    }

    /// Path, wanting and finding, without the API and the place in the text: the same for JSON and XML.
    pub fn problem(&self) -> String {
        match self.inner.path.as_str() {
            "" => self.inner.message.clone(),
            path => format!("{path}: {}", self.inner.message),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "cannot decode the answer to {} at line {} column {}: {}",
            self.inner.api,
            self.inner.line,
            self.inner.column,
            self.problem()
        )
    }
}

impl std::error::Error for DecodeError {}
