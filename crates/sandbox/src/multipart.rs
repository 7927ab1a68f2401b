//! Reads `multipart/form-data` (RFC 7578) from a complete body.

use memchr::memmem;

/// One part of a body.
#[derive(Debug, PartialEq)]
pub(crate) struct Part<'a> {
    pub(crate) name: String,
    /// Whether it is a file, which means that it has a file name.
    pub(crate) is_file: bool,
    pub(crate) content: &'a [u8],
}

/// The boundary between parts; `None` if `content_type` is not that of a multipart form.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    parameter(parameters, "boundary").filter(|boundary| !boundary.is_empty())
}

/// Splits a body into parts; preamble and epilogue are ignored.
///
/// # Errors
/// A sentence that says why it is not a multipart body, or that it has more than `most` parts.
pub(crate) fn parts<'a>(
    body: &'a [u8],
    boundary: &str,
    most: usize,
) -> Result<Vec<Part<'a>>, String> {
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = after_first(body, &delimiter).ok_or("its boundary does not occur in it")?;
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        if parts.len() == most {
            return Err(format!("it has more than {most} parts"));
        }
        // White space may follow a boundary.
        let line_end = memmem::find(rest, b"\r\n").ok_or("it ends in a boundary")?;
        let (part, behind) = split(&rest[line_end..], delimiter.as_bytes())
            .ok_or_else(|| format!("part {} does not end", parts.len() + 1))?;
        let part =
            read(part).ok_or_else(|| format!("part {} has no readable head", parts.len() + 1))?;
        parts.push(part);
        rest = behind;
    }
    Ok(parts)
}

/// What follows the first boundary. No line end comes before it if the body begins with it.
fn after_first<'a>(body: &'a [u8], delimiter: &str) -> Option<&'a [u8]> {
    match body.strip_prefix(delimiter.trim_start().as_bytes()) {
        Some(rest) => Some(rest),
        None => split(body, delimiter.as_bytes()).map(|(_, rest)| rest),
    }
}

fn split<'a>(text: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let place = memmem::find(text, at)?;
    Some((&text[..place], &text[place + at.len()..]))
}

/// Reads a part, which begins with the line end of its boundary.
fn read(part: &[u8]) -> Option<Part<'_>> {
    const MOST_HEADERS: usize = 16;
    let part = part.strip_prefix(b"\r\n")?;
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let httparse::Status::Complete((length, headers)) =
        httparse::parse_headers(part, &mut headers).ok()?
    else {
        return None;
    };
    let is_disposition = |name: &str| name.eq_ignore_ascii_case("content-disposition");
    let disposition = headers.iter().find(|header| is_disposition(header.name))?;
    let (_, parameters) = std::str::from_utf8(disposition.value)
        .ok()?
        .split_once(';')?;
    Some(Part {
        name: parameter(parameters, "name")?,
        is_file: ["filename", "filename*"]
            .iter()
            .any(|name| parameter(parameters, name).is_some()),
        content: &part[length..],
    })
}

/// The value of a header's parameter: `name=value` or `name="value"`, separated by semicolons.
fn parameter(parameters: &str, wanted: &str) -> Option<String> {
    let mut rest = parameters;
    while let Some((name, behind)) = rest.split_once('=') {
        let (value, behind) = value(behind.trim_start());
        if name
            .trim_start_matches([';', ' ', '\t'])
            .trim_end()
            .eq_ignore_ascii_case(wanted)
        {
            return Some(value);
        }
        rest = behind;
    }
    None
}

/// A value and what follows it. In a quoted value, a backslash escapes the next character.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, behind) = text.split_at(text.find(';').unwrap_or(text.len()));
        return (value.trim_end().to_owned(), behind);
    };
    let (mut value, mut escaped) = (String::new(), false);
    for (place, character) in quoted.char_indices() {
        match character {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return (value, &quoted[place + 1..]),
            _ => {
                value.push(character);
                escaped = false;
            }
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Result<&[(&str, bool, &'static str)], &str>) {
        let expected: Result<Vec<Part<'_>>, String> = expected
            .map(|parts| {
                let part = |&(name, is_file, content): &(&str, bool, &'static str)| Part {
                    name: name.to_owned(),
                    is_file,
                    content: content.as_bytes(),
                };
                parts.iter().map(part).collect()
            })
            .map_err(str::to_owned);
        assert_eq!(parts(body.as_bytes(), "XX", 2), expected);
    }

    #[test]
    fn fields_and_files_are_distinguished() {
        check(
            "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--XX  \r\n\
             content-type: image/png\r\nCONTENT-DISPOSITION: form-data; name=b; filename=\"x\\\"; name=c\"\r\n\r\n\r\n--XX--\r\n",
            Ok(&[("a", false, "1\r\n2"), ("b", true, "")]),
        );
        check(
            "before\r\n--XX\r\nContent-Disposition: form-data; filename*=utf-8''x; name=\"ä\"\r\n\r\n--XY\r\n--XX--after",
            Ok(&[("ä", true, "--XY")]),
        );
        check("--XX--", Ok(&[]));
    }

    #[test]
    fn an_invalid_multipart_body_is_reported() {
        check("", Err("its boundary does not occur in it"));
        check("--XX", Err("it ends in a boundary"));
        let part = "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n";
        let body = format!("{}--XX--", part.repeat(3));
        check(&body, Err("it has more than 2 parts"));
        check(
            "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n1",
            Err("part 1 does not end"),
        );
        check(
            "--XX\r\n\r\n1\r\n--XX--",
            Err("part 1 has no readable head"),
        );
        check(
            "--XX\r\nContent-Type: a/b\r\n\r\n1\r\n--XX--",
            Err("part 1 has no readable head"),
        );
    }

    #[test]
    fn the_boundary_is_read_from_the_content_type() {
        assert_eq!(
            boundary("multipart/form-data; boundary=a-b").as_deref(),
            Some("a-b")
        );
        let quoted = "Multipart/Form-Data; charset=\"x; boundary=no\"; Boundary=\"a b\"";
        assert_eq!(boundary(quoted).as_deref(), Some("a b"));
        for other in [
            "multipart/form-data",
            "multipart/mixed; boundary=a",
            "multipart/form-data; boundary=\"\"",
        ] {
            assert_eq!(boundary(other), None, "{other}");
        }
    }
}
