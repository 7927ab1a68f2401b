//! Arbitrary bytes: reading them returns a value or an error, without recursion and without much work.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod oracle;

use std::fs;
use std::path::Path;

use aliexpress_models::order_get::OrderGetAnswer;
use aliexpress_models::order_info::OrderInfoGetAnswer;
use aliexpress_models::{Answer, Form, decode, encode};
use proptest::prelude::*;

/// One answer of each API in every form.
fn answers() -> Vec<Vec<u8>> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/samples");
    let sample =
        |path: &str| fs::read(samples.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut answers = vec![sample("aliexpress.ds.order.create/answer.json")];
    let order = decode::<OrderGetAnswer>(&sample("aliexpress.trade.ds.order.get/answer.json"));
    let info =
        decode::<OrderInfoGetAnswer>(&sample("aliexpress.solution.order.info.get/answer.xml"));
    let order = order.expect("the sample decodes").outcome;
    let order = order.expect("the sample is not a refusal");
    let info = info.expect("the sample decodes").outcome;
    let info = info.expect("the sample is not a refusal");
    for form in [Form::SimplifiedJson, Form::FullJson, Form::Xml] {
        answers.push(encode(&order, "r", form).into_bytes());
        answers.push(encode(&info, "r", form).into_bytes());
    }
    answers
}

#[test]
fn answers_cut_at_any_byte_are_errors() {
    for answer in answers() {
        let whole = answer.trim_ascii_end();
        for length in 0..whole.len() {
            let cut = &whole[..length];
            assert!(decode::<OrderGetAnswer>(cut).is_err());
            assert!(decode::<OrderInfoGetAnswer>(cut).is_err());
        }
    }
}

fn answer() -> impl Strategy<Value = Vec<u8>> {
    proptest::sample::select(answers())
}

/// Bytes that are frequent in JSON and XML.
fn markup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        proptest::string::string_regex(r#"[<>/&;'"=?!\[\]\\{}:,.# \n\r\t0-9a-zé-]{1,6}"#)
            .unwrap_or_else(|error| panic!("{error}")),
        proptest::sample::select(vec![
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<?xml",
            "?>",
            "<!DOCTYPE ",
            "&amp;",
            "&#x41;",
            "&#0;",
            "<a>",
            "</a>",
            "<a/>",
            "<a b='>'>",
            "\"a\":",
            "\\u00e9",
            "\\ud83d\\ude00",
            "\\ud83d",
            "null",
            "true",
            "-0",
            "1e5",
            "\"request_id\"",
            "99999999999999999999",
            "{}",
            "[]",
            "</unknown>",
            "<unknown>",
            "\u{feff}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_follow_the_rules(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        oracle::envelope(&bytes);
        oracle::json(&bytes);
        oracle::xml(&bytes);
        oracle::tree(&bytes);
    }

    #[test]
    fn arbitrary_markup_follows_the_rules(bytes in markup()) {
        oracle::envelope(&bytes);
        oracle::json(&bytes);
        oracle::xml(&bytes);
        oracle::tree(&bytes);
    }

    #[test]
    fn an_answer_with_one_changed_byte_follows_the_rules(
        mut answer in answer(),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let place = place.index(answer.len());
        answer[place] = byte;
        oracle::envelope(&answer);
    }

    #[test]
    fn an_answer_with_inserted_markup_follows_the_rules(
        mut answer in answer(),
        place in any::<prop::sample::Index>(),
        markup in markup(),
    ) {
        let place = place.index(answer.len());
        answer.splice(place..place, markup);
        oracle::envelope(&answer);
    }
}

/// The fuzzers' initial inputs, and inputs that they found.
#[test]
fn the_inputs_of_the_fuzzers_follow_the_rules() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus");
    let mut read = 0;
    for folder in std::fs::read_dir(corpus).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            oracle::envelope(&bytes);
            oracle::json(&bytes);
            oracle::xml(&bytes);
            oracle::tree(&bytes);
            read += 1;
        }
    }
    assert!(read > 0);
}

/// Reads an answer so large that quadratic work would take minutes.
fn read(answer: &str) -> Result<OrderGetAnswer, String> {
    match decode::<OrderGetAnswer>(answer.as_bytes()) {
        Ok(envelope) => envelope.outcome.map_err(|error| error.to_string()),
        Err(error) => Err(error.problem()),
    }
}

const DEEP: usize = 100_000;

fn nested(open: &str, inside: &str, close: &str) -> String {
    [&open.repeat(DEEP), inside, &close.repeat(DEEP)].concat()
}

