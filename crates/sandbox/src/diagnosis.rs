//! Why a signature is wrong: tries common mistakes, and reports the one that gives the client's
//! signature.

mod changes;
mod decisions;
mod digits;
mod json_spelling;
mod recipe;
mod spelling;
mod timestamps;
mod url_encoding;

use std::fmt;

use aliexpress_signing::{SignMethod, canonical_string};

use crate::masking::mask_value;
use crate::parameters::is_common;
use changes::Change;
use digits::Digits;
use recipe::Recipe;
use timestamps::SignedTime;

/// The limits on the bytes that are hashed and on the ways that are tried: about a second in a build without
/// optimisation. There is a limit because all other requests wait.
const MOST_HASHED: usize = 24 * 1024 * 1024;
const MOST_TRIES: usize = 20_000;
/// How many of an API's own parameters that were not sent are tried together.
const MOST_UNSENT: usize = 8;

/// What was expected of a signature, and what the client seems to have done instead.
///
/// Sessions and tokens are masked in both strings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The canonical string that should have been signed.
    pub expected: String,
    /// The mistake that reproduces the client's signature; `None` if no common mistake does.
    pub implied: Option<Implied>,
    /// What the form of the signature or of a parameter reveals if no common mistake gives it, such as the hash
    /// method by its length.
    pub remark: Option<String>,
    /// Whether the client probably uses another secret: no common mistake reproduces this signature
    /// or that of an earlier call, both look like signatures of the method, and no call so far had
    /// a valid one.
    pub secret_suspected: bool,
}

/// How the client's signature was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Implied {
    /// The mistakes, each in a few words, such as "parameters sorted without regard to case".
    pub mistakes: Vec<String>,
    /// The string that was signed.
    pub canonical: String,
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.implied {
            Some(implied) => write!(
                f,
                "{}; expected {:?}, signed {:?}",
                implied.mistakes.join(" and "),
                self.expected,
                implied.canonical
            ),
            None if self.secret_suspected => write!(
                f,
                "no known mistake gives this signature, and no call so far had a valid one, so the secret is likely \
                 another one; expected {:?}",
                self.expected
            ),
            None => {
                f.write_str("no known mistake gives this signature")?;
                if let Some(remark) = &self.remark {
                    write!(f, ": {remark}")?;
                }
                write!(f, "; expected {:?}", self.expected)
            }
        }
    }
}

/// Counts the signatures so far, to distinguish one wrong call from a wrong secret.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SignatureCount {
    /// Valid, or reproduced by a mistake with the right secret.
    pub(crate) explained: u64,
    /// Reproduced by no usual mistake.
    pub(crate) unexplained: u64,
}

impl SignatureCount {
    /// Whether one more unexplained signature suggests another secret.
    fn suspects_secret(self) -> bool {
        self.explained == 0 && self.unexplained > 0
    }
}

/// A call whose signature is wrong.
pub(crate) struct Case<'a> {
    pub(crate) method: SignMethod,
    /// The path of a system call.
    pub(crate) path: Option<&'a str>,
    pub(crate) api: &'a str,
    pub(crate) app_key: &'a str,
    pub(crate) app_secret: &'a str,
    pub(crate) session: Option<&'a str>,
    /// As sent, with `sign`.
    pub(crate) parameters: &'a [(&'a str, &'a str)],
    /// Names of parameters that the API has, which a client may have signed without sending.
    pub(crate) known_names: &'a [&'a str],
    /// The files that were sent, by the names of their parts.
    pub(crate) files: &'a [(String, Vec<u8>)],
    /// The parameters that arrived with a raw `+`, with the `+` kept instead of decoded to a blank.
    pub(crate) with_pluses: &'a [(String, String)],
}

impl<'a> Case<'a> {
    /// Finds out how the signature `claimed` was made.
    pub(crate) fn diagnose(&self, claimed: &str, before: SignatureCount) -> Diagnosis {
        let mut masked = self.masked();
        let expected = canonical_string(self.method, self.path, &mut as_pairs(&mut masked));
        let digits = Digits::of(claimed);
        let implied = self.implied(&digits);
        let is_unexplained = implied.is_none();
        let remark = digits
            .remark(self.method)
            .or_else(|| self.remark_on_encoding());
        let remark = remark.filter(|_| is_unexplained);
        Diagnosis {
            expected,
            secret_suspected: is_unexplained && remark.is_none() && before.suspects_secret(),
            remark,
            implied,
        }
    }

