//! The parameters of a call as they arrived.

use aliexpress_models::COMMON_PARAMETERS;

/// What SDKs send in addition to the common parameters.
const DEBUG: &str = "debug";
/// The required common parameters.
const MANDATORY: &[&str] = &["app_key", "method", "sign", "timestamp"];

/// Whether any call may have this parameter; all others are an API's own.
pub(crate) fn is_common(name: &str) -> bool {
    name == DEBUG || COMMON_PARAMETERS.contains(&name)
}

/// The optional common parameters.
pub(crate) fn optional() -> impl Iterator<Item = &'static str> {
    let common = COMMON_PARAMETERS.iter().copied();
    common
        .filter(|name| !MANDATORY.contains(name))
        .chain([DEBUG])
}

/// The limits on a call's parameters: their number, and their total size in bytes. No API has a hundred, and no order
/// has a hundredth of that size.
const MOST: usize = 1000;
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Parameters in order of arrival, each name once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters {
    /// All names and values in one text, to save memory: the log keeps hundreds of calls.
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
    /// Adds a parameter. If its name came before, or there are too many or too large ones, returns why it did not.
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

    /// Reserves memory for parameters of up to this many bytes. Long requests get less, because much of them may be
    /// repeats.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        const USUAL: usize = 4 * 1024;
        self.text.reserve(bytes.min(USUAL));
    }

    /// The value of a parameter, which may be blank.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// The value of a parameter, unless it is blank.
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

    /// The size of all names and values in bytes.
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
    /// Its name came before, with the same value.
    Same,
    /// Its name came before, with another value; the first value counts.
    Different,
    /// There are too many parameters.
    TooMany,
    /// The parameters are too large together.
    TooLarge,
}

/// Blank as in the official Java SDK: empty or white space only.
pub(crate) fn is_blank(value: &str) -> bool {
    value.trim().is_empty()
}
