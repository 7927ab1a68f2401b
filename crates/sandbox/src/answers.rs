//! Answers that the sandbox's user set, which replace its own.

use std::collections::BTreeMap;

use bytes::Bytes;

/// The largest total size of the answers and of their APIs' names, in bytes.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Why an answer was not set: all answers that were set would take more than 64 MiB together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot give {api} an answer: found {found} bytes of answers with it; wanted up to {MOST_BYTES} for all APIs together"
)]
pub struct AnswerError {
    api: String,
    found: usize,
}

/// The answers by API, and their total size.
#[derive(Default)]
pub(crate) struct Answers {
    by_api: BTreeMap<String, Bytes>,
    bytes: usize,
}

impl Answers {
    /// Sets an API's answer and replaces an earlier one, which stays if this one is too large.
    ///
    /// # Errors
    /// If the answers would be too large together.
    pub(crate) fn give(&mut self, api: String, body: Bytes) -> Result<(), AnswerError> {
        let earlier = self.by_api.get(&api).map_or(0, |body| size(&api, body));
        let found = (self.bytes - earlier).saturating_add(size(&api, &body));
        if found > MOST_BYTES {
            return Err(AnswerError { api, found });
        }
        self.bytes = found;
        self.by_api.insert(api, body);
        Ok(())
    }

    /// Removes an answer; `false` if there was none.
    pub(crate) fn remove(&mut self, api: &str) -> bool {
        let Some(body) = self.by_api.remove(api) else {
            return false;
        };
        self.bytes -= size(api, &body);
        true
    }

    pub(crate) fn get(&self, api: &str) -> Option<&Bytes> {
        self.by_api.get(api)
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Bytes)> {
        self.by_api.iter().map(|(api, body)| (api.as_str(), body))
    }
}

fn size(api: &str, body: &Bytes) -> usize {
    api.len() + body.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// After any sequence of setting and removing, the total size is correct and within the limit.
        #[test]
        fn answers_are_bounded_together(
            steps in prop::collection::vec(("[a-c]{0,2}", prop::option::of(0..MOST_BYTES / 2)), 0..40),
        ) {
            // One buffer for all answers, so that the test needs little memory.
            let most = Bytes::from(vec![b'x'; MOST_BYTES / 2]);
            let mut answers = Answers::default();
            for (api, length) in steps {
                let before = answers.get(&api).cloned();
                match length {
                    None => prop_assert_eq!(answers.remove(&api), before.is_some()),
                    Some(length) => match answers.give(api.clone(), most.slice(..length)) {
                        Ok(()) => prop_assert_eq!(answers.get(&api).map(Bytes::len), Some(length)),
                        Err(error) => {
                            prop_assert!(error.found > MOST_BYTES);
                            prop_assert_eq!(answers.get(&api), before.as_ref());
                        }
                    },
                }
                let kept: usize = answers.iter().map(|(api, body)| size(api, body)).sum();
                prop_assert!(kept == answers.bytes && kept <= MOST_BYTES);
            }
        }
    }
}