    /// A remark if a parameter is not UTF-8, so that the signed text is not known.
    fn remark_on_encoding(&self) -> Option<String> {
        let mut parameters = self.parameters.iter();
        let (name, _) =
            parameters.find(|(_, value)| value.contains(char::REPLACEMENT_CHARACTER))?;
        Some(format!(
            "parameter {name:?} is not UTF-8, but may be Latin-1 or GBK"
        ))
    }

    fn implied(&self, digits: &Digits) -> Option<Implied> {
        let right = Recipe::right(self);
        let changes = self.find(&right, &digits.hex)?;
        let mut recipe = right;
        changes.iter().for_each(|change| recipe.apply(*change));
        let masked = self.masked();
        let masked: Vec<(&str, &str)> = masked
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let mistakes = changes.iter().map(|change| change.describe(self));
        Some(Implied {
            mistakes: mistakes.chain(digits.mistake.map(str::to_owned)).collect(),
            canonical: recipe.canonical(&Case {
                parameters: &masked,
                ..*self
            }),
        })
    }

    /// The smallest number of changes to the correct way that gives `claimed`, ignoring letter case.
    fn find(&self, right: &Recipe, claimed: &str) -> Option<Vec<Change>> {
        let gives = |changes: &[Change]| {
            let mut recipe = *right;
            changes.iter().for_each(|change| recipe.apply(*change));
            recipe.signature(self).eq_ignore_ascii_case(claimed)
        };
        if gives(&[]) {
            return Some(Vec::new());
        }
        let size: usize = self
            .parameters
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        let tries = (MOST_HASHED / size.max(1)).min(MOST_TRIES);
        let changes = Change::all(self);
        // Most changes make no difference to most calls: a body without a boolean has no booleans to misspell.
        // Finding out which do costs as much as trying them, so it is not done for the longest calls.
        let is_long = changes.len() * size > MOST_HASHED / 4;
        let (telling, idle): (Vec<Change>, Vec<Change>) = changes
            .iter()
            .partition(|change| is_long || right.changed_by(**change, self));
        let singles = telling.iter().map(|change| vec![*change]);
        let second_looks = SignedTime::second_looks().map(|time| vec![Change::Time(time)]);
        let singles = singles.chain(second_looks);
        let with_idle = idle.iter().flat_map(|first| {
            let others = telling.iter().filter(|second| first.goes_with(second));
            others.flat_map(|second| [vec![*first, *second], vec![*second, *first]])
        });
        let far_looks = SignedTime::far_looks(self.sent("timestamp"));
        let far_looks = far_looks.map(|time| vec![Change::Time(time)]);
        let rare = Change::rare(self).map(|change| vec![change]);
        singles
            .chain(rare)
            .chain(pairs(&telling))
            .chain(with_idle)
            .chain(far_looks)
            .take(tries)
            .find(|changes| gives(changes))
    }

    /// The value of a parameter, blank for one that did not arrive.
    fn sent(&self, name: &str) -> &'a str {
        let mut sent = self.parameters.iter().filter(|(sent, _)| *sent == name);
        sent.next().map_or("", |(_, value)| value)
    }

    /// Whether a parameter did not arrive.
    fn is_unsent(&self, name: &str) -> bool {
        !self.parameters.iter().any(|(sent, _)| *sent == name)
    }

    /// The API's own parameters that did not arrive, the first few of them.
    fn own_unsent(&self) -> impl Iterator<Item = &'a str> {
        let names = self.known_names.iter().copied();
        let names = names.filter(|name| !is_common(name) && self.is_unsent(name));
        names.take(MOST_UNSENT)
    }

    /// Each blank that arrived as a raw `+`: its index among all of them, its parameter, and its position there.
    fn places_of_pluses(&self) -> impl Iterator<Item = (usize, &str, usize)> {
        let places = self.with_pluses.iter().flat_map(|(name, meant)| {
            let bytes = self.sent(name).bytes().zip(meant.bytes()).enumerate();
            let pluses = bytes.filter(|(_, pair)| *pair == (b' ', b'+'));
            pluses.map(move |(at, _)| (name.as_str(), at))
        });
        places
            .enumerate()
            .map(|(place, (name, at))| (place, name, at))
    }

    fn masked(&self) -> Vec<(&str, String)> {
        self.parameters
            .iter()
            .map(|(name, value)| (*name, mask_value(name, value).into_owned()))
            .collect()
    }
}

