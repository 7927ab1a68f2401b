//! Removes secrets and personal data from answers that are written to files.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use aliexpress_models::raw::{self, Value};
use aliexpress_models::{APIS, Api, Field, Kind, Shape};

use crate::call::Call;
use crate::redact::{REDACTED, Redactor, bare, is_safe};
use crate::secrets::Session;

/// Names of members whose values are always secrets, ignoring case and punctuation.
const SECRETS: &[&str] = &[
    "accesstoken",
    "refreshtoken",
    "session",
    "sessionkey",
    "token",
    "appsecret",
    "sign",
    "authcode",
];
/// Names of members with personal data, in addition to those that the models mark.
const PEOPLE: &[&str] = &[
    "account",
    "address",
    "address2",
    "addressline",
    "buyername",
    "contactperson",
    "cpf",
    "detailaddress",
    "email",
    "firstname",
    "fullname",
    "lastname",
    "loginid",
    "mobile",
    "mobileno",
    "mobilephone",
    "nickname",
    "passport",
    "phone",
    "phonenumber",
    "receivername",
    "taxnumber",
    "usernick",
    "zip",
];

/// Endings of the names of members that contain the platform's messages, which may quote the
/// request.
const WORDS: &[&str] = &["msg", "message", "desc", "reason", "error"];

/// The redacted body of an answer to this call. A body that is neither JSON nor XML is left out
/// completely, because its content is unknown; so are comments and attributes of XML.
pub(super) fn redact_body(call: &Call<'_>, session: Option<&Session>, body: &[u8]) -> String {
    let shape = Api::find(call.name()).map(|api| api.answer);
    let Ok(mut value) = raw::parse(body) else {
        return format!("[{} bytes that are neither JSON nor XML]", body.len());
    };
    let is_xml = body.trim_ascii_start().first() == Some(&b'<');
    let redaction = Redaction {
        is_xml,
        ..Redaction::of(call, session)
    };
    redaction.value(&mut value, shape);
    if is_xml {
        value.to_xml()
    } else {
        value.to_json()
    }
}

/// A header of an answer to this call.
pub(super) fn redact_header(call: &Call<'_>, session: Option<&Session>, header: &str) -> String {
    let mut header = header.to_owned();
    Redactor::of_call(call, session).text(&mut header);
    header
}

/// What is redacted in one answer.
struct Redaction {
    /// For the platform's messages.
    words: Redactor,
    /// For all texts.
    people: Redactor,
    is_xml: bool,
}

impl Redaction {
    fn of(call: &Call<'_>, session: Option<&Session>) -> Self {
        Self {
            words: Redactor::of_call(call, session),
            people: Redactor::of_people(call, session, |name| is_personal(name) && !is_safe(name)),
            is_xml: false,
        }
    }

    fn value(&self, value: &mut Value, shape: Option<&'static Shape>) {
        match value {
            Value::List(elements) => elements
                .iter_mut()
                .for_each(|element| self.value(element, shape)),
            Value::Object(members) => self.members(members, shape),
            Value::Text(text) => self.text(text, shape),
            Value::Integer(_) | Value::Number(_) => {
                if value
                    .scalar()
                    .is_some_and(|digits| self.people.is_value(&digits))
                {
                    *value = Value::Text("".into());
                }
            }
            Value::Null | Value::Boolean(_) => {}
        }
    }

    fn members(&self, members: &mut [(Box<str>, Value)], shape: Option<&'static Shape>) {
        // Unknown members next to personal ones may be personal, too.
        let about_a_person = members
            .iter()
            .any(|(key, _)| is_personal(key) && !is_of(key, SECRETS));
        for (key, value) in members {
            let field = shape.and_then(|shape| shape.field(key));
            let is_unknown = || field.is_none() && may_be_personal(value) && !is_safe(key);
            if is_of(key, SECRETS) {
                redact(value, None);
            } else if is_personal(key) || (about_a_person && is_unknown()) {
                redact(value, field);
            } else {
                if let Value::Text(text) = value
                    && WORDS.iter().any(|ending| bare(key).ends_with(ending))
                {
                    change(text, |words| self.words.text(words));
                }
                // A wrapper or an envelope contains the same object.
                let inner = field.map_or(shape, |field| field.kind.shape().or(shape));
                self.value(value, inner);
            }
            if field.is_none() {
                self.key(key);
            }
        }
    }

