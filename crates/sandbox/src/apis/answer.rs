//! From the contents of an answer to its text, in the form that was asked for.
//!
//! Whoever answers a call fills in the simplified form: an object by the wire's names, lists as arrays. The API's
//! table says where the other forms have inner names around lists, and in which order the fields come.

use aliexpress_models::{Field, Form, Kind, Shape};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::habits::Habits;
use crate::xml;

/// What an answer holds, laid out in one of the forms.
#[derive(Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    Boolean(bool),
    Number(serde_json::Number),
    Text(String),
    /// In XML, an element for each, under the same name.
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// Writes an answer in the form that was asked for.
pub(super) fn write(
    (key, shape): (&str, &Shape),
    contents: &Map<String, Value>,
    request_id: &str,
    form: Form,
    habits: &mut Habits,
) -> String {
    let mut layout = Layout { form, habits };
    let mut fields = layout.object(contents, Some(shape));
    let mut add = |name: &str, value: &str| {
        if shape.field(name).is_none() {
            fields.push((name.to_owned(), Node::Text(value.to_owned())));
        }
    };
    if form == Form::SimplifiedJson {
        add("code", "0");
    }
    add("request_id", request_id);
    let answer = Node::Object(fields);
    match form {
        Form::Xml => xml::write(key, &answer),
        Form::SimplifiedJson => json(&answer),
        _ => json(&Node::Object(vec![(key.to_owned(), answer)])),
    }
}

fn json(node: &Node) -> String {
    // Names are texts and numbers are JSON's own, so that nothing can fail.
    serde_json::to_string(node).unwrap_or_default()
}

struct Layout<'a> {
    form: Form,
    habits: &'a mut Habits,
}

impl Layout<'_> {
    /// The fields of an object: those of its table, in the table's order, or all if it has no table. Others are left
    /// out, as one handler serves APIs whose tables differ.
    fn object(
        &mut self,
        contents: &Map<String, Value>,
        shape: Option<&Shape>,
    ) -> Vec<(String, Node)> {
        let Some(shape) = shape else {
            let members = contents.iter();
            return members
                .map(|(name, value)| (name.clone(), self.value(value, None)))
                .collect();
        };
        let mut fields = Vec::with_capacity(contents.len());
        for field in shape.fields {
            for name in std::iter::once(field.key).chain(field.alias) {
                if let Some(value) = contents.get(name) {
                    fields.push((name.to_owned(), self.value(value, Some(field))));
                } else if name == field.key && self.habits.writes_blank(field) {
                    fields.push((name.to_owned(), Node::Text(String::new())));
                }
            }
        }
        debug_assert!(
            contents.is_empty() || !fields.is_empty(),
            "the table has none of {contents:?}"
        );
        fields
    }

    fn value(&mut self, value: &Value, field: Option<&Field>) -> Node {
        match value {
            Value::Array(values) => {
                let elements = values.iter().map(|value| self.element(value, field));
                let elements: Vec<Node> = elements.collect();
                self.list(elements, field.and_then(|field| field.wrapper))
            }
            other => self.element(other, field),
        }
    }

    /// A value that is no list, or one of a list: as the table types it, which handlers of several APIs cannot know.
    fn element(&mut self, value: &Value, field: Option<&Field>) -> Node {
        let kind = field.map(|field| field.kind);
        match value {
            Value::Null => Node::Null,
            Value::Array(_) => self.value(value, None),
            Value::Object(contents) => {
                Node::Object(self.object(contents, kind.and_then(Kind::shape)))
            }
            scalar => self.scalar(scalar, kind),
        }
    }

    fn scalar(&mut self, value: &Value, kind: Option<Kind>) -> Node {
        match (kind, value) {
            (Some(Kind::Integer | Kind::Integers), Value::String(text)) => match text.parse() {
                Ok(number) => self.habits.number(&number),
                Err(_) => Node::Text(text.clone()),
            },
            (Some(Kind::Boolean | Kind::Booleans), Value::String(text)) => match text.parse() {
                Ok(boolean) => self.habits.boolean(boolean),
                Err(_) => Node::Text(text.clone()),
            },
            (_, Value::String(text)) => Node::Text(text.clone()),
            (Some(Kind::Text | Kind::Texts), scalar) => Node::Text(scalar.to_string()),
            (_, Value::Bool(boolean)) => self.habits.boolean(*boolean),
            (_, Value::Number(number)) => self.habits.number(number),
            _ => Node::Null,
        }
    }

    /// A list, under its inner name where the form has them.
    fn list(&mut self, elements: Vec<Node>, inner: Option<&str>) -> Node {
        let inner = inner.filter(|_| self.form != Form::SimplifiedJson);
        let Some(inner) = inner else {
            return Node::List(elements);
        };
        if elements.is_empty() {
            return Node::Object(Vec::new());
        }
        let name = self.habits.inner_name(inner);
        Node::Object(vec![(name, self.habits.elements(elements))])
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Null => serializer.serialize_unit(),
            Node::Boolean(value) => serializer.serialize_bool(*value),
            Node::Number(number) => number.serialize(serializer),
            Node::Text(text) => serializer.serialize_str(text),
            Node::List(elements) => serializer.collect_seq(elements),
            Node::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aliexpress_models::APIS;
    use serde_json::json;

    use super::*;

    /// The values of every field of an answer, each of another type than its table says.
    fn in_other_types(shape: &Shape, depth: usize) -> Map<String, Value> {
        let fields = shape.fields.iter().filter_map(|field| {
            let value = match field.kind {
                Kind::Record(_) | Kind::Records(_) if depth == 4 => return None,
                Kind::Record(shape) => in_other_types(shape, depth + 1).into(),
                Kind::Records(shape) => json!([in_other_types(shape, depth + 1)]),
                Kind::Integer => json!("17"),
                Kind::Integers => json!(["17", "18"]),
                Kind::Boolean => json!("true"),
                Kind::Booleans => json!(["true", "false"]),
                Kind::Texts => json!([17, true]),
                _ => json!(17),
            };
            Some((field.key.to_owned(), value))
        });
        fields.collect()
    }

    #[track_caller]
    fn check_types(written: &Value, shape: &Shape) {
        for field in shape.fields {
            let Some(value) = written.get(field.key) else {
                continue;
            };
            let value = field
                .wrapper
                .and_then(|name| value.get(name))
                .unwrap_or(value);
            let elements = match value {
                Value::Array(elements) => elements.as_slice(),
                other => std::slice::from_ref(other),
            };
            for element in elements {
                let fits = match field.kind {
                    Kind::Record(shape) | Kind::Records(shape) => {
                        check_types(element, shape);
                        element.is_object()
                    }
                    Kind::Integer | Kind::Integers => element.is_i64(),
                    Kind::Boolean | Kind::Booleans => element.is_boolean(),
                    _ => element.is_string(),
                };
                assert!(fits, "{}: {element}", field.key);
            }
        }
    }

    #[test]
    fn values_and_elements_are_written_as_their_table_types_them() {
        for api in APIS {
            let contents = in_other_types(api.answer, 0);
            let of = (api.key, api.answer);
            for form in [Form::FullJson, Form::SimplifiedJson] {
                let written = write(of, &contents, "1", form, &mut Habits::documented());
                let written: Value = serde_json::from_str(&written).unwrap();
                check_types(written.get(api.key).unwrap_or(&written), api.answer);
            }
        }
    }
}
