//! Refusals by APIs inside a successful envelope.
//!
//! [`ApiError`](crate::ApiError) is a refusal by the gateway. These are refusals by the API itself:
//! the gateway accepted the call, a service ran and refused. Source: reports from live use.

use std::fmt;

use crate::envelope::{ApiError, is_success};
use crate::record::Shaped as _;
use crate::refusal_keys::{CODES, FLAGS, MESSAGES, may_express_refusal};
use crate::tree::Value;

/// Members that may contain a refusal in their object.
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
            None => write!(formatter, "{} reports a refusal", self.path)?,
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
            !may_express_refusal(key) && !belongs_to_the_envelope(key) && holds(value)
        };
        // Beside data, and beside a flag that means success, a code is not a refusal.
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
        // If the refusal has a code, the envelope's own code next to it may mean success.
        let refusing = texts(&CODES).find(|code| !is_success(code));
        BusinessRefusal {
            code: refusing.or_else(|| texts(&CODES).next()),
            message: texts(&MESSAGES).next(),
            path,
        }
    }
}

/// Whether an object contains data of an API, known to a model or not, in addition to the members of envelopes.
pub(crate) fn has_data(value: &Value) -> bool {
    let members = value.members().unwrap_or_default();
    members
        .iter()
        .any(|(key, value)| !belongs_to_the_envelope(key) && holds(value))
}

/// Whether a member with this name is part of an envelope, in any API.
fn belongs_to_the_envelope(key: &str) -> bool {
    ApiError::SHAPE.field(key).is_some()
}

/// Whether a value contains anything.
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
    use crate::decode::decode_raw;

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
        // The members of a gateway's refusal are not data inside an answer either.
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
            // Beside data, codes are the API's own.
            r#"{"result":{"error_code":"7","data":{"id":1}}}"#,
            r#"{"result":{"a":1},"rsp_code":"F100"}"#,
            r#"{"result":{}}"#,
            "{}",
        ] {
            check(data, None);
        }
    }

    #[test]
    fn a_refusal_is_printed_in_one_line() {
        let value = decode_raw(br#"{"result":{"ret":false,"code":"1001\n","msg":"\u001b[31m"}}"#);
        let refusal = value.unwrap().outcome.unwrap().business_refusal().unwrap();
        assert_eq!(refusal.to_string(), r#"code 1001 "\u{1b}[31m""#);
    }
}
