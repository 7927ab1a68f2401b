//! Ways in which the signed values differ from those that were sent.

use std::borrow::Cow;

use super::json_spelling;
use super::url_encoding::UrlEncoding;

/// How values are written into the canonical string.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Spelling {
    Raw,
    UrlEncoded(UrlEncoding),
    /// Decoded once more: the sent value was encoded once too often.
    Decoded,
    Trimmed,
    /// JSON without white space.
    JsonCompact,
    /// JSON as Python's `json.dumps` writes it: a space after each colon and comma.
    JsonSpaced,
    /// UTF-8 read as Latin-1.
    Latin1,
    /// A question mark for each character that is not ASCII.
    QuestionMarks,
    /// Booleans as Python's `str` writes them, `True` and `False`.
    CapitalBooleans,
    /// Booleans in lower case, sent with a capital letter.
    SmallBooleans,
    /// Booleans as R and SQL write them, `TRUE` and `FALSE`.
    LargeBooleans,
    /// Booleans as `1` and `0`.
    NumericBooleans,
    /// Booleans as PHP converts them to text: `1`, and nothing for false.
    PhpBooleans,
    /// JSON with `\u` escapes for what is not ASCII, as Python's and PHP's encoders write it by default.
    JsonEscaped,
    /// JSON without the `\u` escapes that it was sent with.
    JsonUnescaped,
    /// JSON with `\/` for each slash, as PHP's encoder writes it by default.
    JsonSlashesEscaped,
    /// JSON without the escaped slashes that it was sent with.
    JsonSlashesPlain,
    /// JSON as JavaScript converts objects and arrays to text.
    JavaScriptText,
    /// JSON as Python's `str` writes dictionaries and lists.
    PythonText,
    /// JSON as PHP converts arrays to text.
    PhpText,
    /// `+` for a blank at the start of a number, such as a telephone number, and for no other blank: a raw `+` in a
    /// form or a query arrives as a blank, and so do encoded blanks.
    PlusBeforeNumbers,
}

impl Spelling {
    /// All wrong spellings except [URL-encoded](Self::UrlEncoded) ones.
    pub(super) const WRONG: &[Spelling] = &[
        Spelling::Decoded,
        Spelling::Trimmed,
        Spelling::JsonCompact,
        Spelling::JsonSpaced,
        Spelling::Latin1,
        Spelling::QuestionMarks,
        Spelling::CapitalBooleans,
        Spelling::SmallBooleans,
        Spelling::LargeBooleans,
        Spelling::NumericBooleans,
        Spelling::PhpBooleans,
        Spelling::PlusBeforeNumbers,
        Spelling::JsonEscaped,
        Spelling::JsonUnescaped,
        Spelling::JsonSlashesEscaped,
        Spelling::JsonSlashesPlain,
        Spelling::JavaScriptText,
        Spelling::PythonText,
        Spelling::PhpText,
    ];

