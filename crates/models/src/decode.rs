//! Decodes answers, and detects their format and form.

mod envelope;
mod error;
mod format;
mod refusal_scan;
mod untyped;

use envelope::{Verdict, read_envelope};
pub use error::DecodeError;
pub(crate) use format::Format;
pub use refusal_scan::business_refusal;
#[cfg(feature = "drift")]
pub(crate) use untyped::Tree;
pub(crate) use untyped::{Around, read_tree};
pub use untyped::{decode_raw, parse};

use crate::envelope::{Answer, ApiError, Envelope};
use crate::fault::Fault;
use crate::record::{Record, Room, View};
use crate::source::Source;
use crate::tree::{Depth, Nodes, Value, read_value};

/// Decodes an answer: JSON or XML, full or simplified, data or refusal.
///
/// The first byte determines the format, the keys determine the form. Unknown fields are ignored;
/// everything else is kept or is an error. A byte order mark is allowed.
///
/// # Errors
///
/// When the bytes are not UTF-8, are neither JSON nor XML, are cut short, are the answer of another
/// API, or contain a value that does not fit the model. A refusal by the platform is not an error
/// here, but an [`outcome`](Envelope::outcome).
pub fn decode<T: Answer>(bytes: &[u8]) -> Result<Envelope<T>, DecodeError> {
    let mut data = T::default();
    let mut error = ApiError::default();
    let refused = read(T::API, T::KEY, bytes, &mut data, &mut error)?;
    let (mut request_id, trace_id) = match refused {
        true => (error.request_id.clone(), error.trace_id.clone()),
        false => (error.request_id.take(), error.trace_id.take()),
    };
    if request_id.is_none()
        && let Some(View::Text(own)) = own_request_id(&data)
    {
        request_id = Some(own.to_owned());
    }
    Ok(Envelope {
        outcome: if refused { Err(error) } else { Ok(data) },
        request_id,
        trace_id,
    })
}

/// The request id, if the page documents it as a field of the answer.
fn own_request_id(data: &dyn Record) -> Option<View<'_>> {
    let index = data.shape().find("request_id", 0)?;
    Some(data.view(index))
}

/// Fills `data` or `error`; returns true if the platform refused.
fn read(
    api: &'static str,
    key: &'static str,
    bytes: &[u8],
    data: &mut dyn Record,
    error: &mut ApiError,
) -> Result<bool, DecodeError> {
    match read_text(api, bytes, Reading { key, data, error })?.0 {
        Verdict::Answered => Ok(false),
        Verdict::Refused => Ok(true),
        Verdict::Unclear => Ok(read_tree(api, bytes)?.is_refused()),
    }
}

/// Decodes any answer as a tree.
pub(crate) fn decode_tree(api: &'static str, bytes: &[u8]) -> Result<(Value, Format), DecodeError> {
    read_text(api, bytes, Untyped)
}

/// What an answer is decoded into: a model or a tree.
trait Target {
    type Value;

    fn read<S: Source>(self, source: &mut S, answer: usize) -> Result<Self::Value, Fault>;
}

struct Reading<'a> {
    key: &'static str,
    data: &'a mut dyn Record,
    error: &'a mut ApiError,
}

impl Target for Reading<'_> {
    type Value = Verdict;

    fn read<S: Source>(self, source: &mut S, answer: usize) -> Result<Verdict, Fault> {
        let mut room = Room::of(answer);
        read_envelope(self.key, self.data, self.error, source, &mut room)
    }
}

struct Untyped;

impl Target for Untyped {
    type Value = Value;

    fn read<S: Source>(self, source: &mut S, answer: usize) -> Result<Value, Fault> {
        read_value(source, Depth::default(), &mut Nodes::of(answer))
    }
}

/// Reads a text to its end, by the reader of its format.
fn read_text<T: Target>(
    api: &'static str,
    bytes: &[u8],
    target: T,
) -> Result<(T::Value, Format), DecodeError> {
    let text = utf8(api, bytes)?;
    let error = |(fault, at)| DecodeError::new(api, text, at, fault);
    match Format::of(text) {
        #[cfg(feature = "json")]
        Some(Format::Json) => {
            let mut reader = crate::json::Reader::new(text);
            let read = target.read(&mut reader, text.len());
            let read = read.and_then(|value| reader.end().map(|()| (value, Format::Json)));
            read.map_err(|fault| error((fault, reader.position())))
        }
        #[cfg(feature = "xml")]
        Some(Format::Xml) => {
            let mut reader = crate::xml::Reader::new(text);
            let read = target.read(&mut reader, text.len());
            let read = read.and_then(|value| reader.end().map(|()| (value, Format::Xml)));
            read.map_err(|fault| error((fault, reader.position())))
        }
        _ => Err(error((no_format(text), 0))),
    }
}

fn utf8<'a>(api: &'static str, bytes: &'a [u8]) -> Result<&'a str, DecodeError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Some(encoding) = foreign_encoding(bytes) {
        let found = format!("the encoding {}", crate::text::quoted(&encoding));
        let fault = Fault::malformed(format!("expected UTF-8, found {found}"));
        return Err(DecodeError::new(api, "", 0, fault));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let (valid, rest) = bytes.split_at(error.valid_up_to());
        let found = rest.first().copied().unwrap_or_default();
        let text = std::str::from_utf8(valid).unwrap_or_default();
        let fault = Fault::malformed(format!("expected UTF-8, found byte 0x{found:02x}"));
        DecodeError::new(api, text, valid.len(), fault)
    })
}

/// The encoding named by a byte order mark or an XML declaration, unless it is UTF-8 or a subset of
/// it. Ignoring it would silently read wrong characters. Source:
/// <https://www.w3.org/TR/xml/#NT-EncodingDecl>.
fn foreign_encoding(bytes: &[u8]) -> Option<String> {
    const SAME: [&str; 4] = ["utf-8", "utf8", "us-ascii", "ascii"];
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Some("UTF-16".to_owned());
    }
    let declaration = bytes.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|two| two == b"?>")?;
    let declaration = String::from_utf8_lossy(&declaration[..end]);
    let (_, rest) = declaration.split_once("encoding")?;
    let rest = rest
        .trim_ascii_start()
        .strip_prefix('=')?
        .trim_ascii_start();
    let quote = rest
        .chars()
        .next()
        .filter(|quote| ['"', '\''].contains(quote))?;
    let (encoding, _) = rest[1..].split_once(quote)?;
    let is_same = SAME.iter().any(|same| encoding.eq_ignore_ascii_case(same));
    (!is_same).then(|| encoding.to_owned())
}

fn no_format(text: &str) -> Fault {
    Fault::malformed(format!("expected JSON or XML, found {}", glimpse(text)))
}

/// Describes what was found instead of an answer without quoting it, because it may be anything.
fn glimpse(text: &str) -> String {
    let text = text.trim_ascii();
    match text.chars().next() {
        None => "nothing".to_owned(),
        Some('<') => "an HTML page".to_owned(),
        Some(first) => format!(
            "{} bytes that begin with {}",
            text.len(),
            crate::text::quoted(first.encode_utf8(&mut [0; 4]))
        ),
    }
}
