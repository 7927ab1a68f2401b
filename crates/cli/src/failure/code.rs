//! What an error says about a code of the platform, and where the docs describe it.

use aliexpress::codes::{AnsweredBy, CodeInfo};
use aliexpress_models::APIS;

use crate::failure::Failure;

impl Failure {
    /// Adds what is known about the code that caused it.
    pub(crate) fn explained(self, info: &CodeInfo) -> Self {
        self.hint(info.meaning).with_cause(info)
    }

    /// The same, if the message has the meaning already.
    pub(crate) fn with_cause(self, info: &CodeInfo) -> Self {
        let page = page(info);
        self.hint(format!("cause: {}", info.cause))
            .hint(format!("what to do: {}", info.advice))
            .hint(format!("see {page}"))
            .detail("page", page)
    }
}

/// The section of the docs that describes the code.
pub(crate) fn page(info: &CodeInfo) -> String {
    let file = match info.api.is_some() || apis(info).is_empty() {
        true => "errors.md",
        false => "errors-of-apis.md",
    };
    let heading = match info.api {
        Some(api) => format!("{} of {api}", info.code),
        None => info.code.to_owned(),
    };
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    let anchor = kept.collect::<String>().to_lowercase().replace(' ', "-");
    format!("docs/{file}#{anchor}")
}

/// The APIs whose code it is; empty for codes of the gateway.
pub(crate) fn apis(info: &CodeInfo) -> Vec<&'static str> {
    if let Some(api) = info.api {
        return vec![api];
    }
    if info.by != AnsweredBy::Api {
        return Vec::new();
    }
    let lists = |api: &&aliexpress_models::Api| {
        let mut codes = api.error_codes.iter();
        codes.any(|code| code.code == info.code && !code.meaning.is_empty())
    };
    APIS.iter().filter(lists).map(|api| api.name).collect()
}
