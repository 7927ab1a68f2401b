//! Ways in which the signed values differ from those that were sent.

use std::borrow::Cow;

/// How values are written into the canonical string.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Spelling {
    Raw,
    /// `%20` for a space.
    PercentEncoded,
    /// `+` for a space.
    FormEncoded,
    /// What was sent was encoded once too often.
    Decoded,
    Trimmed,
    /// JSON without white space.
    JsonCompact,
    /// JSON as Python's `json.dumps` writes it: a space after each colon and comma.
    JsonSpaced,
    /// UTF-8 taken for Latin-1.
    Latin1,
    /// A question mark for whatever is not ASCII.
    QuestionMarks,
}

impl Spelling {
    /// All but the right one.
    pub(super) const WRONG: &[Spelling] = &[
        Spelling::PercentEncoded,
        Spelling::FormEncoded,
        Spelling::Decoded,
        Spelling::Trimmed,
        Spelling::JsonCompact,
        Spelling::JsonSpaced,
        Spelling::Latin1,
        Spelling::QuestionMarks,
    ];

    pub(super) fn of<'a>(self, value: &'a str) -> Cow<'a, str> {
        match self {
            Spelling::Raw => Cow::Borrowed(value),
            Spelling::PercentEncoded => Cow::Owned(form_encoded(value).replace('+', "%20")),
            Spelling::FormEncoded => Cow::Owned(form_encoded(value)),
            Spelling::Decoded => decoded(value),
            Spelling::Trimmed => Cow::Borrowed(value.trim()),
            Spelling::JsonCompact => json_spaced(value, ""),
            Spelling::JsonSpaced => json_spaced(value, " "),
            Spelling::Latin1 => value.bytes().map(char::from).collect(),
            Spelling::QuestionMarks => value
                .chars()
                .map(|c| if c.is_ascii() { c } else { '?' })
                .collect(),
        }
    }

    pub(super) fn describe(self) -> &'static str {
        match self {
            Spelling::Raw => "values as sent",
            Spelling::PercentEncoded => "values URL-encoded before signing",
            Spelling::FormEncoded => "values URL-encoded (form style) before signing",
            Spelling::Decoded => "values URL-encoded twice on the wire, or once too often",
            Spelling::Trimmed => "values trimmed before signing but not before sending",
            Spelling::JsonCompact => "JSON signed without white space but sent with it",
            Spelling::JsonSpaced => {
                "JSON signed with a space after colons and commas but sent otherwise"
            }
            Spelling::Latin1 => "UTF-8 text taken for Latin-1 when signing",
            Spelling::QuestionMarks => "text that is not ASCII signed as question marks",
        }
    }
}

/// What is wrong with the writing of a signature itself, whatever it signs.
pub(super) fn of_hex(claimed: &str) -> Option<&'static str> {
    if claimed.trim() != claimed {
        return Some("white space around the signature");
    }
    claimed
        .contains(|character: char| character.is_ascii_lowercase())
        .then_some("lower-case hex where upper case is wanted")
}

fn form_encoded(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

fn decoded(value: &str) -> Cow<'_, str> {
    // A lone value with its separators escaped is a form of one name and no value.
    let escaped = value.replace('&', "%26").replace('=', "%3D");
    let name = form_urlencoded::parse(escaped.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned());
    Cow::Owned(name.unwrap_or_default())
}

/// JSON with `gap` after each colon and comma and no other white space; other text as it is.
fn json_spaced<'a>(value: &'a str, gap: &str) -> Cow<'a, str> {
    if !value.trim_start().starts_with(['{', '[']) {
        return Cow::Borrowed(value);
    }
    let mut written = String::with_capacity(value.len());
    let (mut in_text, mut escaped) = (false, false);
    for character in value.chars() {
        if !in_text && character.is_ascii_whitespace() {
            continue;
        }
        written.push(character);
        match character {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            ':' | ',' if !in_text => written.push_str(gap),
            _ => {}
        }
    }
    Cow::Owned(written)
}
