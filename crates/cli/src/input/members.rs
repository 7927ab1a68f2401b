//! JSON objects with repeated keys.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object in order. Unlike a map, it keeps repeated keys.
pub(crate) struct Members<'a>(pub(crate) Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

/// The path of a key that occurs twice in one object; a map would keep only the last value.
pub(crate) fn repeated(json: &RawValue, path: &str) -> Option<String> {
    if let Ok(Members(members)) = serde_json::from_str(json.get()) {
        return members
            .iter()
            .enumerate()
            .find_map(|(index, (key, value))| {
                let path = match path {
                    "" => key.clone(),
                    outer => format!("{outer}.{key}"),
                };
                let twice = members[..index].iter().any(|(earlier, _)| earlier == key);
                twice
                    .then(|| path.clone())
                    .or_else(|| repeated(value, &path))
            });
    }
    let elements: Vec<&RawValue> = serde_json::from_str(json.get()).ok()?;
    let mut elements = elements.into_iter().enumerate();
    elements.find_map(|(index, element)| repeated(element, &format!("{path}[{index}]")))
}

/// The kind of a value, for messages.
pub(crate) fn kind(value: &RawValue) -> &'static str {
    match value.get().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        Some(b'"') => "a text",
        _ => "a number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, expected: Option<&str>) {
        let json: &RawValue = serde_json::from_str(json).unwrap();
        assert_eq!(repeated(json, "").as_deref(), expected);
    }

    #[test]
    fn repeated_keys_are_found_at_any_depth() {
        check(r#"{"a": 1, "b": 2, "a": 1}"#, Some("a"));
        check(
            r#"{"a": [{"b": 1}, {"b": {"c": 1, "c": 2}}]}"#,
            Some("a[1].b.c"),
        );
    }

    #[test]
    fn the_same_key_in_two_objects_is_not_repeated() {
        check(
            r#"{"a": {"b": 1}, "b": [{"a": 1}, {"a": 1}, "a", null]}"#,
            None,
        );
    }
}
