//! The parameters of a call as they arrived.

/// Parameters in order of arrival, each name once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Adds a parameter unless its name came before; says so when it did.
    ///
    /// The official Java SDK sends `method` twice and signs it once, so a repeat is no part of the signed
    /// parameters.
    pub(crate) fn add(&mut self, name: String, value: String) -> Result<(), Repeat> {
        match self.get(&name) {
            None => {
                self.0.push((name, value));
                Ok(())
            }
            Some(first) => Err(if first == value {
                Repeat::Same(name)
            } else {
                Repeat::Different(name)
            }),
        }
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
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
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

/// A name that had come before.
#[derive(Debug, PartialEq)]
pub(crate) enum Repeat {
    /// With the same value.
    Same(String),
    /// With another value; the first one counts.
    Different(String),
}

/// Blank as the official Java SDK has it: empty or white space only.
pub(crate) fn is_blank(value: &str) -> bool {
    value.trim().is_empty()
}
