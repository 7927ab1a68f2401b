//! The tree as a serde deserializer for other types, and written to any serde serializer.

use serde_core::de::value::StrDeserializer;
use serde_core::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer as _, MapAccess,
    SeqAccess, Visitor, value,
};
use serde_core::ser::{Serialize, SerializeMap as _, Serializer};

use super::Value;

/// Reads from a value.
struct Reader<'v>(&'v Value);

impl Value {
    /// Converts the value into your own type.
    ///
    /// A number that is not an integer of 64 bits keeps every digit in a text or decimal type, and
    /// is rounded in an `f64`.
    ///
    /// # Errors
    ///
    /// When the value does not fit the type.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, value::Error> {
        T::deserialize(Reader(self))
    }
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Boolean(value) => visitor.visit_bool(*value),
            Value::Integer(value) => visitor.visit_i64(*value),
            Value::Number(digits) => number(digits, visitor),
            Value::Text(text) => visitor.visit_str(text),
            Value::List(elements) => visitor.visit_seq(Elements {
                rest: elements.iter(),
            }),
            Value::Object(members) => visitor.visit_map(Members {
                rest: members.iter(),
                value: None,
            }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        match self.0 {
            Value::Number(digits) => visitor.visit_str(digits),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        match self.0 {
            Value::Text(text) => {
                let text: StrDeserializer<'_, value::Error> = (&**text).into_deserializer();
                text.deserialize_enum(name, variants, visitor)
            }
            Value::Object(members) => {
                visitor.visit_enum(value::MapAccessDeserializer::new(Members {
                    rest: members.iter(),
                    value: None,
                }))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    serde_core::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// A number that is not an `i64`, for other types.
fn number<'de, V: Visitor<'de>>(digits: &str, visitor: V) -> Result<V::Value, value::Error> {
    if let Ok(value) = digits.parse::<u64>() {
        return visitor.visit_u64(value);
    }
    if let Ok(value) = digits.parse::<i128>() {
        return visitor.visit_i128(value);
    }
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() => visitor.visit_f64(value),
        _ => visitor.visit_str(digits),
    }
}

struct Elements<'v> {
    rest: std::slice::Iter<'v, Value>,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = value::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, value::Error> {
        let element = self.rest.next();
        element
            .map(|element| seed.deserialize(Reader(element)))
            .transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Members<'v> {
    rest: std::slice::Iter<'v, (Box<str>, Value)>,
    value: Option<&'v Value>,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = value::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, value::Error> {
        let Some((key, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        let key: StrDeserializer<'_, value::Error> = (&**key).into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, value::Error> {
        let value = self
            .value
            .ok_or_else(|| Error::custom("a value was read before its key"))?;
        seed.deserialize(Reader(value))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

impl Serialize for Value {
    /// Numbers that the format cannot write with every digit are written as texts.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Number(digits) => {
                if let Ok(value) = digits.parse::<u64>() {
                    return serializer.serialize_u64(value);
                }
                match digits.parse::<f64>() {
                    Ok(value) if value.to_string() == **digits => serializer.serialize_f64(value),
                    _ => serializer.serialize_str(digits),
                }
            }
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(elements) => serializer.collect_seq(elements),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (key, value) in members {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}
