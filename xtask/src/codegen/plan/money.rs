//! Decides which fields of an object contain money: by an overlay, or by rule.

use anyhow::{bail, ensure};

use crate::codegen::api::{Field, Money, Struct, Value};
use crate::codegen::case::snake;
use crate::codegen::overlay::MoneyEntry;
use crate::codegen::rules::Money as MoneyRule;

fn is_text(field: &Field, named: Option<&str>) -> bool {
    field.value == Value::Text(named.map(str::to_owned)) && !field.list && !field.required
}

fn is_integer(field: &Field) -> bool {
    field.value == Value::Integer(None) && !field.list && !field.required
}

/// Applies a rule to these fields: all amounts that it names must exist, and the first of its currencies is used.
pub(super) fn by_rule(rule: &MoneyRule, fields: &[Field]) -> Option<Money> {
    let named = |name: &String, is: &dyn Fn(&Field) -> bool| {
        let mut found = fields
            .iter()
            .filter(|field| snake(&field.key) == *name && is(field));
        match (found.next(), found.next()) {
            (Some(field), None) => Some(field.name.clone()),
            _ => None,
        }
    };
    let all = |names: &[String], is: &dyn Fn(&Field) -> bool| -> Vec<String> {
        names.iter().filter_map(|name| named(name, is)).collect()
    };
    let first = |names: &[String], is: &dyn Fn(&Field) -> bool| all(names, is).into_iter().next();
    let amounts = all(&rule.amount, &|field| is_text(field, Some("Amount")));
    let cents = all(&rule.cents, &|field| is_text(field, Some("Decimal")));
    if amounts.len() < rule.amount.len() || cents.len() < rule.cents.len() {
        return None;
    }
    Some(Money {
        objects: Vec::new(),
        amounts,
        cents,
        currency_code: Some(first(&rule.currency_code, &|field| is_text(field, None))?),
        cent: first(&rule.cent, &is_integer),
        cent_factor: first(&rule.cent_factor, &is_integer),
        whose: rule.whose,
        judgement: rule.judgement.clone(),
    })
}

/// Applies an overlay's entry to these fields; `known` are the structs that the fields may contain.
///
/// # Errors
///
/// When it names a field that does not exist, or that does not state money.
pub(super) fn by_entry(
    entry: &MoneyEntry,
    fields: &[Field],
    known: &[&Struct],
) -> anyhow::Result<Money> {
    let field = |key: &str| match fields.iter().find(|field| field.key == key) {
        Some(field) => Ok(field),
        None => bail!("the object has no field `{key}`"),
    };
    let name = |key: &String, is: &dyn Fn(&Field) -> bool| {
        let field = field(key)?;
        ensure!(
            is(field),
            "`{key}` is {:?}, which cannot play this part",
            field.value
        );
        Ok(field.name.clone())
    };
    let mut money = Money {
        objects: Vec::new(),
        amounts: Vec::new(),
        cents: Vec::new(),
        currency_code: entry
            .currency_code
            .as_ref()
            .map(|key| name(key, &|field| is_text(field, None)))
            .transpose()?,
        cent: entry
            .cent
            .as_ref()
            .map(|key| name(key, &is_integer))
            .transpose()?,
        cent_factor: entry
            .cent_factor
            .as_ref()
            .map(|key| name(key, &is_integer))
            .transpose()?,
        whose: entry.whose,
        judgement: entry.judgement.clone(),
    };
    let mut record = None;
    for key in &entry.amount {
        let field = field(key)?;
        if let Value::Record(held) = &field.value {
            let states_money = known
                .iter()
                .any(|item| item.name == *held && item.money.is_some());
            ensure!(
                states_money && !field.list,
                "`{key}` is not an object that states money"
            );
            ensure!(
                money.amounts.is_empty() && *record.get_or_insert(held) == held,
                "objects are of one type, and count before amounts: `{key}` does not"
            );
            money.objects.push(field.name.clone());
        } else {
            money
                .amounts
                .push(name(key, &|field| is_text(field, Some("Amount")))?);
        }
    }
    ensure!(!entry.amount.is_empty(), "it names no amount");
    Ok(money)
}

