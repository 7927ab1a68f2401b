//! Refusals: why a call was not answered, in the platform's error forms.

use std::time::Duration;

use aliexpress_models::{ApiError, Form, encode_error, encode_system_error};
use serde_json::Value;

use crate::call::Gateway;

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A common parameter is absent or blank.
    Missing(Common),
    /// A common parameter is invalid; the text says why.
    Invalid(Common, String),
    /// A parameter of the API is absent.
    MissingParameter(String),
    /// A parameter of the API is invalid; the text says where and why.
    InvalidParameter(String),
    /// The code of a token call is unknown, used or too old.
    Code(String),
    /// The refresh token is unknown or has expired.
    RefreshToken(String),
    /// The order does not exist, is not yet visible, or is someone else's: the platform does not say which.
    Permission,
    /// Too many calls; contains how long the ban lasts.
    Throttled(Duration),
    /// The service that the gateway calls failed; a retry may succeed.
    Service,
}

/// The common parameters that are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Common {
    Method,
    Format,
    AppKey,
    Timestamp,
    Version,
    SignMethod,
    Sign,
    Session,
}

/// One row of the platform's code lists.
struct Code {
    /// The legacy gateway's number.
    number: u32,
    /// The legacy gateway's words.
    words: &'static str,
    /// The new gateway's code.
    name: &'static str,
    /// The origin of the error: `ISV` the caller, `ISP` the called service, `SYSTEM` the platform.
    kind: &'static str,
}

impl Common {
    fn name(self, gateway: Gateway) -> &'static str {
        match self {
            Common::Method => "method",
            Common::Format => "format",
            Common::AppKey => "app_key",
            Common::Timestamp => "timestamp",
            Common::Version => "v",
            Common::SignMethod => "sign_method",
            Common::Sign => "sign",
            Common::Session if gateway == Gateway::Rest => "access_token",
            Common::Session => "session",
        }
    }

    /// The legacy gateway's number and words for an absent parameter; the number for an invalid one is higher by 1.
    fn missing(self) -> (u32, &'static str) {
        match self {
            Common::Method => (21, "Missing method"),
            Common::Format => (23, "Invalid format"),
            Common::Sign | Common::SignMethod => (24, "Missing signature"),
            Common::Session => (26, "Missing session"),
            Common::AppKey => (28, "Missing app key"),
            Common::Timestamp => (30, "Missing timestamp"),
            Common::Version => (32, "Missing version"),
        }
    }

    /// The code for an invalid parameter. What the new gateway answers to an unknown format or version is not known;
    /// `InvalidParameter` is the code that it was seen to answer to other wrong values [third parties].
    fn invalid(self) -> Code {
        let (number, words, name) = match self {
            Common::Method => (22, "Invalid method", "InvalidApiPath"),
            Common::Format => (23, "Invalid format", "InvalidParameter"),
            Common::Sign | Common::SignMethod => (25, "Invalid signature", "IncompleteSignature"),
            Common::Session => (27, "Invalid session", "IllegalAccessToken"),
            Common::AppKey => (29, "Invalid app key", "InvalidAppKey"),
            Common::Timestamp => (31, "Invalid timestamp", "IllegalTimestamp"),
            Common::Version => (33, "Invalid version", "InvalidParameter"),
        };
        Code {
            number,
            words,
            name,
            kind: "ISV",
        }
    }
}

impl Refusal {
    /// For a session that is unknown or has expired: the platform does not say which.
    pub(crate) fn expired_session() -> Self {
        let why = "The specified access token is invalid or expired.";
        Refusal::Invalid(Common::Session, why.to_owned())
    }

    /// The new gateway's code, or the legacy gateway's number.
    pub(crate) fn code(&self, gateway: Gateway) -> String {
        let row = self.row();
        if gateway == Gateway::Top {
            row.number.to_string()
        } else {
            row.name.to_owned()
        }
    }

