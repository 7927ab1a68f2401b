//! JSON as different languages write it, and their texts for objects that are not JSON.

use std::borrow::Cow;

use serde_json::Value;

fn is_json(value: &str) -> bool {
    value.trim_start().starts_with(['{', '['])
}

fn read(value: &str) -> Option<Value> {
    serde_json::from_str(value).ok().filter(|_| is_json(value))
}

/// JSON with `gap` after each colon and comma and no other white space; other text is unchanged.
pub(super) fn spaced<'a>(value: &'a str, gap: &str) -> Cow<'a, str> {
    if !is_json(value) {
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

/// JSON with `\u` and four hex digits for each UTF-16 unit that is not ASCII.
pub(super) fn escaped(value: &str) -> Cow<'_, str> {
    if !is_json(value) || value.is_ascii() {
        return Cow::Borrowed(value);
    }
    let mut written = String::with_capacity(value.len() * 2);
    for character in value.chars() {
        if character.is_ascii() {
            written.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            written.push_str(&format!("\\u{unit:04x}"));
        }
    }
    Cow::Owned(written)
}

/// JSON with the characters themselves in place of `\u` escapes that are not ASCII.
pub(super) fn unescaped(value: &str) -> Cow<'_, str> {
    if !is_json(value) || !value.contains("\\u") {
        return Cow::Borrowed(value);
    }
    let mut written = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(place) = rest.find('\\') {
        written.push_str(&rest[..place]);
        rest = &rest[place..];
        let (text, length) = match unit(rest) {
            Some(first) => escape(first, &rest[6..]),
            // Any other escape has one more character, which may be a backslash.
            None => (None, 1 + rest[1..].chars().next().map_or(0, char::len_utf8)),
        };
        match text {
            Some(character) => written.push(character),
            None => written.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    written.push_str(rest);
    Cow::Owned(written)
}

/// The character of an escape and the escape's length in bytes; `None` for an ASCII character.
fn escape(first: u16, behind: &str) -> (Option<char>, usize) {
    let pair = unit(behind).and_then(|second| {
        let mut decoded = char::decode_utf16([first, second]);
        decoded.next()?.ok().filter(|_| decoded.next().is_none())
    });
    if let Some(character) = pair {
        return (Some(character), 12);
    }
    let character = char::from_u32(first.into());
    (character.filter(|character| !character.is_ascii()), 6)
}

/// The UTF-16 unit of the `\u` escape that a text starts with.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

/// JSON with `\/` for each slash.
pub(super) fn slashes_escaped(value: &str) -> Cow<'_, str> {
    if !is_json(value) || !value.contains('/') {
        return Cow::Borrowed(value);
    }
    Cow::Owned(value.replace("\\/", "/").replace('/', "\\/"))
}

/// JSON with a plain slash for each `\/`.
pub(super) fn slashes_plain(value: &str) -> Cow<'_, str> {
    if !is_json(value) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(value.replace("\\/", "/"))
}

/// As JavaScript turns a value into a text.
pub(super) fn of_javascript(value: &str) -> Cow<'_, str> {
    fn text(value: &Value) -> String {
        match value {
            Value::Object(_) => "[object Object]".to_owned(),
            Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(","),
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }
    read(value).map_or(Cow::Borrowed(value), |value| Cow::Owned(text(&value)))
}

/// As PHP turns an array into a text.
pub(super) fn of_php(value: &str) -> Cow<'_, str> {
    match is_json(value) {
        true => Cow::Borrowed("Array"),
        false => Cow::Borrowed(value),
    }
}

/// As Python's `str` writes dictionaries and lists, members in the order in which they were sent.
pub(super) fn of_python(value: &str) -> Cow<'_, str> {
    if read(value).is_none() {
        return Cow::Borrowed(value);
    }
    let json = unescaped(&spaced(value, " ")).into_owned();
    let mut written = String::with_capacity(json.len());
    let mut rest = json.as_str();
    while let Some(place) = rest.find('"') {
        written.push_str(&words(&rest[..place]));
        rest = &rest[place..];
        let Some(length) = text_length(rest) else {
            break;
        };
        let text: String = serde_json::from_str(&rest[..length]).unwrap_or_default();
        let quote = match text.contains('\'') && !text.contains('"') {
            true => '"',
            false => '\'',
        };
        let text = text.replace('\\', "\\\\").replace('\n', "\\n");
        let text = match quote {
            '\'' => text.replace('\'', "\\'"),
            _ => text,
        };
        written.push(quote);
        written.push_str(&text);
        written.push(quote);
        rest = &rest[length..];
    }
    written.push_str(&words(rest));
    Cow::Owned(written)
}

/// The JSON between string literals, with Python's words for `true`, `false` and `null`.
fn words(json: &str) -> String {
    json.replace("true", "True")
        .replace("false", "False")
        .replace("null", "None")
}

/// The length in bytes of the string literal that `json` starts with.
fn text_length(json: &str) -> Option<usize> {
    let mut escaped = false;
    let mut characters = json.char_indices().skip(1);
    let end = characters.find(|(_, character)| match character {
        _ if escaped => {
            escaped = false;
            false
        }
        '\\' => {
            escaped = true;
            false
        }
        character => *character == '"',
    });
    Some(end?.0 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_way() {
        let json = r#"{"order_id":1,"names":["Zoé","it's \"so\"","a/b"],"gift":true,"memo":null}"#;
        assert_eq!(
            escaped(json),
            r#"{"order_id":1,"names":["Zo\u00e9","it's \"so\"","a/b"],"gift":true,"memo":null}"#
        );
        assert_eq!(unescaped(&escaped(json)), json);
        assert_eq!(escaped("{\"a\":\"\u{1f600}\"}"), r#"{"a":"\ud83d\ude00"}"#);
        assert_eq!(
            unescaped(r#"{"a":"\ud83d\ude00\\u00e9\u0041\ud83dx"}"#),
            "{\"a\":\"\u{1f600}\\\\u00e9\\u0041\\ud83dx\"}"
        );
        assert_eq!(slashes_plain(&slashes_escaped(json)), json);
        assert!(slashes_escaped(json).contains(r#""a\/b""#));
        assert_eq!(
            of_python(json),
            r#"{'order_id': 1, 'names': ['Zoé', 'it\'s "so"', 'a/b'], 'gift': True, 'memo': None}"#
        );
        assert_eq!(of_python(r#"["it's"]"#), r#"["it's"]"#);
        assert_eq!(of_javascript(json), "[object Object]");
        assert_eq!(
            of_javascript(r#"[1,"a",[2,null],{}]"#),
            "1,a,2,,[object Object]"
        );
        assert_eq!(of_php("[1]"), "Array");
        for change in [
            escaped,
            unescaped,
            slashes_escaped,
            of_javascript,
            of_python,
            of_php,
        ] {
            assert_eq!(change("a/é true"), "a/é true");
        }
    }
}
