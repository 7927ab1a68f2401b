//! The parameters of a call as they arrived.

use aliexpress_models::COMMON_PARAMETERS;

/// What SDKs send beside the common parameters.
const DEBUG: &str = "debug";
/// Those of the common parameters without which no call is let in.
const MANDATORY: &[&str] = &["app_key", "method", "sign", "timestamp"];

/// Whether it is a parameter that any call may have; all others are the API's own.
pub(crate) fn is_common(name: &str) -> bool {
    name == DEBUG || COMMON_PARAMETERS.contains(&name)
}

/// The common parameters that a call may leave out.
pub(crate) fn optional() -> impl Iterator<Item = &'static str> {
    let common = COMMON_PARAMETERS.iter().copied();
    common
        .filter(|name| !MANDATORY.contains(name))
        .chain([DEBUG])
}

/// How many parameters a call may have, and how many bytes they may take. No API has a hundred, and no order
/// takes a hundredth of that.
const MOST: usize = 1000;
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Parameters in order of arrival, each name once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters {
    /// Names and values, one after another: a call has a dozen, and the log keeps hundreds of calls.
    text: String,
    places: Vec<Place>,
}

/// Where a parameter is in the text.
#[derive(Clone, Copy, Debug)]
struct Place {
    name: usize,
    value: usize,
    end: usize,
}

impl Parameters {
    /// Adds a parameter unless its name came before, or there are too many or too large ones; says so.
    ///
    /// The official Java SDK sends `method` twice and signs it once, so a repeat is not a part of the signed
    /// parameters.
    pub(crate) fn add(&mut self, name: &str, value: &str) -> Result<(), NotAdded> {
        match self.get(name) {
            Some(first) if first == value => Err(NotAdded::Same),
            Some(_) => Err(NotAdded::Different),
            None if self.places.len() == MOST => Err(NotAdded::TooMany),
            None if self.bytes() + name.len() + value.len() > MOST_BYTES => Err(NotAdded::TooLarge),
            None => {
                self.push(name, value);
                Ok(())
            }
        }
    }

    fn push(&mut self, name: &str, value: &str) {
        let start = self.text.len();
        self.text.push_str(name);
        let middle = self.text.len();
        self.text.push_str(value);
        self.places.push(Place {
            name: start,
            value: middle,
            end: self.text.len(),
        });
    }

    /// Makes room for parameters that take up to so many bytes, but not for the largest: much of a long request may be
    /// repeats.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        const USUAL: usize = 4 * 1024;
        self.text.reserve(bytes.min(USUAL));
    }

    /// The value, which may be blank.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// The value unless it is blank.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !is_blank(value))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = self.text.as_str();
        self.places.iter().map(move |place| {
            (
                &text[place.name..place.value],
                &text[place.value..place.end],
            )
        })
    }

    /// How many bytes they take.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Pairs as `signing` takes them, blank ones included.
    pub(crate) fn as_sent(&self) -> Vec<(&str, &str)> {
        self.iter().collect()
    }

    /// Pairs as `signing` takes them, blank ones left out.
    pub(crate) fn without_blanks(&self) -> Vec<(&str, &str)> {
        self.iter().filter(|(_, value)| !is_blank(value)).collect()
    }
}

/// Why a parameter was left out.
#[derive(Debug, PartialEq)]
pub(crate) enum NotAdded {
    /// Its name had come with the same value.
    Same,
    /// Its name had come with another value; the first one counts.
    Different,
    /// There are as many parameters as are kept.
    TooMany,
    /// They take as much as is kept.
    TooLarge,
}

/// Blank as the official Java SDK has it: empty or white space only.
pub(crate) fn is_blank(value: &str) -> bool {
    value.trim().is_empty()
}
