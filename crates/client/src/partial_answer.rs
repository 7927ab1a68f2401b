//! What can still be extracted from an answer that could not be decoded, or not completely.
//!
//! If the whole answer is JSON or XML, its tree is searched. Otherwise it was cut short or is
//! something else, and its bytes are searched. The results are hints for people and for a later
//! check, not proof.

use aliexpress_models::order_create::OrderCreateAnswer;
use aliexpress_models::raw::{self, Value};
use aliexpress_models::{Field, Layout, Shaped as _, list_layout};

/// The first `request_id`, in JSON or XML.
pub(crate) fn request_id(body: &[u8]) -> Option<String> {
    match raw::parse(body) {
        Ok(tree) => {
            let mut found = None;
            walk(&tree, &mut |name, value| {
                if name == "request_id" && found.is_none() {
                    found = value.scalar().map(std::borrow::Cow::into_owned);
                }
            });
            found.filter(|id| is_id(id))
        }
        Err(_) => request_id_among(body),
    }
}

/// The integers in every list of order ids, without repetitions.
pub(crate) fn order_ids(body: &[u8]) -> Vec<i64> {
    let mut ids = Vec::new();
    match raw::parse(body) {
        Ok(tree) => walk(&tree, &mut |name, value| match value {
            _ if is_order_list(name.as_bytes()) => add_numbers(value, &mut ids),
            // Some services embed one answer as text in another.
            Value::Text(text) => ids.extend(order_ids_among(text.as_bytes(), End::Whole)),
            _ => {}
        }),
        Err(_) => ids = order_ids_among(body, End::MaybeCut),
    }
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(*id));
    ids
}

/// Names of lists of order ids, from the models and derived from those names. Lower case, without
/// separators.
const ORDER_LISTS: [&[u8]; 6] = [
    b"orderlist",
    b"orderids",
    b"orderidlist",
    b"tradeorderids",
    b"tradeorderidlist",
    b"parentorderids",
];

/// Whether a name, in snake or camel case and with or without an XML prefix, is that of a list of
/// order ids.
fn is_order_list(name: &[u8]) -> bool {
    let name = name.rsplit(|byte| *byte == b':').next().unwrap_or_default();
    let letters = || {
        let letters = name.iter().filter(|byte| **byte != b'_');
        letters.map(u8::to_ascii_lowercase)
    };
    ORDER_LISTS
        .iter()
        .any(|list| letters().eq(list.iter().copied()))
}

/// Visits every member of every object, and every element of a list without a name.
fn walk<'v>(value: &'v Value, see: &mut impl FnMut(&'v str, &'v Value)) {
    let mut open = vec![("", value)];
    while let Some((name, value)) = open.pop() {
        see(name, value);
        match value {
            Value::Object(members) => {
                open.extend(members.iter().rev().map(|(name, value)| (&**name, value)));
            }
            Value::List(elements) => open.extend(elements.iter().rev().map(|value| ("", value))),
            _ => {}
        }
    }
}

/// The numbers of an `order_list` in any of its shapes. If it can be read in several ways, those of
/// its first member that has any.
fn add_numbers(value: &Value, ids: &mut Vec<i64>) {
    match value {
        Value::List(elements) => elements.iter().for_each(|value| add_numbers(value, ids)),
        Value::Object(members) => add_first_members(value, members, ids),
        scalar => ids.extend(numbers_in(&scalar.scalar().unwrap_or_default())),
    }
}

/// The numbers of all members with the first name that has any. The wrapper's name is tried first.
///
/// No member is read twice: in nested objects, the time would double with every level.
fn add_first_members(value: &Value, members: &[(Box<str>, Value)], ids: &mut Vec<i64>) {
    let layout = documented_list().map(|field| list_layout(field, value));
    let inner = match layout {
        Some(Layout::Wrapped(inner)) => Some(inner),
        _ => None,
    };
    let is_inner = |name: &str| inner == Some(name);
    let before = ids.len();
    for (_, value) in members.iter().filter(|(name, _)| is_inner(name)) {
        add_numbers(value, ids);
    }
    if ids.len() > before {
        return;
    }
    let mut found = None;
    for (name, value) in members.iter().filter(|(name, _)| !is_inner(name)) {
        if found.is_none_or(|found| found == name) {
            add_numbers(value, ids);
        }
        if ids.len() > before {
            found.get_or_insert(name);
        }
    }
}

