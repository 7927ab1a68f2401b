//! Removes Markdown and HTML markup from a cell, a heading or a line of code.

use super::page::{is_blank, is_invisible};

/// The longest name of an HTML tag that is recognised, including the closing sign.
const LONGEST_NAME: usize = 12;

/// The text as a reader sees it: entities decoded; emphasis, links, code marks and escapes removed; blanks trimmed and
/// replaced by spaces.
pub(crate) fn plain(text: &str) -> String {
    without_markup(text).trim().replace(is_blank, " ")
}

/// Like [`plain`], but keeps all blanks, including leading and trailing ones.
pub(crate) fn without_markup(text: &str) -> String {
    let text = links_to_text(&entities_to_text(&tags_to_blanks(text)));
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped = chars.next_if(char::is_ascii_punctuation);
                out.push(escaped.unwrap_or(c));
            }
            '*' | '`' => {}
            '~' if chars.peek() == Some(&'~') => {
                chars.next();
            }
            c if is_invisible(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Whether `text` begins with a tag of HTML rather than with an element of a payload.
pub(crate) fn is_html(text: &str) -> bool {
    html_tag(text).is_some()
        || ["<img", "<table", "<tr", "<td", "<!--", "<ul", "<li"]
            .iter()
            .any(|tag| text.starts_with(tag))
}

/// `text` with each run of white space replaced by one blank.
pub(crate) fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The cells of a Markdown table row. Bars in code marks and escaped bars are part of a cell.
pub(crate) fn cells(line: &str) -> Vec<&str> {
    let line = line.trim();
    let inner = line.strip_prefix('|').unwrap_or(line);
    let mut cells = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        if c == '|' && !escaped {
            cells.push(inner[start..at].trim_matches(' '));
            start = at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    let rest = inner[start..].trim_matches(' ');
    if !rest.is_empty() {
        cells.push(rest);
    }
    cells
}

fn tags_to_blanks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // After the last `>` there are no tags.
    let (mut rest, behind) = text.split_at(text.rfind('>').map_or(0, |at| at + 1));
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match html_tag(rest) {
            Some(length) => {
                out.push(' ');
                rest = &rest[length..];
            }
            None => {
                out.push('<');
                rest = &rest[1..];
            }
        }
    }
    out + rest + behind
}

/// Length of the HTML tag with which `text` begins. Type texts such as `List<Object>` contain none.
fn html_tag(text: &str) -> Option<usize> {
    const TAGS: [&str; 14] = [
        "br", "b", "strong", "i", "em", "p", "span", "div", "font", "a", "code", "u", "s", "del",
    ];
    let inner = text[1..].trim_start_matches('/').trim_start();
    let is_end = |(_, c): &(usize, char)| c.is_whitespace() || *c == '>';
    let (end, _) = inner.char_indices().take(LONGEST_NAME).find(is_end)?;
    let name = inner[..end].trim_end_matches('/');
    let is_tag = TAGS.iter().any(|tag| name.eq_ignore_ascii_case(tag));
    if !is_tag {
        return None;
    }
    Some(text.find('>')? + 1)
}

fn entities_to_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match entity(rest) {
            Some((c, length)) => {
                out.push(c);
                rest = &rest[length..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let c = match &text[1..end] {
        "nbsp" | "emsp" | "ensp" => '\u{a0}',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        numeric => {
            let digits = numeric.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((c, end + 1))
}

/// `[text](url)` as `text`; other brackets are kept.
fn links_to_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("](") {
        let Some(open) = rest[..at].rfind('[') else {
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        let Some(close) = rest[at..].find(')') else {
            break;
        };
        out.push_str(&rest[..open]);
        out.push_str(&rest[open + 1..at]);
        rest = &rest[at + close + 1..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_removed() {
        assert_eq!(
            plain(r"**◉****single\_order\_query**"),
            "◉single_order_query"
        );
        assert_eq!(plain("`a`&nbsp;&lt;b&gt;<br/>"), "a <b>");
        assert_eq!(
            plain("see [the page](https://x.example/a#b) now"),
            "see the page now"
        );
        assert_eq!(plain(r"List\[Object\]"), "List[Object]");
        assert_eq!(plain("List<Object>"), "List<Object>");
    }

    #[test]
    fn a_row_has_the_cells_between_its_bars() {
        assert_eq!(cells("| a | b \\| c |  |"), ["a", "b \\| c", ""]);
        assert_eq!(cells("| a | b"), ["a", "b"]);
        assert_eq!(cells("|  |  |"), ["", ""]);
    }
}
