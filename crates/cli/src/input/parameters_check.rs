//! Parameters against the model of their API, before anything is sent.

use aliexpress::COMMON_PARAMETERS;
use aliexpress_models::{Api, Field, Kind, Shape};
use serde_json::Value;

use crate::failure::Failure;

/// Refuses parameters that the API's model does not have, lacks or has of another kind. No message shows a value.
pub(crate) fn check(api: &Api, params: &[(String, String)]) -> Result<(), Failure> {
    // The client refuses these in its own words.
    let is_common = |(key, _): &(String, String)| COMMON_PARAMETERS.contains(&key.as_str());
    if params.iter().any(is_common) {
        return Ok(());
    }
    let mut wrong = Vec::new();
    for (key, value) in params {
        match api.request.field(key) {
            Some(field) => parameter(key, value, field, &mut wrong),
            None => wrong.push(format!("{key}, which it does not have")),
        }
    }
    let has = |field: &&Field| params.iter().any(|(key, _)| key == field.key);
    let missing = api.request.fields.iter().filter(|field| field.required);
    let missing = missing.filter(|field| !has(field));
    wrong.extend(missing.map(|field| format!("no {}", field.key)));
    if wrong.is_empty() {
        return Ok(());
    }
    let failure = Failure::usage(
        format_args!("call {}", api.name),
        wrong.join("; "),
        format_args!("what `aliexpress apis {}` shows", api.name),
    );
    Err(failure.hint("--unchecked sends the parameters as they are"))
}

/// One parameter, whose value is a text: of objects and lists, their JSON.
fn parameter(key: &str, text: &str, field: &Field, wrong: &mut Vec<String>) {
    match field.kind {
        Kind::Text => {}
        _ if field.free => {}
        Kind::Integer if text.parse::<i64>().is_ok() => {}
        Kind::Boolean if ["true", "false"].contains(&text) => {}
        Kind::Integer => wrong.push(format!("{key}, which is no whole number")),
        Kind::Boolean => wrong.push(format!("{key}, which is not true or false")),
        _ => match serde_json::from_str(text) {
            Ok(value) => nested(key, &value, field, wrong),
            Err(_) => wrong.push(format!("{key}, which is no JSON")),
        },
    }
}

/// Objects and lists. Scalars in them are the platform's to judge: it takes numbers as texts, and the reverse.
fn nested(path: &str, value: &Value, field: &Field, wrong: &mut Vec<String>) {
    match (field.kind, value) {
        (_, Value::Null) => {}
        (Kind::Record(shape), Value::Object(members)) => object(path, members, shape, wrong),
        (Kind::Record(_), _) => wrong.push(format!("{path}, which is no object")),
        (Kind::Records(shape), Value::Array(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                match element {
                    Value::Object(members) => {
                        object(&format!("{path}[{index}]"), members, shape, wrong);
                    }
                    _ => wrong.push(format!("{path}[{index}], which is no object")),
                }
            }
        }
        (Kind::Integers | Kind::Booleans | Kind::Texts, Value::Array(_)) => {}
        (Kind::Records(_) | Kind::Integers | Kind::Booleans | Kind::Texts, _) => {
            wrong.push(format!("{path}, which is no list"));
        }
        _ => {}
    }
}

fn object(
    path: &str,
    members: &serde_json::Map<String, Value>,
    shape: &Shape,
    wrong: &mut Vec<String>,
) {
    for (key, value) in members {
        let path = format!("{path}.{key}");
        match shape.field(key) {
            Some(field) => nested(&path, value, field, wrong),
            None => wrong.push(format!("{path}, which it does not have")),
        }
    }
    let missing = shape.fields.iter().filter(|field| field.required);
    let missing = missing.filter(|field| members.get(field.key).is_none_or(Value::is_null));
    wrong.extend(missing.map(|field| format!("no {path}.{}", field.key)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(api: &str, params: &[(&str, &str)]) -> Option<String> {
        let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let params: Vec<_> = params.iter().map(own).collect();
        let checked = check(Api::find(api).unwrap(), &params);
        checked.err().map(|failure| failure.message().to_owned())
    }

    #[test]
    fn what_the_model_has_passes() {
        let params = [("product_id", "1"), ("ship_to_country", "FR")];
        assert_eq!(wrong("aliexpress.ds.product.get", &params), None);
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        let params = [("product_id", "one"), ("ship_to_contry", "FR")];
        assert_eq!(
            wrong("aliexpress.ds.product.get", &params).unwrap(),
            "cannot call aliexpress.ds.product.get: found product_id, which is no whole number; ship_to_contry, which it \
             does not have; no ship_to_country; wanted what `aliexpress apis aliexpress.ds.product.get` shows"
        );
    }

    #[test]
    fn objects_are_looked_into_and_values_never_shown() {
        let query = r#"{"productId": "secret", "quantitty": 1}"#;
        let text = wrong(
            "aliexpress.ds.freight.query",
            &[("queryDeliveryReq", query)],
        )
        .unwrap();
        assert!(
            text.contains("queryDeliveryReq.quantitty, which it does not have"),
            "{text}"
        );
        assert!(text.contains("no queryDeliveryReq.quantity"), "{text}");
        assert!(!text.contains("secret"), "{text}");
        let text = wrong(
            "aliexpress.ds.freight.query",
            &[("queryDeliveryReq", "[1]")],
        )
        .unwrap();
        assert!(
            text.contains("queryDeliveryReq, which is no object"),
            "{text}"
        );
    }
}
