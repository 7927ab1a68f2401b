//! The rules, from `rules.json` beside this file.

use std::sync::LazyLock;

use serde_json::Value;

use super::check_digits;

/// One rule about one field of the addresses of one country.
#[derive(Debug)]
pub(super) struct Rule {
    /// ISO 3166, or `*` for every country.
    pub(super) country: String,
    pub(super) field: String,
    /// Whether the field is required.
    pub(super) needed: bool,
    /// Least and greatest number of characters.
    chars: Option<(usize, usize)>,
    /// Least number of words, separated by ordinary spaces.
    words: usize,
    /// The record that contains the field; the address if empty.
    pub(super) place: String,
    /// The rule does not apply if another field has this value.
    pub(super) unless: Option<(String, String)>,
    /// The allowed values.
    one_of: Vec<String>,
    /// Forbidden values.
    not: Vec<String>,
    /// Forbidden patterns.
    not_shapes: Vec<String>,
    /// The allowed characters; any if empty.
    only: String,
    letters: Option<Letters>,
    /// Whether a text in lower case alone is forbidden.
    not_lower: bool,
    /// Characters that are removed before the pattern is compared.
    ignore: String,
    /// The day on which it takes effect or was written down.
    pub(super) dated: String,
    /// The allowed patterns: `9` is a digit, `A` an upper-case letter, `L` a letter, and any other
    /// character matches itself.
    shapes: Vec<String>,
    check: Option<Check>,
    pub(super) wanted: String,
    pub(super) source: String,
}

#[derive(Clone, Copy, Debug)]
enum Check {
    Cpf,
    Birthday,
}

#[derive(Clone, Copy, Debug)]
enum Letters {
    /// ASCII letters and spaces.
    Latin,
    /// ASCII and Arabic characters.
    Arabic,
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
        let unless = &value["unless"];
        Self {
            country: text(value, "country"),
            field: text(value, "field"),
            needed: value["needed"].as_bool().unwrap_or_default(),
            chars: chars.map(|ends| (number(&ends[0]), number(&ends[1]))),
            words: number(&value["words"]),
            place: text(value, "in"),
            unless: unless
                .is_object()
                .then(|| (text(unless, "field"), text(unless, "is"))),
            one_of: texts(value, "one_of"),
            not: texts(value, "not"),
            not_shapes: texts(value, "not_shapes"),
            only: text(value, "only"),
            letters: match value["letters"].as_str() {
                Some("latin") => Some(Letters::Latin),
                Some("arabic") => Some(Letters::Arabic),
                _ => None,
            },
            not_lower: value["not_lower"].as_bool().unwrap_or_default(),
            ignore: text(value, "ignore"),
            dated: value["dated"]
                .as_str()
                .map_or_else(|| DATED.clone(), str::to_owned),
            shapes: texts(value, "shapes"),
            check: match value["check"].as_str() {
                Some("birthday") => Some(Check::Birthday),
                Some(_) => Some(Check::Cpf),
                None => None,
            },
            wanted: text(value, "wanted"),
            source: text(value, "source"),
        }
    }

    pub(super) fn holds_for(&self, text: &str) -> bool {
        let text: String = text.chars().filter(|c| !self.ignore.contains(*c)).collect();
        let text = text.as_str();
        let count = text.chars().count();
        let fits = |shape: &String| fits(shape, text);
        let is = |value: &String| value.eq_ignore_ascii_case(text);
        (self.one_of.is_empty() || self.one_of.iter().any(is))
            && !self.not.iter().any(is)
            && !self.not_shapes.iter().any(fits)
            && (self.only.is_empty() || text.chars().all(|c| self.only.contains(c)))
            && self
                .letters
                .is_none_or(|letters| text.chars().all(|c| letters.contain(c)))
            && !(self.not_lower
                && text.contains(char::is_lowercase)
                && !text.contains(char::is_uppercase))
            && self
                .chars
                .is_none_or(|(least, most)| (least..=most).contains(&count))
            && text.split(' ').filter(|word| !word.is_empty()).count() >= self.words
            && (self.shapes.is_empty() || self.shapes.iter().any(fits))
            && match self.check {
                Some(Check::Cpf) => check_digits::is_cpf_or_cnpj(text),
                Some(Check::Birthday) => is_birthday(text),
                None => true,
            }
    }
}

impl Letters {
    fn contain(self, c: char) -> bool {
        match self {
            Letters::Latin => c.is_ascii_alphabetic() || c == ' ',
            Letters::Arabic => {
                c.is_ascii()
                    || matches!(u32::from(c), 0x0600..=0x06FF | 0x0750..=0x077F | 0xFB50..=0xFDFF | 0xFE70..=0xFEFF)
            }
        }
    }
}

/// Whether a text is a date as ddMMyyyy in the last or this century.
fn is_birthday(text: &str) -> bool {
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (Some(day), Some(month), Some(year), true) = (part(0, 2), part(2, 4), part(4, 8), digits)
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day) && (1900..2100).contains(&year)
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    let texts = value[key].as_array().into_iter().flatten();
    texts.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn fits(shape: &str, text: &str) -> bool {
    shape.chars().count() == text.chars().count()
        && shape
            .chars()
            .zip(text.chars())
            .all(|(wanted, found)| match wanted {
                '9' => found.is_ascii_digit(),
                'A' => found.is_ascii_uppercase(),
                'L' => found.is_ascii_alphabetic(),
                wanted => wanted == found,
            })
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}
