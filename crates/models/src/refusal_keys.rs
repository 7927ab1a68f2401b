//! Names of the members by which APIs express a refusal inside a successful envelope. Source: reports from live use.

/// Members that say whether a call succeeded.
pub(crate) const FLAGS: [&str; 6] = [
    "success",
    "ret",
    "is_success",
    "isSuccess",
    "result_success",
    "update_success",
];
/// Members that contain a code, the more likely ones first.
pub(crate) const CODES: [&str; 8] = [
    "error_code",
    "code",
    "rsp_code",
    "resp_code",
    "result_code",
    "err_code",
    "update_error_code",
    "sub_code",
];
/// Members that contain a message.
pub(crate) const MESSAGES: [&str; 11] = [
    "error_msg",
    "error_message",
    "msg",
    "message",
    "rsp_msg",
    "resp_msg",
    "error_desc",
    "err_message",
    "result_msg",
    "update_error_message",
    "sub_msg",
];

/// Whether a member with this name may be part of a refusal inside an answer, even if the API's page does not list it.
pub(crate) fn may_express_refusal(key: &str) -> bool {
    key == "resp_result"
        || [&FLAGS[..], &CODES, &MESSAGES]
            .iter()
            .any(|names| names.contains(&key))
}
