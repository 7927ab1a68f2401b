//! An order as it is written in a file.

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

/// Reads an order: the API's parameters as one JSON object, or the goods, address and `out_order_id`
/// with `ds_extend_request` beside them.
///
/// A key that the API does not know is an error, because the platform ignores it silently.
pub(crate) fn read(input: &Input) -> Result<NewOrder, Failure> {
    let doing = format!("read the order in {input}");
    let value = whole(object(&doing, &input.text()?)?);
    let mut unknown = Vec::new();
    find_unknown(&value, OrderCreate::SHAPE, "", &mut unknown);
    if !unknown.is_empty() {
        return Err(refuse_unknown(&doing, &unknown));
    }
    let unusable = |text: String| Failure::new(Exit::Usage, shortened(&text));
    let request = OrderCreate::deserialize(value)
        .map_err(|error| unusable(format!("cannot {doing}: {error}")))?;
    NewOrder::try_from(request).map_err(|error| unusable(error.to_string()))
}

/// One JSON object, in which no key stands twice.
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
    // As a value before anything else, which bounds how deep it is.
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

/// The text without the parameter's long name before each path.
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

/// Puts what was written without the parameter's long name under it.
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

fn find_unknown(value: &Value, shape: &Shape, path: &str, unknown: &mut Vec<String>) {
    let Value::Object(members) = value else {
        return;
    };
    for (key, value) in members {
        let path = match path {
            "" => key.clone(),
            outer => format!("{outer}.{key}"),
        };
        match shape.field(key).map(|field| field.kind) {
            None => unknown.push(path),
            Some(Kind::Record(inner)) => find_unknown(value, inner, &path, unknown),
            Some(Kind::Records(inner)) => {
                for (index, element) in value.as_array().into_iter().flatten().enumerate() {
                    find_unknown(element, inner, &format!("{path}[{index}]"), unknown);
                }
            }
            Some(_) => {}
        }
    }
}

fn refuse_unknown(doing: &str, unknown: &[String]) -> Failure {
    let wanted = format!("keys of {}", OrderCreate::API);
    let found = format!("unknown {}", shortened(&unknown.join(", ")));
    let failure = Failure::usage(doing, found, wanted);
    match unknown.iter().any(|path| path.contains(char::is_uppercase)) {
        true => failure.hint("keys are in snake case, such as mobile_no"),
        false => failure,
    }
}
