//! Random values for the answer of every API with models, in every shape.

use aliexpress_models::{APIS, Api, Record};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::tree::{Choices, Tree, choices, object};
use crate::{json, xml};

/// How many values are drawn for each API.
const DRAWN: usize = 8;

/// Keys in an answer's root that are about the exchange, not the API's data; other tests cover them.
const OF_THE_ENVELOPE: [&str; 9] = [
    "_trace_id_",
    "code",
    "message",
    "msg",
    "request_id",
    "sub_code",
    "sub_message",
    "sub_msg",
    "type",
];

#[test]
fn answers_of_every_api_are_the_same_in_every_shape() {
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::default()
    });
    for api in APIS {
        let answers = object(api.answer);
        let shapes = choices();
        for _ in 0..DRAWN {
            let tree = proptest::strategy::Strategy::new_tree(&answers, &mut runner).unwrap();
            let choices = proptest::strategy::Strategy::new_tree(&shapes, &mut runner).unwrap();
            let mut tree = tree.current();
            if let Tree::Object(_, members) = &mut tree {
                members.retain(|(field, _)| !OF_THE_ENVELOPE.contains(&field.key));
            }
            prune(&mut tree);
            if !tree.is_empty() {
                check(api, &tree, &choices.current());
            }
        }
    }
}

/// Removes elements without a field from lists. Next to unknown members, only a proven inner name shows that they are
/// elements, and most inner names are derived from documented types.
fn prune(tree: &mut Tree) {
    match tree {
        Tree::List(elements) => {
            elements.iter_mut().for_each(prune);
            elements.retain(|element| !matches!(element, Tree::Object(..)) || !element.is_empty());
        }
        Tree::Object(_, members) => {
            members.iter_mut().for_each(|(_, value)| prune(value));
            members.retain(|(_, value)| !value.is_empty());
        }
        _ => {}
    }
}

#[track_caller]
fn check(api: &Api, tree: &Tree, choices: &Choices) {
    let root = api.key.trim_start_matches('/').replace('/', "_");
    let mut first: Option<Value> = None;
    for answer in [
        json::simplified(tree, &Choices::plain()),
        json::simplified(tree, choices),
        json::full(api.key, tree, choices),
        xml::document(&root, tree, choices),
    ] {
        let read = api.decode(answer.as_bytes());
        let read = read.unwrap_or_else(|error| panic!("{}: {error}\n{answer}", api.name));
        let data = read.outcome;
        let data = data.unwrap_or_else(|error| panic!("{}: {error}\n{answer}", api.name));
        let mut value = serde_json::to_value(&*data as &dyn Record).unwrap();
        if let Value::Object(members) = &mut value {
            members.retain(|key, _| !OF_THE_ENVELOPE.contains(&key.as_str()));
        }
        match &first {
            None => {
                assert!(
                    tree.is_in(&value),
                    "{}: lost or changed: {answer}\n{value}",
                    api.name
                );
                first = Some(value);
            }
            Some(first) => assert_eq!(value, *first, "{}: {answer}", api.name),
        }
    }
}
