//! What can still be told from an answer that cannot be read as a whole.
//!
//! These are searches in bytes: the answer may be cut short, be of another shape than documented, or
//! be no JSON or XML at all. What they find are hints for people and for a later look, nothing to act
//! upon by itself.

/// The value behind the first `request_id`, in JSON or XML.
pub(crate) fn request_id(body: &[u8]) -> Option<String> {
    let value = behind(body, b"request_id")?;
    let end = value.iter().position(|byte| !is_of_id(*byte))?;
    // An id that runs into the end may have been cut.
    let id = std::str::from_utf8(value.get(..end)?).ok()?;
    ((1..=64).contains(&id.len()) && id != "null").then(|| id.to_owned())
}

/// The whole numbers behind every `order_list`, as far as their ends came, each once. Names are also found where JSON
/// writes their characters as `\u005f`.
pub(crate) fn order_ids(body: &[u8]) -> Vec<i64> {
    const NAME: &[u8] = b"order_list";
    let plain = without_escapes(body);
    let mut ids = Vec::new();
    let mut rest = &plain[..];
    while let Some(start) = find(rest, NAME) {
        let closes = is_closing_tag(&rest[..start]);
        rest = &rest[start + NAME.len()..];
        if closes {
            continue;
        }
        for id in list_of_ids(rest) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    ids
}

/// Whether the name that comes next is that of a closing tag.
fn is_closing_tag(before: &[u8]) -> bool {
    let name = before.iter().rev();
    let mut around = name.skip_while(|byte| is_of_id(**byte) || **byte == b':');
    around.next() == Some(&b'/') && around.next() == Some(&b'<')
}

/// The numbers of the list that begins here.
fn list_of_ids(mut rest: &[u8]) -> Vec<i64> {
    let mut ids = Vec::new();
    // Before the first number stands no comma, and between two of them no colon.
    let mut stop = b',';
    while let Some(first) = rest.iter().position(u8::is_ascii_digit) {
        if ends_list(&rest[..first], stop) {
            break;
        }
        stop = b':';
        rest = &rest[first..];
        let Some(end) = rest.iter().position(|byte| !byte.is_ascii_digit()) else {
            // A number that runs into the end may have been cut.
            break;
        };
        ids.extend(number(&rest[..end]));
        rest = &rest[end..];
    }
    ids
}

/// The text with every `\u00XX` as the character that it stands for.
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

/// Whether the list ended before the next digits, which then belong to something else.
fn ends_list(between: &[u8], stop: u8) -> bool {
    let ends = [b']', b'}', stop];
    between.iter().any(|byte| ends.contains(byte)) || find(between, b"</order_list").is_some()
}

/// What comes after a name, behind the punctuation of JSON or XML.
fn behind<'a>(body: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let rest = &body[find(body, name)? + name.len()..];
    let value = rest.iter().position(|byte| is_of_id(*byte))?;
    // Between the name and a plain value is nothing but this.
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
    use super::*;

    #[track_caller]
    fn check_ids(body: &str, expected: &[i64]) {
        assert_eq!(order_ids(body.as_bytes()), expected, "{body}");
    }

    #[test]
    fn ids_are_found_in_every_shape() {
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
    fn every_list_is_looked_at() {
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

    #[test]
    fn nothing_else_is_taken_for_an_id() {
        check_ids(r#""order_list":[],"x":12}"#, &[]);
        check_ids("<order_list></order_list><x>9</x>", &[]);
        check_ids(r#"{"order_list":null,"code":5}"#, &[]);
        check_ids(r#"{"order_list":12,"is_success":true,"code":5}"#, &[12]);
        check_ids(r#""order_list":[0, 99999999999999999999, 7]"#, &[7]);
        check_ids(r#"{"result":{"is_success":true}}"#, &[]);
        check_ids("", &[]);
    }

    #[test]
    fn a_number_at_the_cut_is_left_out() {
        check_ids(r#""order_list":[81, 8190439"#, &[81]);
        check_ids("<order_list><number>8190439", &[]);
    }

    #[track_caller]
    fn check_request_id(body: &str, expected: Option<&str>) {
        assert_eq!(request_id(body.as_bytes()).as_deref(), expected, "{body}");
    }

    #[test]
    fn request_ids_are_found_unless_cut() {
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
