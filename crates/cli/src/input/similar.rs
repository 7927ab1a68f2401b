//! Known names that someone may have meant.

use strsim::normalized_damerau_levenshtein;

/// As many are shown at most.
const SHOWN: usize = 5;
/// From this likeness on, a name may be a misspelling of another; 1 is the same.
const LIKELY: f64 = 0.8;

/// The known names that hold what was given or are spelt much like it, the likeliest first. Only letters and digits
/// count.
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

/// The letters and digits of a name, in lower case.
pub(crate) fn folded(name: &str) -> String {
    let kept = name.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::similar;

    const KNOWN: [&str; 4] = [
        "IllegalAccessToken",
        "IllegalTimestamp",
        "isv.insufficient-permission",
        "aliexpress.trade.ds.order.get",
    ];

    #[test]
    fn a_misspelt_name_brings_up_the_right_one() {
        for (given, meant) in [
            ("IllegalAccessTokn", "IllegalAccessToken"),
            ("isv.insuficient_permission", "isv.insufficient-permission"),
            ("ds.order", "aliexpress.trade.ds.order.get"),
        ] {
            assert_eq!(similar(given, KNOWN.into_iter()), [meant], "{given}");
        }
    }

    #[test]
    fn nothing_is_similar_to_nothing_and_to_other_words() {
        assert!(similar("", KNOWN.into_iter()).is_empty());
        assert!(similar("freight", KNOWN.into_iter()).is_empty());
    }
}