/// The integers in a scalar: `81`, `81.0`, or a list as text, `81,82` or `[81,82]`.
fn numbers_in(scalar: &str) -> Vec<i64> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '[' | ']' | '"');
    let parts = scalar.split(is_between);
    let ids = parts.filter_map(|part| {
        let whole = match part.split_once('.') {
            Some((whole, zeros)) if zeros.bytes().all(|byte| byte == b'0') => whole,
            _ => part,
        };
        whole.parse::<i64>().ok().filter(|id| *id > 0)
    });
    ids.collect()
}

/// The list as described by the model of the API that creates orders.
fn documented_list() -> Option<&'static Field> {
    let result = OrderCreateAnswer::SHAPE.field("result")?;
    result.kind.shape()?.field("order_list")
}

fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(is_of_id) && id != "null"
}

/// The value after the first `request_id` in these bytes.
fn request_id_among(body: &[u8]) -> Option<String> {
    let value = behind(body, b"request_id")?;
    let end = value.iter().position(|byte| !is_of_id(*byte))?;
    // An id at the end of the bytes may have been cut off.
    let id = std::str::from_utf8(value.get(..end)?).ok()?;
    is_id(id).then(|| id.to_owned())
}

/// The integers after every name of a list of order ids in these bytes, up to where they are
/// complete. Names are also recognised where JSON escapes their characters as `\u005f`.
fn order_ids_among(body: &[u8], ends: End) -> Vec<i64> {
    let plain = without_escapes(body);
    let mut search = Search {
        may_be_cut: ends == End::MaybeCut,
        ..Search::default()
    };
    let mut rest = &plain[..];
    while let Some(byte) = rest.first() {
        let length = match is_of_name(*byte) {
            true => search.word(rest),
            false => search.mark(*byte),
        };
        rest = &rest[length..];
    }
    search.ids
}

/// What is known about the end of the bytes.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// The bytes may end in the middle of a number.
    MaybeCut,
    /// The bytes are complete.
    Whole,
}

/// A search for lists of order ids among bytes, in one pass.
#[derive(Default)]
struct Search {
    ids: Vec<i64>,
    may_be_cut: bool,
    /// Whether a list has begun whose first number was not read yet. No comma precedes that number.
    awaits_first: bool,
    /// Whether a list has begun and a number of it was read. No colon is between two numbers of a
    /// list.
    has_number: bool,
    /// Whether the next word is in a closing tag.
    is_closing: bool,
    /// The previous byte; 0 if it was part of a word.
    last: u8,
}

impl Search {
    /// Reads a byte that belongs to no word. Returns its length.
    fn mark(&mut self, byte: u8) -> usize {
        match byte {
            b']' | b'}' => self.end_list(),
            b',' => self.awaits_first = false,
            b':' => self.has_number = false,
            _ => {}
        }
        let is_closing = byte == b'/' && self.last == b'<';
        let is_inside_tag = self.is_closing && matches!(byte, b':' | b'-');
        self.is_closing = is_closing || is_inside_tag;
        self.last = byte;
        1
    }

    /// Reads a word: the name of a list, or one that may contain numbers. Returns its length.
    fn word(&mut self, rest: &[u8]) -> usize {
        let end = rest.iter().position(|byte| !is_of_name(*byte));
        let word = &rest[..end.unwrap_or(rest.len())];
        self.last = 0;
        match (is_order_list(word), self.is_closing) {
            (true, true) => self.end_list(),
            (true, false) => self.awaits_first = true,
            (false, true) => {}
            (false, false) => self.numbers_in(word, self.may_be_cut && end.is_none()),
        }
        word.len()
    }

