//! Whether an answer says no, and in which words.

use std::fmt;

use super::{CODES, FLAGS, MESSAGES, may_say_no};
use crate::envelope::is_success;
use crate::raw::Value;
use crate::{ApiError, Shaped as _};

/// Members that hold others of these.
const AROUND: [&str; 2] = ["result", "resp_result"];

/// A refusal by an API inside a successful answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BusinessRefusal {
    /// The API's code, such as `1001` or `DELIVERY_INFO_EMPTY`, if it gives one.
    pub code: Option<String>,
    /// The API's message, if it gives one.
    pub message: Option<String>,
    /// The path of the member that expresses the refusal, such as `result.ret`.
    pub path: String,
}

impl fmt::Display for BusinessRefusal {
    /// Code and message in one line, shortened and escaped.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(formatter, "code {}", crate::text::shown(code))?,
            None => write!(formatter, "{} says no", self.path)?,
        }
        match &self.message {
            Some(message) => write!(formatter, " {}", crate::text::quoted(message)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for BusinessRefusal {}

impl Value {
    /// The refusal in the data of an answer; `None` if there is none.
    ///
    /// The value is an answer's data without its envelope. A refusal has one of four forms: a
    /// `rsp_code` other than 200 without a result, a `resp_result.resp_code` other than 200, a
    /// `success`, `ret` or `is_success` that is false, or a `code` at the top level without data.
    /// Zero and 200 mean success, as numbers and as text.
    pub fn business_refusal(&self) -> Option<BusinessRefusal> {
        self.refusal_at("", 0)
    }

    fn refusal_at(&self, path: &str, depth: usize) -> Option<BusinessRefusal> {
        let members = self.members()?;
        let joined = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        let flag = FLAGS.iter().find(|name| {
            let flag = self.get(name).and_then(|flag| flag.boolean().ok());
            flag == Some(false)
        });
        if let Some(flag) = flag {
            return Some(self.refusal(joined(flag)));
        }
        let code = |name: &str| {
            let code = self.get(name)?.scalar()?;
            (!is_success(&code)).then(|| joined(name))
        };
        if path == "resp_result"
            && let Some(path) = code("resp_code")
        {
            return Some(self.refusal(path));
        }
        let is_data = |(key, value): &(Box<str>, Value)| {
            !may_say_no(key) && !belongs_to_the_envelope(key) && holds(value)
        };
        // Beside data, and beside a flag that says yes, a code is no refusal.
        let says_yes = FLAGS.iter().any(|name| self.get(name).is_some());
        if !says_yes && !members.iter().any(is_data) {
            let refusing = CODES.iter().find_map(|name| code(name));
            if let Some(path) = refusing {
                return Some(self.refusal(path));
            }
        }
        if depth == 2 {
            return None;
        }
        AROUND
            .iter()
            .find_map(|name| self.get(name)?.refusal_at(&joined(name), depth + 1))
    }

    fn refusal(&self, path: String) -> BusinessRefusal {
        let texts = |names: &'static [&str]| {
            let texts = names.iter().filter_map(|name| self.get(name)?.scalar());
            let texts = texts.map(|text| text.trim_ascii().to_owned());
            texts.filter(|text| !text.is_empty())
        };
        // Beside the code of a refusal, the envelope's own code may say that the call went well.
        let refusing = texts(&CODES).find(|code| !is_success(code));
        BusinessRefusal {
            code: refusing.or_else(|| texts(&CODES).next()),
            message: texts(&MESSAGES).next(),
            path,
        }
    }
}

/// The refusal in a stored answer, as [`Value::business_refusal`] finds it; `None` if there is
/// none, if the bytes are not an answer, or if they are a refusal by the gateway.
///
/// The answer is decoded only if a quick search finds a member that may express a refusal.
pub fn business_refusal(bytes: &[u8]) -> Option<BusinessRefusal> {
    if !may_hold_refusal(bytes) {
        return None;
    }
    let data = crate::raw::decode_raw(bytes).ok()?.outcome.ok()?;
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
    // What is between the marks around it; `None` where it begins in another way than values of success do.
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

/// Whether an object holds data of an API, whether known to a model or not, beside what envelopes are made of.
pub(crate) fn has_data(value: &Value) -> bool {
    let members = value.members().unwrap_or_default();
    members
        .iter()
        .any(|(key, value)| !belongs_to_the_envelope(key) && holds(value))
}

/// Whether an envelope has a member of this name around the data of whatever API.
fn belongs_to_the_envelope(key: &str) -> bool {
    ApiError::SHAPE.field(key).is_some()
}

/// Whether a value holds anything at all.
fn holds(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(_, value)| holds(value)),
        Value::List(elements) => elements.iter().any(holds),
        other => !other.is_nothing(),
    }
}

#[cfg(test)]
#[cfg(all(feature = "json", feature = "xml"))]
mod tests {
    use crate::raw::decode_raw;

