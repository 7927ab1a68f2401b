//! Addresses of the fixtures, with the fields that are warned of.

use aliexpress::models::order_create::LogisticsAddress;
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
        let expected: Vec<_> = case["warnings"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let warnings = preflight::check_json(address);
        let found: Vec<_> = warnings
            .iter()
            .map(|warning| warning.field.as_str())
            .collect();
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