    /// Text that may itself be JSON.
    fn text(&self, text: &mut Box<str>, shape: Option<&'static Shape>) {
        if text.trim_ascii_start().starts_with(['{', '['])
            && let Ok(mut inner) = raw::parse(text.as_bytes())
        {
            self.value(&mut inner, shape);
            *text = inner.to_json().into();
            return;
        }
        change(text, |text| self.people.text(text));
    }

    /// Some services use values as names of members.
    fn key(&self, key: &mut Box<str>) {
        change(key, |key| {
            self.people.text(key);
            if self.is_xml {
                key.retain(|c| !matches!(c, '[' | ']'));
            }
        });
    }
}

fn change(text: &mut Box<str>, redact: impl FnOnce(&mut String)) {
    let mut changed = std::mem::take(text).into_string();
    redact(&mut changed);
    *text = changed.into();
}

/// Whether an unknown value may be a name or a phone number: text, or more digits than a count has.
fn may_be_personal(value: &Value) -> bool {
    match value {
        Value::Text(_) => true,
        _ => value
            .scalar()
            .is_some_and(|text| text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_digit())),
    }
}

/// Whether values under this name are personal data, in the models of any API or by the list above.
fn is_personal(key: &str) -> bool {
    let key = bare(key);
    PEOPLE.contains(&&*key) || PERSONAL.contains(&key)
}

/// Whether a name is in the list, ignoring case and punctuation.
fn is_of(key: &str, names: &[&str]) -> bool {
    names.contains(&bare(key).as_str())
}

/// Replaces a value by one that the model can still read.
fn redact(value: &mut Value, field: Option<&Field>) {
    let is_text = field.is_none_or(|field| matches!(field.kind, Kind::Text | Kind::Texts));
    *value = match value {
        Value::Null => Value::Null,
        Value::Text(text) if text.is_empty() => Value::Text("".into()),
        _ if is_text => Value::Text(REDACTED.into()),
        _ => Value::Text("".into()),
    };
}

/// The names of all fields that any API's model marks as personal, without case and punctuation.
static PERSONAL: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut keys = BTreeSet::new();
    for api in APIS {
        collect(api.request, &mut keys);
        collect(api.answer, &mut keys);
    }
    keys
});

