//! Writes the contents of an answer as text, in the requested form.
//!
//! A handler fills in the simplified form: an object by the wire's names, lists as arrays. The API's
//! table determines the inner names around lists in the other forms, and the order of the fields.

use std::borrow::Cow;
use std::sync::Arc;

use aliexpress_models::{Field, Form, Kind, Shape};

use super::habits::Habits;
use crate::json;
use crate::node::{Fields, Node, Shared, Words};
use crate::xml;

/// Writes an answer in the requested form.
pub(super) fn write(
    (key, shape): (&'static str, &Shape),
    contents: Fields,
    request_id: &str,
    form: Form,
    habits: &mut Habits,
) -> String {
    let mut layout = Layout { form, habits };
    let mut fields = layout.object(contents, Some(shape));
    let mut add = |name: &'static str, value: Words| {
        if shape.field(name).is_none() {
            fields.push(name, Node::Text(value));
        }
    };
    if form == Form::SimplifiedJson {
        add("code", Cow::Borrowed("0"));
    }
    add("request_id", Cow::Owned(request_id.to_owned()));
    let answer = Node::Object(fields);
    match form {
        Form::Xml => xml::write(key, &answer),
        Form::SimplifiedJson => json::write(&answer),
        _ => json::write(&[(key, answer)].into()),
    }
}

struct Layout<'a> {
    form: Form,
    habits: &'a mut Habits,
}

impl Layout<'_> {
    /// The fields of an object: those of its table, in the table's order, or all if it has no table. Others are left
    /// out, because one handler serves APIs whose tables differ.
    fn object(&mut self, mut contents: Fields, shape: Option<&Shape>) -> Fields {
        let Some(shape) = shape else {
            let fields = contents.into_iter();
            return fields
                .map(|(name, value)| (name, self.value(value, None)))
                .collect();
        };
        let is_filled = !contents.is_empty();
        let mut fields = Fields::with_capacity(contents.len() + 2);
        for field in shape.fields {
            for name in std::iter::once(field.key).chain(field.alias) {
                if let Some((name, value)) = contents.take(name) {
                    fields.push(name, self.value(value, Some(field)));
                } else if name == field.key && self.habits.writes_blank(field) {
                    fields.push(name, "");
                }
            }
        }
        debug_assert!(
            !is_filled || !fields.is_empty(),
            "the table has none of {contents:?}"
        );
        fields
    }

    fn value(&mut self, value: Node, field: Option<&Field>) -> Node {
        match value {
            Node::List(values) => {
                debug_assert!(
                    field.is_none_or(|field| field.kind.is_list() || field.free),
                    "the table has no list {:?}",
                    field.map(|field| field.key)
                );
                let elements = values.into_iter().map(|value| self.element(value, field));
                let elements: Vec<Node> = elements.collect();
                self.list(elements, field.and_then(|field| field.wrapper))
            }
            other => self.element(other, field),
        }
    }

    /// A value that is not a list, or one element of a list, converted to the table's type: a handler of several APIs
    /// does not know it.
    fn element(&mut self, value: Node, field: Option<&Field>) -> Node {
        let kind = field.map(|field| field.kind);
        match value {
            Node::List(_) => self.value(value, None),
            Node::Shared(shared) => self.shared(&shared, field),
            Node::Object(contents) => {
                Node::Object(self.object(contents, kind.and_then(Kind::shape)))
            }
            scalar => self.scalar(scalar, kind),
        }
    }

    /// An object that occurs in many answers: it is written once and reused in each answer of the same form.
    fn shared(&mut self, shared: &Shared, field: Option<&Field>) -> Node {
        let written = match self.form {
            Form::SimplifiedJson => &shared.simplified,
            Form::FullJson => &shared.full,
            _ => return self.element(shared.contents.clone().into(), field),
        };
        if !self.habits.are_documented() {
            return self.element(shared.contents.clone().into(), field);
        }
        let written = written.get_or_init(|| {
            let laid_out = self.element(shared.contents.clone().into(), field);
            json::write(&laid_out).into()
        });
        Node::Written(Arc::clone(written))
    }

    fn scalar(&mut self, value: Node, kind: Option<Kind>) -> Node {
        match (kind, value) {
            (Some(Kind::Integer | Kind::Integers), Node::Text(text)) => match text.parse() {
                Ok(number) => self.habits.number(number),
                Err(_) => Node::Text(text),
            },
            (Some(Kind::Boolean | Kind::Booleans), Node::Text(text)) => match text.parse() {
                Ok(boolean) => self.habits.boolean(boolean),
                Err(_) => Node::Text(text),
            },
            (Some(Kind::Text | Kind::Texts), Node::Boolean(value)) => value.to_string().into(),
            (Some(Kind::Text | Kind::Texts), Node::Number(number)) => number.to_string().into(),
            (_, Node::Boolean(boolean)) => self.habits.boolean(boolean),
            (_, Node::Number(number)) => self.habits.number(number),
            (_, other) => other,
        }
    }

    /// A list, under its inner name if the form has inner names.
    fn list(&mut self, elements: Vec<Node>, inner: Option<&'static str>) -> Node {
        let inner = inner.filter(|_| self.form != Form::SimplifiedJson);
        let Some(inner) = inner else {
            return Node::List(elements);
        };
        if elements.is_empty() {
            return Node::Object(Fields::default());
        }
        let name = self.habits.inner_name(inner);
        let mut fields = Fields::with_capacity(1);
        fields.push(name, self.habits.elements(elements));
        Node::Object(fields)
    }
}

#[cfg(test)]
mod tests {
    use aliexpress_models::APIS;
    use serde_json::{Map, Value, json};

    use super::*;

    /// An answer whose fields all have another type than the table says.
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
                let written = write(
                    of,
                    contents.clone().into(),
                    "1",
                    form,
                    &mut Habits::documented(),
                );
                let written: Value = serde_json::from_str(&written).unwrap();
                check_types(written.get(api.key).unwrap_or(&written), api.answer);
            }
        }
    }
}
