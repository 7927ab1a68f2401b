//! Rules that hold for the tree of any bytes, and for the lists in it.

use std::mem::discriminant;

use aliexpress_models::order_info::OrderInfoGetAnswer;
use aliexpress_models::raw::{Value, decode_raw, parse};
use aliexpress_models::{Field, Layout, Shape, Shaped as _, list_layout};

/// A tree is the same after it is written and parsed again, has one envelope or none, and contains the same lists for
/// any order of its members.
pub(crate) fn tree(bytes: &[u8]) {
    let Ok(value) = parse(bytes) else {
        return assert!(decode_raw(bytes).is_err());
    };
    assert!(decode_raw(bytes).is_ok());
    let json = value.to_json();
    if !matches!(value, Value::Object(_) | Value::List(_)) {
        return;
    }
    let again = parse(json.as_bytes()).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert!(again == value, "{json}");
    let mut fields = Vec::new();
    lists_of(OrderInfoGetAnswer::SHAPE, &mut fields);
    layouts(&value, &fields);
}

/// The list fields of a model, at any depth.
fn lists_of(shape: &'static Shape, lists: &mut Vec<&'static Field>) {
    for field in shape.fields {
        if field.kind.is_list() {
            lists.push(field);
        }
        if let Some(inner) = field.kind.shape() {
            lists_of(inner, lists);
        }
    }
}

fn layouts(value: &Value, fields: &[&'static Field]) {
    match value {
        Value::List(elements) => elements.iter().for_each(|value| layouts(value, fields)),
        Value::Object(members) => {
            let names = members.iter().map(|(name, _)| name);
            let is_plain = names.collect::<std::collections::BTreeSet<_>>().len() == members.len();
            let turned = Value::Object(members.iter().rev().cloned().collect());
            // One of several members with the same name decides for all of them.
            for field in fields.iter().filter(|_| is_plain) {
                let (one, other) = (list_layout(field, value), list_layout(field, &turned));
                assert_eq!(
                    discriminant(&one),
                    discriminant(&other),
                    "{one:?} {other:?}"
                );
                if let (Layout::Wrapped(one), Layout::Wrapped(other)) = (one, other) {
                    assert_eq!(one, other);
                }
            }
            members.iter().for_each(|(_, value)| layouts(value, fields));
        }
        _ => {}
    }
}
