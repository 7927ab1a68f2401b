//! The latest requests and their answers, with secrets masked.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hyper::Method;

use crate::diagnosis::Diagnosis;
use crate::masking::mask_value;
use crate::parameters::Parameters;

/// How many bytes are kept of a name, of one parameter's value, of all parameters, and of an answer.
const KEPT_NAME: usize = 200;
const KEPT_VALUE: usize = 4 * 1024;
const KEPT_PARAMETERS: usize = 32 * 1024;
const KEPT_ANSWER: usize = 32 * 1024;
/// How many notes are kept, and how many bytes of each.
const KEPT_NOTES: usize = 50;
const KEPT_NOTE: usize = 1024;

/// One request and its answer. Sessions, tokens and authorisation codes are masked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LogEntry {
    /// The number of the request, counted from 1; entries keep it when older ones are dropped.
    pub number: u64,
    /// When it arrived, by the sandbox's clock.
    pub at: SystemTime,
    /// How long the answer took, including requested delays.
    pub duration: Duration,
    /// `GET` or `POST`.
    pub http_method: String,
    /// The path of the URL, without its query.
    pub path: String,
    /// The name of the API or the path of a system call; empty if it could not be read.
    pub api: String,
    /// The outcome.
    pub verdict: Verdict,
    /// The HTTP status of the answer; `None` if the connection was reset instead.
    pub status: Option<u16>,
    /// The parameters in order of arrival, with long values cut.
    pub parameters: Vec<(String, String)>,
    /// Warnings and remarks about things that the real gateway would silently ignore.
    pub notes: Vec<String>,
    /// Why the signature is wrong, if it is.
    pub diagnosis: Option<Diagnosis>,
    /// The faults that were applied, in their text form.
    pub faults: Vec<String>,
    /// The body of the answer before compression, cut if long.
    pub answer: String,
}

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The call was accepted and processed.
    Accepted,
    /// The call was refused with this code: a name on the new gateway, a number on the legacy one.
    Refused(String),
    /// A fault prevented the call from being processed.
    Dropped,
    /// The path belongs to no gateway.
    NotFound,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Verdict::Accepted => f.write_str("accepted"),
            Verdict::Refused(code) => write!(f, "refused {code}"),
            Verdict::Dropped => f.write_str("dropped by a fault"),
            Verdict::NotFound => f.write_str("not found"),
        }
    }
}

/// An entry as the log keeps it: unmasked, because most entries are never shown.
pub(crate) struct Kept {
    pub(crate) number: u64,
    pub(crate) at: SystemTime,
    pub(crate) duration: Duration,
    pub(crate) http_method: Method,
    pub(crate) path: String,
    pub(crate) api: String,
    pub(crate) verdict: Verdict,
    pub(crate) status: Option<u16>,
    pub(crate) parameters: KeptParameters,
    pub(crate) notes: Vec<String>,
    pub(crate) diagnosis: Option<Diagnosis>,
    pub(crate) faults: Vec<String>,
    pub(crate) answer: KeptAnswer,
}

/// Parameters in the log.
pub(crate) enum KeptParameters {
    /// As they were sent, including secrets.
    Whole(Parameters),
    /// Masked and cut, because there was more than is kept.
    Shown(Vec<(String, String)>),
}

/// An answer in the log.
pub(crate) enum KeptAnswer {
    /// The bytes that were sent.
    Whole(Bytes),
    /// Masked and cut, because there was more than is kept.
    Shown(String),
}

impl From<Parameters> for KeptParameters {
    fn from(parameters: Parameters) -> Self {
        match parameters.bytes() > KEPT_VALUE {
            true => Self::Shown(shown(&parameters)),
            false => Self::Whole(parameters),
        }
    }
}

impl From<Bytes> for KeptAnswer {
    fn from(answer: Bytes) -> Self {
        match answer.len() > KEPT_ANSWER {
            true => Self::Shown(answer_excerpt(&answer)),
            false => Self::Whole(answer),
        }
    }
}

