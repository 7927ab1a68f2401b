//! Request keys that an API's model does not have. They are sent when a caller asks for it, because
//! the platform accepts new keys before it documents them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use aliexpress_models::Request;
use aliexpress_models::raw::{self, Step, Value};

use crate::error::Error;

/// Values by path.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Extra(BTreeMap<String, Value>);

/// The parameters of a call, with objects and lists as JSON text.
pub(crate) type Params<'a> = Vec<(&'a str, Cow<'a, str>)>;

/// The parameters that the request's model defines.
pub(crate) fn params_of<R: Request>(request: &R) -> Params<'static> {
    let params = request.params().into_iter();
    params
        .map(|(name, value)| (name, Cow::Owned(value)))
        .collect()
}

/// Why a key cannot be added to a request: what was found, and what was wanted.
type Reason = (String, &'static str);

impl Extra {
    pub(crate) fn insert(&mut self, path: String, value: &serde_json::Value) {
        self.0.insert(path, tree(value));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These keys, and those of `others` at paths that these do not set.
    pub(crate) fn over(mut self, others: &Self) -> Self {
        for (path, value) in &others.0 {
            let own = self.0.entry(path.clone());
            own.or_insert_with(|| value.clone());
        }
        self
    }

    /// Adds the keys to the parameters of a call.
    ///
    /// # Errors
    ///
    /// When a path is invalid, leads through something that is neither an object nor a list, or
    /// leads to a value that the request already has.
    pub(crate) fn put_into<'a>(&'a self, api: &str, params: &mut Params<'a>) -> Result<(), Error> {
        for (path, value) in &self.0 {
            put(path, value, params).map_err(|(found, wanted)| {
                let path: String = path.chars().take(120).collect();
                let found = format!("{found} at the extra key {path:?}");
                Error::unusable(format!("call {api}"), found, wanted)
            })?;
        }
        Ok(())
    }

    /// JSON of an object with one member for each path. As a text, it has every digit in any format
    /// of serde.
    pub(crate) fn to_text(&self) -> String {
        let members = self.0.iter();
        let members = members.map(|(path, value)| (path.as_str().into(), value.clone()));
        Value::Object(members.collect()).to_json()
    }

    /// Reads what [`to_text`](Self::to_text) wrote; `None` for anything else.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let Ok(Value::Object(members)) = raw::parse(text.as_bytes()) else {
            return None;
        };
        let members = members.into_iter();
        Some(Self(
            members.map(|(path, value)| (path.into(), value)).collect(),
        ))
    }
}

impl fmt::Debug for Extra {
    /// Shows only the paths, because values may be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

fn put<'a>(path: &'a str, value: &Value, params: &mut Params<'a>) -> Result<(), Reason> {
    let (name, inner) = parameter_and_steps(path).ok_or_else(|| {
        (
            "an invalid path".to_owned(),
            "a path that starts with a parameter, as in ds_extend_request.trade_extra_param.key or list[0].key",
        )
    })?;
    let place = params.iter().position(|(param, _)| *param == name);
    if inner.is_empty() {
        return match place {
            Some(_) => Err(taken()),
            None => {
                params.push((name, Cow::Owned(wire_text(value))));
                Ok(())
            }
        };
    }
    let mut whole = match place {
        Some(index) => raw::parse(params[index].1.as_bytes())
            .map_err(|_| ("a text".to_owned(), "an object or a list"))?,
        None => Value::Null,
    };
    put_at(&mut whole, &inner, value)?;
    let text = Cow::Owned(whole.to_json());
    match place {
        Some(index) => params[index].1 = text,
        None => params.push((name, text)),
    }
    Ok(())
}

