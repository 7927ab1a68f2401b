//! Which fields of an object state money, by rule.

use super::names::snake;
use crate::codegen::api::{Field, Money, Value};
use crate::codegen::rules::Money as MoneyRule;

/// What a rule makes of these fields: all amounts that it names, in its order, and the first of its currencies.
pub(super) fn by_rule(rule: &MoneyRule, fields: &[Field]) -> Option<Money> {
    let named = |name: &String, value: &Value| {
        let mut found = fields.iter().filter(|field| {
            snake(&field.key) == *name && field.value == *value && !field.list && !field.required
        });
        match (found.next(), found.next()) {
            (Some(field), None) => Some(field.name.clone()),
            _ => None,
        }
    };
    let first = |names: &[String], value: &Value| names.iter().find_map(|name| named(name, value));
    let amount = Value::Text(Some("Amount".to_owned()));
    let amounts: Vec<_> = rule
        .amount
        .iter()
        .filter_map(|name| named(name, &amount))
        .collect();
    if amounts.is_empty() {
        return None;
    }
    Some(Money {
        amounts,
        currency_code: first(&rule.currency_code, &Value::Text(None))?,
        cent: first(&rule.cent, &Value::Integer(None)),
        cent_factor: first(&rule.cent_factor, &Value::Integer(None)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(key: &str, value: Value) -> Field {
        Field {
            key: key.to_owned(),
            alias: None,
            name: snake(key),
            doc: String::new(),
            worded: true,
            value,
            list: false,
            wrapper: None,
            required: false,
            personal: false,
            deprecated: false,
            as_text: false,
            free: false,
        }
    }

    fn amount(key: &str) -> Field {
        field(key, Value::Text(Some("Amount".to_owned())))
    }

    fn text(key: &str) -> Field {
        field(key, Value::Text(None))
    }

    fn found(fields: &[Field]) -> Option<(Vec<String>, String)> {
        let rule: MoneyRule = toml::from_str(
            "amount = [\"reduced\", \"full\"]\ncurrency_code = [\"reduced_currency\", \"full_currency\"]",
        )
        .unwrap();
        by_rule(&rule, fields).map(|money| (money.amounts, money.currency_code))
    }

    #[test]
    fn names_count_in_the_order_of_the_rule() {
        let all = [
            text("fullCurrency"),
            amount("full"),
            text("reducedCurrency"),
            amount("reduced"),
        ];
        let both = vec!["reduced".to_owned(), "full".to_owned()];
        assert_eq!(found(&all), Some((both, "reduced_currency".to_owned())));
        let full = vec!["full".to_owned()];
        assert_eq!(found(&all[..2]), Some((full, "full_currency".to_owned())));
    }

    #[test]
    fn an_amount_without_currency_is_no_money_nor_is_a_currency_without_amount() {
        assert_eq!(found(&[amount("reduced"), amount("full")]), None);
        assert_eq!(found(&[text("reduced_currency")]), None);
        // A text is no amount, and of two spellings of a name none is the one.
        assert_eq!(found(&[text("full"), text("full_currency")]), None);
        let twice = [amount("full"), text("full_currency"), text("fullCurrency")];
        assert_eq!(found(&twice), None);
    }
}
