//! Finds a refusal in stored bytes by scanning them, and decodes only if the scan finds a candidate.

use super::untyped::decode_raw;
use crate::envelope::is_success;
use crate::refusal::BusinessRefusal;
use crate::refusal_keys::{CODES, FLAGS};

/// The refusal in a stored answer, as
/// [`Value::business_refusal`](crate::raw::Value::business_refusal) finds it; `None` if there is none,
/// if the bytes are not an answer, or if they are a refusal by the gateway.
///
/// The answer is decoded only if a quick search finds a member that may express a refusal.
pub fn business_refusal(bytes: &[u8]) -> Option<BusinessRefusal> {
    if !may_hold_refusal(bytes) {
        return None;
    }
    let data = decode_raw(bytes).ok()?.outcome.ok()?;
    data.business_refusal()
}

/// Whether a flag or code of the answer may have a value that does not mean success. If a name is written with escapes,
/// or a value in a way that the scan does not read, it may.
fn may_hold_refusal(bytes: &[u8]) -> bool {
    ends(bytes, ESCAPE).next().is_some()
        || (0..ROOTS.len()).any(|root| ends(bytes, root).any(|end| may_refuse(bytes, end)))
}

/// The end of each occurrence of a root, or of [`ESCAPE`].
#[cfg(feature = "xml")]
fn ends(bytes: &[u8], wanted: usize) -> impl Iterator<Item = usize> {
    use memchr::memmem::Finder;
    use std::sync::LazyLock;

    // Preparing a search takes as long as scanning an answer, so it is done once.
    static FINDERS: LazyLock<[Finder<'static>; ESCAPE + 1]> =
        LazyLock::new(|| std::array::from_fn(|index| Finder::new(text(index))));
    let found = FINDERS[wanted].find_iter(bytes);
    found.map(move |at| at + text(wanted).len())
}

/// The same, more slowly, because a build for JSON alone has no dependencies.
#[cfg(not(feature = "xml"))]
fn ends(bytes: &[u8], wanted: usize) -> impl Iterator<Item = usize> {
    let wanted = text(wanted);
    let windows = bytes.windows(wanted.len()).enumerate();
    windows.filter_map(move |(at, window)| (window == wanted).then_some(at + wanted.len()))
}

/// The text with this index in [`ROOTS`], or the beginning of an escape.
fn text(wanted: usize) -> &'static [u8] {
    ROOTS.get(wanted).copied().unwrap_or(b"\\u00")
}

/// The index of the escape, after those of the roots.
const ESCAPE: usize = ROOTS.len();

/// The endings of the names of flags and codes. They are searched because they rarely occur elsewhere.
const ROOTS: [&[u8]; 3] = [b"uccess", b"ret", b"code"];

/// Whether the name that ends here is that of a flag or code, and its value may express a refusal.
fn may_refuse(bytes: &[u8], end: usize) -> bool {
    let (before, after) = bytes.split_at(end);
    let is_end = |byte: &u8| matches!(byte, b'"' | b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n');
    if !after.first().is_some_and(is_end) {
        return false;
    }
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let length = before.iter().rev().take_while(|byte| is_of_name(byte));
    let name = &before[end - length.count()..];
    let is_one_of = |names: &[&str]| names.iter().any(|known| known.as_bytes() == name);
    let is_flag = is_one_of(&FLAGS);
    if !is_flag && !is_one_of(&CODES) {
        return false;
    }
    match value(after) {
        Found::Value(value) if is_flag => value != "true",
        Found::Value(value) => !is_success(value),
        Found::Unclear => true,
        Found::NoMember => false,
    }
}

/// What follows a name.
enum Found<'a> {
    /// A value, as decoding would return it.
    Value(&'a str),
    /// A value that only decoding can determine.
    Unclear,
    /// No value: the name is part of a text.
    NoMember,
}

/// Returns what follows the name that ends here.
fn value(after: &[u8]) -> Found<'_> {
    let plain = match after {
        [b'"', rest @ ..] => match rest.trim_ascii_start() {
            [b':', rest @ ..] => match rest.trim_ascii_start() {
                [b'"', text @ ..] => plain_until(text, |byte| byte == b'"'),
                value => plain_until(value, |byte| {
                    byte.is_ascii_whitespace() || matches!(byte, b',' | b'}')
                }),
            },
            _ => return Found::NoMember,
        },
        [b'>', text @ ..] => {
            let (text, rest) = plain_until(text, |byte| byte == b'<').unwrap_or_default();
            rest.starts_with(b"</").then_some((text, rest))
        }
        _ => None,
    };
    plain.map_or(Found::Unclear, |(value, _)| Found::Value(value))
}