/// Puts a value at the end of the steps, creating missing objects and elements on the way.
fn put_at(place: &mut Value, steps: &[Step<'_>], value: &Value) -> Result<(), Reason> {
    let Some((step, rest)) = steps.split_first() else {
        return match place {
            Value::Null => {
                *place = value.clone();
                Ok(())
            }
            _ => Err(taken()),
        };
    };
    match (*step, &mut *place) {
        (Step::Member(name), Value::Null) => {
            *place = Value::Object(vec![(name.into(), Value::Null)]);
            put_at(place, steps, value)
        }
        (Step::Member(name), Value::Object(members)) => {
            let index = members.iter().position(|(key, _)| **key == *name);
            let index = index.unwrap_or_else(|| {
                members.push((name.into(), Value::Null));
                members.len() - 1
            });
            put_at(&mut members[index].1, rest, value)
        }
        (Step::Element(0), Value::Null) => {
            *place = Value::List(vec![Value::Null]);
            put_at(place, steps, value)
        }
        (Step::Element(index), Value::List(elements)) => {
            if index == elements.len() {
                elements.push(Value::Null);
            }
            let count = elements.len();
            let element = elements.get_mut(index);
            let element = element.ok_or_else(|| {
                let found = format!("a list of {count}");
                (found, "an existing element, or the next one")
            })?;
            put_at(element, rest, value)
        }
        (Step::Member(_), _) => Err(("a value that is not an object".to_owned(), "an object")),
        (Step::Element(_), _) => Err(("a value that is not a list".to_owned(), "a list")),
    }
}

fn taken() -> Reason {
    (
        "a value of the request".to_owned(),
        "a key that the request does not have",
    )
}

/// The parameter at the start of the path, and the remaining steps. `None` if there is no
/// parameter, or a name starts or ends with white space.
fn parameter_and_steps(path: &str) -> Option<(&str, Vec<Step<'_>>)> {
    let mut steps = raw::steps(path).ok()?.into_iter().map(|(step, _)| step);
    let is_clean = |name: &str| name.trim() == name;
    let Some(Step::Member(parameter)) = steps.next() else {
        return None;
    };
    let inner: Vec<_> = steps.collect();
    let mut names = inner.iter().filter_map(|step| match step {
        Step::Member(name) => Some(*name),
        Step::Element(_) => None,
    });
    let all_clean = is_clean(parameter) && names.all(is_clean);
    all_clean.then_some((parameter, inner))
}

/// A parameter's value as it is sent.
fn wire_text(value: &Value) -> String {
    match value.scalar() {
        Some(text) => text.into_owned(),
        None if *value == Value::Null => String::new(),
        None => value.to_json(),
    }
}

fn tree(value: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None => Value::Number(number.to_string().into()),
        },
        Json::String(text) => Value::Text(text.as_str().into()),
        Json::Array(elements) => Value::List(elements.iter().map(tree).collect()),
        Json::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| (name.as_str().into(), tree(value)));
            Value::Object(members.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn extra(path: &str, value: serde_json::Value) -> Extra {
        let mut extra = Extra::default();
        extra.insert(path.to_owned(), &value);
        extra
    }

    fn params() -> Params<'static> {
        vec![
            ("name", "text".into()),
            (
                "order",
                r#"{"address":{"city":"Moscow"},"items":[{"price":1.10}]}"#.into(),
            ),
        ]
    }

    #[track_caller]
    fn check(path: &str, value: serde_json::Value, name: &str, expected: &str) {
        let extra = extra(path, value);
        let mut params = params();
        extra.put_into("an.api", &mut params).unwrap();
        let found = params.iter().find(|(param, _)| *param == name);
        assert_eq!(found.map(|(_, text)| &**text), Some(expected), "{path}");
    }

    #[test]
    fn extra_keys_are_inserted_at_their_paths_with_every_digit() {
        check("new", json!("a b"), "new", "a b");
        check("new", json!(true), "new", "true");
        check("new", json!({"a": [1]}), "new", r#"{"a":[1]}"#);
        check("new.a[0].b", json!(1), "new", r#"{"a":[{"b":1}]}"#);
        check(
            "order.address.floor",
            json!("4"),
            "order",
            r#"{"address":{"city":"Moscow","floor":"4"},"items":[{"price":1.10}]}"#,
        );
        check(
            "order.items[0].gift",
            json!(false),
            "order",
            r#"{"address":{"city":"Moscow"},"items":[{"price":1.10,"gift":false}]}"#,
        );
        check(
            "order.items[1].gift",
            json!(u64::MAX),
            "order",
            r#"{"address":{"city":"Moscow"},"items":[{"price":1.10},{"gift":18446744073709551615}]}"#,
        );
    }

    #[track_caller]
    fn check_refused(path: &str, expected: &str) {
        let extra = extra(path, json!("canary"));
        let error = extra.put_into("an.api", &mut params()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn extra_keys_never_replace_values_of_the_request() {
        const TAKEN: &str = "wanted a key that the request does not have";
        check_refused(
            "name",
            &format!(
                "cannot call an.api: found a value of the request at the extra key \"name\"; {TAKEN}"
            ),
        );
        check_refused(
            "order.address",
            &format!(
                "cannot call an.api: found a value of the request at the extra key \"order.address\"; {TAKEN}"
            ),
        );
        const OBJECT: &str = "an object";
        const FIRST: &str = "a path that starts with a parameter, as in ds_extend_request.trade_extra_param.key or \
                             list[0].key";
        for (path, found, wanted) in [
            ("name.x", "a text", "an object or a list"),
            (
                "order.address.city.x",
                "a value that is not an object",
                OBJECT,
            ),
            ("order.address[0]", "a value that is not a list", "a list"),
            (
                "order.items[3].x",
                "a list of 1",
                "an existing element, or the next one",
            ),
            ("", "an invalid path", FIRST),
            ("a..b", "an invalid path", FIRST),
            ("a[x]", "an invalid path", FIRST),
            ("[0].a", "an invalid path", FIRST),
            (" a", "an invalid path", FIRST),
        ] {
            let error = extra(path, json!("canary")).put_into("an.api", &mut params());
            let error = error.unwrap_err().to_string();
            let expected = format!(
                "cannot call an.api: found {found} at the extra key {path:?}; wanted {wanted}"
            );
            assert_eq!(error, expected);
        }
    }

    #[test]
    fn debug_output_contains_no_extra_values() {
        let extra = extra("order.address.floor", json!("canary"));
        assert_eq!(format!("{extra:?}"), "{\"order.address.floor\"}");
    }

    proptest! {
        /// For every path, either adding the key fails, or the new value is added and all earlier
        /// values are unchanged.
        #[test]
        fn adding_an_extra_key_loses_no_other_value(path in r"(order|name|new)(\.(address|city|items|a)(\[[0-2]\])?){0,3}", number: i64) {
            let extra = extra(&path, json!(number));
            let mut sent = params();
            if extra.put_into("an.api", &mut sent).is_ok() {
                let leaves = |params: &Params<'_>| {
                    let texts = params.iter().map(|(_, text)| text.to_string());
                    texts.collect::<String>().matches(|c: char| c.is_alphanumeric()).count()
                };
                prop_assert!(leaves(&sent) > leaves(&params()));
                for kept in ["text", "Moscow", "1.10"] {
                    prop_assert!(sent.iter().any(|(_, text)| text.contains(kept)));
                }
                prop_assert_eq!(Extra::of_text(&extra.to_text()), Some(extra.clone()));
                let (name, rest) = path.split_once('.').unwrap_or((&path, ""));
                let (_, text) = sent.iter().find(|(param, _)| *param == name).unwrap();
                let there = match rest {
                    "" => text.to_string(),
                    rest => {
                        let tree = raw::parse(text.as_bytes()).unwrap();
                        tree.at(rest).unwrap().scalar().unwrap().into_owned()
                    }
                };
                prop_assert_eq!(there, number.to_string());
            }
        }
    }
}