    pub(super) fn of<'a>(self, value: &'a str) -> Cow<'a, str> {
        match self {
            Spelling::Raw => Cow::Borrowed(value),
            Spelling::UrlEncoded(encoding) => Cow::Owned(encoding.encode(value)),
            Spelling::Decoded => decoded(value),
            Spelling::Trimmed => Cow::Borrowed(value.trim()),
            Spelling::JsonCompact => json_spelling::spaced(value, ""),
            Spelling::JsonSpaced => json_spelling::spaced(value, " "),
            Spelling::Latin1 => value.bytes().map(char::from).collect(),
            Spelling::QuestionMarks => value
                .chars()
                .map(|c| if c.is_ascii() { c } else { '?' })
                .collect(),
            Spelling::CapitalBooleans => boolean(value, ["True", "False"]),
            Spelling::SmallBooleans => boolean(value, ["true", "false"]),
            Spelling::LargeBooleans => boolean(value, ["TRUE", "FALSE"]),
            Spelling::NumericBooleans => boolean(value, ["1", "0"]),
            Spelling::PhpBooleans => boolean(value, ["1", ""]),
            Spelling::JsonEscaped => json_spelling::escaped(value),
            Spelling::JsonUnescaped => json_spelling::unescaped(value),
            Spelling::JsonSlashesEscaped => json_spelling::slashes_escaped(value),
            Spelling::JsonSlashesPlain => json_spelling::slashes_plain(value),
            Spelling::JavaScriptText => json_spelling::of_javascript(value),
            Spelling::PythonText => json_spelling::of_python(value),
            Spelling::PhpText => json_spelling::of_php(value),
            Spelling::PlusBeforeNumbers => Cow::Owned(plus_before_numbers(value)),
        }
    }

    pub(super) fn describe(self) -> &'static str {
        match self {
            Spelling::Raw => "values as sent",
            Spelling::UrlEncoded(encoding) if encoding.writes_pluses() => {
                "values URL-encoded (form style) before signing"
            }
            Spelling::UrlEncoded(_) => "values URL-encoded before signing",
            Spelling::Decoded => "values URL-encoded twice on the wire, or once too often",
            Spelling::Trimmed => "values trimmed before signing but not before sending",
            Spelling::JsonCompact => "JSON signed without white space but sent with it",
            Spelling::JsonSpaced => {
                "JSON signed with a space after colons and commas but sent otherwise"
            }
            Spelling::Latin1 => "UTF-8 text read as Latin-1 when signing",
            Spelling::QuestionMarks => "text that is not ASCII signed as question marks",
            Spelling::CapitalBooleans => "booleans signed as True and False but sent otherwise",
            Spelling::SmallBooleans => "booleans signed as true and false but sent otherwise",
            Spelling::LargeBooleans => "booleans signed as TRUE and FALSE but sent otherwise",
            Spelling::NumericBooleans => "booleans signed as 1 and 0 but sent as words",
            Spelling::PhpBooleans => {
                "booleans signed as 1 and nothing, as PHP joins them, but sent as words"
            }
            Spelling::JsonEscaped => "JSON signed with \\u escapes but sent without",
            Spelling::JsonUnescaped => "JSON signed without the \\u escapes that it was sent with",
            Spelling::JsonSlashesEscaped => "JSON signed with escaped slashes but sent without",
            Spelling::JsonSlashesPlain => {
                "JSON signed without the escaped slashes that it was sent with"
            }
            Spelling::JavaScriptText => {
                "objects and arrays signed as JavaScript joins them to a text, such as [object Object], but sent as JSON"
            }
            Spelling::PythonText => {
                "dictionaries and lists signed as Python's str but sent as JSON"
            }
            Spelling::PhpText => "arrays signed as PHP's word Array but sent as JSON",
            Spelling::PlusBeforeNumbers => {
                "a plus signed that was not sent as %2B, so that it arrived as a space"
            }
        }
    }
}

/// What a parameter with this value may be signed as: other words for the same boolean, or, for a blank value, the
/// words that languages print for an absent one.
pub(super) fn other_words(sent: &str) -> &'static [&'static str] {
    match sent.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => &["true", "True", "TRUE", "1", "yes", "on", ""],
        "false" | "0" | "no" | "off" => &["false", "False", "FALSE", "0", "no", "off", ""],
        "" => &ABSENT_WORDS,
        _ => &[],
    }
}

/// The words that languages print for an absent value.
pub(super) const ABSENT_WORDS: [&str; 6] = ["undefined", "null", "None", "nil", "<nil>", "NaN"];

/// A boolean in another spelling: `yes` for true, `no` for false.
fn boolean<'a>(value: &'a str, [yes, no]: [&'static str; 2]) -> Cow<'a, str> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Cow::Borrowed(yes),
        "false" => Cow::Borrowed(no),
        _ => Cow::Borrowed(value),
    }
}

/// A plus for each blank before a digit that is at the start of the value or after a quotation mark.
fn plus_before_numbers(value: &str) -> String {
    let mut before = '"';
    let mut written = String::with_capacity(value.len());
    let mut rest = value.chars().peekable();
    while let Some(character) = rest.next() {
        let is_sign =
            character == ' ' && before == '"' && rest.peek().is_some_and(char::is_ascii_digit);
        written.push(if is_sign { '+' } else { character });
        before = character;
    }
    written
}

fn decoded(value: &str) -> Cow<'_, str> {
    // A single value whose separators are escaped reads as a form with one name and no value.
    let escaped = value.replace('&', "%26").replace('=', "%3D");
    let name = form_urlencoded::parse(escaped.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned());
    Cow::Owned(name.unwrap_or_default())
}
