//! Codes of the current gateway, and sub-codes of the services behind it.
//!
//! Names from the platform's documentation of errors and from its SDKs; causes, advice and judgement
//! are this project's.

use super::{CodeInfo, RetryClass};

/// Codes of business and system calls on the current gateway.
pub(super) const CODES: &[CodeInfo] = &[
    CodeInfo {
        code: "IncompleteSignature",
        meaning: "the signature does not fit the call",
        cause: "A wrong app secret (a line break at its end counts), a value changed between signing and sending, or another way of sorting.",
        advice: "Compare sign method, parameter names in order, and length and hash of the canonical string, which the error carries, with what the gateway expects.",
        retry: RetryClass::AfterChange,
        before_service: true,
    },
    CodeInfo {
        code: "IllegalAccessToken",
        meaning: "the session is unknown, expired or of another application",
        cause: "An access token past its lifetime or revoked by the seller, or one that another app key was given.",
        advice: "Refresh the token; where that is refused, let the account authorise the application again.",
        retry: RetryClass::AfterRefresh,
        before_service: true,
    },
    CodeInfo {
        code: "IllegalRefreshToken",
        meaning: "the refresh token is unknown or expired",
        cause: "A refresh token past its own lifetime, which refreshing does not lengthen.",
        advice: "Let the account authorise the application again.",
        retry: RetryClass::AfterAuthorisation,
        before_service: false,
    },
    CodeInfo {
        code: "IllegalTimestamp",
        meaning: "the timestamp is too far from the gateway's clock",
        cause: "A wrong clock on this machine, or a timestamp that is not in milliseconds since 1970 in UTC.",
        advice: "Set the clock (7200 s of difference are let pass); the error says how far off it is where the gateway told its time.",
        retry: RetryClass::AfterChange,
        before_service: true,
    },
    CodeInfo {
        code: "InvalidApiPath",
        meaning: "there is no such API",
        cause: "A misspelt API name or path, or an API of another gateway.",
        advice: "Compare the name with the API's page.",
        retry: RetryClass::AfterChange,
        before_service: true,
    },
    CodeInfo {
        code: "InvalidCode",
        meaning: "the authorisation code is not accepted",
        cause: "A code that was used before, is older than three minutes, or belongs to another application.",
        advice: "Send the account to the authorise page again and exchange the new code at once.",
        retry: RetryClass::AfterChange,
        before_service: false,
    },
    CodeInfo {
        code: "InvalidAppKey",
        meaning: "there is no such application",
        cause: "A misspelt app key, or an application that was closed or is still in review.",
        advice: "Compare the app key with the developer console.",
        retry: RetryClass::AfterChange,
        before_service: true,
    },
    CodeInfo {
        code: "MissingParameter",
        meaning: "a required parameter is missing",
        cause: "A parameter that was left out, or was blank and therefore not sent.",
        advice: "Give the parameter that the message names.",
        retry: RetryClass::AfterChange,
        before_service: true,
    },
    CodeInfo {
        code: "InsufficientPermission",
        meaning: "the application may not call this API",
        cause: "An API group that the application has not been granted.",
        advice: "Apply for the API's group in the developer console.",
        retry: RetryClass::AfterChange,
        before_service: false,
    },
    CodeInfo {
        code: "AppCallLimit",
        meaning: "the application made too many calls",
        cause: "More calls per second or day than the application is granted.",
        advice: "Wait as long as the message says, and spread the calls out.",
        retry: RetryClass::AfterWait,
        before_service: true,
    },
    CodeInfo {
        code: "ApiCallLimit",
        meaning: "this API was called too often",
        cause: "More calls of this API per second or day than the application is granted.",
        advice: "Wait as long as the message says, and spread the calls out.",
        retry: RetryClass::AfterWait,
        before_service: true,
    },
    CodeInfo {
        code: "ServiceUnavailable",
        meaning: "the service behind the gateway does not answer",
        cause: "A fault or a release on the platform's side.",
        advice: "Repeat a call that changes nothing after a moment; after placing an order, find out first whether it exists.",
        retry: RetryClass::MayPass,
        before_service: false,
    },
];

/// Sub-codes; a `*` at the end stands for the rest of a family, and the more telling come first.
pub(super) const SUB_CODES: &[CodeInfo] = &[
    CodeInfo {
        code: "isv.insufficient-permission",
        meaning: "the account may not see or do this",
        cause: "An order of somebody else, or one that was placed seconds ago and is not visible yet.",
        advice: "Wait ten seconds after placing an order before reading it; otherwise check whose session was used.",
        retry: RetryClass::AfterChange,
        before_service: false,
    },
    CodeInfo {
        code: "isv.missing-parameter*",
        meaning: "a required parameter is missing",
        cause: "A parameter that was left out, or was blank and therefore not sent.",
        advice: "Give the parameter that the sub-code or the message names.",
        retry: RetryClass::AfterChange,
        before_service: true,
    },
    CodeInfo {
        code: "accesscontrol.limited-by-*",
        meaning: "the calls came too fast or too often",
        cause: "More calls than the application, the API or the session is granted.",
        advice: "Wait as long as the message says, and spread the calls out.",
        retry: RetryClass::AfterWait,
        before_service: true,
    },
    CodeInfo {
        code: "isp.*",
        meaning: "the service behind the gateway failed",
        cause: "A fault or a time-out on the platform's side.",
        advice: "Repeat a call that changes nothing after a moment; after placing an order, find out first whether it exists.",
        retry: RetryClass::MayPass,
        before_service: false,
    },
    CodeInfo {
        code: "isv.*",
        meaning: "the service behind the gateway refused the call",
        cause: "Something in the call itself, which the message names.",
        advice: "Change the call; repeating it as it is does not help.",
        retry: RetryClass::AfterChange,
        before_service: false,
    },
];
