//! Writes trees as XML, in the shapes that were seen in answers, and with everything that XML allows in addition.

use aliexpress_models::{Field, Kind};

use crate::json::{key, missing};
use crate::tree::{Choices, Tree};

pub(crate) fn document(root: &str, tree: &Tree, choices: &Choices) -> String {
    let start = choices.one_of(&[
        "",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        "\u{feff}<?xml version='1.0'?>\n",
        "<!-- <a> --><!DOCTYPE a>\n",
    ]);
    let end = choices.one_of(&["", "\n", "<!-- end --><?end?>"]);
    let body = children(tree, vec!["<request_id>r</request_id>".to_owned()], choices);
    format!("{start}{}{end}", element(root, &body, choices))
}

fn children(tree: &Tree, mut others: Vec<String>, choices: &Choices) -> String {
    let Tree::Object(shape, given) = tree else {
        return String::new();
    };
    // An object without a known key would be read as an object of another API.
    if choices.rarely(4) && (!given.is_empty() || !others.is_empty()) {
        others.push("<zz_unknown a='>'><c><![CDATA[</c>]]></c><d/></zz_unknown>".to_owned());
    }
    for (field, value) in given {
        others.push(member(field, value, choices));
    }
    for field in missing(shape, given) {
        if choices.rarely(6) {
            others.push(nothing(field, choices));
        }
    }
    let mut body = String::new();
    for child in choices.shuffled(others) {
        body.push_str(aside(choices));
        body.push_str(&child);
    }
    body + aside(choices)
}

/// What may be between elements.
fn aside(choices: &Choices) -> &'static str {
    choices.one_of(&[
        "",
        "",
        "\n            ",
        "\r\n\t",
        "<!-- <a> & -- -->",
        "<?a b?>",
    ])
}

fn element(name: &str, body: &str, choices: &Choices) -> String {
    let attributes = choices.one_of(&["", "", "", " list=\"true\"", " a='>\"' b = \"'/\"", "\n"]);
    let blank = choices.one_of(&["", "", "", " "]);
    if body.is_empty() && choices.rarely(2) {
        return format!("<{name}{attributes}/>");
    }
    format!("<{name}{attributes}>{body}</{name}{blank}>")
}

fn nothing(field: &Field, choices: &Choices) -> String {
    let body = match field.kind {
        Kind::Text => "",
        _ => choices.one_of(&["", " ", "<!-- -->"]),
    };
    element(field.key, body, choices)
}

fn member(field: &'static Field, value: &Tree, choices: &Choices) -> String {
    let key = key(field, choices);
    let Tree::List(elements) = value else {
        return element(key, &content(value, choices), choices);
    };
    let is_known = elements.iter().all(|element| !element.is_empty())
        && (field.wrapper_proven || !matches!(elements[0], Tree::Object(..)));
    let is_repeated = field.wrapper.is_none() || (is_known && choices.rarely(4));
    let is_renamed = choices.rarely(4);
    let name = match field.wrapper {
        Some(_) if !is_repeated && is_renamed => "some_name",
        Some(inner) if !is_repeated => inner,
        _ => key,
    };
    let elements: String = elements
        .iter()
        .map(|value| {
            element(name, &content(value, choices), choices)
                + if is_repeated { "" } else { aside(choices) }
        })
        .collect();
    if is_repeated {
        elements
    } else {
        element(key, &beside(elements, is_renamed, field, choices), choices)
    }
}

/// Elements of a list, with unknown elements before and after them. Next to a name that is not the documented one, no
/// other element may look like the list.
fn beside(elements: String, is_renamed: bool, field: &Field, choices: &Choices) -> String {
    let unknown: &[&str] = match (is_renamed, field.kind.shape()) {
        _ if elements.is_empty() || field.wrapper.is_none() => &[""],
        (false, _) => &[
            "",
            "",
            "<zz_count>3</zz_count>",
            "<zz_more><a><b>1</b></a></zz_more>",
        ],
        (true, Some(_)) => &["", "", "<zz_count>3</zz_count>"],
        (true, None) => &["", "", "<zz_nothing/>"],
    };
    let before = choices.one_of(unknown);
    format!("{before}{elements}{}", choices.one_of(unknown))
}

fn content(tree: &Tree, choices: &Choices) -> String {
    match tree {
        Tree::Integer(value) => padded(&value.to_string(), choices),
        Tree::Boolean(true) => padded(choices.one_of(&["true", "1"]), choices),
        Tree::Boolean(false) => padded(choices.one_of(&["false", "0"]), choices),
        Tree::Text(text) => self::text(text, choices),
        Tree::Wrong(text) => (*text).to_owned(),
        Tree::Object(..) => children(tree, Vec::new(), choices),
        Tree::List(_) => String::new(),
    }
}

fn padded(text: &str, choices: &Choices) -> String {
    let blank = choices.one_of(&["", "", " ", "\r\n        \t"]);
    format!("{blank}{text}{blank}")
}

/// A text as characters, references and CDATA sections, with comments in between.
fn text(text: &str, choices: &Choices) -> String {
    if choices.rarely(4) && !text.contains('\r') {
        return format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"));
    }
    let mut written = String::new();
    for character in text.chars() {
        if choices.rarely(12) {
            written.push_str(choices.one_of(&["<!-- & -->", "<?a?>"]));
        }
        match character {
            '<' => written.push_str(choices.one_of(&["&lt;", "&#60;", "<![CDATA[<]]>"])),
            '&' => written.push_str(choices.one_of(&["&amp;", "&#x26;"])),
            '>' => written.push_str(choices.one_of(&["&gt;", ">"])),
            '"' => written.push_str(choices.one_of(&["\"", "&quot;"])),
            '\'' => written.push_str(choices.one_of(&["'", "&apos;"])),
            '\r' => written.push_str("&#13;"),
            '\n' => written.push_str(choices.one_of(&["\n", "\r\n", "\r", "&#10;"])),
            other if choices.rarely(12) => written.push_str(&format!("&#x{:X};", u32::from(other))),
            other => written.push(other),
        }
    }
    written
}
