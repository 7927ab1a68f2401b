//! The implementation of `Monetary`: which of a struct's amounts applies.

use std::fmt::Write as _;

use super::super::api::Money;
use super::docs::comment;

pub(super) fn money(name: &str, money: &Money) -> String {
    let mut text = String::from("\n");
    text.push_str(&comment("///", "", &money.judgement.why));
    let _ = writeln!(text, "impl Monetary for {name} {{");
    let own = own_amount(&money.amounts);
    let currency = money.currency_code.as_ref();
    let currency = currency.map_or("None".to_owned(), |name| format!("self.{name}.as_deref()"));
    let mut methods = vec![
        method("amount", "&Amount", &of_object(money, "amount", &own)),
        method(
            "currency_code",
            "&str",
            &of_object(money, "currency_code", &currency),
        ),
    ];
    for (name, field) in [("cent", &money.cent), ("cent_factor", &money.cent_factor)] {
        let own = match field {
            Some(field) => format!("self.{field}"),
            None if name == "cent" && !money.cents.is_empty() => {
                format!("crate::money::whole_cents({})", listed(&money.cents))
            }
            None => "None".to_owned(),
        };
        if own != "None" || !money.objects.is_empty() {
            methods.push(method(name, "i64", &of_object(money, name, &own)));
        }
    }
    if let Some(whose) = money.whose {
        methods.push(method(
            "currency_of",
            "CurrencyOf",
            &format!("Some(CurrencyOf::{whose:?})"),
        ));
    }
    text + &methods.join("\n") + "}\n"
}

fn method(name: &str, result: &str, body: &str) -> String {
    format!("    #[inline]\n    fn {name}(&self) -> Option<{result}> {{\n        {body}\n    }}\n")
}

/// The first amount that is stated: the platform sends an empty text for a missing one.
fn own_amount(amounts: &[String]) -> String {
    let Some(others) = amounts.len().checked_sub(1) else {
        return "None".to_owned();
    };
    let amounts: Vec<_> = amounts
        .iter()
        .map(|name| format!("self.{name}.as_ref()"))
        .collect();
    amounts.join(".filter(|amount| !amount.as_str().trim().is_empty()).or(") + &")".repeat(others)
}

/// The money of the first object that states any, or else of the struct itself.
fn of_object(money: &Money, method: &str, own: &str) -> String {
    if money.objects.is_empty() {
        return own.to_owned();
    }
    let first = format!("crate::money::first({})", listed(&money.objects));
    if own == "None" {
        return format!("{first}?.{method}()");
    }
    format!("match {first} {{ Some(object) => object.{method}(), None => {own} }}")
}

fn listed(names: &[String]) -> String {
    let names: Vec<_> = names
        .iter()
        .map(|name| format!("self.{name}.as_ref()"))
        .collect();
    format!("[{}]", names.join(", "))
}
