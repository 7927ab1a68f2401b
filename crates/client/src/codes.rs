//! The platform's error codes: what each means, what to do, and whether trying again can help.
//!
//! The list is data, `data/codes.json`, with the source of each entry; the codes that the pages of
//! single APIs list come from the models.

use std::collections::HashSet;
use std::sync::LazyLock;

pub use aliexpress_models::RetryClass;
use aliexpress_models::order_create::OrderCreateAnswer;
use aliexpress_models::{APIS, Answer as _, ApiError, BusinessRefusal, ErrorCode, raw};
use serde::de::{Deserialize, Deserializer, Error as _};

/// The code of an order whose `out_order_id` the platform has seen before: the order exists.
pub(crate) const REPEATED: &str = "REPEATED_ORDER_ERROR";

/// What is known of an error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[non_exhaustive]
pub struct CodeInfo {
    /// The code, or the pattern of a family of codes (`isp.*`, `*CallLimit`).
    pub code: &'static str,
    /// Who answers with it.
    pub by: AnsweredBy,
    /// What the code says.
    pub meaning: &'static str,
    /// What usually brings it about.
    pub cause: &'static str,
    /// What to do about it.
    pub advice: &'static str,
    /// Whether a second try of a call that changes nothing can succeed.
    #[serde(deserialize_with = "retry_class")]
    pub retry: RetryClass,
    /// Whether the call can have changed something although it was refused with this code.
    pub done: Done,
    /// The only API that the entry is about; `None` where it holds for every one.
    #[serde(default)]
    pub api: Option<&'static str>,
    /// Whether the code, in the answer to an order and beside no order id, proves that no order was placed. A code
    /// wrongly taken for open costs a look, a code wrongly taken for a refusal a second order.
    #[serde(default)]
    pub refuses_order: bool,
    /// Whether the API says no by the code. `1001` of tracking, beside `ret` false, says that nothing was shipped yet.
    #[serde(default = "yes")]
    pub says_no: bool,
    /// Where the code is known from.
    pub source: &'static str,
}

fn yes() -> bool {
    true
}

/// Who answers with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AnsweredBy {
    /// The current gateway.
    Gateway,
    /// The legacy gateway, and services behind the current one that still answer with its numbers.
    LegacyGateway,
    /// A service behind the gateway, in a sub-code.
    Service,
    /// An API, inside its answer.
    Api,
}

/// What a refusal with a code proves about what was to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Done {
    /// Nothing was done.
    No,
    /// Nothing was done where the refusal is of the type `ISV` and has no sub-code: then the gateway turned the call
    /// away before any service ran. Otherwise it is open.
    ByType,
    /// It is open: a service may have begun its work.
    Perhaps,
}

/// Looks a code up: a code of the current gateway (`IllegalAccessToken`), a number of the legacy one
/// (`27`), a sub-code (`isv.insufficient-permission`), or a code of an order's refusal
/// (`INVENTORY_HOLD_ERROR`). `None` where nothing is known of it.
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

/// Looks up a code with which one API says no in its answer: the API's own words first, because several give the same
/// number another meaning. `None` where nothing is known of it.
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
    // A number says something only together with the API.
    let is_named = || code.contains(|letter: char| letter.is_ascii_alphabetic());
    own.or_else(listed)
        .or_else(|| of_any(code).filter(|_| is_named()))
}

/// What is known of a code whichever API it is in.
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

/// Whether this code, in the answer to an order and beside no order id, proves that no order was placed.
pub(crate) fn refuses_order(code: &str) -> bool {
    let mut exact = documented().filter(|info| info.code == code);
    exact.any(|info| info.refuses_order)
        || family_of(code).is_some_and(|family| family.refuses_order)
}

/// Whether the words of a code, of whatever family, say that something was done before, is under way or broke down.
fn speaks_of_doing(code: &str) -> bool {
    LISTED.iter().any(|listed| listed.words.are_in(code))
}

/// What an API says in a successful envelope instead of doing what it was asked for; `None` where it says nothing of the
/// kind, or gives a code that is known to be no refusal, such as `1001` for an order that is not shipped yet.
///
/// The body is an answer as it came, in any form. [`Reply::business_refusal`](crate::Reply::business_refusal) asks the
/// same of an answer to a call.
pub fn business_refusal(api: &str, body: &[u8]) -> Option<BusinessRefusal> {
    heard(api, raw::business_refusal(body)?)
}

/// A business refusal of this API, unless its code is known to be none.
pub(crate) fn heard(api: &str, refusal: BusinessRefusal) -> Option<BusinessRefusal> {
    let code = refusal.code.as_deref().unwrap_or_default();
    let mut of_api = documented().filter(|info| info.api == Some(api));
    let is_none = of_api.any(|info| info.code == code && !info.says_no);
    (!is_none).then_some(refusal)
}

/// Every code that something is known of: those that the pages of single APIs list, then all others, families last.
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

