//! A refusal by the platform.

use aliexpress::codes::explain_of;
use aliexpress_models::{ApiError, BusinessRefusal};
use serde::Serialize;

use crate::failure::Failure;
use crate::failure::exit::Exit;
use crate::output::Output;
use crate::output::tree::tree;

/// A refusal as JSON, as the platform writes it.
#[derive(Serialize)]
pub(crate) struct Response<'a> {
    pub(crate) error_response: &'a ApiError,
}

/// Shows a refusal in a stored answer.
pub(crate) fn show(refusal: &ApiError, output: &mut Output) -> Result<(), Failure> {
    if output.wants_json() {
        let error_response = refusal;
        return output.json(&Response { error_response });
    }
    output.line("the platform refused this call:")?;
    output.line(tree(refusal))
}

/// The failure for a refusal inside a successful answer.
pub(crate) fn refused_in_answer(api: &str, refusal: &BusinessRefusal) -> Failure {
    let failure = Failure::new(
        Exit::RefusedInAnswer,
        format!("{api} refused in its answer: {refusal}"),
    );
    let code = refusal.code.as_deref();
    match code.and_then(|code| explain_of(api, code)) {
        Some(info) => failure.explained(info),
        None => failure,
    }
    .detail("code", refusal.code.clone())
    .detail("message", refusal.message.clone())
    .detail("path", refusal.path.as_str())
}
