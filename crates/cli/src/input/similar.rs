//! Finds known names that are similar to an unknown one.

use std::collections::{BTreeMap, BTreeSet};

use strsim::normalized_damerau_levenshtein;

/// The largest number of names to suggest.
const SHOWN: usize = 5;
/// The least similarity of a suggested name; 1 means equal.
const LIKELY: f64 = 0.8;
/// The least length of a word that counts; shorter words are in most descriptions.
const SHORTEST: usize = 4;
/// The least score of a suggested description, as a share of the best score.
const NEARLY: f64 = 0.8;

/// The known names that contain the given one or are spelled similarly, the most similar first. Only letters and
/// digits count.
pub(crate) fn similar<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let given = folded(given);
    if given.is_empty() {
        return Vec::new();
    }
    let mut scored: Vec<(f64, &str)> = known
        .map(|name| {
            let folded = folded(name);
            let score = match folded.contains(&given) {
                true => 1.0,
                false => normalized_damerau_levenshtein(&folded, &given),
            };
            (score, name)
        })
        .filter(|&(score, _)| score >= LIKELY)
        .collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0));
    scored.truncate(SHOWN);
    scored.into_iter().map(|(_, name)| name).collect()
}

/// The known names whose descriptions contain words of the text, the best match first. Rare words count more, and
/// short ones do not count.
pub(crate) fn described_with<'a>(
    text: &str,
    known: impl Iterator<Item = (&'a str, String)>,
) -> Vec<&'a str> {
    let known: Vec<(&str, String)> = known.map(|(name, text)| (name, folded(&text))).collect();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words: BTreeSet<String> = words
        .map(folded)
        .filter(|word| word.len() >= SHORTEST)
        .collect();
    let mut scores: BTreeMap<&str, f64> = BTreeMap::new();
    for word in words {
        let having = known.iter().filter(|(_, text)| text.contains(&word));
        let names: BTreeSet<&str> = having.map(|&(name, _)| name).collect();
        let weight = (known.len() as f64 / names.len() as f64).ln();
        for name in names {
            *scores.entry(name).or_default() += weight;
        }
    }
    let best = scores.values().copied().fold(0.0, f64::max);
    let mut scored: Vec<(&str, f64)> = scores
        .into_iter()
        .filter(|&(_, score)| score > 0.0 && score >= best * NEARLY)
        .collect();
    scored.sort_by(|one, other| other.1.total_cmp(&one.1));
    scored.truncate(SHOWN);
    scored.into_iter().map(|(name, _)| name).collect()
}

/// The letters and digits of a name, in lower case.
pub(crate) fn folded(name: &str) -> String {
    let kept = name.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::{described_with, similar};

    const KNOWN: [&str; 4] = [
        "IllegalAccessToken",
        "IllegalTimestamp",
        "isv.insufficient-permission",
        "aliexpress.trade.ds.order.get",
    ];

    #[test]
    fn a_misspelt_name_finds_the_right_one() {
        for (given, meant) in [
            ("IllegalAccessTokn", "IllegalAccessToken"),
            ("isv.insuficient_permission", "isv.insufficient-permission"),
            ("ds.order", "aliexpress.trade.ds.order.get"),
        ] {
            assert_eq!(similar(given, KNOWN.into_iter()), [meant], "{given}");
        }
    }

    #[test]
    fn a_message_finds_the_description_with_its_rarest_words() {
        let known = [
            ("27", "the session has expired"),
            ("InsufficientInventory", "the stock is insufficient"),
            (
                "InsufficientPermission",
                "the application may not call this",
            ),
        ];
        let known = || {
            known
                .into_iter()
                .map(|(name, text)| (name, format!("{name} {text}")))
        };
        let found = |text| described_with(text, known());
        assert_eq!(found("Your session is expired!"), ["27"]);
        assert_eq!(
            found("insufficient inventory of sku"),
            ["InsufficientInventory"]
        );
        assert!(found("a of to").is_empty());
        assert!(found("unheard words").is_empty());
    }

    #[test]
    fn an_empty_or_unrelated_name_has_no_similar_ones() {
        assert!(similar("", KNOWN.into_iter()).is_empty());
        assert!(similar("freight", KNOWN.into_iter()).is_empty());
    }
}