impl Kept {
    /// The entry as it is shown: secrets masked, long texts cut.
    pub(crate) fn entry(&self) -> LogEntry {
        LogEntry {
            number: self.number,
            at: self.at,
            duration: self.duration,
            http_method: self.http_method.to_string(),
            path: self.path.clone(),
            api: self.api.clone(),
            verdict: self.verdict.clone(),
            status: self.status,
            parameters: match &self.parameters {
                KeptParameters::Whole(parameters) => shown(parameters),
                KeptParameters::Shown(pairs) => pairs.clone(),
            },
            notes: self.notes.clone(),
            diagnosis: self.diagnosis.clone(),
            faults: self.faults.clone(),
            answer: match &self.answer {
                KeptAnswer::Whole(answer) => answer_excerpt(answer),
                KeptAnswer::Shown(text) => text.clone(),
            },
        }
    }
}

/// The latest entries.
pub(crate) struct Log {
    entries: VecDeque<Kept>,
    capacity: usize,
    count: u64,
}

impl Log {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            capacity,
            count: 0,
        }
    }

    /// Keeps an entry under the next number, dropping the oldest one when full.
    pub(crate) fn keep(&mut self, mut entry: Kept) {
        self.count += 1;
        entry.number = self.count;
        shorten(&mut entry);
        if self.entries.len() >= self.capacity {
            self.entries.pop_front();
        }
        if self.capacity > 0 {
            self.entries.push_back(entry);
        }
    }

    /// Entries with numbers above `number`, oldest first.
    pub(crate) fn after(&self, number: u64) -> impl Iterator<Item = &Kept> {
        self.entries
            .iter()
            .filter(move |entry| entry.number > number)
    }

    /// How many requests there were, kept or not.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }
}

/// Limits the memory of an entry, and so of the whole log.
fn shorten(entry: &mut Kept) {
    cut(&mut entry.path, KEPT_NAME);
    cut(&mut entry.api, KEPT_NAME);
    entry.notes.truncate(KEPT_NOTES);
    entry.notes.iter_mut().for_each(|note| cut(note, KEPT_NOTE));
    if let Some(diagnosis) = &mut entry.diagnosis {
        cut(&mut diagnosis.expected, KEPT_ANSWER);
        let implied = diagnosis.implied.iter_mut();
        implied.for_each(|implied| cut(&mut implied.canonical, KEPT_ANSWER));
    }
}

/// Parameters as they are shown: up to the limit, secrets masked, long texts cut.
fn shown(parameters: &Parameters) -> Vec<(String, String)> {
    let mut kept = 0;
    let shown = parameters.iter().map(|(name, value)| {
        let value = mask_value(name, value);
        (excerpt(name, KEPT_NAME), excerpt(&value, KEPT_VALUE))
    });
    let fits = shown.filter(|(name, value)| {
        kept += name.len() + value.len();
        kept <= KEPT_PARAMETERS
    });
    fits.collect()
}

/// The part of an answer that is kept, with U+FFFD in place of bytes that are not UTF-8.
fn answer_excerpt(answer: &[u8]) -> String {
    // Nearly all answers are text; `from_utf8` checks them faster than the lossy conversion would.
    if let Ok(text) = std::str::from_utf8(answer) {
        return excerpt(text, KEPT_ANSWER);
    }
    if answer.len() <= KEPT_ANSWER {
        return String::from_utf8_lossy(answer).into_owned();
    }
    // A character that the limit cuts in two is dropped, not replaced.
    let kept = &answer[..KEPT_ANSWER];
    let edge = match std::str::from_utf8(kept) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => kept.len(),
    };
    let kept = String::from_utf8_lossy(&kept[..edge]);
    format!("{kept}… [{} bytes]", answer.len())
}

fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        *text = excerpt(text, most);
    }
}

/// The start of a long text, cut between characters, with a remark on its length.
fn excerpt(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let edge = (0..=most).rev().find(|place| text.is_char_boundary(*place));
    format!(
        "{}… [{} bytes]",
        &text[..edge.unwrap_or_default()],
        text.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_shown_as_marks() {
        assert_eq!(answer_excerpt(b"a\xffb"), "a\u{fffd}b");
        let long = "\u{1f600}".repeat(KEPT_ANSWER);
        let shown = answer_excerpt(format!("a{long}").as_bytes());
        assert!(!shown.contains('\u{fffd}') && shown.contains("\u{1f600}… ["));
        assert!(answer_excerpt(&[0xff; KEPT_ANSWER + 1]).starts_with('\u{fffd}'));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(excerpt("äöü", 6), "äöü");
        assert_eq!(excerpt("äöü", 5), "äö… [6 bytes]");
        assert_eq!(excerpt("äöü", 1), "… [6 bytes]");
    }
}