    /// Reads the numbers in a word. If the word may have been cut off, its last number is ignored.
    fn numbers_in(&mut self, word: &[u8], may_be_cut: bool) {
        let mut parts = word.split(|byte| !byte.is_ascii_digit()).peekable();
        while let Some(digits) = parts.next() {
            let is_cut = may_be_cut && parts.peek().is_none();
            if digits.is_empty() || is_cut || !(self.awaits_first || self.has_number) {
                continue;
            }
            self.ids.extend(number(digits));
            (self.awaits_first, self.has_number) = (false, true);
        }
    }

    fn end_list(&mut self) {
        (self.awaits_first, self.has_number) = (false, false);
    }
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The text with every `\u00XX` decoded.
fn without_escapes(body: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    const ESCAPE: &[u8] = b"\\u00";
    if find(body, ESCAPE).is_none() {
        return body.into();
    }
    let mut plain = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(start) = find(rest, ESCAPE) {
        let digits = rest.get(start + 4..start + 6);
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        plain.extend_from_slice(&rest[..start]);
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                rest = &rest[start + 6..];
            }
            None => {
                plain.extend_from_slice(ESCAPE);
                rest = &rest[start + ESCAPE.len()..];
            }
        }
    }
    plain.extend_from_slice(rest);
    plain.into()
}

fn number(digits: &[u8]) -> Option<i64> {
    let id = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (id > 0).then_some(id)
}

/// What follows a name and the punctuation of JSON or XML.
fn behind<'a>(body: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let rest = &body[find(body, name)? + name.len()..];
    let value = rest.iter().position(|byte| is_of_id(*byte))?;
    // Only these characters may be between a name and a plain value.
    let punctuation = b"\":>' \t\r\n\\";
    let near = rest[..value].iter().all(|byte| punctuation.contains(byte));
    near.then(|| &rest[value..])
}

fn is_of_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn find(body: &[u8], name: &[u8]) -> Option<usize> {
    body.windows(name.len()).position(|window| window == name)
}

#[cfg(test)]
mod tests {
    use aliexpress_models::Kind;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check_ids(body: &str, expected: &[i64]) {
        assert_eq!(order_ids(body.as_bytes()), expected, "{body}");
    }

