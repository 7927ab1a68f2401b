//! Errors about fields with personal data.

use super::*;

#[derive(Clone, Default)]
struct PersonAnswer {
    result: Option<Person>,
}

record!(PersonAnswer {
    0: "result" => record(Person) result;
});

impl Answer for PersonAnswer {
    const API: &'static str = "example.person.get";
    const KEY: &'static str = "example_person_get_response";
}

#[derive(Clone, Default)]
struct Person {
    number: Option<i64>,
    foreign: Option<bool>,
    numbers: Vec<i64>,
    name: Option<String>,
    count: Option<i64>,
}

record!(Person {
    0: "number" => integer number .personal();
    1: "foreign" => boolean foreign .personal();
    2: "numbers" => integers numbers .personal();
    3: "name" => text name .personal();
    4: "count" => integer count;
});

/// For any value in such a field, in both formats and for other serde readers.
#[test]
fn errors_do_not_show_personal_values() {
    let values = [
        r#""canary""#,
        "5550123.5",
        "55501239999999999999999",
        r#"{"canary":"canary","canary2":1}"#,
        r#"["canary"]"#,
        r#"[["canary"]]"#,
        r#"{"canary":["canary"]}"#,
    ];
    let mut errors = 0;
    for (field, value) in ["number", "foreign", "numbers", "name"]
        .into_iter()
        .flat_map(|field| values.map(|value| (field, value)))
    {
        let member = format!(r#"{{"{field}":{value}}}"#);
        let answer = format!(r#"{{"result":{member}}}"#);
        let Err(error) = decode::<PersonAnswer>(answer.as_bytes()) else {
            continue;
        };
        errors += 1;
        assert!(
            error.path().starts_with(&format!("result.{field}")),
            "{error}"
        );
        for shown in [format!("{error} {error:?} {}", error.problem()), {
            let error = serde_json::from_str::<Person>(&member).unwrap_err();
            format!("{error} {error:?}")
        }] {
            assert!(
                !shown.contains("canary") && !shown.contains("5550123"),
                "{shown}"
            );
        }
    }
    assert!(errors > 15, "{errors}");
    let xml = b"<example_person_get_response><result><number>canary</number></result></example_person_get_response>";
    let error = decode::<PersonAnswer>(xml).unwrap_err();
    assert_eq!(
        error.problem(),
        "result.number: expected an integer, found a personal value that is not shown"
    );
    // For other fields the error shows the value.
    let error = decode::<PersonAnswer>(br#"{"result":{"count":"two"}}"#).unwrap_err();
    assert_eq!(
        error.problem(),
        r#"result.count: expected an integer, found "two""#
    );
}
