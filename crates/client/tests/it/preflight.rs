//! Addresses from the fixtures, with the fields that get a warning.

use aliexpress::models::order_create::{LogisticsAddress, TradeExtra};
use aliexpress::preflight;
use serde_json::Value;

fn fixture(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/addresses");
    let text = std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn each_address_of_the_fixtures_gives_the_listed_warnings() {
    let cases = fixture("cases.json");
    let cases = cases.as_array().unwrap();
    assert!(cases.len() > 10);
    for case in cases {
        let address = case["address"].as_object().unwrap();
        let mut expected: Vec<_> = case["warnings"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let warnings = preflight::check_json(address);
        let mut found: Vec<_> = warnings
            .iter()
            .map(|warning| warning.field.as_str())
            .collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{}", case["about"]);
        assert!(
            warnings
                .iter()
                .all(|warning| !warning.source.is_empty() && warning.dated.len() == 10)
        );

        // The typed address gives the same warnings, except for keys that it cannot have.
        let typed: LogisticsAddress = serde_json::from_value(case["address"].clone()).unwrap();
        let known = warnings
            .iter()
            .filter(|warning| !warning.found.contains("a key"))
            .cloned();
        assert_eq!(
            preflight::check(&typed),
            known.collect::<Vec<_>>(),
            "{}",
            case["about"]
        );
    }
}

/// Compares the hand-written index of the platform's statements with the rules: each line has its rule, with the day of
/// the statement and the day from which it applies, and each rule has a line with valid and invalid values.
#[test]
fn every_documented_requirement_has_a_rule_and_every_rule_has_a_requirement() {
    let index = fixture("rules.json");
    let rules: Value =
        serde_json::from_str(include_str!("../../src/preflight/rules.json")).unwrap();
    let mut rules: Vec<_> = rules["rules"].as_array().unwrap().iter().collect();
    for list in ["change_log", "elsewhere"] {
        for line in index[list].as_array().unwrap() {
            let same = |rule: &&Value| {
                let said = line["said"].as_str();
                let logged = rule["source"].as_str().unwrap().contains("change log");
                ["country", "field", "in"]
                    .iter()
                    .all(|key| rule[key] == line[key])
                    && said.is_none_or(|day| rule["source"].as_str().unwrap().contains(day))
                    && (line["from"].is_null() || rule["dated"] == line["from"])
                    && logged == said.is_some()
            };
            let place = rules.iter().position(same);
            rules.swap_remove(place.unwrap_or_else(|| panic!("no rule for {line}")));
            check_line(line);
        }
    }
    assert!(rules.is_empty(), "no line for {rules:?}");
}

#[track_caller]
fn check_line(line: &Value) {
    let field = line["field"].as_str().unwrap();
    let is_warned = |value: &Value| {
        let mut request = crate::order("1").request().clone();
        let mut address = serde_json::json!({
            "full_name": "Maria Silva", "phone_country": "+33", "mobile_no": "612345678", "country": "FR",
            "province": "Somewhere", "city": "Somewhere", "address": "Long Street 12",
        });
        let mut extra = serde_json::json!({});
        if line["country"] != "*" {
            address["country"] = line["country"].clone();
        }
        match line["in"].is_null() {
            true => address[field] = value.clone(),
            false => extra[field] = value.clone(),
        }
        request.order.logistics_address = serde_json::from_value(address).unwrap();
        let extend = request.ds_extend_request.get_or_insert_default();
        extend.trade_extra_param = Some(serde_json::from_value(extra).unwrap());
        let warnings = preflight::check_order(&request);
        let of_line = |warning: &&preflight::Warning| warning.field == field;
        let warning = warnings.iter().find(of_line)?;
        assert_eq!(warning.country, line["country"], "{line}");
        Some(warning.clone())
    };
    let [takes, warned] = ["takes", "warned"].map(|key| line[key].as_array().unwrap());
    assert!(!takes.is_empty(), "{line}");
    for value in takes {
        assert_eq!(is_warned(value), None, "{value} in {line}");
    }
    for value in warned {
        assert!(is_warned(value).is_some(), "{value} in {line}");
    }
    let needed = !line["needed"].is_null();
    let absent = match field {
        // Their types make them required.
        "full_name" | "country" => "".into(),
        _ => Value::Null,
    };
    assert_eq!(is_warned(&absent).is_some(), needed, "nothing in {line}");
}

#[test]
fn fields_that_a_country_requires_outside_of_the_address_are_checked() {
    let mut request = crate::order("1").request().clone();
    let mut check = |country: &str, set: &dyn Fn(&mut TradeExtra), expected: &[&str]| {
        request.order.logistics_address.country = country.to_owned();
        let mut extra = TradeExtra::default();
        set(&mut extra);
        let extend = request.ds_extend_request.get_or_insert_default();
        extend.trade_extra_param = Some(extra);
        let warnings = preflight::check_order(&request);
        let of_extra = |warning: &&preflight::Warning| {
            ["birthday", "nat_addr"].contains(&warning.field.as_str())
        };
        let found: Vec<_> = warnings
            .iter()
            .filter(of_extra)
            .map(|warning| &*warning.field)
            .collect();
        assert_eq!(found, expected, "{country}");
    };
    let birthday =
        |day: &'static str| move |extra: &mut TradeExtra| extra.birthday = Some(day.into());
    let nat_addr =
        |text: &'static str| move |extra: &mut TradeExtra| extra.nat_addr = Some(text.into());
    check("BR", &|_| {}, &["birthday"]);
    check("BR", &birthday("01022026"), &[]);
    check("BR", &birthday("29022000"), &[]);
    for wrong in ["1990-01-31", "31041990", "29021900", "19900131", "0102199"] {
        check("BR", &birthday(wrong), &["birthday"]);
    }
    check("SA", &|_| {}, &["nat_addr"]);
    check("SA", &nat_addr("RAHA3443"), &[]);
    check("SA", &nat_addr("raha3443"), &[]);
    check("SA", &nat_addr("RAHA344"), &["nat_addr"]);
    check("RU", &|_| {}, &[]);
}