    #[test]
    fn order_ids_are_found_in_every_form_of_the_list() {
        check_ids(
            r#"{"result":{"order_list":[1000000000,2]},"request_id":"3"}"#,
            &[1_000_000_000, 2],
        );
        check_ids(
            r#""order_list":{"number":[8190439416163295]},"x":4"#,
            &[8_190_439_416_163_295],
        );
        check_ids(r#""order_list" : [ "12" , "13" ], "x": 5"#, &[12, 13]);
        check_ids(r#""order_list":12,"is_success":true}"#, &[12]);
        check_ids(
            "<order_list><number>12</number><number>13</number></order_list><x>9</x>",
            &[12, 13],
        );
        check_ids(r#"{\"order_list\":[12]}"#, &[12]);
    }

    #[test]
    fn order_ids_are_collected_from_every_list() {
        check_ids(
            r#"{"code":"7","msg":"see order_list","result":{"is_success":true,"order_list":[81]}}"#,
            &[81],
        );
        check_ids(
            r#""error_msg":"order_list: created","order_list":[81]"#,
            &[81],
        );
        check_ids(
            r#"{"order_list":[],"a":{"order_list":{"number":[82,81]}},"order_list":[81]}"#,
            &[82, 81],
        );
        check_ids(
            r#"{"order\u005flist":[81],"\u006Frder_list":82}"#,
            &[81, 82],
        );
        check_ids(r#"{"order_list":[],"x":"\u00zz\u00"}"#, &[]);
    }

    /// A complete answer is read as a tree, in which texts are not lists.
    #[test]
    fn complete_answers_are_read_as_trees() {
        check_ids(
            r#"{"order_list":{"other":[1],"number":[81,82]}}"#,
            &[81, 82],
        );
        check_ids(r#"{"order_list":{"number":81,"other":1}}"#, &[81]);
        check_ids(r#"{"order_list":[{"order_id":"81","count":2}]}"#, &[81]);
        check_ids(
            "<a><order_list list=\"true\"><number> 81 </number></order_list></a>",
            &[81],
        );
        check_ids(r#"{"data":"{\"order_list\":[81]}"}"#, &[81]);
        check_ids(r#"{"sub_msg":"see order_list 81"}"#, &[81]);
        check_ids(r#"{"sub_msg":"see order_list 81""#, &[81]);
        check_ids(r#"{"sub_msg":"see order_list 81"#, &[]);
        check_ids(
            r#"{"order_list":"","note":"order_list is empty, code 5"}"#,
            &[],
        );
        check_ids(
            r#"{"a":[[{"order_list":[81]}]],"order_list":[-1,0,8.5,81]}"#,
            &[81],
        );
    }

    #[test]
    fn order_ids_are_found_in_every_spelling_of_the_answer() {
        for (list, expected) in [
            (r#""order_list":"81,82""#, &[81, 82][..]),
            (r#""order_list":"[81, \"82\"]""#, &[81, 82]),
            (r#""order_list":[81.0]"#, &[81]),
            (r#""order_list":{"total":0,"order_id":[81]}"#, &[81]),
            (
                r#""order_list":{"number":[],"x":{"y":[{"n":null,"z":"81"}]}}"#,
                &[81],
            ),
            (r#""orderList":[81]"#, &[81]),
            (r#""OrderList":{"long":81}"#, &[81]),
            (r#""order_list":"no order 5 was made""#, &[5]),
            (r#""order_list":"8.5, -3, none""#, &[]),
            (r#""pre_order_list":[81]"#, &[]),
        ] {
            check_ids(&format!(r#"{{"result":{{{list}}}}}"#), expected);
        }
        check_ids(
            "<a><b:order_list xmlns:b=\"c\"><b:n>81</b:n></b:order_list></a>",
            &[81],
        );
    }

    proptest! {
        /// For any cut after the list, any depth of nesting and any surrounding text.
        #[test]
        fn order_ids_before_a_cut_are_found(
            ids in vec(1..i64::MAX, 1..5),
            wrapped in any::<bool>(),
            cut in 0..38_usize,
        ) {
            let numbers = format!("{ids:?}");
            let list = if wrapped { format!(r#"{{"number":{numbers}}}"#) } else { numbers };
            let body = format!(r#"{{"result":{{"order_list":{list},"is_success":true}},"request_id":"r1"}}"#);
            let cut = &body[..body.len() - cut];
            let mut expected = ids.clone();
            expected.sort_unstable();
            expected.dedup();
            let mut found = order_ids(cut.as_bytes());
            found.sort_unstable();
            prop_assert_eq!(found, expected, "{}", cut);
        }
    }

    /// Each of these answers takes hours unless the time is linear in its length.
    #[test]
    fn the_search_takes_linear_time_for_any_answer() {
        const MANY: usize = 100_000;
        let ids = |from: usize| (from..from + MANY).map(|id| format!("{id},"));
        let unknown = (0..MANY).map(|key| format!(r#""key{key}":"{}","#, "x".repeat(40)));
        for (body, expected) in [
            ("order_list ".repeat(MANY), 0),
            ("order_list:".repeat(MANY), 0),
            ("</order_list".repeat(MANY), 0),
            ("order_list 7 ".repeat(MANY), 1),
            (format!(r#"{{"x":"{}"}}"#, "order_list ".repeat(MANY)), 0),
            (
                format!(r#"{{"order_list":[{}"#, ids(1).collect::<String>()),
                MANY,
            ),
            (
                format!(r#"{{"order_list":[{}0]}}"#, ids(1).collect::<String>()),
                MANY,
            ),
            (
                format!(
                    r#"{{"order_list":{{{}"n":[81]}}}}"#,
                    unknown.collect::<String>()
                ),
                1,
            ),
        ] {
            assert_eq!(order_ids(body.as_bytes()).len(), expected, "{:.40}", body);
        }
    }

    #[test]
    fn the_search_takes_linear_time_for_any_nesting() {
        for name in ["number", "x", "order_list"] {
            let open = format!(r#"{{"{name}":"#).repeat(120);
            let close = "}".repeat(120);
            check_ids(&format!(r#"{{"order_list":{open}null{close}}}"#), &[]);
            check_ids(&format!(r#"{{"order_list":{open}81{close}}}"#), &[81]);
        }
    }

    /// Every list of order ids in the models of all APIs has one of the known names.
    #[test]
    fn the_models_have_no_other_names_for_lists_of_order_ids() {
        fn see(shape: &'static aliexpress_models::Shape, names: &mut Vec<&'static str>, depth: u8) {
            for field in shape.fields {
                let is_ids = matches!(field.kind, Kind::Integers | Kind::Texts);
                let squeezed = field.key.replace('_', "").to_ascii_lowercase();
                let is_named_so = squeezed == "orderlist"
                    || ["orderids", "orderidlist"]
                        .iter()
                        .any(|end| squeezed.ends_with(end));
                if is_ids && is_named_so && !names.contains(&field.key) {
                    names.push(field.key);
                }
                if let Some(inner) = field.kind.shape().filter(|_| depth < 12) {
                    see(inner, names, depth + 1);
                }
            }
        }
        let mut names = Vec::new();
        for api in aliexpress_models::APIS {
            see(api.answer, &mut names, 0);
        }
        assert!(names.contains(&"order_list"), "{names:?}");
        for name in names {
            check_ids(&format!(r#"{{"result":{{"{name}":[81]}}}}"#), &[81]);
            check_ids(&format!(r#""{name}":[81,"#), &[81]);
        }
    }

    /// All names of lists, in each spelling and format.
    #[test]
    fn a_list_in_a_cut_answer_is_found_under_each_of_its_names() {
        for name in [
            "order_list",
            "orderList",
            "OrderList",
            "order_ids",
            "orderIds",
            "order_id_list",
            "trade_order_ids",
            "tradeOrderIdList",
            "order\\u005fids",
            "a:order_list",
        ] {
            check_ids(
                &format!(r#"{{"result":{{"is_success":true,"{name}":[81,82],"err"#),
                &[81, 82],
            );
            check_ids(
                &format!(r#"{{"data":"{{\"{name}\":[81,82],\"err"#),
                &[81, 82],
            );
            let tag = name.replace("\\u005f", "_");
            check_ids(
                &format!("<r><{tag}><number>81</number><number>82</number></{tag}><code>5</code"),
                &[81, 82],
            );
        }
        for name in [
            "pre_order_list",
            "out_order_id",
            "order_listing",
            "orders",
            "order_line_ids",
        ] {
            check_ids(&format!(r#"{{"result":{{"{name}":[81,82],"err"#), &[]);
        }
    }

    #[test]
    fn other_numbers_are_not_taken_for_order_ids() {
        check_ids(r#""order_list":[],"x":12}"#, &[]);
        check_ids("<order_list></order_list><x>9</x>", &[]);
        check_ids(r#"{"order_list":null,"code":5}"#, &[]);
        check_ids(r#"{"order_list":12,"is_success":true,"code":5}"#, &[12]);
        check_ids(r#""order_list":[0, 99999999999999999999, 7]"#, &[7]);
        check_ids(r#"{"result":{"is_success":true}}"#, &[]);
        check_ids("", &[]);
    }

    #[test]
    fn a_number_at_the_end_of_a_cut_answer_is_left_out() {
        check_ids(r#""order_list":[81, 8190439"#, &[81]);
        check_ids("<order_list><number>8190439", &[]);
    }

    #[track_caller]
    fn check_request_id(body: &str, expected: Option<&str>) {
        assert_eq!(request_id(body.as_bytes()).as_deref(), expected, "{body}");
    }

    #[test]
    fn request_ids_are_found_unless_they_are_cut() {
        check_request_id(
            r#"{"request_id":"0ba2887315178178017221014"}"#,
            Some("0ba2887315178178017221014"),
        );
        check_request_id("<request_id>15e8x</request_id>", Some("15e8x"));
        check_request_id(r#"{"request_id":"0ba28873151"#, None);
        check_request_id(r#"{"request_id":null,"x":"abcdefgh"}"#, None);
        check_request_id("<html>", None);
    }
}
