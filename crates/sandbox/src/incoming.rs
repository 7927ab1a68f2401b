//! Reads the parameters of an HTTP request: query, form and multipart, in any mixture.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap};
use hyper::http::request::Parts;
use hyper::{Method, Uri};
use sha2::{Digest, Sha256};

use crate::form;
use crate::multipart;
use crate::parameters::{NotAdded, Parameters};

/// The greatest number of notes on how one request was read.
const MOST_NOTES: usize = 50;
/// How many pairs of a query, form or multipart body are read, including repeated names.
const MOST_PAIRS: usize = 5000;
/// The note if there are more.
const TOO_MANY: &str = "there are too many parameters; the rest was not read";

/// A request and the parameters read from it.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    pub(crate) http_method: Method,
    /// The path, without the query.
    pub(crate) path: String,
    pub(crate) parameters: Parameters,
    /// Notes on how the request was read, for the log.
    pub(crate) notes: Vec<String>,
    pub(crate) wants_gzip: bool,
    /// The files that were sent, by the names of their parts.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// Where parameters arrived with a raw `+`.
    pub(crate) pluses: Pluses,
}

/// The parts of a request with a raw `+`, which decodes to a blank but may have been meant as a plus.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pluses {
    query: Option<Uri>,
    form: Option<Bytes>,
}

impl Pluses {
    /// The parameters with a raw `+`, decoded with the `+` kept.
    pub(crate) fn as_meant(&self) -> Vec<(String, String)> {
        let query = self.query.as_ref().and_then(Uri::query);
        let form = self.form.as_deref().unwrap_or_default();
        let parts = [query.unwrap_or_default().as_bytes(), form];
        let kept = parts.map(|part| {
            let mut kept = Vec::with_capacity(part.len());
            for byte in part {
                match byte {
                    b'+' => kept.extend(b"%2B"),
                    byte => kept.push(*byte),
                }
            }
            kept
        });
        let pairs = kept.iter().flat_map(|part| form_urlencoded::parse(part));
        pairs
            .take(MOST_PAIRS)
            .filter(|(_, value)| value.contains('+'))
            .map(|(name, value): (Cow<'_, str>, Cow<'_, str>)| {
                (name.into_owned(), value.into_owned())
            })
            .collect()
    }
}

impl Incoming {
    /// Reads a request. Parameters of the query come before those of the body.
    pub(crate) fn read(head: &Parts, body: &Bytes) -> Self {
        let mut incoming = Incoming {
            http_method: head.method.clone(),
            path: head.uri.path().to_owned(),
            wants_gzip: accepts_gzip(&head.headers),
            ..Incoming::default()
        };
        let query = head.uri.query().unwrap_or_default().as_bytes();
        incoming.pluses.query = has_plus(query).then(|| head.uri.clone());
        incoming.take_pairs(query);
        if !body.is_empty() {
            incoming.take_body(content_type(&head.headers), body);
        }
        incoming
    }

    fn take_body(&mut self, content_type: &str, body: &Bytes) {
        if let Some(boundary) = multipart::boundary(content_type) {
            return self.take_multipart(&boundary, body);
        }
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        if kind.is_empty() || kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            self.pluses.form = has_plus(body).then(|| body.clone());
            self.take_pairs(body);
        } else {
            self.note(format!(
                "the body of type {kind:?} was not read; parameters go into the query, a form or multipart"
            ));
        }
    }

    fn take_pairs(&mut self, pairs: &[u8]) {
        self.parameters.reserve(pairs.len());
        // Two buffers, reused for all pairs.
        let (mut name, mut value) = (Vec::new(), Vec::new());
        for (place, pair) in form::pairs(pairs).enumerate() {
            if place == MOST_PAIRS {
                // This note is added even if notes on repeated names have reached the limit.
                self.notes.truncate(MOST_NOTES - 1);
                return self.note(TOO_MANY);
            }
            let (name, value) = (
                form::decode(pair.0, &mut name),
                form::decode(pair.1, &mut value),
            );
            let is_replaced =
                |text: &str| !text.is_ascii() && text.contains(char::REPLACEMENT_CHARACTER);
            if is_replaced(&name) || is_replaced(&value) {
                self.note(format!("parameter {name:?} is not UTF-8"));
            }
            self.add(&name, &value);
        }
    }

    fn take_multipart(&mut self, boundary: &str, body: &[u8]) {
        let parts = match multipart::parts(body, boundary, MOST_PAIRS) {
            Ok(parts) => parts,
            Err(why) => return self.note(format!("the multipart body was not read: {why}")),
        };
        for part in parts {
            if part.is_file {
                let hash = base16ct::lower::encode_string(&Sha256::digest(part.content));
                let (name, size) = (&part.name, part.content.len());
                self.note(format!(
                    "file {name:?} was sent, {size} bytes with SHA-256 {hash}; files are not signed"
                ));
                self.files.push((part.name, part.content.to_vec()));
            } else {
                let value = String::from_utf8_lossy(part.content);
                self.add(&part.name, &value);
            }
        }
    }

    fn add(&mut self, name: &str, value: &str) {
        let why = match self.parameters.add(name, value) {
            Ok(()) => return,
            Err(NotAdded::Same) => {
                format!("parameter {name:?} was sent twice; it counts once")
            }
            Err(NotAdded::Different) => {
                format!("parameter {name:?} was sent with different values; the first one counts")
            }
            Err(NotAdded::TooMany) => TOO_MANY.to_owned(),
            Err(NotAdded::TooLarge) => {
                "the parameters are too large together; not all were read".to_owned()
            }
        };
        self.note(why);
    }

    fn note(&mut self, note: impl Into<String>) {
        if self.notes.len() < MOST_NOTES {
            self.notes.push(note.into());
        }
    }
}

fn has_plus(text: &[u8]) -> bool {
    memchr::memchr(b'+', text).is_some()
}

fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Whether `Accept-Encoding` accepts gzip: names it, and not with `q=0`.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let values = headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let mut words = coding.split(';').map(str::trim);
        let name = words.next().unwrap_or_default();
        let refused = words.any(|word| matches!(word, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        (name.eq_ignore_ascii_case("gzip") || name == "*") && !refused
    })
}
