//! The peak heap use of reading, as a multiple of the answer's size.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use aliexpress_models::raw::{decode_raw, parse};
use aliexpress_models::{Api, DecodeError, drift};

const ORDER: &str = "aliexpress.trade.ds.order.get";
const INFO: &str = "aliexpress.solution.order.info.get";

/// The number of bytes that any small answer may take.
const FREE: u64 = 40 << 20;

/// The peak heap use of decoding an answer, of comparing it with its model, and of reading it without one.
fn peaks(api: &str, answer: &str) -> [(&'static str, u64); 3] {
    let api = Api::find(api).unwrap();
    let peak = |work: &dyn Fn()| allocation_counter::measure(work).bytes_max;
    let bytes = answer.as_bytes();
    [
        ("decode", peak(&|| drop(api.decode(bytes)))),
        ("drift", peak(&|| drop(drift(bytes, api)))),
        ("decode_raw", peak(&|| drop(decode_raw(bytes)))),
    ]
}

/// Reads an answer and checks its peak heap use.
#[track_caller]
fn check(api: &str, answer: &str) -> Result<(), DecodeError> {
    for (work, peak) in peaks(api, answer) {
        let bound = 12 * answer.len() as u64 + FREE;
        assert!(peak <= bound, "{work}: {peak} bytes for {}", answer.len());
    }
    let api = Api::find(api).unwrap();
    api.decode(answer.as_bytes()).map(drop)
}

const ELEMENTS: usize = 50_000;

fn repeated(before: &str, element: &str, after: &str) -> String {
    [before, &element.repeat(ELEMENTS), after].concat()
}

#[test]
fn lists_of_empty_elements_are_limited() {
    let children = r#"{"result":{"child_order_list":["#;
    let error = check(ORDER, &repeated(children, "{},", "{}]}}")).unwrap_err();
    assert_eq!(
        error.expected(),
        Some("a list that takes little more memory than the answer")
    );
    let wide = r#"{"result":{"data":{"child_order_list":["#;
    check(INFO, &repeated(wide, "{},", "{}]}}}")).unwrap_err();
    let root = "aliexpress_solution_order_info_get_response";
    let xml = repeated(
        &format!("<{root}><result><data><child_order_list>"),
        "<global_aeop_tp_child_order_dto/>",
        &format!("</child_order_list></data></result></{root}>"),
    );
    check(INFO, &xml).unwrap_err();
}

/// 16 MiB of very small elements, in an answer of the largest size that a client accepts by default.
#[test]
fn the_largest_answers_take_no_more_than_twelve_times_their_size() {
    const SIZE: usize = 16 << 20;
    for (before, element, after) in [
        (r#"{"result":{"child_order_list":["#, "{},", "{}]}}"),
        (r#"{"result":{"child_order_list":["#, "[[]],", "{}]}}"),
        (r#"{"result":{"child_order_list":["#, "1,", "1]}}"),
        (
            r#"{"result":{"child_order_list":{"#,
            r#""":1,"#,
            r#""":1}}}"#,
        ),
        (r#"{"result":{"x":["#, "[],", "1]}}"),
        (r#"{"result":{"x":["#, "1,", "1]}}"),
        (r#"{"result":{"x":["#, r#""","#, "1]}}"),
        (r#"{"result":{"#, r#""":{},"#, r#""":1}}"#),
    ] {
        let count = (SIZE - before.len() - after.len()) / element.len();
        let answer = [before, &element.repeat(count), after].concat();
        for (work, peak) in peaks(ORDER, &answer) {
            let bound = 12 * answer.len() as u64;
            assert!(peak <= bound, "{work} of {element}: {peak} bytes");
        }
    }
}

#[test]
fn unknown_fields_take_little_memory() {
    for element in ["[0],", r#"{"":0},"#, "{},", r#""","#] {
        let unknown = repeated(
            r#"{"result":{"order_status":"FINISH","x":["#,
            element,
            "0]}}",
        );
        check(ORDER, &unknown).unwrap();
    }
    check(ORDER, &repeated("{", r#""":0,"#, r#""result":{}}"#)).unwrap();
}

#[test]
fn long_lists_of_realistic_orders_are_read() {
    let name = "a bottle that keeps cold what is cold, 750 ml, blue".repeat(2);
    let child = format!(
        r#"{{"product_name":"{name}","product_count":1,"product_id":1005001234567890,"sku_id":12000012345678}},"#
    );
    check(
        ORDER,
        &repeated(r#"{"result":{"child_order_list":["#, &child, "{}]}}"),
    )
    .unwrap();
}

/// For any repeated content, the tree takes less than twelve times the answer's size, or the answer is refused.
#[test]
fn trees_take_less_than_twelve_times_the_size_of_the_answer() {
    let nested = ["[".repeat(100), "]".repeat(100), ",".to_owned()].concat();
    let elements = [
        "{},",
        "[],",
        "[[]],",
        "[[[]]],",
        &nested,
        "1,",
        "12345678901234567890,",
        r#""","#,
        r#""a","#,
        r#""abcdefghijklmnopqrstuvwxy","#,
        r#"{"":0},"#,
        r#"{"a":0},"#,
        r#"{"a":"b"},"#,
        r#"{"a":{"b":["c"]}},"#,
        "null,",
        "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17],",
    ];
    let answers = elements
        .iter()
        .map(|element| format!("[{}0]", element.repeat((4 << 20) / element.len())))
        .chain([
            format!("{{{}\"z\":0}}", r#""a":1,"#.repeat(700_000)),
            format!("<a>{}</a>", "<b/>".repeat(1_000_000)),
            format!("<a>{}</a>", "<b>1</b>".repeat(500_000)),
        ]);
    for answer in answers {
        let mut is_read = false;
        let reading = allocation_counter::measure(|| {
            is_read = decode_raw(answer.as_bytes()).is_ok();
        });
        let mut peak = reading.bytes_max;
        // The drift report reads the same tree, and continues only if that succeeds.
        if is_read {
            let comparing = allocation_counter::measure(|| {
                drop(drift(answer.as_bytes(), Api::find(ORDER).unwrap()));
            });
            peak = peak.max(comparing.bytes_max);
        }
        let start: String = answer.chars().take(40).collect();
        assert!(
            peak <= 12 * answer.len() as u64,
            "{start}: {peak} bytes for {}",
            answer.len()
        );
    }
}

/// Compares the peak heap use of an answer's tree with that of serde_json's `Value` of the same answer.
#[test]
fn trees_take_less_memory_than_those_of_serde_json() {
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/samples");
    for file in [
        "aliexpress.trade.ds.order.get/answer.json",
        "aliexpress.ds.product.get/guide_answer.json",
        "aliexpress.ds.freight.query/guide_answer.json",
    ] {
        let Ok(sample) = std::fs::read_to_string(format!("{samples}/{file}")) else {
            panic!("cannot read {file}");
        };
        let answer = format!("[{}]", vec![sample.as_str(); 20].join(","));
        let peak = |work: &dyn Fn()| allocation_counter::measure(work).bytes_max;
        let value = peak(&|| drop(serde_json::from_str::<serde_json::Value>(&answer)));
        let tree = peak(&|| drop(parse(answer.as_bytes())));
        println!(
            "{file}: {} bytes, tree {tree}, serde_json::Value {value}",
            answer.len()
        );
        assert!(tree * 10 <= value * 9, "{file}: {tree} of {value}");
    }
}
