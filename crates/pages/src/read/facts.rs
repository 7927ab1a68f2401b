//! Reads the facts in a description. Its sentences are not kept.

use std::collections::HashSet;

/// Facts found in one description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Whether the description calls the field deprecated.
    pub deprecated: bool,
    /// Codes that the description lists as the field's values.
    pub codes: Vec<String>,
    /// The time zone that the description names, as an IANA name.
    pub zone: Option<String>,
}

/// Reads `description`, and also `example`, where some pages list the codes.
pub(crate) fn facts(description: &str, example: &str) -> Facts {
    Facts {
        deprecated: says_deprecated(description) || is_deprecation(example),
        codes: codes(description),
        zone: zone(description),
    }
}

fn says_deprecated(description: &str) -> bool {
    const WORDS: [&str; 12] = [
        "deprecated",
        "no more maintenance",
        "no longer maintained",
        "no longer used",
        "no longer supported",
        "obsolete",
        "废弃",
        "弃用",
        "停用",
        "已下线",
        "不再使用",
        "不再维护",
    ];
    let lower = description.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

fn is_deprecation(example: &str) -> bool {
    example.trim().eq_ignore_ascii_case("deprecated") || matches!(example.trim(), "废弃" | "已废弃")
}

fn zone(description: &str) -> Option<String> {
    let lower = description.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let zone = if says(&[
        "us pacific",
        "pacific time",
        "america/los_angeles",
        "pst",
        "太平洋",
        "美西",
    ]) {
        "America/Los_Angeles"
    } else if says(&["gmt+8", "utc+8", "beijing time", "北京时间"]) {
        "Asia/Shanghai"
    } else {
        return None;
    };
    Some(zone.to_owned())
}

/// The longest list of single words in the description that reads as a list of codes.
///
/// Capitals with `_` may be anywhere; other words count only after a colon, in brackets, or after "can be".
fn codes(description: &str) -> Vec<String> {
    let mut best = capitals(description);
    for list in stated_lists(description) {
        if list.len() > best.len() {
            best = list;
        }
    }
    best
}

fn capitals(description: &str) -> Vec<String> {
    let words = description.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let is_code = |word: &&str| {
        word.len() > 3
            && word.contains('_')
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && !word.contains(|c: char| c.is_ascii_lowercase())
    };
    let codes = distinct(words.filter(is_code));
    if codes.len() < 2 { Vec::new() } else { codes }
}

fn distinct<'t>(words: impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut seen = HashSet::new();
    words
        .filter(|word| seen.insert(*word))
        .map(str::to_owned)
        .collect()
}

fn stated_lists(description: &str) -> impl Iterator<Item = Vec<String>> {
    let after_colon = description.split([':', '：']).skip(1).take(1).map(|_| {
        let at = description.find([':', '：']).unwrap_or(0);
        &description[at..]
    });
    let in_brackets = description
        .split(['(', '（'])
        .skip(1)
        .filter_map(|rest| rest.split([')', '）']).next());
    let can_be = description.split("can be ").skip(1);
    after_colon
        .chain(in_brackets)
        .chain(can_be)
        .filter_map(single_words)
}

/// The parts of `text` if it is a list of at least two single words, and nothing else.
fn single_words(text: &str) -> Option<Vec<String>> {
    let text = text
        .trim_start_matches([':', '：'])
        .trim()
        .trim_end_matches(['.', '。', ';']);
    let text = text.replace(" or ", ",");
    if text
        .split([';', ',', '、', '|', '，', '；', ' '])
        .any(is_zone)
    {
        return None;
    }
    let mut words = Vec::new();
    for part in text.split([';', ',', '、', '|', '，', '；', '/']) {
        let part = part.split([':', '：', '=']).next().unwrap_or(part);
        let part = part.trim().trim_matches(['"', '\'', '“', '”']);
        if part.is_empty() {
            continue;
        }
        let is_word = part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && part.starts_with(|c: char| c.is_ascii_alphabetic());
        if !is_word {
            return None;
        }
        words.push(part);
    }
    let words = distinct(words.into_iter());
    (words.len() >= 2).then_some(words)
}

/// Whether a word is the name of a time zone, such as `America/Los_Angeles`. Its parts are not codes.
fn is_zone(word: &str) -> bool {
    const AREAS: [&str; 11] = [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Etc",
        "Europe",
        "Indian",
        "Pacific",
    ];
    let word = word.trim().trim_matches(['"', '\'', '“', '”']);
    let area = word.split_once('/').map(|(area, _)| area);
    area.is_some_and(|area| AREAS.contains(&area))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_codes(description: &str, expected: &[&str]) {
        assert_eq!(facts(description, "").codes, expected, "{description}");
    }

    #[test]
    fn code_lists_are_read_in_every_notation() {
        check_codes("state(OPEN; SHUT_DOWN)", &["OPEN", "SHUT_DOWN"]);
        check_codes(
            "state: wait_it, done_ok, close",
            &["wait_it", "done_ok", "close"],
        );
        check_codes(
            "kind。(default:first value; sent:; not_sent)",
            &["default", "sent", "not_sent"],
        );
        check_codes(
            "the side, can be Buyer, Shop or Both.",
            &["Buyer", "Shop", "Both"],
        );
        check_codes("IS_OPEN\" or \"IS_SHUT\"", &["IS_OPEN", "IS_SHUT"]);
        check_codes("first, second and third thing", &[]);
        check_codes("the id of the order", &[]);
        check_codes("a side: Buyer/Shop", &["Buyer", "Shop"]);
    }

    #[test]
    fn the_name_of_a_time_zone_is_not_a_list_of_codes() {
        check_codes("time of the event (America/Los_Angeles)", &[]);
        check_codes("time zone: Asia/Shanghai", &[]);
        check_codes("format it with ZoneId.of(\"America/Los_Angeles\")", &[]);
        check_codes("time (Europe/Paris or Etc/UTC)", &[]);
        check_codes("the market (Europe/Asia_Pacific)", &[]);
    }

    #[test]
    fn zones_and_deprecation_are_read() {
        assert_eq!(
            facts("changed, it's US pacific time", "").zone.as_deref(),
            Some("America/Los_Angeles")
        );
        assert!(facts("a rate(Deprecated)", "").deprecated);
        assert!(facts("", "Deprecated").deprecated);
        assert!(!facts("a rate", "1").deprecated);
    }
}