fn collect(shape: &'static Shape, keys: &mut BTreeSet<String>) {
    for field in shape.fields {
        if field.personal {
            keys.extend(
                [Some(field.key), field.alias]
                    .into_iter()
                    .flatten()
                    .map(bare),
            );
        }
        if let Some(inner) = field.kind.shape() {
            collect(inner, keys);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{CallOptions, Endpoint};

    const INFO: &str = "aliexpress.solution.order.info.get";

    #[track_caller]
    fn check(api: &str, body: &str, expected: &str) {
        let (session, options) = (Session::new("canary-session"), CallOptions::new());
        let endpoint = match api.starts_with('/') {
            true => Endpoint::System(api),
            false => Endpoint::Business(api),
        };
        let params = [("memo", "of Ivan Petrov"), ("page", "20")];
        let call = Call::untyped(endpoint, &params, &options).unwrap();
        assert_eq!(
            redact_body(&call, Some(&session), body.as_bytes()),
            expected
        );
    }

    #[test]
    fn fields_that_a_model_marks_as_personal_are_redacted() {
        check(
            INFO,
            r#"{"a_response":{"result":{"data":{"id":7,"buyer_info":{"first_name":"canary"}}}}}"#,
            r#"{"a_response":{"result":{"data":{"id":7,"buyer_info":{"first_name":"[redacted]"}}}}}"#,
        );
        check(
            INFO,
            "<r><result><data><id>7</id><buyer_info><first_name>canary</first_name></buyer_info></data></result></r>",
            "<r><result><data><id>7</id><buyer_info><first_name>[redacted]</first_name></buyer_info></data></result></r>",
        );
    }

    #[test]
    fn secrets_are_redacted_everywhere() {
        check(
            "/auth/token/create",
            r#"{"access_token":"canary","refresh_token":"canary","x":"is canary-session"}"#,
            r#"{"access_token":"[redacted]","refresh_token":"[redacted]","x":"is [redacted]"}"#,
        );
        check(
            "other.api",
            r#"{"y":[{"first_name":"canary"}]}"#,
            r#"{"y":[{"first_name":"[redacted]"}]}"#,
        );
    }

    #[test]
    fn personal_fields_are_redacted_in_every_api() {
        check(
            "other.api",
            r#"{"r":{"mobileNo":"canary","nick_of_person":"canary","price":8.30,"order_id":81}}"#,
            r#"{"r":{"mobileNo":"[redacted]","nick_of_person":"[redacted]","price":8.30,"order_id":81}}"#,
        );
        check(
            "/auth/token/create",
            r#"{"user_nick":"canary","account":"canary@example.com","expires_in":86400}"#,
            r#"{"user_nick":"[redacted]","account":"[redacted]","expires_in":86400}"#,
        );
        check(
            "other.api",
            r#"{"text":"{\"full_name\":\"canary\",\"n\":1.50}"}"#,
            r#"{"text":"{\"full_name\":\"[redacted]\",\"n\":1.50}"}"#,
        );
        check(
            "other.api",
            "<a b='canary'><!-- canary --><c><email>canary</email><tel>5550100</tel></c><n>1</n></a>",
            "<a><c><email>[redacted]</email><tel>[redacted]</tel></c><n>1</n></a>",
        );
    }

    /// Fields that the model of one API marks as personal, in answers of other APIs, and unknown
    /// members next to them.
    #[test]
    fn a_field_that_any_model_marks_as_personal_is_redacted_in_every_api() {
        for api in [INFO, "other.api"] {
            for key in PERSONAL.iter().filter(|key| !is_of(key, SECRETS)) {
                check(
                    api,
                    &format!(r#"{{"around":{{"{key}":"canary","tel_2":5550100,"price":8.30}}}}"#),
                    &format!(
                        r#"{{"around":{{"{key}":"[redacted]","tel_2":"[redacted]","price":8.30}}}}"#
                    ),
                );
            }
        }
        assert!(PERSONAL.len() > 20);
        check(
            "other.api",
            r#"{"buyerLoginId":"canary","Contact-Person":"canary"}"#,
            r#"{"buyerLoginId":"[redacted]","Contact-Person":"[redacted]"}"#,
        );
    }

    #[test]
    fn quotes_of_the_request_are_redacted_in_messages() {
        check(
            "other.api",
            r#"{"error_msg":"address of Ivan Petrov is no page 20","title":"Petrov"}"#,
            r#"{"error_msg":"address [redacted] is no page 20","title":"[redacted]"}"#,
        );
    }

    /// In unexpected places: as names of members, under names that do not suggest personal data,
    /// and in other spellings.
    #[test]
    fn personal_values_of_the_request_are_redacted_anywhere_in_the_answer() {
        let (session, options) = (
            Session::new("50000201c07/AbC+dEf=xyz12345"),
            CallOptions::new(),
        );
        let address = r#"{"full_name":"Jörg Petrov","mobile_no":"9161234567","country":"RU"}"#;
        let params = [("logistics_address", address), ("title", "case of Petrov")];
        let call = Call::untyped(Endpoint::Business("other.api"), &params, &options).unwrap();
        for (body, expected) in [
            (
                r#"{"a":{"Jörg Petrov":1,"x":"to J&ouml;rg%20PETROV","y":9161234567,"z":"case","id":81}}"#,
                r#"{"a":{"[redacted]":1,"x":"to [redacted]","y":"","z":"case","id":81}}"#,
            ),
            (
                r#"{"u":"?s=50000201c07%2fabc%2bdef%3dxyz12345&n=1","v":["{\"w\":\"916 123-45-67\"}"]}"#,
                r#"{"u":"?s=[redacted]&n=1","v":["{\"w\":\"[redacted]\"}"]}"#,
            ),
            (
                "<a><b>of 50000201C07/abc</b><Petrov>1</Petrov></a>",
                "<a><b>of [redacted]</b><redacted>1</redacted></a>",
            ),
        ] {
            assert_eq!(
                redact_body(&call, Some(&session), body.as_bytes()),
                expected
            );
        }
        let header = redact_header(
            &call,
            Some(&session),
            "text/jorg-petrov; boundary=50000201c07AbC",
        );
        assert_eq!(header, "text/[redacted]; boundary=[redacted]");
    }

    #[test]
    fn redaction_keeps_all_digits_and_the_order_of_members() {
        let body = r#"{"z":12345678901234567890123,"a":8.30}"#;
        check("other.api", body, body);
    }

    #[test]
    fn answers_that_are_neither_json_nor_xml_are_left_out() {
        check(INFO, "canary", "[6 bytes that are neither JSON nor XML]");
        check(INFO, "{\"canary", "[8 bytes that are neither JSON nor XML]");
        check(INFO, "<a>canary", "[9 bytes that are neither JSON nor XML]");
    }
}
