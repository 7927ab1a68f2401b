//! The words of a page's names, which fields of one object often share, as in `receiver_city` and `receiver_zip`.

use heck::ToSnakeCase as _;
use rustc_hash::{FxHashMap, FxHashSet};

use super::rows::NameId;
use super::sample::ShapeId;
use super::sections::Input;

/// A word of at most so many names is rare, and so is one of at most [`RARE_PERCENT`] of the names.
const RARE: usize = 3;
const RARE_PERCENT: usize = 20;
/// Shorter words are no evidence.
const SHORTEST: usize = 3;

/// A word of a name that a row has.
type WordId = u32;

/// The rare words of a page's names.
#[derive(Debug)]
pub(crate) struct Words {
    /// Per name of a row, its words.
    names: Vec<Vec<WordId>>,
    /// Per shape of the sample, the words of its fields' names.
    fields: Vec<FxHashSet<WordId>>,
}

impl Words {
    /// Reads the names of rows and of fields in the sample.
    pub(crate) fn of(input: &Input<'_>) -> Self {
        let mut ids: FxHashMap<String, WordId> = FxHashMap::default();
        let mut counts: Vec<usize> = Vec::new();
        let mut names = vec![Vec::new(); input.ids.len()];
        for (name, &id) in &input.ids {
            for word in words(name) {
                let next = WordId::try_from(counts.len()).unwrap_or(WordId::MAX);
                let word = *ids.entry(word).or_insert(next);
                if word == next {
                    counts.push(0);
                }
                counts[word as usize] += 1;
                names[id as usize].push(word);
            }
        }
        let most = (input.ids.len() * RARE_PERCENT / 100).max(RARE);
        let is_rare = |word: &WordId| counts[*word as usize] <= most;
        for words in &mut names {
            words.retain(is_rare);
        }
        let mut fields = Vec::new();
        if let Some(shown) = &input.shown {
            fields.resize_with(shown.shapes.all().len(), FxHashSet::default);
            for (_, shape) in shown.shapes.all() {
                let known = words(&shape.name).into_iter();
                let known = known.filter_map(|word| ids.get(&word).copied());
                fields[shape.parent].extend(known.filter(is_rare));
            }
        }
        Self { names, fields }
    }

    /// Whether a row called `name` shares a word with the object called `object`, with a field that the sample shows in
    /// `content`, or with one of `rows`.
    pub(crate) fn are_shared(
        &self,
        name: NameId,
        object: Option<NameId>,
        content: Option<ShapeId>,
        mut rows: impl Iterator<Item = NameId>,
    ) -> bool {
        let own = &self.names[name as usize];
        let has_own = |other: NameId| {
            let words = &self.names[other as usize];
            words.iter().any(|word| own.contains(word))
        };
        let in_sample =
            |content: ShapeId| own.iter().any(|word| self.fields[content].contains(word));
        object.is_some_and(has_own)
            || content.is_some_and(in_sample)
            || rows.any(|row| row != name && has_own(row))
    }
}

/// The distinct words of `name`, in the singular.
fn words(name: &str) -> Vec<String> {
    let snake = name.to_snake_case();
    let singular = |word: &str| match word.strip_suffix('s') {
        Some(word) if !word.ends_with('s') => word.to_owned(),
        _ => word.to_owned(),
    };
    let letters = snake.split(|c: char| !c.is_alphabetic()).map(singular);
    let mut words: Vec<String> = letters.filter(|word| word.len() >= SHORTEST).collect();
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_split_at_underscores_digits_and_capitals() {
        assert_eq!(words("aeItem_skuInfos2_id"), ["info", "item", "sku"]);
        assert_eq!(words("address_address"), ["address"]);
        assert!(words("d_t_o").is_empty());
    }
}