/// Which of the codes that begin alike are of a family.
#[derive(serde::Deserialize)]
struct Words {
    /// A code has at least one of these, in letters without marks between them; empty where it need have none.
    #[serde(default)]
    words: Vec<String>,
    /// What is none of them although it holds one, such as `notexist`.
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

/// The codes that single APIs list on their pages, as far as they are explained.
static OF_APIS: LazyLock<Vec<CodeInfo>> = LazyLock::new(|| {
    let codes = APIS.iter().flat_map(|api| api.error_codes);
    // A code of which no one has said anything explains nothing. Pages list codes of the gateway and of services, too:
    // those are judged by the list of this crate.
    let mut seen: HashSet<_> = LISTED.iter().map(|listed| listed.info.code).collect();
    let own = codes.filter(|code| !code.meaning.is_empty() && seen.insert(code.code));
    own.map(CodeInfo::of_api).collect()
});

/// The same of each API by itself.
static OF_EACH: LazyLock<Vec<(&'static str, CodeInfo)>> = LazyLock::new(|| {
    let codes = APIS
        .iter()
        .flat_map(|api| api.error_codes.iter().map(|code| (api.name, code)));
    let own = codes.filter(|(_, code)| !code.meaning.is_empty());
    own.map(|(api, code)| (api, CodeInfo::of_api(code)))
        .collect()
});

impl CodeInfo {
    /// Whether this entry stands for every code that begins or ends as it does.
    pub fn is_family(&self) -> bool {
        self.code.contains('*')
    }

    /// By the API's own word: such a code, in the place where the API names its codes, is a refusal.
    fn of_api(code: &ErrorCode) -> Self {
        Self {
            code: code.code,
            by: AnsweredBy::Api,
            meaning: code.meaning,
            cause: code.cause,
            advice: code.advice,
            retry: code.retry,
            // Under `error_response` a service says these, which has run then.
            done: Done::Perhaps,
            api: None,
            refuses_order: code.code != REPEATED && lists(OrderCreateAnswer::ERROR_CODES, code),
            says_no: true,
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
    /// Whether a code has one of the words, in whatever way it is written: `out-order-id-exist`, `OUT_ORDER_ID_EXIST`,
    /// `outOrderIdExist`.
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
    /// The entry that tells a person most.
    pub(crate) info: Option<&'static CodeInfo>,
    pub(crate) retry: RetryClass,
    /// Whether the refusal proves that nothing was done.
    pub(crate) nothing_done: bool,
}

/// Judges a refusal by its code and its sub-code; by what it says of a ban; and by whose fault it is said to be
/// where neither code is known.
pub(crate) fn judge(error: &ApiError) -> Judgement {
    let code = error.code.as_deref().and_then(of_any);
    let sub_code = error.sub_code.as_deref().and_then(of_any);
    let (exact, family) = match sub_code {
        Some(info) if info.is_family() => (None, Some(info)),
        exact => (exact, None),
    };
    let banned = crate::retry::ban(error).is_some();
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

/// Whether code, sub-code and type prove that nothing was done. A sub-code that leaves it open is believed before a
/// code that does not.
fn nothing_done(
    error: &ApiError,
    code: Option<&'static CodeInfo>,
    sub_code: Option<&'static CodeInfo>,
) -> bool {
    match sub_code.map(|info| info.done) {
        Some(Done::No) => return true,
        Some(_) => return false,
        None => {}
    }
    let silent = error
        .sub_code
        .as_deref()
        .is_none_or(|text| text.trim().is_empty());
    let by_caller = error.kind.as_deref().map(str::trim) == Some("ISV");
    match code.map(|info| info.done) {
        Some(Done::No) => true,
        Some(Done::ByType) => silent && by_caller,
        // A code that no one has listed may say itself that a service ran.
        None => silent && by_caller && !error.code.as_deref().is_some_and(speaks_of_doing),
        Some(Done::Perhaps) => false,
    }
}

/// `isp.*` may pass and `isv.*` does not, regardless of the general code beside it; a more telling code
/// (a call limit, a session) is heard first.
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
            // The fault is in a service behind the gateway and may pass.
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
    fn refusals_are_judged_by_code_and_sub_code() {
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

    /// Codes that an attack found to be taken for proof, and that prove nothing.
    #[test]
    fn other_codes_prove_nothing() {
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

    /// `isv` says that the caller is at fault, and some of these codes that an order may exist.
    #[test]
    fn codes_of_the_caller_prove_nothing_where_they_speak_of_something_done() {
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
        // The name of a parameter says nothing.
        assert!(refuses_order("isv.missing-parameter:retry_system"));
    }

    #[test]
    fn the_pages_own_codes_refuse_orders_but_one() {
        for listed in OrderCreateAnswer::ERROR_CODES {
            assert_eq!(
                refuses_order(listed.code),
                listed.code != REPEATED,
                "{}",
                listed.code
            );
        }
    }

    /// The code of one API says nothing of another's, nor of the gateway's.
    #[test]
    fn codes_of_one_api_are_its_own() {
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
