//! Parts of answers that are written once and reused until the shop changes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::node::{Fields, Shared};

/// The total size of what is kept, in bytes as estimated by its makers.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The key of a part: a product and a currency.
pub(crate) type Subject = (i64, &'static str);

/// The parts, all of one revision of the shop.
#[derive(Default)]
pub(crate) struct Fragments {
    /// The revision of the shop.
    revision: u64,
    bytes: usize,
    parts: HashMap<Subject, Arc<Shared>>,
}

impl Fragments {
    /// The part with this key; it is made if it is absent, or if the shop has changed since.
    pub(crate) fn get(
        &mut self,
        revision: u64,
        subject: Subject,
        make: impl FnOnce() -> Fields,
    ) -> Arc<Shared> {
        if self.revision != revision {
            *self = Self {
                revision,
                ..Self::default()
            };
        }
        if let Some(part) = self.parts.get(&subject) {
            return Arc::clone(part);
        }
        let part = Arc::new(Shared::from(make()));
        // As a tree, and as text in two forms.
        let bytes = part.contents.bytes() * 3;
        if self.bytes + bytes <= MOST_BYTES {
            self.bytes += bytes;
            self.parts.insert(subject, Arc::clone(&part));
        }
        part
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::Node;

    fn fields(text: String) -> Fields {
        Fields::from([("title", Node::from(text))])
    }

    #[test]
    fn parts_are_made_again_after_a_change() {
        let mut fragments = Fragments::default();
        let mut made = 0;
        for revision in [0, 0, 0, 1, 1, 2] {
            let part = fragments.get(revision, (1, "EUR"), || {
                made += 1;
                fields(revision.to_string())
            });
            assert_eq!(part.contents, fields(revision.to_string()));
        }
        assert_eq!(made, 3);
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let mut fragments = Fragments::default();
        for product in 0..20 {
            let part = fragments.get(0, (product, "EUR"), || fields("a".repeat(1024 * 1024)));
            assert!(part.contents.bytes() > 1024 * 1024);
        }
        assert!((1..8).contains(&fragments.parts.len()));
        assert!(fragments.bytes <= MOST_BYTES);
    }
}