#[test]
fn deep_nesting_does_not_recurse() {
    let deep = nested("[", "1", "]");
    let members = nested(r#"{"a":"#, "1", "}");
    for value in [&deep, &members] {
        read(&format!(r#"{{"unknown":{value},"result":{{}}}}"#)).unwrap();
        let problem = read(&format!(r#"{{"result":{{"child_order_list":{value}}}}}"#)).unwrap_err();
        assert!(problem.starts_with("result.child_order_list"), "{problem}");
        assert!(read(value).is_err());
    }
    let elements = nested("<a>", "1", "</a>");
    let key = OrderGetAnswer::KEY;
    read(&format!(
        "<{key}><unknown>{elements}</unknown><result/></{key}>"
    ))
    .unwrap();
    let beside = format!("<order_status>FINISH</order_status>{elements}");
    read(&format!("<{key}><result>{beside}</result></{key}>")).unwrap();
    assert!(read(&elements).is_err());
    assert!(read(&format!("<{key}>{}", "<result>".repeat(DEEP))).is_err());
}

#[test]
fn deep_nesting_of_known_keys_is_an_error() {
    let key = "child_order_list";
    let problem = read(&format!(
        r#"{{"result":{}}}"#,
        nested(&format!(r#"{{"{key}":"#), "1", "}")
    ));
    assert!(
        problem
            .unwrap_err()
            .contains("expected at most 128 levels, found more")
    );
    let xml = nested(&format!("<{key}>"), "1", &format!("</{key}>"));
    let root = OrderGetAnswer::KEY;
    assert!(read(&format!("<{root}><result>{xml}</result></{root}>")).is_err());
}

#[test]
fn a_list_of_ten_megabytes_is_read() {
    const CHILDREN: usize = 50_000;
    let name = "n".repeat(170);
    let json = format!(
        r#"{{"result":{{"child_order_list":[{}{{}}]}}}}"#,
        format!(r#"{{"product_id":1,"x":{{}},"product_name":"{name}"}},"#).repeat(CHILDREN - 1)
    );
    assert_eq!(children(&read(&json).unwrap()), CHILDREN);
    let root = OrderGetAnswer::KEY;
    let child = format!(
        "<aeop_child_order_info><product_name>{name}</product_name></aeop_child_order_info>"
    );
    let xml = format!(
        "<{root}><result><child_order_list>{}</child_order_list></result></{root}>",
        child.repeat(CHILDREN)
    );
    assert_eq!(children(&read(&xml).unwrap()), CHILDREN);
}

fn children(answer: &OrderGetAnswer) -> usize {
    answer
        .result
        .as_ref()
        .map_or(0, |order| order.child_order_list.len())
}

#[test]
fn repeated_keys_with_equal_values_are_one_and_with_others_an_error() {
    let same = r#""order_status":"FINISH","#.repeat(DEEP);
    read(&format!(
        r#"{{"result":{{{same}"order_status":"FINISH"}}}}"#
    ))
    .unwrap();
    let problem = read(&format!(r#"{{"result":{{{same}"order_status":"NEW"}}}}"#));
    assert_eq!(
        problem.unwrap_err(),
        "result.order_status: expected one value, found another one"
    );
    let objects = r#""result":{},"#.repeat(2);
    assert_eq!(
        read(&format!(r#"{{{objects}"code":"0"}}"#)).unwrap_err(),
        "result: expected one object, found more than one"
    );
}

#[test]
fn many_unknown_keys_in_place_of_a_list_are_compared_once() {
    let text = "x".repeat(100);
    for value in [
        format!(r#""{text}""#),
        format!(r#"{{"product_name":"{text}"}}"#),
    ] {
        let keys = (0..DEEP).map(|key| format!(r#""key{key}":{value},"#));
        let keys: String = keys.collect();
        let problem = read(&format!(
            r#"{{"result":{{"child_order_list":{{{keys}"z":{value}}}}}}}"#
        ));
        let problem = problem.unwrap_err();
        assert!(problem.contains("\"key0\""), "{problem}");
    }
}

#[test]
fn entity_attacks_are_refused() {
    let root = OrderGetAnswer::KEY;
    let bomb = format!(
        "<!DOCTYPE {root} [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>
        <{root}><result><order_status>&b;</order_status></result></{root}>"
    );
    assert_eq!(
        read(&bomb).unwrap_err(),
        "expected a document type definition without declarations, found some"
    );
    let external =
        format!("<!DOCTYPE {root} SYSTEM \"file:///etc/passwd\"><{root}><result/></{root}>");
    read(&external).unwrap();
    let unknown = format!("<{root}><result><order_status>&b;</order_status></result></{root}>");
    assert_eq!(
        read(&unknown).unwrap_err(),
        "result.order_status: expected a character or predefined entity, found \"&b;\""
    );
    assert!(read(&format!("<{root}>&{}", "&".repeat(DEEP))).is_err());
    assert!(read(&format!("<{root} {}", "'\"".repeat(DEEP))).is_err());
    assert!(read(&format!("<{root}>{}", "<!-- --".repeat(DEEP))).is_err());
    assert!(read(&format!("<{root}>{}", "<![CDATA[]".repeat(DEEP))).is_err());
}