/// All pairs of changes that can be made together; two that rewrite values in both orders, which may differ.
fn pairs(changes: &[Change]) -> impl Iterator<Item = Vec<Change>> {
    changes.iter().enumerate().flat_map(|(index, first)| {
        let later = changes[index + 1..].iter();
        let later = later.filter(|second| first.goes_with(second));
        later.flat_map(|second| {
            let turned = first.depends_on_order_with(second);
            let turned = turned.then(|| vec![*second, *first]);
            std::iter::once(vec![*first, *second]).chain(turned)
        })
    })
}

fn as_pairs<'a>(owned: &'a mut [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    owned
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: &[&str] = &[
        "session",
        "access_token",
        "format",
        "simplify",
        "partner_id",
        "v",
        "debug",
        "product_id",
        "ship_to_country",
        "target_currency",
        "target_language",
        "remove_personal_benefit",
        "province_code",
        "city_code",
        "page_no",
    ];

    fn parameters(order: &str) -> Vec<(&str, &str)> {
        vec![
            ("app_key", "12345678"),
            ("method", "aliexpress.ds.order.create"),
            ("session", "50000100a10bSecret"),
            ("sign_method", "sha256"),
            ("timestamp", "1725940803000"),
            ("simplify", "true"),
            ("page_no", ""),
            ("Zone", "a b"),
            ("order", order),
            ("sign", "ABCD"),
        ]
    }

    fn case<'a>(
        parameters: &'a [(&'a str, &'a str)],
        with_pluses: &'a [(String, String)],
    ) -> Case<'a> {
        Case {
            method: SignMethod::Sha256,
            path: None,
            api: "aliexpress.ds.order.create",
            app_key: "12345678",
            app_secret: "Hello World",
            session: Some("50000100a10bSecret"),
            parameters,
            known_names: NAMES,
            files: &[],
            with_pluses,
        }
    }

    /// A single mistake is never reported as two, even a rare one.
    #[test]
    fn each_mistake_alone_is_found_as_one() {
        let order = r#"{"a": "Käse 5 5 (b/c)", "b": [1, true], "c": " 7"}"#;
        let parameters = parameters(order);
        let with_pluses = [("order".to_owned(), order.replace(' ', "+"))];
        let case = case(&parameters, &with_pluses);
        let rare: Vec<Change> = Change::rare(&case).collect();
        let rare = rare.into_iter().step_by(97);
        let far = SignedTime::far_looks("1725940803000").step_by(501);
        let changes = Change::all(&case).into_iter().chain(rare);
        let right = Recipe::right(&case);
        for change in changes.chain(far.map(Change::Time)) {
            if !right.changed_by(change, &case) {
                continue;
            }
            let mut recipe = right;
            recipe.apply(change);
            let implied = case.implied(&Digits::of(&recipe.signature(&case)));
            let mistakes = implied.map(|implied| implied.mistakes).unwrap_or_default();
            assert_eq!(
                mistakes.len(),
                1,
                "{}: {mistakes:?}",
                change.describe(&case)
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Any two usual mistakes that can be made together are found, or others that give the same signature.
        #[test]
        fn mistakes_are_found_in_pairs(first: prop::sample::Index, second: prop::sample::Index, address in "[a-zé ]{0,1500}") {
            let order = format!("{{\"a\": \"{address}\", \"b\": [1, true], \"c\": \" 7\"}}");
            let parameters = parameters(&order);
            let case = case(&parameters, &[]);
            let changes = Change::all(&case);
            let (first, second) = (first.get(&changes), second.get(&changes));
            prop_assume!(first.goes_with(second));
            let right = Recipe::right(&case);
            let mut recipe = right;
            recipe.apply(*first);
            recipe.apply(*second);
            let claimed = recipe.signature(&case);
            let mistakes = (first.describe(&case), second.describe(&case));
            prop_assert!(case.implied(&Digits::of(&claimed)).is_some(), "{:?}", mistakes);
        }
    }
}
