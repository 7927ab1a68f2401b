//! Rust names for names on the wire: only the case changes, never the meaning.

use heck::ToSnakeCase as _;

use crate::codegen::case::{ascii, camel};
use crate::codegen::rules::Names;

/// A code as a variant. `Other` is the variant for codes that no page lists.
pub(super) fn variant(code: &str) -> String {
    match camel(code) {
        name if name == "Other" => "OtherCode".to_owned(),
        name => name,
    }
}

/// The name as an identifier; raw if it is a keyword of Rust.
pub(super) fn identifier(name: &str) -> String {
    match name {
        // These cannot be raw identifiers, and a setter `new` would collide with the constructor.
        "self" | "Self" | "super" | "crate" | "_" | "new" => format!("{name}_"),
        name if KEYWORDS.contains(&name) => format!("r#{name}"),
        name => name.to_owned(),
    }
}

/// The name of an object's type: its documented name without meaningless endings, in the singular if it
/// is the element of a list.
pub(super) fn type_name(name: &str, is_element: bool, rules: &Names) -> String {
    let snake = ascii(name).to_snake_case().replace('_', " ");
    let mut words = without(&snake, &rules.suffixes);
    // `Result2` is another name for `Result`, not a number in a sequence.
    words = without_number(&words);
    words = without(&words, &rules.suffixes);
    if is_element {
        words = without(&words, &rules.list_suffixes);
        words = without(&words, &rules.suffixes);
        let (first, last) = words
            .rsplit_once(' ')
            .map_or(("", words.as_str()), |(first, last)| (first, last));
        words = format!("{first} {}", singular(last, rules));
    }
    camel(words.trim())
}

/// Removes endings as long as something is left.
fn without(words: &str, endings: &[String]) -> String {
    let mut words = words.trim();
    while let Some(rest) = endings.iter().find_map(|ending| {
        let rest = words.strip_suffix(ending.as_str())?.strip_suffix(' ')?;
        (!rest.is_empty()).then_some(rest)
    }) {
        words = rest;
    }
    words.to_owned()
}

fn without_number(words: &str) -> String {
    let rest = words
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end();
    let is_number = words.len() - rest.len() <= 2 && rest.len() > 2;
    if is_number { rest } else { words }.to_owned()
}

fn singular(word: &str, rules: &Names) -> String {
    if let Some(singular) = rules.irregular.get(word) {
        return singular.clone();
    }
    if rules
        .singular_endings
        .iter()
        .any(|ending| word.ends_with(ending.as_str()))
    {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["ches", "shes", "sses", "xes", "zes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s').filter(|stem| stem.len() > 2) {
        Some(stem) => stem.to_owned(),
        None => word.to_owned(),
    }
}

/// Letters and digits of ASCII, anything else as the end of a word.
/// Strict and reserved keywords of the 2024 edition.
/// Source: <https://doc.rust-lang.org/reference/keywords.html>.
const KEYWORDS: [&str; 48] = [
    "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "extern", "false",
    "fn", "for", "gen", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
    "ref", "return", "static", "struct", "trait", "true", "type", "unsafe", "use", "where",
    "while", "abstract", "become", "box", "do", "final", "macro", "override", "priv", "try",
    "typeof", "unsized", "virtual", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Names {
        let root = pages::root::Root::workspace();
        crate::codegen::rules::Rules::load(&root)
            .expect("rules")
            .names
    }

    #[test]
    fn codes_are_variants() {
        assert_eq!(variant("WAIT_SELLER_SEND_GOODS"), "WaitSellerSendGoods");
        assert_eq!(variant("other"), "OtherCode");
        assert_eq!(variant("wholesale"), "Wholesale");
    }

    #[test]
    fn keywords_are_raw() {
        assert_eq!(identifier("type"), "r#type");
        assert_eq!(identifier("self"), "self_");
        assert_eq!(identifier("id"), "id");
    }

    #[test]
    fn type_names_describe_their_content() {
        let rules = rules();
        for (documented, is_element, name) in [
            ("PromotionLinkDTO", false, "PromotionLink"),
            ("CategoryDTO", true, "Category"),
            ("categories", true, "Category"),
            ("child_order_list", true, "ChildOrder"),
            ("addresses", true, "Address"),
            ("Result2", false, "Result"),
            ("resultDTO3", false, "Result"),
            (
                "param_place_order_request4_open_api_d_t_o",
                false,
                "ParamPlaceOrderRequest4OpenApi",
            ),
            ("boxes", true, "Box"),
            ("AeopSKUProperty", true, "AeopSkuProperty"),
            ("status", true, "Status"),
            ("sizechart_d_t_o_list", true, "Sizechart"),
            ("DTO", false, "Dto"),
        ] {
            assert_eq!(
                type_name(documented, is_element, &rules),
                name,
                "{documented}"
            );
        }
    }
}
