//! The shapes of the platform's answers, on a small answer that has every kind of field.

mod drift_reports;
mod lists;
mod personal;
mod refusals;

use crate::record::record;
use crate::scalars::{codes, flags, id};
use crate::{Answer, Api, Call, Form, PacificTime, Request, decode, drift, encode, encode_error};

id! { /// Names a thing.
    ThingId(i64)
}
id! { /// Names a part.
    PartName(String)
}
codes! { /// How a thing is.
    State {
        /// New.
        New = "NEW",
        /// Old.
        Old = "OLD",
    }
}
flags! { /// What to say of a thing.
    Details {
        /// Its parts.
        PARTS = 1,
        /// Its owner.
        OWNER = 2,
    }
}

#[derive(Clone, Default)]
struct ThingAnswer {
    result: Option<Thing>,
}

record!(ThingAnswer {
    0: "result" => record(Thing) result;
});

impl Answer for ThingAnswer {
    const API: &'static str = "example.thing.get";
    const KEY: &'static str = "example_thing_get_response";
}

#[derive(Clone, Default)]
struct Thing {
    id: ThingId,
    state: Option<State>,
    made: Option<PacificTime>,
    fine: Option<bool>,
    owner: Option<String>,
    details: Option<Details>,
    numbers: Vec<ThingId>,
    words: Vec<String>,
    parts: Vec<Part>,
}

record!(Thing {
    0: "id" => integer id .required();
    1: "state" => text state;
    2: "made" => text made;
    3: "fine" => boolean fine;
    4: "owner" => text owner .personal();
    5: "details" => integer details;
    6: "numbers" => integers numbers .inner_unproven("number");
    7: "words" => texts words .inner_unproven("string");
    8: "parts" => records(Part) parts .inner("thing_part");
});

#[derive(Clone, Default)]
struct Part {
    name: Option<PartName>,
    count: Option<i64>,
    price: Option<Price>,
}

record!(Part {
    0: "name" => text name;
    1: "count" => integer count;
    2: "price" => record(Price) price;
});

#[derive(Clone, Default)]
struct Price {
    amount: Option<String>,
}

record!(Price {
    0: "amount" => text amount .alias("amount_str");
});

fn thing() -> Thing {
    Thing {
        id: ThingId(80_000_116_680_785_810),
        state: Some(State::New),
        fine: Some(true),
        owner: Some("Ann & Bob".to_owned()),
        numbers: vec![ThingId(1), ThingId(2)],
        words: vec!["a".to_owned()],
        parts: vec![Part {
            name: Some(PartName::from("bolt")),
            count: Some(3),
            price: Some(Price {
                amount: Some("0.50".to_owned()),
            }),
        }],
        ..Thing::default()
    }
}

#[track_caller]
fn read(answer: &str) -> Thing {
    let envelope = decode::<ThingAnswer>(answer.as_bytes()).unwrap();
    envelope.outcome.unwrap().result.unwrap()
}

#[track_caller]
fn problem(answer: &str) -> String {
    decode::<ThingAnswer>(answer.as_bytes())
        .unwrap_err()
        .problem()
}

