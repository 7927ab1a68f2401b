//! The platform's error codes: what each one means, what to do about it, and whether a retry can
//! help.
//!
//! The list and the source of each entry are in `data/codes.json`. Codes that the documentation
//! pages of single APIs list come from the models.

use std::collections::HashSet;
use std::sync::LazyLock;

pub use aliexpress_models::RetryClass;
use aliexpress_models::order_create::OrderCreateAnswer;
use aliexpress_models::{APIS, Answer as _, ApiError, BusinessRefusal, ErrorCode, raw};
use serde::de::{Deserialize, Deserializer, Error as _};

/// The code of an order whose `out_order_id` the platform has seen before: the order exists.
pub(crate) const REPEATED: &str = "REPEATED_ORDER_ERROR";

/// What is known about an error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[non_exhaustive]
pub struct CodeInfo {
    /// The code, or the pattern of a family of codes (`isp.*`, `*CallLimit`).
    pub code: &'static str,
    /// Which part of the platform answers with it.
    pub by: AnsweredBy,
    /// What the code means.
    pub meaning: &'static str,
    /// What usually causes it.
    pub cause: &'static str,
    /// What to do about it.
    pub advice: &'static str,
    /// Whether retrying a call that changes nothing can succeed.
    #[serde(deserialize_with = "retry_class")]
    pub retry: RetryClass,
    /// Whether a call refused with this code may nevertheless have changed something.
    pub acted: Acted,
    /// The only API to which the entry applies; `None` if it applies to all.
    #[serde(default)]
    pub api: Option<&'static str>,
    /// Whether the code proves that no order was placed when it is in the answer to an order and
    /// the answer names no order. False if in doubt: an unnecessary check is harmless, a second
    /// order is not.
    #[serde(default)]
    pub refuses_order: bool,
    /// Whether the code is a refusal. Not all are: `1001` with `ret: false` from the tracking API
    /// means that nothing has been shipped yet.
    #[serde(default = "yes")]
    pub is_refusal: bool,
    /// Where this knowledge comes from.
    pub source: &'static str,
}

fn yes() -> bool {
    true
}

/// Which part of the platform answers with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AnsweredBy {
    /// The current gateway.
    Gateway,
    /// The legacy gateway, and services that still use its numbers although the current gateway
    /// passes them on.
    LegacyGateway,
    /// A service behind the gateway, as a sub-code.
    Service,
    /// An API, inside a successful answer.
    Api,
}

/// What a refusal with this code proves about whether the platform acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Acted {
    /// The platform did nothing.
    No,
    /// The platform did nothing if the refusal has the type `ISV` and no sub-code, because the
    /// gateway then rejected the call before any service ran. Otherwise unknown.
    ByType,
    /// Unknown: a service may have begun its work.
    Perhaps,
}

/// Looks up a code: of the current gateway (`IllegalAccessToken`), of the legacy gateway (`27`), a
/// sub-code (`isv.insufficient-permission`), or the reason why an order was refused
/// (`INVENTORY_HOLD_ERROR`). `None` if the code is unknown.
///
/// ```
/// use aliexpress::codes::{RetryClass, explain};
///
/// assert_eq!(explain("ApiCallLimit").map(|info| info.retry), Some(RetryClass::AfterWait));
/// assert_eq!(explain("ShopCallLimit").map(|info| info.code), Some("*CallLimit"));
/// assert_eq!(explain("isp.remote-service-timeout").map(|info| info.code), Some("isp.*"));
/// assert!(explain("REPEATED_ORDER_ERROR").is_some_and(|info| info.advice.starts_with("Do not")));
/// assert_eq!(explain("NO_SUCH_CODE"), None);
/// ```
pub fn explain(code: &str) -> Option<&'static CodeInfo> {
    let code = code.trim();
    let of_one = || documented().find(|info| info.api.is_some() && info.code == code);
    of_any(code).or_else(of_one)
}

/// Looks up a code that an API gives inside its answer. The API's own list comes first, because the
/// same number can mean something else in another API. `None` if the code is unknown.
///
/// ```
/// use aliexpress::codes::explain_of;
///
/// let unknown = explain_of("aliexpress.ds.product.get", "605");
/// assert_eq!(unknown.map(|info| info.meaning), Some("there is no such product"));
/// assert_eq!(explain_of("aliexpress.ds.freight.query", "605"), None);
/// ```
pub fn explain_of(api: &str, code: &str) -> Option<&'static CodeInfo> {
    let code = code.trim();
    let own = OF_EACH
        .iter()
        .find(|(of, info)| *of == api && info.code == code);
    let own = own.map(|(_, info)| info);
    let listed = || documented().find(|info| info.api == Some(api) && info.code == code);
    // A bare number has a meaning only within an API.
    let is_named = || code.contains(|letter: char| letter.is_ascii_alphabetic());
    own.or_else(listed)
        .or_else(|| of_any(code).filter(|_| is_named()))
}

