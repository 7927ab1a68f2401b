//! The rules, from `rules.json` beside this file.

use std::sync::LazyLock;

use serde_json::Value;

use super::check_digits;

/// One rule about one field of addresses of one country.
#[derive(Debug)]
pub(super) struct Rule {
    /// ISO 3166, or `*` for every country.
    pub(super) country: String,
    pub(super) field: String,
    /// Whether the field must be there.
    pub(super) needed: bool,
    /// Least and most characters.
    chars: Option<(usize, usize)>,
    /// Least number of words.
    words: usize,
    /// Forms that the text may have: `9` is a digit, `A` a capital letter, all else itself.
    shapes: Vec<String>,
    check: Option<Check>,
    pub(super) wanted: String,
    pub(super) source: String,
}

#[derive(Clone, Copy, Debug)]
enum Check {
    Cpf,
}

static FILE: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("rules.json"))
        .expect("a file of this crate, read by its tests")
});

/// When the rules were written down.
pub(super) static DATED: LazyLock<String> = LazyLock::new(|| text(&FILE, "dated"));

pub(super) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rules = FILE["rules"].as_array();
    rules.into_iter().flatten().map(Rule::of).collect()
});

impl Rule {
    fn of(value: &Value) -> Self {
        let number = |value: &Value| value.as_u64().unwrap_or_default() as usize;
        let chars = value["chars"].as_array();
        let shapes = value["shapes"].as_array().into_iter().flatten();
        Self {
            country: text(value, "country"),
            field: text(value, "field"),
            needed: value["needed"].as_bool().unwrap_or_default(),
            chars: chars.map(|ends| (number(&ends[0]), number(&ends[1]))),
            words: number(&value["words"]),
            shapes: shapes
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            check: value["check"].as_str().map(|_| Check::Cpf),
            wanted: text(value, "wanted"),
            source: text(value, "source"),
        }
    }

    pub(super) fn holds_for(&self, text: &str) -> bool {
        let count = text.chars().count();
        let fits = |shape: &String| fits(shape, text);
        self.chars
            .is_none_or(|(least, most)| (least..=most).contains(&count))
            && text.split_whitespace().count() >= self.words
            && (self.shapes.is_empty() || self.shapes.iter().any(fits))
            && match self.check {
                Some(Check::Cpf) => check_digits::is_cpf_or_cnpj(text),
                None => true,
            }
    }
}

fn fits(shape: &str, text: &str) -> bool {
    shape.chars().count() == text.chars().count()
        && shape
            .chars()
            .zip(text.chars())
            .all(|(wanted, found)| match wanted {
                '9' => found.is_ascii_digit(),
                'A' => found.is_ascii_uppercase(),
                wanted => wanted == found,
            })
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}
