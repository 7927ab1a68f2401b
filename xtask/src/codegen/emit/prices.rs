//! Writes docs/prices.md: which of several prices applies.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use super::super::api::{Api, Catalog, Family, Judgement, Money, Struct, Sure, Whose};
use super::super::report::prices;
use super::docs::GENERATED;
use pages::output::File;

const INTRODUCTION: &str = "\
# Which price counts

The platform states several prices for one thing: before and after a discount, in the seller's currency, in the \
requested one and in the settlement currency. `Monetary::amount` and `Monetary::currency_code` of the object return the \
price that counts and its currency, `Monetary::currency_of` whose currency that is, if known. All prices can still be \
read as fields.

```rust
use aliexpress::models::order_get::{Money, Order};
use aliexpress::models::{Amount, Monetary};

let mut order = Order::default();
let mut charged = Money::default();
charged.amount = Some(Amount::from(\"8.30\"));
charged.currency_code = Some(\"EUR\".to_owned());
order.user_order_amount = Some(charged);
assert_eq!(order.amount().map(Amount::as_str), Some(\"8.30\"));
assert_eq!(order.currency_code(), Some(\"EUR\"));
```

Each paragraph below is a decision, how sure it is, and the objects to which it applies. *Documented* means that the \
platform's documentation says so, *reported* that integrators saw it in live answers, *presumed* that names and \
examples suggest it: check a presumed one against your own answers before you rely on it. Objects with a single amount \
are not listed.
";

/// The places of objects to which a decision applies, by the fields that count.
type Places = BTreeMap<String, BTreeSet<String>>;

pub(super) fn page(catalog: &Catalog) -> File {
    let mut decided: BTreeMap<(&Judgement, Option<Whose>), Places> = BTreeMap::new();
    let mut without: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (family, api) in catalog.apis() {
        let all: Vec<_> = api
            .structs
            .iter()
            .chain(api.used_types(&family.types))
            .chain(&catalog.shared)
            .collect();
        for item in &all {
            let count = prices(item, &all).len();
            if let Some(why) = &item.no_price {
                without
                    .entry(why)
                    .or_default()
                    .insert(place(family, api, item));
            }
            let Some(money) = &item.money else { continue };
            if count.max(money.cents.len()) > 1 {
                let places = decided.entry((&money.judgement, money.whose)).or_default();
                let counts = places.entry(counting(money)).or_default();
                counts.insert(place(family, api, item));
            }
        }
    }
    let mut text = format!("{GENERATED}{INTRODUCTION}");
    for ((judgement, whose), places) in &decided {
        let sure = match judgement.sure {
            Sure::Documented => "Documented",
            Sure::Reported => "Reported",
            Sure::Presumed => "Presumed",
        };
        let why = judgement
            .why
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let whose = match whose {
            Some(Whose::Asked) => "; currency: the requested one",
            Some(Whose::Buyer) => "; currency: the buyer's payment currency",
            Some(Whose::Seller) => "; currency: the seller's",
            Some(Whose::Settlement) => "; currency: the settlement currency",
            None => "",
        };
        let _ = writeln!(text, "\n{why} *{sure}{whose}.*\n");
        for (counts, places) in places {
            let _ = writeln!(text, "- {counts}: {}", joined(places));
        }
    }
    if !without.is_empty() {
        text.push_str("\n## Where none counts\n\n");
        for (why, places) in &without {
            let _ = writeln!(text, "- {}: {why}", joined(places));
        }
    }
    File {
        path: PathBuf::from("docs/prices.md"),
        text,
    }
}

fn place(family: &Family, api: &Api, item: &Struct) -> String {
    let is_common = family.types.iter().any(|common| common.name == item.name);
    let module = if is_common { "types" } else { &api.module };
    format!("`{}::{module}::{}`", family.name, item.name)
}

fn joined(places: &BTreeSet<String>) -> String {
    places
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

/// The fields that count, in their order.
fn counting(money: &Money) -> String {
    let fields = money
        .objects
        .iter()
        .chain(&money.amounts)
        .chain(&money.cents);
    let fields: Vec<_> = fields.map(|name| format!("`{name}`")).collect();
    fields.join(", else ")
}