/// An entry that applies to every API.
fn of_any(code: &str) -> Option<&'static CodeInfo> {
    let code = code.trim();
    let mut of_any = documented().filter(|info| info.api.is_none());
    of_any
        .find(|info| info.code == code)
        .or_else(|| family_of(code))
}

/// The first family that a code belongs to.
fn family_of(code: &str) -> Option<&'static CodeInfo> {
    let mut listed = LISTED.iter();
    let listed = listed.find(|listed| listed.is_family_of(code))?;
    Some(&listed.info)
}

/// Whether this code proves that no order was placed when it is in the answer to an order and the
/// answer names no order.
pub(crate) fn refuses_order(code: &str) -> bool {
    let mut exact = documented().filter(|info| info.code == code);
    exact.any(|info| info.refuses_order)
        || family_of(code).is_some_and(|family| family.refuses_order)
}

/// Whether the words in a code suggest that something was done before, is in progress or failed on
/// the platform's side.
fn mentions_an_action(code: &str) -> bool {
    LISTED.iter().any(|listed| listed.words.are_in(code))
}

/// The refusal that an API gives inside a successful answer. `None` if there is none, or if its
/// code is known not to be a refusal, such as `1001` for an order that has not been shipped yet.
///
/// `body` is an answer as received, in any form. For the answer to a call, use
/// [`Reply::business_refusal`](crate::Reply::business_refusal).
pub fn business_refusal(api: &str, body: &[u8]) -> Option<BusinessRefusal> {
    refusal_unless_excepted(api, raw::business_refusal(body)?)
}

/// The refusal, unless its code is known not to be one.
pub(crate) fn refusal_unless_excepted(
    api: &str,
    refusal: BusinessRefusal,
) -> Option<BusinessRefusal> {
    let code = refusal.code.as_deref().unwrap_or_default();
    let mut of_api = documented().filter(|info| info.api == Some(api));
    let is_none = of_api.any(|info| info.code == code && !info.is_refusal);
    (!is_none).then_some(refusal)
}

/// Every known code: first those on the pages of single APIs, then all others, families last.
pub fn documented() -> impl Iterator<Item = &'static CodeInfo> {
    OF_APIS
        .iter()
        .chain(LISTED.iter().map(|listed| &listed.info))
}

/// An entry of the list.
#[derive(serde::Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Listed {
    #[serde(flatten)]
    info: CodeInfo,
    #[serde(flatten)]
    words: Words,
}

/// Words that decide which of the codes with the same beginning belong to a family.
#[derive(serde::Deserialize)]
struct Words {
    /// A code needs at least one of these words, ignoring separators and case. If empty, no word is
    /// needed.
    #[serde(default)]
    words: Vec<String>,
    /// Words that do not count although they contain one of `words`, such as `notexist`.
    #[serde(default)]
    except: Vec<String>,
}

static LISTED: LazyLock<Vec<Listed>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/codes.json"))
        .expect("a file of this crate, read by its tests")
});

fn retry_class<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RetryClass, D::Error> {
    let word = <&str>::deserialize(deserializer)?;
    let class = RetryClass::ALL
        .into_iter()
        .find(|class| class.as_str() == word);
    class.ok_or_else(|| D::Error::custom(format_args!("unknown class {word:?}")))
}

/// The codes that single APIs list on their pages, if there is an explanation.
static OF_APIS: LazyLock<Vec<CodeInfo>> = LazyLock::new(|| {
    let codes = APIS.iter().flat_map(|api| api.error_codes);
    // A code without an explanation is left out. Pages also list codes of the gateway and of
    // services, for which this crate's own list is authoritative.
    let mut seen: HashSet<_> = LISTED.iter().map(|listed| listed.info.code).collect();
    let own = codes.filter(|code| !code.meaning.is_empty() && seen.insert(code.code));
    own.map(CodeInfo::of_api).collect()
});

/// The same for each API separately.
static OF_EACH: LazyLock<Vec<(&'static str, CodeInfo)>> = LazyLock::new(|| {
    let codes = APIS
        .iter()
        .flat_map(|api| api.error_codes.iter().map(|code| (api.name, code)));
    let own = codes.filter(|(_, code)| !code.meaning.is_empty());
    own.map(|(api, code)| (api, CodeInfo::of_api(code)))
        .collect()
});

