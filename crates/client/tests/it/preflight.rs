//! Addresses of the fixtures, with the fields that are warned of.

use aliexpress::models::order_create::{LogisticsAddress, TradeExtra};
use aliexpress::preflight;
use serde_json::Value;

#[test]
fn addresses_are_warned_of_as_listed() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/addresses/cases.json"
    );
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
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

        // The typed address gives the same, save for keys that it cannot have.
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

#[test]
fn what_countries_want_beside_the_address_is_looked_at() {
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
