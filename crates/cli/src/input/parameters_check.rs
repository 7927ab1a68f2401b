//! Checks parameters against the model of their API before anything is sent.

use aliexpress::COMMON_PARAMETERS;
use aliexpress_models::{Api, Field, Kind, Shape};
use serde_json::Value;

use crate::failure::Failure;

/// Refuses unknown parameters (unless they are allowed), parameters of another kind than in the model, and a call
/// without a required one. No message shows a value.
pub(crate) fn check(
    api: &Api,
    params: &[(String, String)],
    unknown: UnknownKeys,
) -> Result<(), Failure> {
    // The client refuses these itself.
    let is_common = |(key, _): &(String, String)| COMMON_PARAMETERS.contains(&key.as_str());
    if params.iter().any(is_common) {
        return Ok(());
    }
    let mut found = Found::default();
    for (key, value) in params {
        match api.request.field(key) {
            Some(field) => parameter(key, value, field, &mut found),
            None => found.unknown.push(format!("the unknown key {key}")),
        }
    }
    let Found {
        mut wrong,
        unknown: keys,
    } = found;
    let has = |field: &&Field| params.iter().any(|(key, _)| key == field.key);
    let missing = api.request.fields.iter().filter(|field| field.required);
    let missing = missing.filter(|field| !has(field));
    wrong.extend(missing.map(|field| format!("no {}", field.key)));
    let hint = match wrong.is_empty() {
        true => "--allow-unknown sends keys that the model does not have",
        false => "--unchecked sends the parameters as they are",
    };
    if unknown == UnknownKeys::Refused {
        wrong.splice(0..0, keys);
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let failure = Failure::usage(
        format_args!("call {}", api.name),
        wrong.join("; "),
        format_args!("what `aliexpress apis {}` shows", api.name),
    );
    Err(failure.hint(hint))
}

/// Whether keys that the model lacks are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownKeys {
    Refused,
    Allowed,
}

impl UnknownKeys {
    pub(crate) fn allowed(allow: bool) -> Self {
        match allow {
            true => Self::Allowed,
            false => Self::Refused,
        }
    }
}

/// Differences between the parameters and the model.
#[derive(Default)]
struct Found {
    unknown: Vec<String>,
    wrong: Vec<String>,
}

/// Checks one parameter. Its value is a text; objects and lists are written as JSON.
fn parameter(key: &str, text: &str, field: &Field, found: &mut Found) {
    let wrong = &mut found.wrong;
    match field.kind {
        Kind::Text => {}
        _ if field.free => {}
        Kind::Integer if text.parse::<i64>().is_ok() => {}
        Kind::Boolean if ["true", "false"].contains(&text) => {}
        Kind::Integer => wrong.push(format!("{key}, which is not an integer")),
        Kind::Boolean => wrong.push(format!("{key}, which is not true or false")),
        _ => match serde_json::from_str(text) {
            Ok(value) => nested(key, &value, field, found),
            Err(_) => wrong.push(format!("{key}, which is not JSON")),
        },
    }
}

/// Checks objects and lists. Scalars inside them are not checked: the platform accepts numbers as texts, and the
/// reverse.
fn nested(path: &str, value: &Value, field: &Field, found: &mut Found) {
    let wrong = &mut found.wrong;
    match (field.kind, value) {
        (_, Value::Null) => {}
        (Kind::Record(shape), Value::Object(members)) => object(path, members, shape, found),
        (Kind::Record(_), _) => wrong.push(format!("{path}, which is not an object")),
        (Kind::Records(shape), Value::Array(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                match element {
                    Value::Object(members) => {
                        object(&format!("{path}[{index}]"), members, shape, found);
                    }
                    _ => found
                        .wrong
                        .push(format!("{path}[{index}], which is not an object")),
                }
            }
        }
        (Kind::Integers | Kind::Booleans | Kind::Texts, Value::Array(_)) => {}
        (Kind::Records(_) | Kind::Integers | Kind::Booleans | Kind::Texts, _) => {
            wrong.push(format!("{path}, which is not a list"));
        }
        _ => {}
    }
}

fn object(path: &str, members: &serde_json::Map<String, Value>, shape: &Shape, found: &mut Found) {
    for (key, value) in members {
        let path = format!("{path}.{key}");
        match shape.field(key) {
            Some(field) => nested(&path, value, field, found),
            None => found.unknown.push(format!("the unknown key {path}")),
        }
    }
    let missing = shape.fields.iter().filter(|field| field.required);
    let missing = missing.filter(|field| members.get(field.key).is_none_or(Value::is_null));
    let missing = missing.map(|field| format!("no {path}.{}", field.key));
    found.wrong.extend(missing);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(api: &str, params: &[(&str, &str)]) -> Option<String> {
        wrong_unless(UnknownKeys::Refused, api, params)
    }

    fn wrong_unless(unknown: UnknownKeys, api: &str, params: &[(&str, &str)]) -> Option<String> {
        let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let params: Vec<_> = params.iter().map(own).collect();
        let checked = check(Api::find(api).unwrap(), &params, unknown);
        checked.err().map(|failure| failure.to_string())
    }

    #[test]
    fn parameters_of_the_model_are_accepted() {
        let params = [("product_id", "1"), ("ship_to_country", "FR")];
        assert_eq!(wrong("aliexpress.ds.product.get", &params), None);
    }

    #[test]
    fn all_mistakes_are_reported_together() {
        let params = [("product_id", "one"), ("ship_to_contry", "FR")];
        assert_eq!(
            wrong("aliexpress.ds.product.get", &params).unwrap(),
            "cannot call aliexpress.ds.product.get: found the unknown key ship_to_contry; product_id, which is not an \
             integer; no ship_to_country; wanted what `aliexpress apis aliexpress.ds.product.get` shows"
        );
    }

    #[test]
    fn only_unknown_keys_are_accepted_if_they_are_allowed() {
        let call = |params: &[(&str, &str)]| {
            wrong_unless(UnknownKeys::Allowed, "aliexpress.ds.product.get", params)
        };
        let whole = [("product_id", "1"), ("ship_to_country", "FR"), ("new", "1")];
        assert_eq!(call(&whole), None);
        let text = call(&[("product_id", "one"), ("new", "1")]).unwrap();
        insta::assert_snapshot!(text, @"cannot call aliexpress.ds.product.get: found product_id, which is not an integer; no ship_to_country; wanted what `aliexpress apis aliexpress.ds.product.get` shows");
    }

    #[test]
    fn objects_are_checked_and_values_are_not_shown() {
        let query = r#"{"productId": "secret", "quantitty": 1}"#;
        let text = wrong(
            "aliexpress.ds.freight.query",
            &[("queryDeliveryReq", query)],
        )
        .unwrap();
        insta::assert_snapshot!(text, @"cannot call aliexpress.ds.freight.query: found the unknown key queryDeliveryReq.quantitty; no queryDeliveryReq.quantity; no queryDeliveryReq.shipToCountry; no queryDeliveryReq.language; no queryDeliveryReq.locale; no queryDeliveryReq.selectedSkuId; no queryDeliveryReq.currency; wanted what `aliexpress apis aliexpress.ds.freight.query` shows");
        let text = wrong(
            "aliexpress.ds.freight.query",
            &[("queryDeliveryReq", "[1]")],
        )
        .unwrap();
        insta::assert_snapshot!(text, @"cannot call aliexpress.ds.freight.query: found queryDeliveryReq, which is not an object; wanted what `aliexpress apis aliexpress.ds.freight.query` shows");
    }
}