#[test]
fn every_form_is_read_as_the_same_value() {
    let forms = [
        // Simplified.
        r#"{"result":{"id":80000116680785810,"state":"NEW","fine":true,"owner":"Ann & Bob","numbers":[1,2],
            "words":["a"],"parts":[{"name":"bolt","count":3,"price":{"amount":"0.50"}}]},"code":"0","request_id":"r"}"#,
        // Full.
        r#"{"example_thing_get_response":{"result":{"id":80000116680785810,"state":"NEW","fine":true,
            "owner":"Ann & Bob","numbers":{"number":[1,2]},"words":{"string":["a"]},
            "parts":{"thing_part":[{"name":"bolt","count":3,"price":{"amount":"0.50"}}]}},"request_id":"r"}}"#,
        // Values in another type, a wrapper around one object, an object as an array of one.
        r#"{"unknown":[{"a":{}}],"result":{"id":" 80000116680785810 ","state":"NEW","fine":"1","owner":"Ann & Bob",
            "numbers":{"number":["1",2]},"words":{"string":"a"},"more":null,
            "parts":{"thing_part":{"count":"3","name":"bolt","price":[{"amount_str":0.50,"x":1}]}}}}"#,
        // A single element without a list, unknown keys before it.
        r#"{"result":{"words":"a","numbers":[1,"2"],"owner":"Ann \u0026 Bob","fine":1,"state":"NEW",
            "id":"80000116680785810","parts":{"x":1,"price":{"amount":"0.50"},"name":"bolt","count":3}}}"#,
        // XML as the platform prints it, then with everything else that it could contain.
        "<example_thing_get_response><result><id>80000116680785810</id><state>NEW</state><fine>true</fine>
            <owner>Ann &amp; Bob</owner><numbers><number>1</number><number>2</number></numbers>
            <words><string>a</string></words><parts><thing_part><name>bolt</name><count>3</count>
            <price><amount>0.50</amount></price></thing_part></parts></result>
            <request_id>r</request_id></example_thing_get_response>",
        "\u{feff}<?xml version=\"1.0\"?><!-- x --><example_thing_get_response a='b'><result>
            <id>80000116680785810</id><details/><state><![CDATA[NEW]]></state><fine> 1 </fine><unknown><a>1</a></unknown>
            <owner>Ann <!-- and -->&#38; Bob</owner><numbers list=\"true\">1</numbers><numbers>2</numbers>
            <words>a</words><parts list=\"true\"><thing_part x='1'><price><amount_str>0.50</amount_str></price>
            <count>3</count><name>bolt</name></thing_part></parts></result></example_thing_get_response>",
    ];
    for form in forms {
        assert_eq!(read(form), thing(), "{form}");
    }
}

#[test]
fn all_spellings_of_no_value_are_read_as_none() {
    let expected = Thing::default();
    let forms = [
        r#"{"result":{}}"#,
        r#"{"result":{"id":null,"state":null,"fine":null,"owner":null,"numbers":null,"words":null,"parts":null}}"#,
        r#"{"result":{"id":"","state":"","fine":"","owner":"","numbers":"","words":"","parts":""}}"#,
        r#"{"result":{"numbers":[],"words":{},"parts":{"thing_part":[]}}}"#,
        "<example_thing_get_response><result><id/><owner></owner><parts> </parts></result></example_thing_get_response>",
    ];
    for form in forms {
        assert_eq!(read(form), expected, "{form}");
    }
}

#[test]
fn a_wrong_value_is_reported_in_the_same_way_in_json_and_xml() {
    let json = r#"{"result":{"parts":[{"count":1},{"count":1},{"count":"12a"}]}}"#;
    let full = r#"{"example_thing_get_response":{"result":{"parts":{"thing_part":[{},{},{"count":"12a"}]}}}}"#;
    let xml = "<example_thing_get_response><result><parts><thing_part/><thing_part><count>1</count></thing_part>
        <thing_part><count>12a</count></thing_part></parts></result></example_thing_get_response>";
    for answer in [json, full, xml] {
        assert_eq!(
            problem(answer),
            r#"result.parts[2].count: expected an integer, found "12a""#
        );
    }
}

