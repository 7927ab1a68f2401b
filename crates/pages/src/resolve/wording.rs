//! Paths and phrases that several messages share.

/// "a list" or "not a list", for messages.
pub(crate) fn word(list: bool) -> &'static str {
    if list { "a list" } else { "not a list" }
}

/// A path and a field below it.
pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
