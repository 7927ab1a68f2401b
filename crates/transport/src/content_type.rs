//! The content type of an exchange as a header.

use ureq::http::HeaderValue;

use crate::error::{Error, Kind, Phase};
use crate::form;

/// The value of a content type, which for most exchanges is that of a form.
pub(crate) fn header_value(content_type: &str) -> Result<HeaderValue, Error> {
    match content_type {
        form::CONTENT_TYPE => Ok(HeaderValue::from_static(form::CONTENT_TYPE)),
        other => HeaderValue::from_str(other).map_err(|cause| no_content_type().because(cause)),
    }
}

pub(crate) fn no_content_type() -> Error {
    Error::new(
        Phase::Prepare,
        Kind::Invalid {
            doing: "set the content type of an exchange",
            found: "characters that a header cannot contain".to_owned(),
            wanted: "printable ASCII on one line",
        },
    )
}
