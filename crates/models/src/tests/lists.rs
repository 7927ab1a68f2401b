//! Lists under inner names.

use super::*;

/// Checks that the list is the same in JSON and in XML.
#[track_caller]
fn check_numbers(json: &str, xml: &str, expected: &[i64]) {
    let root = ThingAnswer::KEY;
    let forms = [
        format!(r#"{{"result":{{"id":1,"numbers":{json}}}}}"#),
        format!("<{root}><result><id>1</id><numbers>{xml}</numbers></result></{root}>"),
    ];
    for form in forms {
        let numbers: Vec<i64> = read(&form).numbers.iter().map(|id| id.0).collect();
        assert_eq!(numbers, expected, "{form}");
    }
}

#[test]
fn the_documented_inner_name_has_priority_in_any_position() {
    let (other, number) = ("<other>1</other>", "<number>2</number><number>3</number>");
    check_numbers(
        r#"{"other":[1],"number":[2,3]}"#,
        &[other, number].concat(),
        &[2, 3],
    );
    check_numbers(
        r#"{"number":[2,3],"other":[1]}"#,
        &[number, other].concat(),
        &[2, 3],
    );
    check_numbers(r#"{"whatever":[4]}"#, "<whatever>4</whatever>", &[4]);
}

#[test]
fn a_wrapper_of_any_name_is_read_and_two_wrappers_are_an_error() {
    let parts = |list: &str| {
        let thing = read(&format!(r#"{{"result":{{"id":1,"parts":{list}}}}}"#));
        thing
            .parts
            .iter()
            .map(|part| part.count.unwrap_or_default())
            .collect::<Vec<_>>()
    };
    for list in [
        r#"{"ae_part":[{"count":1},{"count":2}]}"#,
        r#"{"total":2,"ae_part":[{"count":1},{"count":2}]}"#,
        r#"{"ae_part":[{"count":1},{"count":2}],"total":2,"empty":""}"#,
        r#"{"count":7,"thing_part":[{"count":1},{"count":2}]}"#,
        r#"[{"count":1},{"count":2}]"#,
        // A list of elements under the name of an element's scalar field.
        r#"{"count":[{"count":1},{"count":2}]}"#,
    ] {
        assert_eq!(parts(list), [1, 2], "{list}");
    }
    for list in [
        r#"{"ae_part":{"count":1}}"#,
        r#"{"count":1}"#,
        r#"{"count":1,"new_tags":["a"],"new_object":{"x":1}}"#,
    ] {
        assert_eq!(parts(list), [1], "{list}");
    }
    check_problem(
        r#"{"parts":{"count":2,"ae_part":[{"count":1}]}}"#,
        r#"result.parts: expected a list, found what may be an element with "count" or a list under "ae_part""#,
    );
    check_problem(
        r#"{"parts":{"one":[{"count":1}],"two":[{"count":1}]}}"#,
        r#"result.parts: expected a list, found what may be a list under "one" or a list under "two""#,
    );
}
