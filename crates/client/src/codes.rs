//! The platform's error codes: what each means, what to do, and whether trying again can help.

mod gateway;
mod legacy;

use std::sync::LazyLock;

use aliexpress_models::{APIS, ApiError, ErrorCode, Retry};

/// What is known of an error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeInfo {
    /// The code, or the pattern of a family of codes (`isp.*`).
    pub code: &'static str,
    /// What the code says.
    pub meaning: &'static str,
    /// What usually brings it about.
    pub cause: &'static str,
    /// What to do about it.
    pub advice: &'static str,
    /// Whether a second try of a call that changes nothing can succeed.
    pub retry: RetryClass,
    /// Whether the code proves that the call never reached the service behind the gateway, so that
    /// nothing was done on its account.
    pub before_service: bool,
}

/// What a second try needs in order to succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryClass {
    /// The same call fails again.
    Never,
    /// It can pass once the caller has changed something: the call, a setting, the application.
    AfterChange,
    /// It may have passed by the next try.
    MayPass,
    /// The calls came too fast; it passes with time, often for as long as the answer says.
    AfterWait,
    /// A new session is needed.
    AfterRefresh,
    /// The account has to authorise the application again.
    AfterAuthorisation,
}

/// Looks a code up: a code of the current gateway (`IllegalAccessToken`), a number of the legacy one
/// (`27`), a sub-code (`isv.insufficient-permission`), or a code of an order's refusal
/// (`INVENTORY_HOLD_ERROR`). None where no page of the platform explains it.
///
/// ```
/// use aliexpress::codes::{RetryClass, explain};
///
/// assert_eq!(explain("ApiCallLimit").map(|info| info.retry), Some(RetryClass::AfterWait));
/// assert_eq!(explain("isp.remote-service-timeout").map(|info| info.code), Some("isp.*"));
/// assert!(explain("REPEATED_ORDER_ERROR").is_some_and(|info| info.advice.starts_with("Do not")));
/// assert_eq!(explain("NO_SUCH_CODE"), None);
/// ```
pub fn explain(code: &str) -> Option<&'static CodeInfo> {
    let code = code.trim();
    documented()
        .find(|info| info.code == code)
        .or_else(|| documented().find(|info| info.is_family_of(code)))
}

/// Every documented code: those of the gateways, those that single APIs list, then families of codes.
pub fn documented() -> impl Iterator<Item = &'static CodeInfo> {
    gateway::CODES
        .iter()
        .chain(legacy::CODES)
        .chain(gateway::OF_ORDERS)
        .chain(&*OF_APIS)
        .chain(gateway::SUB_CODES)
}

/// The codes that single APIs list on their pages.
static OF_APIS: LazyLock<Vec<CodeInfo>> = LazyLock::new(|| {
    let codes = APIS.iter().flat_map(|api| api.error_codes);
    codes.map(CodeInfo::of_api).collect()
});

impl CodeInfo {
    /// Whether this entry stands for every code that begins as it does.
    pub fn is_family(&self) -> bool {
        self.code.ends_with('*')
    }

    fn of_api(code: &ErrorCode) -> Self {
        Self {
            code: code.code,
            meaning: code.meaning,
            cause: code.cause,
            advice: code.advice,
            retry: match code.retry {
                Retry::AfterChange => RetryClass::AfterChange,
                Retry::Later => RetryClass::MayPass,
                _ => RetryClass::Never,
            },
            // A service itself says these.
            before_service: false,
        }
    }

    fn is_family_of(&self, code: &str) -> bool {
        self.code.strip_suffix('*').is_some_and(|start| {
            code.get(..start.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(start))
        })
    }
}

/// What the platform's refusal of a call means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// The entry that tells a person most.
    pub(crate) info: Option<&'static CodeInfo>,
    pub(crate) retry: RetryClass,
    pub(crate) before_service: bool,
}

/// Judges a refusal by its code and its sub-code, and by whose fault it is said to be where neither
/// is known.
pub(crate) fn judge(error: &ApiError) -> Judgement {
    let code = error.code.as_deref().and_then(explain);
    let sub_code = error.sub_code.as_deref().and_then(explain);
    if is_call_limit(error) {
        return Judgement {
            info: sub_code.filter(|info| !info.is_family()).or(code),
            retry: RetryClass::AfterWait,
            before_service: true,
        };
    }
    let (exact, family) = match sub_code {
        Some(info) if info.is_family() => (None, Some(info)),
        exact => (exact, None),
    };
    let from_service = family.is_some_and(|info| info.retry == RetryClass::MayPass);
    // The gateway turned it away itself: a service gives its refusals a sub-code.
    let turned_away = error.kind.as_deref() == Some("ISV")
        && error
            .sub_code
            .as_deref()
            .is_none_or(|sub_code| sub_code.trim().is_empty());
    Judgement {
        info: exact.or(code).or(family),
        retry: exact.map_or_else(|| retry(error, code, family), |info| info.retry),
        before_service: sub_code.is_some_and(|info| info.before_service)
            || (code.is_some_and(|info| info.before_service) && !from_service)
            || turned_away,
    }
}

/// Whether a refusal is for too many calls, by its code's ending or by a ban in its words, whatever the code is.
fn is_call_limit(error: &ApiError) -> bool {
    let ends = |code: &Option<String>| {
        let code = code.as_deref().unwrap_or_default().trim();
        code.ends_with("CallLimit")
    };
    ends(&error.code) || ends(&error.sub_code) || crate::retry::ban(error).is_some()
}

/// `isp.*` may pass and `isv.*` does not, whatever general code stands beside it; a more telling code
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
        // `ISP` and `SYSTEM` put the fault behind the gateway, where it may pass.
        (None, None) if matches!(error.kind.as_deref(), Some("ISP" | "SYSTEM")) => {
            RetryClass::MayPass
        }
        (None, None) => RetryClass::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, sub_code: &str, kind: &str, retry: RetryClass, before_service: bool) {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let mut error = ApiError::default();
        error.code = text(code);
        error.sub_code = text(sub_code);
        error.kind = text(kind);
        let judgement = judge(&error);
        assert_eq!(
            (judgement.retry, judgement.before_service),
            (retry, before_service),
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
            false,
        );
        check("15", "isv.something", "ISP", AfterChange, false);
        check("15", "isp.remote-service-timeout", "", MayPass, false);
        check("40", "isp.remote-service-error", "", MayPass, false);
        check("15", "", "ISP", MayPass, false);
        check("ServiceUnavailable", "", "", MayPass, false);
        check("40", "isv.missing-parameter:x", "", AfterChange, true);
        check("NoSuchCode", "", "ISV", Never, true);
        check("NoSuchCode", "isv.x", "ISV", AfterChange, false);
        check("NoSuchCode", "isp.x", "ISV", MayPass, false);
        check("NoSuchCode", "", "", Never, false);
        check("SellerCallLimit", "", "ISV", AfterWait, true);
        check("BrandNewCallLimit", "", "", AfterWait, true);
        check("ServiceTimeout", "", "ISP", MayPass, false);
        check("InsufficientPermission", "", "ISV", AfterChange, true);
        check("AppWhiteIpLimit", "", "ISV", AfterChange, true);
        check("NoSuchCode", "", "SYSTEM", MayPass, false);
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
            for words in [info.cause, info.advice] {
                assert!(words.len() > 10 && words.ends_with('.'), "{}", info.code);
            }
        }
    }
}
