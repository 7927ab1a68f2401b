//! Reads the envelope in any of its forms, in one pass.

use crate::envelope::{ApiError, REFUSAL};
use crate::fault::Fault;
use crate::record::{Record, Room, Shaped as _, View, kind_of, read_field};
use crate::refusal_keys::may_express_refusal;
use crate::source::{Key, Piece, Source};
use crate::text::shown;

/// What an envelope shows about its answer.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    Answered,
    Refused,
    /// It depends on other members, which the model may not know.
    Unclear,
}

/// Fills `answer` from any of the forms.
pub(super) fn read_envelope<S: Source>(
    key: &'static str,
    answer: &mut dyn Record,
    error: &mut ApiError,
    source: &mut S,
    room: &mut Room,
) -> Result<Verdict, Fault> {
    let mut envelope = Envelope {
        key,
        answer,
        error,
        seen: Seen::default(),
        room,
    };
    match source.value()? {
        Piece::Object => envelope.read_members(Level::Root, source)?,
        piece => return Err(no_object(piece)),
    }
    let Envelope { seen, .. } = envelope;
    if seen.refusal {
        return Ok(Verdict::Refused);
    }
    add_own_fields(error, answer, &seen.data);
    Ok(match error.has_refusing_code() || seen.blank_refusal {
        true => Verdict::Unclear,
        false => Verdict::Answered,
    })
}

/// An envelope around `answer`, as far as it has been read.
struct Envelope<'a> {
    key: &'static str,
    answer: &'a mut dyn Record,
    error: &'a mut ApiError,
    seen: Seen,
    room: &'a mut Room,
}

/// What the envelope showed so far.
#[derive(Default)]
struct Seen {
    /// `error_response` with contents.
    refusal: bool,
    /// `error_response` without content, such as an empty XML element.
    blank_refusal: bool,
    /// Fields of the answer that are at the root.
    data: Vec<usize>,
}

/// Where in the envelope an object is.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    Root,
    /// Under the answer's key.
    Answer,
    /// Under `error_response`.
    Error,
}

/// What the name of a member means.
enum Member {
    /// A field of the answer.
    Answer(usize),
    /// A field of [`ApiError`], which also contains the request id of answers.
    Error(usize),
    Inside(Level),
    /// The key of another API's answer.
    Foreign(String),
    /// A field that usually belongs to the envelope, and here to the API: `code` inside `…_response`.
    Own,
    Other,
}

impl Envelope<'_> {
    fn read_members<S: Source>(&mut self, level: Level, source: &mut S) -> Result<(), Fault> {
        let (mut any, mut known) = (false, false);
        self.seen.refusal |= level == Level::Error;
        // A full answer begins with this key.
        let likely = (level == Level::Root).then_some(self.key);
        loop {
            let member = match source.key(likely)? {
                Key::Likely => Member::Inside(Level::Answer),
                Key::Other(key) => self.find(key, level),
                Key::End => break,
            };
            any = true;
            known |= !matches!(member, Member::Other);
            match member {
                Member::Answer(index) => {
                    if level == Level::Root {
                        self.seen.data.push(index);
                    }
                    read_field(self.answer, index, source, self.room)?;
                }
                Member::Error(index) => read_field(self.error, index, source, self.room)?,
                Member::Inside(level) => {
                    self.read_inside(level, source)?;
                }
                Member::Foreign(found) => {
                    let wanted = format!("`{}`", self.key);
                    return Err(Fault::unexpected(wanted, format!("`{}`", shown(&found))));
                }
                Member::Own | Member::Other => source.skip()?,
            }
        }
        let is_empty_answer = !any && level != Level::Root;
        if known || is_empty_answer || level == Level::Error {
            return Ok(());
        }
        let wanted = match level {
            Level::Root => format!("`{}`, `{REFUSAL}` or a field of the answer", self.key),
            _ => format!("a field of {}", self.answer.shape().name),
        };
        Err(Fault::unexpected(wanted, "none of them"))
    }

    /// Reads what is under the answer's key or under `error_response`.
    fn read_inside<S: Source>(&mut self, level: Level, source: &mut S) -> Result<(), Fault> {
        match source.value()? {
            Piece::Object => self.read_members(level, source),
            Piece::Null => Ok(()),
            // `<…_response/>`: an answer without content.
            Piece::Text(text) if text.trim_ascii().is_empty() => {
                self.seen.blank_refusal |= level == Level::Error;
                Ok(())
            }
            piece => Err(no_object(piece)),
        }
    }

    fn find(&self, key: &str, level: Level) -> Member {
        let answer = || self.answer.shape().find(key, 0).map(Member::Answer);
        let error = || ApiError::SHAPE.find(key, 0).map(Member::Error);
        match level {
            Level::Root if key == self.key || is_element_of(key, self.key) => {
                Member::Inside(Level::Answer)
            }
            Level::Root if key == REFUSAL => Member::Inside(Level::Error),
            Level::Root => match answer().or_else(error) {
                Some(member) => member,
                None if key.ends_with("_response") => Member::Foreign(key.to_owned()),
                None => other(key),
            },
            Level::Answer => match answer().or_else(error) {
                Some(Member::Error(_)) if !IDS.contains(&key) => Member::Own,
                Some(member) => member,
                None => other(key),
            },
            Level::Error => error().unwrap_or(Member::Other),
        }
    }
}

/// The error for a value in place of an envelope. It may be anything, and is not quoted.
#[cold]
fn no_object(piece: Piece<'_>) -> Fault {
    Fault::unexpected("an object", kind_of(piece))
}

/// A key that neither the answer nor the envelope has.
fn other(key: &str) -> Member {
    match may_express_refusal(key) {
        true => Member::Own,
        false => Member::Other,
    }
}

/// Whether `name` is the XML element name that belongs to `path`, the key of a system call's answer.
fn is_element_of(name: &str, path: &str) -> bool {
    let slash = |byte| if byte == b'/' { b'_' } else { byte };
    path.strip_prefix('/')
        .is_some_and(|path| path.bytes().map(slash).eq(name.bytes()))
}

/// The fields of an envelope that identify the exchange, wherever they are.
const IDS: [&str; 2] = ["request_id", "_trace_id_"];

/// Adds to the refusal the fields that the page documents as the answer's own, such as `code` and `msg`.
fn add_own_fields(error: &mut ApiError, answer: &dyn Record, seen: &[usize]) {
    for index in seen {
        let place = match answer.shape().fields[*index].key {
            "code" => &mut error.code,
            "type" => &mut error.kind,
            "msg" | "message" => &mut error.message,
            "sub_code" => &mut error.sub_code,
            "sub_msg" => &mut error.sub_message,
            "request_id" => &mut error.request_id,
            _ => continue,
        };
        let text = match answer.view(*index) {
            View::Text(text) => text.to_owned(),
            View::Integer(number) => number.to_string(),
            _ => continue,
        };
        place.get_or_insert(text);
    }
}
