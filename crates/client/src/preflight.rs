//! Checks an address before it is sent.
//!
//! The platform refuses a wrong address with a single code that does not say what is wrong. These
//! rules, each with its date and source, find the usual mistakes beforehand. They give **warnings,
//! not refusals**: rules change, and the platform decides.
//!
//! ```
//! use aliexpress::models::order_create::{LogisticsAddress, LogisticsAddressRequired};
//! use aliexpress::preflight;
//!
//! let address = LogisticsAddress::new(LogisticsAddressRequired {
//!     full_name: "Ana García".into(),
//!     phone_country: "+34".into(),
//!     mobile_no: "61234567".into(),
//!     country: "ES".into(),
//!     province: "Madrid".into(),
//!     city: "Madrid".into(),
//!     address: "Calle Mayor 1".into(),
//! });
//! let warnings = preflight::check(&address.zip("28013"));
//! assert_eq!(
//!     warnings[0].to_string(),
//!     "mobile_no for ES: found 8 digits; wanted 9 digits, without the country's prefix",
//! );
//! ```

mod check_digits;
mod rules;

use std::fmt;

use aliexpress_models::order_create::{LogisticsAddress, OrderCreate};
use aliexpress_models::{Record, Shaped, View};
use serde_json::{Map, Value};

use rules::{DATED, RULES, Rule};

/// A reason why the platform or the carrier may refuse an address.
///
/// Contains nothing of the address itself except its country and the names of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// The field's name on the wire.
    pub field: String,
    /// The address's country; `*` if the rule applies to every country.
    pub country: &'static str,
    /// What was found, described without quoting it.
    pub found: String,
    /// What the rule asks for.
    pub wanted: String,
    /// The source of the rule.
    pub source: &'static str,
    /// The day on which the rule takes effect or was written down, such as `2026-11-21`.
    pub dated: &'static str,
}

/// Checks a typed address. Empty if the address breaks no rule.
pub fn check(address: &LogisticsAddress) -> Vec<Warning> {
    check_address(&texts_of(address))
}

/// Checks everything about an order's delivery: the address, and what some countries require in
/// addition, such as the recipient's birthday or national address.
pub fn check_order(order: &OrderCreate) -> Vec<Warning> {
    let address = texts_of(&order.order.logistics_address);
    let extend = order.ds_extend_request.as_ref();
    let extra = extend.and_then(|extend| extend.trade_extra_param.as_ref());
    let extra = extra.map(|extra| texts_of(extra)).unwrap_or_default();
    let mut warnings = check_address(&address);
    warnings.extend(check_fields(
        TRADE_EXTRA,
        &|key| find(&address, key),
        &|key| find(&extra, key),
    ));
    warnings
}

/// The record outside of the address that also contains fields with rules.
const TRADE_EXTRA: &str = "trade_extra_param";

type Texts<'a> = Vec<(&'static str, &'a str)>;

/// Checks the fields of a record that are texts or booleans.
fn check_address(texts: &Texts<'_>) -> Vec<Warning> {
    check_fields("", &|key| find(texts, key), &|key| find(texts, key))
}

fn texts_of(record: &dyn Record) -> Texts<'_> {
    let fields = record.shape().fields.iter().enumerate();
    let texts = fields.filter_map(|(index, field)| match record.view(index) {
        View::Text(text) => Some((field.key, text)),
        View::Boolean(value) => Some((field.key, if value { "true" } else { "false" })),
        _ => None,
    });
    texts.collect()
}

fn find<'a>(texts: &Texts<'a>, key: &str) -> Option<&'a str> {
    let mut found = texts.iter().filter(|(name, _)| *name == key);
    found.next().map(|(_, text)| *text)
}

/// Checks an address that is sent as JSON by the same rules. Also checks its keys, because the
/// platform silently ignores keys that it does not know (`contactPerson` for `contact_person`).
pub fn check_json(address: &Map<String, Value>) -> Vec<Warning> {
    let mut warnings: Vec<_> = address.keys().filter_map(|key| check_key(key)).collect();
    let text = |key: &str| match address.get(key)? {
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        value => value.as_str(),
    };
    warnings.extend(check_fields("", &text, &text));
    warnings
}