    #[track_caller]
    fn check(data: &str, expected: Option<(&str, &str, &str)>) {
        let xml = data.starts_with('<');
        let full = match xml {
            true => format!("<a_b_response>{data}</a_b_response>"),
            false => format!(r#"{{"a_b_response":{data}}}"#),
        };
        let value = decode_raw(full.as_bytes()).unwrap().outcome.unwrap();
        let refusal = value.business_refusal();
        let found = refusal.as_ref().map(|refusal| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            (
                refusal.path.clone(),
                text(&refusal.code),
                text(&refusal.message),
            )
        });
        let expected = expected
            .map(|(path, code, message)| (path.to_owned(), code.to_owned(), message.to_owned()));
        assert_eq!(found, expected, "{data}");
    }

    #[test]
    fn the_four_forms_of_a_business_refusal_are_recognised() {
        let not_found = Some(("rsp_code", "605", "ITEM_ID_NOT_FOUND"));
        check(
            r#"{"rsp_code":605,"rsp_msg":"ITEM_ID_NOT_FOUND","request_id":"r"}"#,
            not_found,
        );
        check(
            r#"{"rsp_code":"605","rsp_msg":"ITEM_ID_NOT_FOUND","result":{}}"#,
            not_found,
        );
        check(
            "<rsp_code>605</rsp_code><rsp_msg>ITEM_ID_NOT_FOUND</rsp_msg><result/>",
            not_found,
        );
        check(
            r#"{"resp_result":{"resp_code":405,"resp_msg":"The result is empty"}}"#,
            Some(("resp_result.resp_code", "405", "The result is empty")),
        );
        check(
            r#"{"result":{"success":false,"code":501,"msg":"DELIVERY_INFO_EMPTY"}}"#,
            Some(("result.success", "501", "DELIVERY_INFO_EMPTY")),
        );
        check(
            r#"{"result":{"ret":"false","code":"1001","msg":"TRACKING DATA NOT FOUND"}}"#,
            Some(("result.ret", "1001", "TRACKING DATA NOT FOUND")),
        );
        check(
            r#"{"result":{"is_success":false,"error_code":"A","error_msg":"B","order_list":[]}}"#,
            Some(("result.is_success", "A", "B")),
        );
        check(
            r#"{"code":"NGSELECTION_SEARCH_ERROR","msg":"x"}"#,
            Some(("code", "NGSELECTION_SEARCH_ERROR", "x")),
        );
        check(
            r#"{"code":"0","rsp_code":605,"rsp_msg":"ITEM_ID_NOT_FOUND"}"#,
            not_found,
        );
        // The members of a refusal by the gateway are no data inside an answer either.
        check(
            r#"{"code":"15","msg":"Remote service error","sub_code":"isp.x","sub_msg":"y"}"#,
            Some(("code", "15", "Remote service error")),
        );
        check(
            r#"{"sub_code":"isp.x","sub_msg":"y","code":"0"}"#,
            Some(("sub_code", "isp.x", "y")),
        );
        check(
            r#"{"code":405,"success":false}"#,
            Some(("success", "405", "")),
        );
    }

    proptest::proptest! {
        /// The glance never misses what reading finds.
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
            proptest::prop_assert_eq!(super::business_refusal(answer.as_bytes()), read, "{}", answer);
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
            proptest::prop_assert_eq!(super::business_refusal(answer.as_bytes()), read, "{}", answer);
        }
    }

    #[test]
    fn every_member_name_contains_a_searched_root() {
        for name in super::super::FLAGS.iter().chain(&super::super::CODES) {
            let found = |root: &&[u8]| name.as_bytes().ends_with(root);
            assert!(super::ROOTS.iter().any(found), "{name}");
        }
    }

    #[test]
    fn success_is_not_a_refusal() {
        for data in [
            r#"{"rsp_code":200,"rsp_msg":"Call succeeds","result":{"a":1}}"#,
            r#"{"rsp_code":"200","result":{}}"#,
            r#"{"resp_result":{"resp_code":200,"result":{"a":1}}}"#,
            r#"{"code":"00","data":{"a":1}}"#,
            r#"{"code":"0","request_id":"r"}"#,
            r#"{"result":{"success":true,"code":200}}"#,
            r#"{"result":{"is_success":"true","error_code":"PARM_ILLEGL","order_list":[1]}}"#,
            // Beside data the API's codes are its own.
            r#"{"result":{"error_code":"7","data":{"id":1}}}"#,
            r#"{"result":{"a":1},"rsp_code":"F100"}"#,
            r#"{"result":{}}"#,
            "{}",
        ] {
            check(data, None);
        }
    }

    #[test]
    fn a_refusal_is_one_line() {
        let value = decode_raw(br#"{"result":{"ret":false,"code":"1001\n","msg":"\u001b[31m"}}"#);
        let refusal = value.unwrap().outcome.unwrap().business_refusal().unwrap();
        assert_eq!(refusal.to_string(), r#"code 1001 "\u{1b}[31m""#);
    }
}
