//! Distinguishes JSON, XML and other texts.

/// The two formats of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    /// Scalars have no types.
    Xml,
}

impl Format {
    /// Determined by the first byte that is not white space. An HTML page, as proxies send it, is
    /// neither.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.trim_ascii_start();
        let starts = |word: &str| {
            text.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        match text.as_bytes().first()? {
            b'{' | b'[' => Some(Self::Json),
            b'<' if !starts("<!doctype html") && !starts("<html") => Some(Self::Xml),
            _ => None,
        }
    }
}