impl CodeInfo {
    /// Whether this entry applies to every code that begins or ends like it.
    pub fn is_family(&self) -> bool {
        self.code.contains('*')
    }

    /// An entry from the API's own page: in the field for the API's codes, such a code is a
    /// refusal.
    fn of_api(code: &ErrorCode) -> Self {
        Self {
            code: code.code,
            by: AnsweredBy::Api,
            meaning: code.meaning,
            cause: code.cause,
            advice: code.advice,
            retry: code.retry,
            // Under `error_response`, these come from a service, which has then run.
            acted: Acted::Perhaps,
            api: None,
            refuses_order: code.code != REPEATED && lists(OrderCreateAnswer::ERROR_CODES, code),
            is_refusal: true,
            source: "the error table of the API's page",
        }
    }
}

impl Listed {
    fn is_family_of(&self, code: &str) -> bool {
        let same = |found: Option<&str>, wanted: &str| {
            found.is_some_and(|found| found.eq_ignore_ascii_case(wanted))
        };
        match self.info.code.split_once('*') {
            Some(("", end)) => {
                let from = code.len().checked_sub(end.len()).filter(|from| *from > 0);
                same(from.and_then(|from| code.get(from..)), end)
            }
            Some((start, _)) => {
                same(code.get(..start.len()), start)
                    && (self.words.words.is_empty() || self.words.are_in(code))
            }
            None => false,
        }
    }
}

impl Words {
    /// Whether a code contains one of the words, in any spelling: `out-order-id-exist`,
    /// `OUT_ORDER_ID_EXIST`, `outOrderIdExist`.
    fn are_in(&self, code: &str) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let letters = code.chars().filter(char::is_ascii_alphanumeric);
        let mut letters: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
        for other in &self.except {
            letters = letters.replace(&**other, " ");
        }
        self.words.iter().any(|word| letters.contains(&**word))
    }
}

fn lists(codes: &[ErrorCode], code: &ErrorCode) -> bool {
    codes.iter().any(|listed| listed.code == code.code)
}

/// What the platform's refusal of a call means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// The most informative entry.
    pub(crate) info: Option<&'static CodeInfo>,
    pub(crate) retry: RetryClass,
    /// Whether the refusal proves that nothing was done.
    pub(crate) nothing_done: bool,
}

/// Classifies a refusal by its code and sub-code, by a ban in its message, and, if neither code is
/// known, by the side that the refusal blames.
pub(crate) fn judge(error: &ApiError) -> Judgement {
    let code = error.code.as_deref().and_then(of_any);
    let sub_code = error.sub_code.as_deref().and_then(of_any);
    let (exact, family) = match sub_code {
        Some(info) if info.is_family() => (None, Some(info)),
        exact => (exact, None),
    };
    let banned = crate::ban::ban(error).is_some();
    let retry = match exact {
        _ if banned => RetryClass::AfterWait,
        Some(info) => info.retry,
        None => retry(error, code, family),
    };
    Judgement {
        info: exact.or(code).or(family),
        retry,
        nothing_done: banned || nothing_done(error, code, sub_code),
    }
}

/// Whether code, sub-code and type prove that nothing was done. A sub-code that leaves this open
/// outweighs a code that does not.
fn nothing_done(
    error: &ApiError,
    code: Option<&'static CodeInfo>,
    sub_code: Option<&'static CodeInfo>,
) -> bool {
    match sub_code.map(|info| info.acted) {
        Some(Acted::No) => return true,
        Some(_) => return false,
        None => {}
    }
    let silent = error
        .sub_code
        .as_deref()
        .is_none_or(|text| text.trim().is_empty());
    let by_caller = error.kind.as_deref().map(str::trim) == Some("ISV");
    match code.map(|info| info.acted) {
        Some(Acted::No) => true,
        Some(Acted::ByType) => silent && by_caller,
        // The words of an unlisted code may reveal that a service ran.
        None => silent && by_caller && !error.code.as_deref().is_some_and(mentions_an_action),
        Some(Acted::Perhaps) => false,
    }
}