#[cfg(test)]
pub(crate) mod tests {
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

    pub(crate) fn amount(key: &str) -> Field {
        field(key, Value::Text(Some("Amount".to_owned())))
    }

    pub(crate) fn text(key: &str) -> Field {
        field(key, Value::Text(None))
    }

    fn found(fields: &[Field]) -> Option<(Vec<String>, String)> {
        let rule: MoneyRule = toml::from_str(
            "amount = [\"reduced\", \"full\"]\ncurrency_code = [\"reduced_currency\", \"full_currency\"]\n\
             judgement = { why = \"a test\", sure = \"presumed\" }",
        )
        .unwrap();
        by_rule(&rule, fields).map(|money| (money.amounts, money.currency_code.unwrap()))
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
        let others = [amount("reduced"), amount("full"), text("fullCurrency")];
        assert_eq!(found(&others).unwrap().1, "full_currency");
    }

    #[test]
    fn a_rule_needs_all_its_amounts() {
        assert_eq!(found(&[text("full_currency"), amount("full")]), None);
    }

    #[test]
    fn money_needs_an_amount_and_a_currency() {
        assert_eq!(found(&[amount("reduced"), amount("full")]), None);
        assert_eq!(found(&[text("reduced_currency")]), None);
        // A text is not an amount, and two fields for one name are ambiguous.
        assert_eq!(found(&[text("full"), text("full_currency")]), None);
        let twice = [amount("full"), text("full_currency"), text("fullCurrency")];
        assert_eq!(found(&twice), None);
    }

    pub(crate) fn object(name: &str, fields: Vec<Field>, money: Option<Money>) -> Struct {
        Struct {
            name: name.to_owned(),
            worded: true,
            base: None,
            doc: String::new(),
            paths: Vec::new(),
            fields,
            files: Vec::new(),
            money,
            no_price: None,
            in_request: false,
        }
    }

    fn judged(entry: &str) -> Result<Money, String> {
        let entry = format!("{entry}\njudgement = {{ why = \"a test\", sure = \"presumed\" }}");
        let entry: MoneyEntry = toml::from_str(&entry).unwrap();
        let fields = [
            field("paid", Value::Record("Sum".to_owned())),
            field("asked", Value::Record("Sum".to_owned())),
            field("address", Value::Record("Address".to_owned())),
            amount("fee"),
            text("currency"),
        ];
        let sum = Money {
            objects: Vec::new(),
            amounts: vec!["fee".to_owned()],
            cents: Vec::new(),
            currency_code: None,
            cent: None,
            cent_factor: None,
            whose: None,
            judgement: entry.judgement.clone(),
        };
        let known = [
            object("Sum", vec![amount("fee")], Some(sum)),
            object("Address", vec![], None),
        ];
        let known: Vec<_> = known.iter().collect();
        by_entry(&entry, &fields, &known).map_err(|error| error.to_string())
    }

    #[test]
    fn an_entry_takes_objects_that_state_money_and_amounts_after_them() {
        let money = judged("amount = [\"paid\", \"asked\", \"fee\"]\ncurrency_code = \"currency\"");
        let money = money.unwrap();
        assert_eq!(money.objects, ["paid", "asked"]);
        assert_eq!(money.amounts, ["fee"]);
        assert_eq!(money.currency_code.as_deref(), Some("currency"));
    }

    #[test]
    fn an_entry_without_money_is_an_error() {
        for (entry, expected) in [
            ("amount = []", "it names no amount"),
            ("amount = [\"price\"]", "the object has no field `price`"),
            (
                "amount = [\"address\"]",
                "`address` is not an object that states money",
            ),
            (
                "amount = [\"fee\", \"paid\"]",
                "objects are of one type, and count before amounts: `paid` does not",
            ),
            (
                "amount = [\"currency\"]",
                "`currency` is Text(None), which cannot play this part",
            ),
        ] {
            assert_eq!(judged(entry).unwrap_err(), expected, "{entry}");
        }
    }
}
