//! Takes secrets out of what the platform says.

use aliexpress_models::ApiError;

use crate::call::{Call, Endpoint};
use crate::secrets::Session;

/// Some refusals repeat what they refuse: a session, a code, a refresh token. Those texts end up in
/// messages and logs, so that they lose it here; [`Error::raw`](crate::Error::raw) keeps the body.
pub(crate) fn mask(error: &mut ApiError, call: &Call<'_>, session: Option<&Session>) {
    let secrets = session.map(Session::expose).into_iter();
    // The parameters of token calls are secrets without exception.
    let params = call.params().map(|(_, value)| value);
    let params = params.filter(|_| matches!(call.endpoint, Endpoint::System(_)));
    // Anything shorter is no secret, and would tear words apart.
    for secret in secrets.chain(params).filter(|text| text.len() >= 6) {
        for text in texts(error) {
            if text.contains(secret) {
                *text = text.replace(secret, "[redacted]");
            }
        }
    }
}

fn texts(error: &mut ApiError) -> impl Iterator<Item = &mut String> {
    [
        &mut error.code,
        &mut error.kind,
        &mut error.message,
        &mut error.sub_code,
        &mut error.sub_message,
    ]
    .into_iter()
    .flatten()
}
