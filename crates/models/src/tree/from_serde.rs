//! Builds the tree from any serde deserializer.

use std::fmt;

use serde_core::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};

use super::{Depth, Value};
use crate::source::ROUNDED;

impl<'de> Deserialize<'de> for Value {
    /// From any deserializer. If it rounds numbers to floating point, as serde_json's does for numbers that are not
    /// 64-bit integers, their digits are already lost.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Build {
            depth: Depth::default(),
            rounding: Rounding::Ignored,
        })
    }
}

/// The same for a model, which refuses rounded numbers and ignores attributes.
pub(crate) fn for_model<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    deserializer.deserialize_any(Build {
        depth: Depth::default(),
        rounding: Rounding::Marked,
    })
}

/// How floating point numbers, whose digits may be lost, are represented.
#[derive(Clone, Copy, PartialEq)]
enum Rounding {
    Ignored,
    /// [`ROUNDED`] precedes their digits.
    Marked,
}

/// Builds a value from what a deserializer returns.
#[derive(Clone, Copy)]
struct Build {
    depth: Depth,
    rounding: Rounding,
}

impl Build {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        Ok(Self {
            depth: self.depth.deeper().map_err(E::custom)?,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Build {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Build {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(match i64::try_from(value) {
            Ok(value) => Value::Integer(value),
            Err(_) => Value::Number(value.to_string().into()),
        })
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Number(value.to_string().into()))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        Ok(Value::Number(value.to_string().into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;
        let is_exact = value.abs() < EXACT_BELOW;
        Ok(Value::Number(match self.rounding {
            Rounding::Marked if !is_exact => format!("{ROUNDED}{value:e}").into(),
            _ => value.to_string().into(),
        }))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(inside)? {
            list.push(element);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<Box<str>>()? {
            let value = map.next_value_seed(inside)?;
            members.push((key, value));
        }
        if let [(key, Value::Text(digits))] = &mut members[..]
            && is_exact_number(key, digits)
        {
            return Ok(Value::Number(std::mem::take(digits)));
        }
        Ok(match self.rounding {
            Rounding::Marked => without_attributes(members),
            Rounding::Ignored => Value::Object(members),
        })
    }
}

/// The key of the object as which serde_json represents a number with all its digits, in programs that enable its
/// feature `arbitrary_precision`. Source: `src/number.rs` of serde_json 1.0.
const EXACT: &str = "$serde_json::private::Number";

/// Whether an object with only this member is such a number of serde_json.
pub(crate) fn is_exact_number(key: &str, digits: &str) -> bool {
    let are_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (number, exponent) = match digits.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (digits, None),
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    key == EXACT
        && are_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(are_digits)
        && exponent.is_none_or(are_digits)
}

/// Other XML readers return attributes as members with an `@`, and the text beside them as `$text`.
fn without_attributes(mut members: Vec<(Box<str>, Value)>) -> Value {
    let all = members.len();
    members.retain(|(key, value)| {
        !(key.starts_with('@') || key.starts_with('$') && value.is_nothing())
    });
    match &mut members[..] {
        [] if all > 0 => Value::Text(Box::default()),
        [(key, text)] if **key == *"$text" => std::mem::replace(text, Value::Null),
        _ => Value::Object(members),
    }
}
