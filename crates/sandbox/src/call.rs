//! Which gateway and which API a request calls, and the form of the answer.

use aliexpress_models::Form;

use crate::incoming::{Incoming, Pluses};
use crate::parameters::Parameters;

/// The gateway that was addressed; it decides the form of refusals and what is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gateway {
    /// `/sync`: business calls, and system calls whose path is in `method`.
    Sync,
    /// `/rest{path}`: system calls.
    Rest,
    /// `/router/rest`: the legacy TOP gateway.
    Top,
}

/// A request understood as a call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) gateway: Gateway,
    /// The name of the API, or the path of a system call; empty if the call names no API.
    pub(crate) api: String,
    /// How the answer is to be written.
    pub(crate) form: Form,
    /// The value of `format` when it is neither `json` nor `xml`.
    pub(crate) unknown_format: Option<String>,
    pub(crate) parameters: Parameters,
    /// The files that were sent, by the names of their parts.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// Where parameters arrived with a raw `+`.
    pub(crate) pluses: Pluses,
    /// For the log.
    pub(crate) notes: Vec<String>,
}

impl Call {
    /// The call in `incoming`, whose files, parameters and notes it takes; `None` if the path belongs to no gateway.
    pub(crate) fn of(incoming: &mut Incoming) -> Option<Call> {
        let (gateway, path) = gateway_of(&incoming.path)?;
        let parameters = std::mem::take(&mut incoming.parameters);
        let (form, unknown_format) = form_of(gateway, &parameters);
        let method = parameters.filled("method").unwrap_or_default();
        let api = if path.is_empty() { method } else { path }.to_owned();
        let mut notes = std::mem::take(&mut incoming.notes);
        if form == Form::FullJson && simplified(&parameters) {
            notes.push("simplify counts only beside format=json".to_owned());
        }
        Some(Call {
            gateway,
            api,
            form,
            unknown_format,
            notes,
            parameters,
            files: std::mem::take(&mut incoming.files),
            pluses: std::mem::take(&mut incoming.pluses),
        })
    }

    /// The contents of the file part with this name.
    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        let mut files = self.files.iter();
        let (_, content) = files.find(|(part, _)| part == name)?;
        Some(content)
    }

    /// The path that precedes the signed parameters of a system call.
    pub(crate) fn signed_path(&self) -> Option<&str> {
        self.api.starts_with('/').then_some(self.api.as_str())
    }

    /// The access token, by either of its names.
    pub(crate) fn session(&self) -> Option<&str> {
        self.parameters
            .filled("session")
            .or_else(|| self.parameters.filled("access_token"))
    }
}

/// The gateway, and the API's path where the URL holds it.
fn gateway_of(path: &str) -> Option<(Gateway, &str)> {
    match path.trim_end_matches('/') {
        "/sync" => return Some((Gateway::Sync, "")),
        "/router/rest" => return Some((Gateway::Top, "")),
        _ => {}
    }
    let path = path
        .strip_prefix("/rest")
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
    // The official Java SDK's "REST_VND_2" puts a version before the path and signs the path without it.
    let path = path
        .strip_prefix("/2.0")
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(path);
    Some((Gateway::Rest, path.trim_end_matches('/')))
}

fn simplified(parameters: &Parameters) -> bool {
    parameters
        .filled("simplify")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// The form of the answer, and the requested format if the platform does not have it.
///
/// `simplify` only has an effect with `format=json`, as the platform documents it; the npm package ae_sdk, which
/// sends `simplify` without `format`, reads full answers.
fn form_of(gateway: Gateway, parameters: &Parameters) -> (Form, Option<String>) {
    let json = if simplified(parameters) {
        Form::SimplifiedJson
    } else {
        Form::FullJson
    };
    match (gateway, parameters.filled("format")) {
        // System calls always answer in plain JSON.
        (Gateway::Rest, _) => (Form::SimplifiedJson, None),
        (Gateway::Top, None) => (Form::Xml, None),
        (Gateway::Sync, None) => (Form::FullJson, None),
        (_, Some(format)) if format.eq_ignore_ascii_case("json") => (json, None),
        (_, Some(format)) if format.eq_ignore_ascii_case("xml") => (Form::Xml, None),
        (_, Some(format)) => (json, Some(format.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<(Gateway, &str)>) {
        assert_eq!(gateway_of(path), expected, "{path}");
    }

    #[test]
    fn each_gateway_has_its_path() {
        check("/sync", Some((Gateway::Sync, "")));
        check("/router/rest", Some((Gateway::Top, "")));
        check(
            "/rest/auth/token/create",
            Some((Gateway::Rest, "/auth/token/create")),
        );
        check(
            "/rest/2.0/auth/token/create",
            Some((Gateway::Rest, "/auth/token/create")),
        );
        check("/rest", Some((Gateway::Rest, "")));
        check("/restaurant", None);
        check("/", None);
    }
}
