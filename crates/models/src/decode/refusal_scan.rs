//! Whether stored bytes hold a refusal, found by scanning, and by decoding only where the scan finds a candidate.

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

/// Whether some flag or code of the answer may have a value other than those of success. Where a name is written with
/// escapes, or a value in a way that is not looked at here, it may.
fn may_hold_refusal(bytes: &[u8]) -> bool {
    ends(bytes, ESCAPE).next().is_some()
        || (0..ROOTS.len()).any(|root| ends(bytes, root).any(|end| may_refuse(bytes, end)))
}

/// Where each occurrence of a root ends, or of [`ESCAPE`].
#[cfg(feature = "xml")]
fn ends(bytes: &[u8], wanted: usize) -> impl Iterator<Item = usize> {
    use memchr::memmem::Finder;
    use std::sync::LazyLock;

    // To prepare a search takes as long as to look through an answer.
    static FINDERS: LazyLock<[Finder<'static>; ESCAPE + 1]> =
        LazyLock::new(|| std::array::from_fn(|index| Finder::new(text(index))));
    let found = FINDERS[wanted].find_iter(bytes);
    found.map(move |at| at + text(wanted).len())
}

/// The same, more slowly: reading JSON alone needs no other crate.
#[cfg(not(feature = "xml"))]
fn ends(bytes: &[u8], wanted: usize) -> impl Iterator<Item = usize> {
    let wanted = text(wanted);
    let windows = bytes.windows(wanted.len()).enumerate();
    windows.filter_map(move |(at, window)| (window == wanted).then_some(at + wanted.len()))
}

/// What is looked for.
fn text(wanted: usize) -> &'static [u8] {
    ROOTS.get(wanted).copied().unwrap_or(b"\\u00")
}

/// The place of the escapes after those of the roots.
const ESCAPE: usize = ROOTS.len();

/// What each name of a flag or a code ends in, looked for because it is in few other places.
const ROOTS: [&[u8]; 3] = [b"uccess", b"ret", b"code"];

/// The same for what may be the name of a member and ends here.
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
    // What is between the marks around it; `None` if it begins in another way than values of success do.
    let value = || -> Option<String> {
        let blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'>' | b':');
        let start = after.iter().position(|byte| !blank(byte))?;
        let value = &after[start..];
        let ends =
            |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b',' | b'}' | b'<');
        let end = value.iter().position(ends)?;
        let begins_otherwise = end == 0 && value[0] == b'<' && value.get(1) != Some(&b'/');
        (!begins_otherwise).then(|| String::from_utf8_lossy(&value[..end]).into_owned())
    };
    if is_one_of(&FLAGS) {
        return value().is_none_or(|flag| flag != "true");
    }
    is_one_of(&CODES) && value().is_none_or(|code| !is_success(&code))
}

#[cfg(test)]
#[cfg(all(feature = "json", feature = "xml"))]
mod tests {
    use super::*;

    proptest::proptest! {
        /// The scan never misses what reading finds.
        #[test]
        fn the_quick_search_and_full_decoding_agree(
            flag in proptest::option::of(("success|ret|is_success|isSuccess|result_success|update_success", " ?", r#"true|false|"true"|"false"|"FALSE"|0|1|null|"""#)),
            code in proptest::option::of(("error_code|code|rsp_code|resp_code|result_code|err_code|sub_code|update_error_code|c\\\\u006fde", "[ \n]?", r#"0|200|405|"00"|"200"|"A_B"|""|null|-0|\{\}|"\\u0030""#)),
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
            value in "|true|false|0|200|405| 405 |<!\\[CDATA\\[405\\]\\]>|&#52;05",
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
