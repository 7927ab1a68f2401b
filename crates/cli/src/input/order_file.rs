//! Reads an order from a file.

use aliexpress::{NewOrder, Request};
use aliexpress_models::order_create::{OrderCreate, PlaceOrder};
use aliexpress_models::{Kind, Shape, Shaped};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::failure::exit::Exit;
use crate::input::Input;
use crate::input::members::{kind, repeated};
use crate::input::parameters_check::UnknownKeys;

/// Reads an order: the API's parameters as one JSON object, or an object with goods, address, `out_order_id` and
/// `ds_extend_request` at its top level.
///
/// A key that the API's model lacks is an error unless it is allowed, because the platform silently ignores unknown
/// keys.
pub(crate) fn read(input: &Input, allow: UnknownKeys) -> Result<NewOrder, Failure> {
    let doing = format!("read the order in {input}");
    let mut value = whole(object(&doing, &input.text()?)?);
    let mut unknown = Vec::new();
    take_unknown(&mut value, OrderCreate::SHAPE, "", &mut unknown);
    let odd = |(path, _): &(String, Value)| path.contains('"');
    if !unknown.is_empty() && (allow == UnknownKeys::Refused || unknown.iter().any(odd)) {
        return Err(refuse_unknown(&doing, &unknown));
    }
    let unusable = |text: String| Failure::new(Exit::Usage, shortened(&text));
    let request = OrderCreate::deserialize(value)
        .map_err(|error| unusable(format!("cannot {doing}: {error}")))?;
    let order = NewOrder::try_from(request).map_err(|error| unusable(error.to_string()))?;
    let unknown = unknown.into_iter();
    Ok(unknown.fold(order, |order, (path, value)| order.extra(path, value)))
}

/// Parses a JSON object in which no key occurs twice.
fn object(doing: &str, text: &str) -> Result<Value, Failure> {
    let wanted = "a JSON object";
    if text.trim().is_empty() {
        return Err(Failure::usage(doing, "nothing", wanted));
    }
    let broken = |error: serde_json::Error| {
        let (line, column) = (error.line(), error.column());
        let found = format!("broken JSON at line {line} column {column}");
        Failure::usage(doing, found, wanted)
    };
    // Parsed as a value first, because that limits the depth.
    let value: Value = serde_json::from_str(text).map_err(broken)?;
    let json: &RawValue = serde_json::from_str(text).map_err(broken)?;
    if !value.is_object() {
        return Err(Failure::usage(doing, kind(json), wanted));
    }
    match repeated(json, "") {
        Some(path) => {
            let found = format!("{} twice", shortened(&path));
            Err(Failure::usage(doing, found, "each key once"))
        }
        None => Ok(value),
    }
}

/// Removes the parameter's long name from the paths in a text.
fn shortened(text: &str) -> String {
    match long_name() {
        Some(name) => text.replace(&format!("{name}."), ""),
        None => text.to_owned(),
    }
}

/// The name of the parameter that holds goods, address and `out_order_id`.
fn long_name() -> Option<&'static str> {
    let fields = OrderCreate::SHAPE.fields.iter();
    let mut orders = fields
        .filter(|field| field.kind.shape().map(|shape| shape.name) == Some(PlaceOrder::SHAPE.name));
    orders.next().map(|field| field.key)
}

/// Adds the parameter's long name around an order that was written without it.
fn whole(value: Value) -> Value {
    let (Value::Object(members), Some(name)) = (&value, long_name()) else {
        return value;
    };
    let short = members
        .keys()
        .any(|key| PlaceOrder::SHAPE.field(key).is_some());
    if members.contains_key(name) || !short {
        return value;
    }
    let (outer, inner): (Map<_, _>, Map<_, _>) = members
        .clone()
        .into_iter()
        .partition(|(key, _)| OrderCreate::SHAPE.field(key).is_some());
    let mut whole = outer;
    whole.insert(name.to_owned(), inner.into());
    whole.into()
}

/// Removes the keys that the model lacks, and collects their paths and values.
fn take_unknown(value: &mut Value, shape: &Shape, path: &str, unknown: &mut Vec<(String, Value)>) {
    let Value::Object(members) = value else {
        return;
    };
    members.retain(|key, value| {
        // Such a key would look like several steps of a path. It is quoted, which is not a valid path.
        let key_of_path = match key.contains(['.', '[', ']']) || key.trim() != key {
            true => format!("{key:?}"),
            false => key.clone(),
        };
        let path = match path {
            "" => key_of_path,
            outer => format!("{outer}.{key_of_path}"),
        };
        let Some(field) = shape.field(key) else {
            unknown.push((path, value.take()));
            return false;
        };
        match field.kind {
            Kind::Record(inner) => take_unknown(value, inner, &path, unknown),
            Kind::Records(inner) => {
                let elements = value.as_array_mut().into_iter().flatten();
                for (index, element) in elements.enumerate() {
                    take_unknown(element, inner, &format!("{path}[{index}]"), unknown);
                }
            }
            _ => {}
        }
        true
    });
}

fn refuse_unknown(doing: &str, unknown: &[(String, Value)]) -> Failure {
    let paths: Vec<&str> = unknown.iter().map(|(path, _)| path.as_str()).collect();
    let wanted = format!("keys of {}", OrderCreate::API);
    let keys = if paths.len() == 1 { "key" } else { "keys" };
    let found = format!("the unknown {keys} {}", shortened(&paths.join(", ")));
    let failure = Failure::usage(doing, found, wanted);
    match paths.iter().any(|path| path.contains(char::is_uppercase)) {
        true => failure.hint("keys are in snake case, such as mobile_no"),
        false => failure.hint("--allow-unknown sends keys that the API's model does not have"),
    }
}
