//! The tree out again.

use std::fmt::Write as _;

use serde_core::ser::{Serialize, SerializeMap as _, Serializer};

use super::Value;
use crate::text::escape_json;

impl Value {
    /// The value as JSON, with every digit and in the order in which it came.
    ///
    /// Control characters and marks that change the direction of writing are escaped, so that the text can be printed.
    pub fn to_json(&self) -> String {
        let mut output = String::new();
        self.write(&mut output);
        output
    }

    fn write(&self, output: &mut String) {
        // Writing to a String cannot fail.
        let _ = match self {
            Self::Null => write!(output, "null"),
            Self::Boolean(value) => write!(output, "{value}"),
            Self::Integer(value) => write!(output, "{value}"),
            Self::Number(digits) => write!(output, "{digits}"),
            Self::Text(text) => {
                escape_json(output, text);
                Ok(())
            }
            Self::List(elements) => {
                output.push('[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        output.push(',');
                    }
                    element.write(output);
                }
                output.push(']');
                Ok(())
            }
            Self::Object(members) => {
                output.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        output.push(',');
                    }
                    escape_json(output, key);
                    output.push(':');
                    value.write(output);
                }
                output.push('}');
                Ok(())
            }
        };
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