/// Checks the fields of the record at this place by the rules of the address's country. A country's
/// rule about a field replaces the general one.
fn check_fields<'a>(
    place: &str,
    address: &dyn Fn(&str) -> Option<&'a str>,
    text: &dyn Fn(&str) -> Option<&'a str>,
) -> Vec<Warning> {
    let country = address("country")
        .unwrap_or_default()
        .trim()
        .to_ascii_uppercase();
    let of_country = |rule: &&Rule| rule.country == country;
    let special = |field: &str| {
        RULES
            .iter()
            .filter(of_country)
            .any(|rule| rule.field == field)
    };
    let holds = |rule: &&Rule| {
        let excepted = rule
            .unless
            .as_ref()
            .is_some_and(|(field, value)| address(field).is_some_and(|found| found == value));
        rule.place == place && !excepted
    };
    let rules = RULES
        .iter()
        .filter(|rule| of_country(rule) || (rule.country == "*" && !special(&rule.field)))
        .filter(holds);
    rules
        .filter_map(|rule| check_rule(rule, text(&rule.field)))
        .collect()
}

fn check_rule(rule: &'static Rule, text: Option<&str>) -> Option<Warning> {
    let text = text.map(str::trim).unwrap_or_default();
    let found = match text {
        "" if rule.needed => "nothing".to_owned(),
        "" => return None,
        text if rule.holds_for(text) => return None,
        text => describe(text),
    };
    Some(Warning {
        field: rule.field.clone(),
        country: &rule.country,
        found,
        wanted: rule.wanted.clone(),
        source: &rule.source,
        dated: &rule.dated,
    })
}

fn check_key(key: &str) -> Option<Warning> {
    if LogisticsAddress::SHAPE.field(key).is_some() {
        return None;
    }
    let known = LogisticsAddress::SHAPE.field(&snake_case(key));
    Some(Warning {
        field: key.chars().take(40).collect(),
        country: "*",
        found: "a key that the platform ignores".to_owned(),
        wanted: match known {
            Some(field) => format!("`{}`", field.key),
            None => "one of the documented keys".to_owned(),
        },
        source: "third parties' reports of live calls: unknown keys are ignored and the address refused",
        dated: &DATED,
    })
}

fn snake_case(key: &str) -> String {
    let mut snake = String::with_capacity(key.len() + 4);
    for letter in key.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Describes the kind and number of characters of a text without quoting it.
fn describe(text: &str) -> String {
    let count = text.chars().count();
    let characters = match text {
        _ if text.bytes().all(|byte| byte.is_ascii_digit()) => "digits",
        _ if text.chars().all(char::is_alphabetic) => "letters without a space",
        _ => "characters of several kinds",
    };
    format!("{count} {characters}")
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.field)?;
        if self.country != "*" {
            write!(f, " for {}", self.country)?;
        }
        write!(f, ": found {}; wanted {}", self.found, self.wanted)
    }
}

#[cfg(test)]
mod tests {
    use aliexpress_models::order_create::TradeExtra;

    use super::*;

    #[test]
    fn a_warning_about_a_key_suggests_the_right_key_and_shows_no_value() {
        let address =
            serde_json::json!({"contactPerson": "canary canary", "country": "US", "x": 1});
        let warnings = check_json(address.as_object().unwrap());
        let texts: Vec<_> = warnings.iter().map(Warning::to_string).collect();
        assert_eq!(
            texts,
            [
                "contactPerson: found a key that the platform ignores; wanted `contact_person`",
                "x: found a key that the platform ignores; wanted one of the documented keys",
            ]
        );
        assert!(!format!("{warnings:?}").contains("canary"));
    }

    #[test]
    fn every_rule_has_a_source_and_names_a_field() {
        assert!(RULES.len() > 10);
        for rule in RULES.iter() {
            assert!(
                match rule.place.as_str() {
                    "" => LogisticsAddress::SHAPE.field(&rule.field).is_some(),
                    place => {
                        place == TRADE_EXTRA && TradeExtra::SHAPE.field(&rule.field).is_some()
                    }
                },
                "{}",
                rule.field
            );
            assert!(
                rule.source.len() > 10 && rule.wanted.len() > 5,
                "{}",
                rule.field
            );
            assert!(
                rule.country == "*" || rule.country.len() == 2,
                "{}",
                rule.country
            );
        }
    }
}