/// A failure with the sub-code `isp.*` may be temporary, one with `isv.*` is not, regardless of a
/// general code next to it. A more specific code (a call limit, a session) takes precedence.
fn retry(
    error: &ApiError,
    code: Option<&'static CodeInfo>,
    family: Option<&'static CodeInfo>,
) -> RetryClass {
    match (code.map(|info| info.retry), family.map(|info| info.retry)) {
        (
            None | Some(RetryClass::MayPass | RetryClass::Never | RetryClass::AfterChange),
            Some(family),
        ) => family,
        (Some(code), _) => code,
        (None, None) => match error.kind.as_deref().map(str::trim) {
            // The fault is in a service behind the gateway and may be temporary.
            Some("ISP" | "SYSTEM") => RetryClass::MayPass,
            Some("ISV") => RetryClass::AfterChange,
            _ => RetryClass::Never,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, sub_code: &str, kind: &str, retry: RetryClass, nothing_done: bool) {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let mut error = ApiError::default();
        error.code = text(code);
        error.sub_code = text(sub_code);
        error.kind = text(kind);
        let judgement = judge(&error);
        assert_eq!(
            (judgement.retry, judgement.nothing_done),
            (retry, nothing_done),
            "{code} {sub_code} {kind}"
        );
    }

    #[test]
    fn refusals_are_classified_by_code_and_sub_code() {
        use RetryClass::{AfterChange, AfterRefresh, AfterWait, MayPass, Never};
        check("IncompleteSignature", "", "ISV", AfterChange, true);
        check("IllegalAccessToken", "", "ISV", AfterRefresh, true);
        check("27", "isv.invalid-session", "", AfterRefresh, true);
        check("ApiCallLimit", "", "", AfterWait, true);
        check(
            "7",
            "accesscontrol.limited-by-app-access-count",
            "",
            AfterWait,
            true,
        );
        check(
            "15",
            "accesscontrol.limited-by-api-access-count",
            "ISP",
            AfterWait,
            true,
        );
        check(
            "15",
            "isv.insufficient-permission",
            "ISP",
            AfterChange,
            true,
        );
        check("15", "isv.something", "ISP", AfterChange, true);
        check("15", "isp.remote-service-timeout", "", MayPass, false);
        check("40", "isp.remote-service-error", "", MayPass, false);
        check("15", "", "ISP", MayPass, false);
        check("ServiceUnavailable", "", "", MayPass, false);
        check("40", "isv.missing-parameter:x", "", AfterChange, true);
        check("NoSuchCode", "", "ISV", AfterChange, true);
        check("NoSuchCode", "F00-1", "ISV", AfterChange, false);
        check("NoSuchCode", "", "", Never, false);
        check("InsufficientPermission", "", "ISV", AfterChange, true);
        check("InsufficientPermission", "", "", AfterChange, false);
        check("AppWhiteIpLimit", "", "ISV", AfterChange, true);
        check("ServiceTimeout", "", "ISP", MayPass, false);
        check("15", "", "ISV", MayPass, false);
        check("SellerCallLimit", "", "ISV", AfterWait, true);
        check("ShopCallLimit", "", "", AfterWait, true);
        check("X", "sellercalllimit", "", AfterWait, true);
        check("7", "isp.remote-service-timeout", "", AfterWait, false);
        check("NoSuchCode", "", "SYSTEM", MayPass, false);
    }

    #[test]
    fn a_message_with_a_ban_is_a_call_limit_under_any_code() {
        let mut error = ApiError::default();
        error.code = Some("NoSuchCode".to_owned());
        error.sub_code = Some("isp.x".to_owned());
        error.message = Some("This ban will last for 3 more seconds".to_owned());
        let judgement = judge(&error);
        assert!(judgement.nothing_done && judgement.retry == RetryClass::AfterWait);
    }

    #[test]
    fn every_code_is_listed_once_and_explained() {
        let mut codes: Vec<_> = documented().map(|info| info.code).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
        for info in documented() {
            assert!(
                info.meaning.len() > 10 && !info.meaning.ends_with('.'),
                "{}",
                info.code
            );
            assert!(info.source.len() > 10, "{}", info.code);
            for words in [info.cause, info.advice] {
                assert!(words.len() > 10 && words.ends_with('.'), "{}", info.code);
            }
        }
    }

    /// Codes that an attack once made this crate accept as proof although they prove nothing.
    #[test]
    fn unlisted_codes_do_not_prove_that_nothing_was_done() {
        for code in [
            "INTERNAL_ERROR",
            "INNER_ERROR",
            "NETWORK_ERROR",
            "RPC_ERROR",
            "HSF_EXCEPTION",
            "java.lang.NullPointerException",
            "EXCEPTION",
            "DB_ERROR",
            "BUSY",
            "TRY_AGAIN_LATER",
            "RETRY",
            "ORDER_CREATING",
            "PROCESSING",
            "PENDING",
            "ORDER_IN_PROGRESS",
            "REMOTE_CALL_FAILED",
            "CIRCUIT_BREAKER_OPEN",
            "UNAVAILABLE",
            "500",
            "502",
            "504",
            "-1",
            "F00-00-10015-010",
            "DUPLICATE_ORDER",
            "ORDER_ALREADY_EXISTS",
            "OUT_ORDER_ID_EXIST",
            "REPEAT_SUBMIT",
            "CONCURRENT_LOCK_FAILED",
            "PAY_FAILED",
            "PAYMENT_FAILED",
            "AUTOPAY_ERROR",
            "PAY_ERROR",
            "REMOTE_CREATE_ORDER_RESULT_ERROR",
            "SYSTEM_ERROR",
            "",
            "isvx",
            "sku_not_exist",
        ] {
            assert!(!refuses_order(code), "{code}");
        }
        for code in [
            "isv.x",
            "ISV.invalid-parameter",
            "SKU_NOT_EXIST",
            "INVENTORY_HOLD_ERROR",
        ] {
            assert!(refuses_order(code), "{code}");
        }
    }

    /// `isv` blames the caller, but some of these codes say that an order may exist.
    #[test]
    fn codes_that_blame_the_caller_but_mention_a_completed_action_prove_nothing() {
        let spellings = |words: &str| {
            let camel = words.split('-').map(|word| {
                let (first, rest) = word.split_at(1);
                first.to_ascii_uppercase() + rest
            });
            [
                words.to_owned(),
                words.replace('-', "_").to_ascii_uppercase(),
                words.replace('-', ""),
                camel.collect(),
            ]
        };
        for words in [
            "out-order-id-exist",
            "out-order-id-exists",
            "order-already-created",
            "order-create-timeout",
            "create-time-out",
            "trade-timed-out",
            "duplicate-order",
            "order-duplicated",
            "repeat-submit",
            "order-processing",
            "order-in-progress",
            "order-is-creating",
            "concurrent-lock-failed",
            "system-error",
            "unknown-error",
            "service-unavailable",
            "system-busy-try-again",
            "pay-fail",
            "auto-pay-error",
        ] {
            for spelt in spellings(words) {
                let code = format!("isv.{spelt}");
                assert!(!refuses_order(&code), "{code}");
                let info = explain(&code).unwrap();
                assert!(info.is_family() && info.code != "isv.*", "{code}");
                for (code, sub_code) in [("15", code.as_str()), (&*code, ""), (&*spelt, "")] {
                    let mut error = ApiError::default();
                    error.code = Some(code.to_owned());
                    error.sub_code = Some(sub_code.to_owned()).filter(|text| !text.is_empty());
                    error.kind = Some("ISV".to_owned());
                    assert!(!judge(&error).nothing_done, "{code} {sub_code}");
                }
            }
        }
        for words in [
            "sku-not-exist",
            "product-does-not-exist",
            "non-existent-address",
            "buyer-blocked",
            "invalid-parameter",
            "no-such-product",
            "remote-area-not-delivered",
            "price-changed",
        ] {
            for spelt in spellings(words) {
                let code = format!("isv.{spelt}");
                assert!(refuses_order(&code), "{code}");
            }
        }
        // The name of a parameter is no evidence.
        assert!(refuses_order("isv.missing-parameter:retry_system"));
    }

    #[test]
    fn all_documented_order_codes_except_the_one_for_a_repeat_prove_a_refusal() {
        for listed in OrderCreateAnswer::ERROR_CODES {
            assert_eq!(
                refuses_order(listed.code),
                listed.code != REPEATED,
                "{}",
                listed.code
            );
        }
    }

    /// A code of one API has no meaning for another API or for the gateway.
    #[test]
    fn a_code_of_one_api_has_no_meaning_for_another() {
        const TRACKING: &str = "aliexpress.ds.order.tracking.get";
        let answer = |code: &str| {
            let result =
                format!(r#"{{"ret":false,"code":{code},"msg":"TRACKING DATA NOT FOUND"}}"#);
            format!(r#"{{"result":{result}}}"#)
        };
        for code in ["1001", "\"1001\""] {
            assert_eq!(business_refusal(TRACKING, answer(code).as_bytes()), None);
            assert!(business_refusal("aliexpress.other.get", answer(code).as_bytes()).is_some());
        }
        for code in ["1002", "\"\"", "10011"] {
            assert!(business_refusal(TRACKING, answer(code).as_bytes()).is_some());
        }
        assert_eq!(explain("1001").and_then(|info| info.api), Some(TRACKING));
        check("1001", "", "", RetryClass::Never, false);
        for info in documented().filter(|info| info.api.is_some()) {
            assert!(
                APIS.iter().any(|api| Some(api.name) == info.api),
                "{}",
                info.code
            );
        }
    }
}