    fn row(&self) -> Code {
        let row = |number, words, name, kind| Code {
            number,
            words,
            name,
            kind,
        };
        match self {
            // Without a session the new gateway answers as for a wrong one [third parties].
            Refusal::Missing(Common::Session) => {
                row(26, "Missing session", "IllegalAccessToken", "ISV")
            }
            Refusal::Missing(common) => {
                let (number, words) = common.missing();
                row(number, words, "MissingParameter", "ISV")
            }
            Refusal::Invalid(common, _) => common.invalid(),
            Refusal::MissingParameter(_) => {
                row(40, "Missing required arguments", "MissingParameter", "ISV")
            }
            // The legacy gateway's 50 is documented. That the new gateway passes parameter errors on with
            // code 15, like the documented "insufficient permission", is inferred.
            Refusal::InvalidParameter(_) => row(50, "Remote service error", "15", "ISP"),
            Refusal::Code(_) => row(41, "Invalid arguments", "InvalidCode", "ISV"),
            Refusal::RefreshToken(_) => row(41, "Invalid arguments", "IllegalRefreshToken", "ISV"),
            Refusal::Permission => row(15, "Remote service error", "15", "ISP"),
            Refusal::Throttled(_) => row(7, "App Call Limited", "ApiCallLimit", "ISV"),
            Refusal::Service => row(
                10,
                "Service currently unavailable",
                "ServiceUnavailable",
                "ISP",
            ),
        }
    }

    fn message(&self, gateway: Gateway) -> String {
        let legacy = gateway == Gateway::Top;
        match self {
            Refusal::MissingParameter(name) if legacy => {
                format!("Missing required arguments:{name}")
            }
            _ if legacy => self.row().words.to_owned(),
            Refusal::Missing(common) => mandatory(common.name(gateway)),
            Refusal::MissingParameter(name) => mandatory(name),
            Refusal::Invalid(Common::Sign, _) => {
                "The request signature does not conform to platform standards.".to_owned()
            }
            Refusal::Invalid(_, why) | Refusal::Code(why) | Refusal::RefreshToken(why) => {
                why.clone()
            }
            Refusal::Throttled(ban) => {
                let ban = seconds(*ban);
                format!(
                    "The request frequency exceeds the limit: this ban will last for {ban} more second(s)."
                )
            }
            Refusal::InvalidParameter(_) | Refusal::Permission | Refusal::Service => {
                self.row().words.to_owned()
            }
        }
    }

    /// The sub-code and its words.
    fn sub(&self, gateway: Gateway) -> Option<(&'static str, String)> {
        match self {
            Refusal::Permission => Some((
                "isv.insufficient-permission",
                "Insufficient permission.".to_owned(),
            )),
            Refusal::InvalidParameter(why) => Some(("isv.invalid-parameter", why.clone())),
            Refusal::MissingParameter(name) => {
                Some(("isv.missing-parameter", format!("{name} is required")))
            }
            Refusal::Throttled(ban) => Some((
                "accesscontrol.limited-by-api-access-count",
                format!("This ban will last for {} more second(s)", seconds(*ban)),
            )),
            Refusal::Service => Some(("isp.remote-service-error", "try again".to_owned())),
            Refusal::Invalid(common, why) if gateway == Gateway::Top => Some((
                "isv.invalid-parameter",
                format!("{}: {why}", common.name(gateway)),
            )),
            _ => None,
        }
    }

    /// The body of the answer.
    pub(crate) fn render(&self, gateway: Gateway, form: Form, request_id: &str) -> String {
        let error = self.as_error(gateway, form, request_id);
        match gateway {
            Gateway::Rest => encode_system_error(&error),
            Gateway::Top if form != Form::Xml => {
                with_number(&encode_error(&error, form), self.row().number)
            }
            _ => encode_error(&error, form),
        }
    }

    /// In XML the legacy gateway gives neither type nor request id, as documented. What the new gateway
    /// writes in XML is unknown; the same fields as in its JSON are the likely answer.
    fn as_error(&self, gateway: Gateway, form: Form, request_id: &str) -> ApiError {
        let legacy = gateway == Gateway::Top;
        let (sub_code, sub_message) = self.sub(gateway).unzip();
        let mut error = ApiError::default();
        error.code = Some(self.code(gateway));
        error.kind = (!legacy).then(|| self.row().kind.to_owned());
        error.message = Some(self.message(gateway));
        error.sub_code = sub_code.map(str::to_owned);
        error.sub_message = sub_message;
        error.request_id = (!legacy || form != Form::Xml).then(|| request_id.to_owned());
        error
    }
}

/// The legacy gateway's codes are numbers in JSON.
fn with_number(body: &str, number: u32) -> String {
    let mut body: Value = serde_json::from_str(body).unwrap_or_default();
    body["error_response"]["code"] = Value::from(number);
    body.to_string()
}

fn mandatory(name: &str) -> String {
    format!(
        "The input parameter \"{name}\" that is mandatory for processing this request is not supplied."
    )
}

/// Whole seconds, rounded up, so that a client that waits this long has waited long enough.
fn seconds(ban: Duration) -> u64 {
    ban.as_millis()
        .div_ceil(1000)
        .try_into()
        .unwrap_or(u64::MAX)
}
