//! What came in and what was made of it: the last requests, with secrets masked.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use crate::diagnosis::Diagnosis;

/// How much of one parameter, and of one answer, is kept.
const KEPT_PARAMETER: usize = 4 * 1024;
const KEPT_ANSWER: usize = 32 * 1024;
/// How many parameters of a request are kept.
const KEPT_PARAMETERS: usize = 100;

/// One request with the answer it got. Sessions, tokens and authorisation codes are masked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LogEntry {
    /// Counts requests from 1; entries keep theirs when older ones are dropped.
    pub number: u64,
    /// When it came in, by the sandbox's clock.
    pub at: SystemTime,
    /// How long the answer took, ordered delays included.
    pub duration: Duration,
    /// `GET` or `POST`.
    pub http_method: String,
    /// The path of the URL, without its query.
    pub path: String,
    /// The name of the API or the path of a system call; empty when none could be read.
    pub api: String,
    /// What was made of it.
    pub verdict: Verdict,
    /// The HTTP status of the answer; nothing when the connection was reset instead.
    pub status: Option<u16>,
    /// The parameters in order of arrival, long values cut.
    pub parameters: Vec<(String, String)>,
    /// Warnings and remarks: what the real gateway would pass over in silence.
    pub notes: Vec<String>,
    /// Why the signature is wrong, if it is.
    pub diagnosis: Option<Diagnosis>,
    /// The faults that struck, by their text form.
    pub faults: Vec<String>,
    /// The body of the answer before compression, cut when long.
    pub answer: String,
}

/// What was made of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The call was let in and carried out.
    Accepted,
    /// The call was refused with this code: a name on the new gateway, a number on the legacy one.
    Refused(String),
    /// A fault struck before the call was carried out.
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

/// The last entries.
pub(crate) struct Log {
    entries: VecDeque<LogEntry>,
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
    pub(crate) fn keep(&mut self, mut entry: LogEntry) {
        self.count += 1;
        entry.number = self.count;
        entry.parameters.truncate(KEPT_PARAMETERS);
        entry
            .parameters
            .iter_mut()
            .for_each(|(_, value)| cut(value, KEPT_PARAMETER));
        cut(&mut entry.answer, KEPT_ANSWER);
        if let Some(diagnosis) = &mut entry.diagnosis {
            cut(&mut diagnosis.expected, KEPT_ANSWER);
            diagnosis
                .implied
                .iter_mut()
                .for_each(|implied| cut(&mut implied.canonical, KEPT_ANSWER));
        }
        if self.entries.len() >= self.capacity {
            self.entries.pop_front();
        }
        if self.capacity > 0 {
            self.entries.push_back(entry);
        }
    }

    /// Entries with numbers above `number`, oldest first.
    pub(crate) fn after(&self, number: u64) -> impl Iterator<Item = &LogEntry> {
        self.entries
            .iter()
            .filter(move |entry| entry.number > number)
    }

    /// How many requests there were, kept or not.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }
}

/// Cuts long text at a character's edge and says how long it was.
fn cut(text: &mut String, most: usize) {
    if text.len() <= most {
        return;
    }
    let length = text.len();
    let edge = (0..=most).rev().find(|place| text.is_char_boundary(*place));
    text.truncate(edge.unwrap_or_default());
    text.shrink_to_fit();
    text.push_str(&format!("… [{length} bytes]"));
}
