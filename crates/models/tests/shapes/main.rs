//! One set of values in every shape of the platform's answers: all of them are read as the same value, and a wrong
//! value is reported with the same message.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod every;
mod json;
mod tree;
mod xml;

use std::fmt::Debug;

use aliexpress_models::order_create::OrderCreateAnswer;
use aliexpress_models::order_get::OrderGetAnswer;
use aliexpress_models::order_info::OrderInfoGetAnswer;
use aliexpress_models::{Answer, Shape, Shaped, decode};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tree::{Choices, Tree, choices, object};

fn cases() -> ProptestConfig {
    ProptestConfig {
        cases: 48,
        max_shrink_iters: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn answers_of_order_create_are_the_same_in_every_shape(tree in object(OrderCreateAnswer::SHAPE), choices in choices()) {
        check_values::<OrderCreateAnswer>(&tree, &choices)?;
        check_errors::<OrderCreateAnswer>(&tree, &choices)?;
    }

    #[test]
    fn answers_of_order_get_are_the_same_in_every_shape(tree in object(OrderGetAnswer::SHAPE), choices in choices()) {
        check_values::<OrderGetAnswer>(&tree, &choices)?;
        check_errors::<OrderGetAnswer>(&tree, &choices)?;
    }

    #[test]
    fn answers_of_order_info_are_the_same_in_every_shape(tree in object(OrderInfoGetAnswer::SHAPE), choices in choices()) {
        check_values::<OrderInfoGetAnswer>(&tree, &choices)?;
        check_errors::<OrderInfoGetAnswer>(&tree, &choices)?;
    }
}

/// The tree in plain shapes, then in random ones: full JSON, simplified JSON, XML.
fn renderings<T: Answer>(tree: &Tree, choices: &Choices) -> [String; 4] {
    [
        json::simplified(tree, &Choices::plain()),
        json::simplified(tree, choices),
        json::full(T::KEY, tree, choices),
        xml::document(T::KEY, tree, choices),
    ]
}

fn check_values<T: Answer + Debug + PartialEq>(
    tree: &Tree,
    choices: &Choices,
) -> Result<(), TestCaseError> {
    let mut first = None;
    for answer in renderings::<T>(tree, choices) {
        let read = decode::<T>(answer.as_bytes());
        let read = read.map_err(|error| TestCaseError::fail(format!("{error}\n{answer}")))?;
        prop_assert_eq!(read.request_id.as_deref(), Some("r"), "{}", answer);
        let data = read
            .outcome
            .map_err(|error| TestCaseError::fail(format!("{error}\n{answer}")))?;
        let Some(first) = &first else {
            let written = serde_json::to_value(&data as &dyn aliexpress_models::Record);
            let written = written.map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert!(
                tree.is_in(&written),
                "lost or changed: {}\n{}",
                answer,
                written
            );
            first = Some(data);
            continue;
        };
        prop_assert!(
            &data == first,
            "{}\nis read as\n{:?}\nwanted\n{:?}",
            answer,
            data,
            first
        );
    }
    Ok(())
}

/// Replaces one integer of the tree by a text that is not an integer, and checks the errors.
fn check_errors<T: Answer>(tree: &Tree, choices: &Choices) -> Result<(), TestCaseError> {
    for (wrong, wanted) in [
        ("12a", "an integer"),
        (
            "99999999999999999999",
            "an integer between -2^63 and 2^63-1",
        ),
    ] {
        let mut tree = tree.clone();
        let Some(path) = tree.spoil(choices, wrong) else {
            return Ok(());
        };
        let found = match is_personal(T::SHAPE, &path) {
            true => "a personal value that is not shown".to_owned(),
            false => format!("{wrong:?}"),
        };
        let expected = format!("{path}: expected {wanted}, found {found}");
        for answer in renderings::<T>(&tree, choices) {
            match decode::<T>(answer.as_bytes()) {
                Ok(_) => prop_assert!(false, "taken: {}", answer),
                Err(error) => prop_assert_eq!(error.problem(), expected.as_str(), "{}", answer),
            }
        }
    }
    Ok(())
}

/// Whether the field at the path, or one around it, has personal data.
fn is_personal(mut shape: &'static Shape, path: &str) -> bool {
    for part in path.split('.') {
        let key = part.split('[').next().unwrap_or_default();
        let Some(field) = shape.field(key) else {
            return false;
        };
        if field.personal {
            return true;
        }
        match field.kind.shape() {
            Some(inner) => shape = inner,
            None => return false,
        }
    }
    false
}
