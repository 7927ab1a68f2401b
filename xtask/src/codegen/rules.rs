//! Reads the parts of `fixtures/rules.toml` about names.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use pages::document::Field;
use pages::root::Root;
use pages::tree::{Kind, Section};
use serde::Deserialize;

use super::api::{Effect, Judgement, Whose};
use super::case::snake;

/// The rules.
#[derive(Debug, Deserialize)]
pub(crate) struct Rules {
    pub(crate) names: Names,
    pub(crate) money: Vec<Money>,
    #[serde(default, rename = "type")]
    types: Vec<TypeRule>,
    personal: Personal,
    effect: EffectWords,
    pub(crate) paging: PagingNames,
}

/// Fields whose values must not be logged.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Personal {
    names: Vec<String>,
    but: Vec<String>,
}

/// Endings that are not part of a type's name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Names {
    pub(crate) suffixes: Vec<String>,
    pub(crate) list_suffixes: Vec<String>,
    pub(crate) irregular: BTreeMap<String, String>,
    pub(crate) singular_endings: Vec<String>,
}

/// Names of the fields that together state money, in the order in which they count.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Money {
    /// Amounts in units of the currency.
    #[serde(default)]
    pub(crate) amount: Vec<String>,
    /// Amounts in cents.
    #[serde(default)]
    pub(crate) cents: Vec<String>,
    pub(crate) currency_code: Vec<String>,
    #[serde(default)]
    pub(crate) whose: Option<Whose>,
    pub(crate) judgement: Judgement,
    #[serde(default)]
    pub(crate) cent: Vec<String>,
    #[serde(default)]
    pub(crate) cent_factor: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeRule {
    #[serde(rename = "type")]
    value: String,
    names: Vec<String>,
    kinds: Vec<Kind>,
    #[serde(default)]
    but: Vec<String>,
    #[serde(default)]
    side: Option<Section>,
    #[serde(default)]
    list: Option<bool>,
    #[serde(default)]
    families: Vec<String>,
    #[serde(default)]
    apis: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EffectWords {
    reads: Vec<String>,
    writes: Vec<String>,
}

/// Names of the fields by which a list is read page by page, in snake case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PagingNames {
    /// Parameters for a page's number.
    pub(crate) number: Vec<String>,
    /// Parameters for a page's token, each with the field of the answer that names the next one.
    pub(crate) token: BTreeMap<String, String>,
    /// Parameters for a page's size.
    pub(crate) size: Vec<String>,
    /// The size if the platform requires one and the caller states none.
    pub(crate) required_size: i64,
    /// Fields with the count of all items.
    pub(crate) total: Vec<String>,
    /// Fields with the count of pages.
    pub(crate) pages: Vec<String>,
    /// Fields that say whether the page is the last one.
    pub(crate) is_last: Vec<String>,
    /// Fields that say whether there is another page.
    pub(crate) has_more: Vec<String>,
}

impl Rules {
    pub(crate) fn load(root: &Root) -> anyhow::Result<Self> {
        let rules: Self =
            toml::from_str(&pages::rules::text(root)?).context("reading fixtures/rules.toml")?;
        let twice = rules
            .effect
            .reads
            .iter()
            .find(|word| rules.effect.writes.contains(word));
        if let Some(word) = twice {
            bail!(
                "the word `{word}` of fixtures/rules.toml both reads and writes; take it out of one list"
            );
        }
        Ok(rules)
    }

    /// The name of the type that a rule gives to a scalar field, whose key is that of the field it is an alias of.
    pub(crate) fn scalar(
        &self,
        key: &str,
        field: &Field,
        section: Section,
        (family, api): (&str, &str),
    ) -> Option<&str> {
        let name = snake(key);
        let fits = |rule: &&TypeRule| {
            rule.kinds.contains(&field.kind)
                && rule.side.is_none_or(|side| side == section)
                && rule.list.is_none_or(|list| list == field.list)
                && (rule.apis.is_empty() || rule.apis.iter().any(|one| matches(one, api)))
                && (rule.families.is_empty() || rule.families.iter().any(|one| one == family))
                && rule.names.iter().any(|pattern| matches(pattern, &name))
                && !rule.but.iter().any(|pattern| matches(pattern, &name))
        };
        self.types.iter().find(fits).map(|rule| rule.value.as_str())
    }

    /// Whether a scalar field contains personal data, or lets others act for the account.
    pub(crate) fn is_personal(&self, key: &str) -> bool {
        let name = snake(key);
        let has = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, &name));
        has(&self.personal.names) && !has(&self.personal.but)
    }

    /// Names of the types that rules choose, in any order.
    pub(crate) fn type_names(&self) -> impl Iterator<Item = &str> {
        self.types.iter().map(|rule| rule.value.as_str())
    }

    /// Whether a call changes something, by the words of its name: the last one that is known decides.
    pub(crate) fn effect(&self, api: &str) -> Effect {
        let words = snake(api);
        for word in words.rsplit('_') {
            if self.effect.writes.iter().any(|known| known == word) {
                return Effect::Write;
            }
            if self.effect.reads.iter().any(|known| matches(known, word)) {
                return Effect::Read;
            }
        }
        Effect::Write
    }
}

/// Whether `name` matches `pattern`; a `*` at an end matches any text, including none.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(rest), None) => name.ends_with(rest),
        (None, Some(rest)) => name.starts_with(rest),
        (Some(_), Some(_)) => name.contains(pattern.trim_matches('*')),
        (None, None) => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_prefixes_and_suffixes() {
        for (pattern, name, fits) in [
            ("order_id", "order_id", true),
            ("order_id", "my_order_id", false),
            ("*_time", "pay_time", true),
            ("*_time", "time", false),
            ("gmt_*", "gmt_create", true),
            ("*time*", "a_timely_thing", true),
            ("*", "anything", true),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }
}