#[track_caller]
fn check_problem(result: &str, expected: &str) {
    assert_eq!(problem(&format!(r#"{{"result":{result}}}"#)), expected);
}

#[test]
fn values_that_do_not_fit_the_model_are_errors() {
    check_problem(
        r#"{"parts":[{"price":[{"amount":"1"},{"amount":"2"}]}]}"#,
        "result.parts[0].price: expected one object, found more than one",
    );
    check_problem(
        r#"{"id":99999999999999999999}"#,
        "result.id: expected an integer between -2^63 and 2^63-1, found 99999999999999999999",
    );
    check_problem(r#"{"id":1.5}"#, "result.id: expected an integer, found 1.5");
    check_problem(
        r#"{"id":true}"#,
        "result.id: expected an integer, found true",
    );
    check_problem(
        r#"{"fine":"yes"}"#,
        r#"result.fine: expected a boolean, found "yes""#,
    );
    check_problem(
        r#"{"state":["NEW"]}"#,
        "result.state: expected a text, found an array",
    );
    check_problem(
        r#"{"state":{"a":1}}"#,
        "result.state: expected a text, found an object",
    );
    check_problem(
        r#"{"numbers":{"number":[1,"x"]}}"#,
        r#"result.numbers[1]: expected an integer, found "x""#,
    );
    check_problem(
        r#"{"parts":"none"}"#,
        "result.parts: expected a list, found a text",
    );
    check_problem(
        r#"{"parts":[[{}]]}"#,
        "result.parts[0]: expected an object, found an array",
    );
    check_problem(
        r#"{"parts":{"other":1}}"#,
        r#"result.parts: expected a list, found an object with the unknown key "other""#,
    );
    check_problem(
        r#"{"state":"NEW","state":"OLD"}"#,
        "result.state: expected one value, found another one",
    );
    check_problem(
        r#"{"owner":"canary","owner":"a canary"}"#,
        "result.owner: expected one value, found another one",
    );
    check_problem(
        r#"{"owner":"a","owner":"a""#,
        "expected `,` or `}`, found the end of the text",
    );
}

#[test]
fn long_numbers_in_texts_keep_every_digit() {
    let thing = read(r#"{"result":{"owner":123456789012345678901234567890.10,"words":[1e400]}}"#);
    assert_eq!(
        thing.owner.as_deref(),
        Some("123456789012345678901234567890.10")
    );
    assert_eq!(thing.words, ["1e400"]);
}

#[test]
fn unknown_codes_and_times_are_kept_unchanged() {
    let answer = r#"{"result":{"id":1,"state":"BROKEN","made":"soon","details":19}}"#;
    let thing = read(answer);
    assert_eq!(thing.state, Some(State::Other("BROKEN".to_owned())));
    let written = serde_json::to_string(&ThingAnswer {
        result: Some(thing),
    })
    .unwrap();
    assert_eq!(written, answer);
}

#[test]
fn refusals_are_read_as_values() {
    let forms = [
        r#"{"error_response":{"code":"15","type":"ISP","sub_code":"isv.a","sub_msg":"b","msg":"c","request_id":"r","_trace_id_":"t"}}"#,
        r#"{"code":15,"type":"ISP","sub_code":"isv.a","sub_msg":"b","message":"c","request_id":"r","_trace_id_":"t"}"#,
        "<error_response><code>15</code><type>ISP</type><msg>c</msg><sub_code>isv.a</sub_code><sub_msg>b</sub_msg>
            <request_id>r</request_id><_trace_id_>t</_trace_id_></error_response>",
    ];
    for form in forms {
        let envelope = decode::<ThingAnswer>(form.as_bytes()).unwrap();
        let error = envelope.outcome.unwrap_err();
        assert_eq!(error.to_string(), r#"code 15 "c", sub-code isv.a "b""#);
        assert_eq!(envelope.request_id.as_deref(), Some("r"));
        assert_eq!(envelope.trace_id.as_deref(), Some("t"));
    }
}

#[track_caller]
fn check_error(answer: &[u8], expected: &str) {
    assert_eq!(
        decode::<ThingAnswer>(answer).unwrap_err().to_string(),
        expected
    );
}

#[test]
fn errors_describe_an_invalid_answer() {
    let start = "cannot decode the answer to example.thing.get at line 1 column 1: expected JSON or XML, found ";
    check_error(b"", &format!("{start}nothing"));
    check_error(b"<!DOCTYPE html><p>502", &format!("{start}an HTML page"));
    check_error(
        b"Bad Gateway",
        &format!("{start}11 bytes that begin with \"B\""),
    );
    check_error(
        b"{\"result\":\n{\"id\":\xff",
        "cannot decode the answer to example.thing.get at line 2 column 7: expected UTF-8, found byte 0xff",
    );
    check_error(
        br#"{"other_api_response":{}}"#,
        "cannot decode the answer to example.thing.get at line 1 column 23: expected `example_thing_get_response`, found `other_api_response`",
    );
    check_error(
        br#"{"status":"ok"}"#,
        "cannot decode the answer to example.thing.get at line 1 column 16: expected `example_thing_get_response`, `error_response` or a field of the answer, found none of them",
    );
    check_error(
        br#"{"result":{}} x"#,
        "cannot decode the answer to example.thing.get at line 1 column 15: expected the end of the text, found `x`",
    );
    check_error(
        b"<example_thing_get_response><result>",
        "cannot decode the answer to example.thing.get at line 1 column 37: result: expected `</result>`, found the end of the text",
    );
}

#[test]
fn debug_output_shows_values_and_hides_personal_data() {
    assert_eq!(
        format!("{:?}", thing()),
        "Thing { id: 80000116680785810, state: \"NEW\", fine: true, owner: [redacted], numbers: [1, 2], \
         words: [\"a\"], parts: [Part { name: \"bolt\", count: 3, price: Price { amount: \"0.50\" } }] }"
    );
    assert_eq!(
        format!("{:?}", Details::PARTS | Details::OWNER),
        "Details(3 = PARTS | OWNER)"
    );
}

#[test]
fn models_can_be_read_from_other_serde_formats() {
    let thing: Thing =
        serde_json::from_str(r#"{"id":"7","parts":{"thing_part":{"count":"2"}}}"#).unwrap();
    assert_eq!((thing.id, thing.parts[0].count), (ThingId(7), Some(2)));
    let error = serde_json::from_str::<Thing>(r#"{"parts":[{"count":[]}]}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "parts[0].count: expected an integer, found an array"
    );
}

#[test]
fn encoded_answers_of_every_form_decode_to_the_same_value() {
    let answer = ThingAnswer {
        result: Some(thing()),
    };
    for form in [Form::SimplifiedJson, Form::FullJson, Form::Xml] {
        let written = encode(&answer, "r", form);
        let envelope = decode::<ThingAnswer>(written.as_bytes()).unwrap();
        assert_eq!(envelope.outcome.as_ref(), Ok(&answer), "{written}");
        assert_eq!(envelope.request_id.as_deref(), Some("r"), "{written}");
    }
}

#[test]
fn refusals_are_encoded_in_every_form() {
    let error = decode::<ThingAnswer>(
        br#"{"error_response":{"code":"15","sub_code":"isv.a","msg":"<c>"}}"#,
    );
    let error = error.unwrap().outcome.unwrap_err();
    assert_eq!(
        encode_error(&error, Form::FullJson),
        r#"{"error_response":{"code":"15","msg":"<c>","sub_code":"isv.a"}}"#
    );
    assert_eq!(
        encode_error(&error, Form::Xml),
        "<error_response><code>15</code><msg>&lt;c&gt;</msg><sub_code>isv.a</sub_code></error_response>"
    );
    assert_eq!(
        crate::encode_system_error(&error),
        r#"{"code":"15","message":"<c>","sub_code":"isv.a"}"#
    );
}

#[derive(Clone, Default)]
struct ThingGet {
    query: Query,
    note: Option<String>,
    ids: Vec<ThingId>,
}

record!(ThingGet {
    0: "query" => record(Query) query .required();
    1: "note" => text note;
    2: "ids" => integers ids;
});

#[derive(Clone, Default)]
struct Query {
    id: ThingId,
    fine: Option<bool>,
    details: Option<Details>,
}

record!(Query {
    0: "id" => integer id .required() .written_as_text();
    1: "fine" => boolean fine .written_as_text();
    2: "details" => integer details;
});

impl Request for ThingGet {
    const API: &'static str = "example.thing.get";
    const CALL: Call = Call::new("other");
    type Answer = ThingAnswer;
}

#[test]
fn parameters_are_text_or_json_without_blank_values() {
    let mut request = ThingGet {
        query: Query {
            id: ThingId(7),
            fine: Some(false),
            details: Some(Details::ALL),
        },
        note: Some("  ".to_owned()),
        ids: Vec::new(),
    };
    let query = (
        "query",
        r#"{"id":"7","fine":"false","details":3}"#.to_owned(),
    );
    assert_eq!(request.params(), std::slice::from_ref(&query));
    request.note = Some("a b".to_owned());
    request.ids = vec![ThingId(1)];
    assert_eq!(
        request.params(),
        [query, ("note", "a b".to_owned()), ("ids", "[1]".to_owned())]
    );
}

const API: Api = Api::of::<ThingGet>();

#[test]
fn an_object_without_known_fields_is_not_the_answer() {
    check_problem(
        r#"{"is_success":true,"order_list":[1]}"#,
        "result: expected an object with a field of Thing, found one with none of them (an answer of another API?)",
    );
    check_problem(
        r#"{"id":1,"parts":[{"x":1}]}"#,
        "result.parts[0]: expected an object with a field of Part, found one with none of them \
         (an answer of another API?)",
    );
}

#[derive(Clone, Default)]
struct SearchAnswer {
    code: Option<String>,
    msg: Option<String>,
    data: Option<Thing>,
}

record!(SearchAnswer {
    0: "code" => text code;
    1: "msg" => text msg;
    2: "data" => record(Thing) data;
});

impl Answer for SearchAnswer {
    const API: &'static str = "example.search";
    const KEY: &'static str = "example_search_response";
}

#[test]
fn long_texts_are_shortened_and_unprintable_characters_escaped() {
    let digits = "9".repeat(5_000_000);
    let problem = problem(&format!(r#"{{"result":{{"id":{digits}}}}}"#));
    assert!(problem.len() < 400, "{}", problem.len());
    assert!(problem.ends_with("999… (5000000 bytes)"), "{problem}");
    check_problem(
        "{\"id\":\"a\\u001b[31m\\u009b\\u202e\\n\"}",
        r#"result.id: expected an integer, found "a\u{1b}[31m\u{9b}\u{202e}\n""#,
    );
}

#[test]
fn a_declared_encoding_other_than_utf_8_is_refused_and_named() {
    let body =
        "<example_thing_get_response><result><id>1</id></result></example_thing_get_response>";
    for encoding in ["UTF-8", "utf-8", "utf8", "US-ASCII", "ascii"] {
        let xml = format!("<?xml version=\"1.0\" encoding = '{encoding}'?>{body}");
        assert_eq!(read(&xml).id, ThingId(1), "{encoding}");
    }
    for encoding in ["GBK", "ISO-8859-1", "utf-16"] {
        let xml = format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>{body}");
        assert_eq!(
            problem(&xml),
            format!("expected UTF-8, found the encoding \"{encoding}\"")
        );
    }
    for mark in [b"\xFF\xFE", b"\xFE\xFF"] {
        let error = decode::<ThingAnswer>(&[mark, body.as_bytes()].concat()).unwrap_err();
        let problem = "expected UTF-8, found the encoding \"UTF-16\"";
        assert_eq!(error.problem(), problem);
    }
}

#[test]
fn a_negative_zero_is_read_as_zero() {
    for zero in ["-0", "\"-0\"", "0"] {
        let thing = read(&format!(r#"{{"result":{{"id":{zero},"owner":"a"}}}}"#));
        assert_eq!(thing.id, ThingId(0), "{zero}");
    }
    let thing = read(r#"{"result":{"owner":-0}}"#);
    assert_eq!(thing.owner.as_deref(), Some("-0"));
}

#[test]
fn an_api_is_recognised_by_its_envelope() {
    let name = |answer: &str| Api::recognise(answer.as_bytes()).map(|api| api.name);
    let key = "aliexpress_trade_ds_order_get_response";
    let expected = Some("aliexpress.trade.ds.order.get");
    assert_eq!(name(&format!(r#"{{"{key}":{{"result":{{}}}}}}"#)), expected);
    assert_eq!(name(&format!("<?xml version='1.0'?><{key}/>")), expected);
    assert_eq!(name(r#"{"result":{}}"#), None);
    assert_eq!(name(r#"{"error_response":{"code":"15"}}"#), None);
    assert_eq!(name("<html>"), None);
    assert_eq!(name(r#"{"no_such_api_response":{}}"#), None);
}

#[derive(Clone, Default)]
struct Loose {
    map: Option<crate::JsonText>,
    items: Vec<crate::JsonText>,
}

record!(Loose {
    0: "map" => text map .free();
    1: "items" => texts items .inner_unproven("item") .free();
});

impl Answer for Loose {
    const API: &'static str = "example.loose.get";
    const KEY: &'static str = "example_loose_get_response";
}

#[test]
fn undocumented_objects_are_kept_as_json() {
    for (answer, map, items) in [
        (
            r#"{"map":{"1000":{"a":[1,2.50]},"b":null},"items":[{"x":1},"t"]}"#,
            r#"{"1000":{"a":[1,2.50]},"b":null}"#,
            &[r#"{"x":1}"#, "t"][..],
        ),
        (
            r#"{"example_loose_get_response":{"map":[1],"items":{"item":[{"x":1}]}}}"#,
            "[1]",
            &[r#"{"x":1}"#],
        ),
        (r#"{"map":"text","items":[]}"#, "text", &[]),
        (
            "<example_loose_get_response><map><a>1</a><b>2</b></map></example_loose_get_response>",
            r#"{"a":"1","b":"2"}"#,
            &[],
        ),
    ] {
        let read = decode::<Loose>(answer.as_bytes()).unwrap().outcome.unwrap();
        assert_eq!(
            read.map.as_ref().map(crate::JsonText::as_str),
            Some(map),
            "{answer}"
        );
        assert_eq!(
            read.items
                .iter()
                .map(crate::JsonText::as_str)
                .collect::<Vec<_>>(),
            items,
            "{answer}"
        );
        for form in [Form::SimplifiedJson, Form::FullJson] {
            let written = encode(&read, "1", form);
            assert_eq!(
                decode::<Loose>(written.as_bytes()).unwrap().outcome,
                Ok(read.clone()),
                "{written}"
            );
        }
    }
    let read = decode::<Loose>(br#"{"map":{"k":[1]}}"#)
        .unwrap()
        .outcome
        .unwrap();
    assert!(encode(&read, "1", Form::SimplifiedJson).contains(r#""map":{"k":[1]}"#));
    assert_eq!(
        serde_json::to_string(&read).unwrap(),
        r#"{"map":{"k":[1]}}"#
    );
}

#[test]
fn other_readers_attributes_are_ignored_and_their_rounded_numbers_refused() {
    let thing: Thing = serde_json::from_str(
        r#"{"id":{"@type":"long","$text":"7"},"words":{"@list":"true"},"owner":{"@x":"1"}}"#,
    )
    .unwrap();
    assert_eq!((thing.id, thing.owner), (ThingId(7), None));
    assert!(thing.words.is_empty());
    // serde_json reads a number that is not a 64-bit integer as floating point.
    let error = serde_json::from_str::<Thing>(r#"{"owner":12345678901234567890123}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "owner: expected a text, found a personal value that is not shown"
    );
    serde_json::from_str::<Thing>(r#"{"id":7,"unknown":1e300}"#).unwrap();
}

#[test]
fn models_can_be_read_by_quick_xmls_serde_reader() {
    let xml = "<result><id kind='long'>7</id><owner>Ann &amp; Bob</owner><fine/><words list='true'>
        <string>a</string></words><parts><thing_part><count> 2 </count></thing_part></parts></result>";
    let thing: Thing = quick_xml::de::from_str(xml).unwrap();
    assert_eq!(
        (thing.id, thing.owner.as_deref()),
        (ThingId(7), Some("Ann & Bob"))
    );
    assert_eq!(thing.words, ["a"]);
    assert_eq!(thing.parts[0].count, Some(2));
}