/// The bytes before the first that ends them, and the rest; `None` if one of them may represent another character.
fn plain_until(bytes: &[u8], is_end: fn(u8) -> bool) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|byte| is_end(*byte))?;
    let (value, rest) = bytes.split_at(end);
    let is_plain = |byte: &u8| !matches!(byte, b'\\' | b'&');
    let value = std::str::from_utf8(value).ok();
    let value = value.filter(|value| value.bytes().all(|byte| is_plain(&byte)));
    Some((value?, rest))
}

#[cfg(test)]
#[cfg(all(feature = "json", feature = "xml"))]
mod tests {
    use super::*;

    proptest::proptest! {
        /// The scan misses nothing that decoding finds.
        #[test]
        fn the_quick_search_and_full_decoding_agree(
            flag in proptest::option::of(("success|ret|is_success|isSuccess|result_success|update_success", " ?", r#"true|false|"true"|"false"|"FALSE"|0|1|null|"""#)),
            code in proptest::option::of(("error_code|code|rsp_code|resp_code|result_code|err_code|sub_code|update_error_code|c\\\\u006fde", "[ \n]?", r#"0|200|405|"00"|"200"|"A_B"|""|null|-0|"200 OK"|"0,5"|"0\\}"|" 0 "|"0\t"|0.00|"true "|\{\}|"\\u0030""#)),
            around in "|result|resp_result",
            data in "|,\"data\":\\{\"id\":1\\}|,\"text\":\"\\\\\"code\\\\\":7\"",
        ) {
            let mut members = String::new();
            for (name, blank, value) in [flag, code].into_iter().flatten() {
                members += &format!("\"{name}\"{blank}:{blank}{value},");
            }
            let inner = format!("{{{members}\"request_id\":\"r\"{data}}}");
            let answer = match around.is_empty() {
                true => inner,
                false => format!("{{\"{around}\":{inner}}}"),
            };
            let read = decode_raw(answer.as_bytes()).ok().and_then(|envelope| envelope.outcome.ok());
            let read = read.and_then(|data| data.business_refusal());
            proptest::prop_assert_eq!(business_refusal(answer.as_bytes()), read, "{}", answer);
        }

        #[test]
        fn the_quick_search_and_full_decoding_agree_on_xml(
            name in "success|ret|code|rsp_code|error_code",
            value in "|true|false|0|200|405| 405 |200 OK|0,5|0<!-- -->7|4<!\\[CDATA\\[05\\]\\]>|<!\\[CDATA\\[405\\]\\]>|&#52;05|0&#52;",
            attribute in "| a=\"b\"",
        ) {
            let answer = format!("<a_b_response><{name}{attribute}>{value}</{name}></a_b_response>");
            let read = decode_raw(answer.as_bytes()).ok().and_then(|envelope| envelope.outcome.ok());
            let read = read.and_then(|data| data.business_refusal());
            proptest::prop_assert_eq!(business_refusal(answer.as_bytes()), read, "{}", answer);
        }
    }

    #[test]
    fn every_member_name_contains_a_searched_root() {
        for name in FLAGS.iter().chain(&CODES) {
            let found = |root: &&[u8]| name.as_bytes().ends_with(root);
            assert!(ROOTS.iter().any(found), "{name}");
        }
    }
}
