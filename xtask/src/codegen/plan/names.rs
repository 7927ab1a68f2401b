//! Names of the wire in Rust's clothes: case changes, meaning never does.

/// `order.create_v2` as a type: `OrderCreateV2`.
pub(super) fn camel(name: &str) -> String {
    let mut output = String::new();
    for word in words(name) {
        let mut letters = word.chars();
        output.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        output.push_str(&letters.as_str().to_ascii_lowercase());
    }
    start_with_letter(output, "T")
}

/// `aliexpress.ds.order.create` as a module: `ds_order_create`.
pub(super) fn module(api: &str) -> String {
    snake(api.trim_start_matches("aliexpress."))
}

/// A field's name.
pub(super) fn snake(name: &str) -> String {
    let lower: Vec<_> = words(name).map(|word| word.to_ascii_lowercase()).collect();
    start_with_letter(lower.join("_"), "n")
}

/// A code as a variant; `Other` is taken by the codes that no page lists.
pub(super) fn variant(code: &str) -> String {
    match camel(code) {
        name if name == "Other" => "OtherCode".to_owned(),
        name => name,
    }
}

/// The name as an identifier, raw where Rust has the word for itself.
pub(super) fn identifier(name: &str) -> String {
    match name {
        // These cannot be raw identifiers.
        "self" | "Self" | "super" | "crate" | "_" => format!("{name}_"),
        name if KEYWORDS.contains(&name) => format!("r#{name}"),
        name => name.to_owned(),
    }
}

/// Strict and reserved keywords of the 2024 edition.
/// Source: <https://doc.rust-lang.org/reference/keywords.html>.
const KEYWORDS: [&str; 48] = [
    "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "extern", "false",
    "fn", "for", "gen", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
    "ref", "return", "static", "struct", "trait", "true", "type", "unsafe", "use", "where",
    "while", "abstract", "become", "box", "do", "final", "macro", "override", "priv", "try",
    "typeof", "unsized", "virtual", "yield",
];

fn start_with_letter(name: String, letter: &str) -> String {
    match name.as_bytes().first() {
        Some(byte) if byte.is_ascii_alphabetic() => name,
        _ => format!("{letter}{name}"),
    }
}

/// Words of a name: at every sign that is no letter or digit, and where a capital follows a small letter
/// or digit (`camelCase`), or starts a word after capitals (`DTOList`).
fn words(name: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            words.push(String::new());
            continue;
        }
        let before = index.checked_sub(1).and_then(|index| letters.get(index));
        let behind = letters.get(index + 1);
        let starts = letter.is_ascii_uppercase()
            && (before
                .is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit())
                || before.is_some_and(char::is_ascii_uppercase)
                    && behind.is_some_and(char::is_ascii_lowercase));
        if starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(*letter);
        }
    }
    words.into_iter().filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_camel_case() {
        assert_eq!(camel("trade.ds.order.get"), "TradeDsOrderGet");
        assert_eq!(camel("GlobalAeopTpPersonDto"), "GlobalAeopTpPersonDto");
        assert_eq!(camel("child_order_list"), "ChildOrderList");
        assert_eq!(camel("DTOList"), "DtoList");
        assert_eq!(camel("3pl"), "T3pl");
    }

    #[test]
    fn fields_are_snake_case() {
        assert_eq!(snake("gmt_create"), "gmt_create");
        assert_eq!(
            snake("param_place_order_request4_open_api_d_t_o"),
            "param_place_order_request4_open_api_d_t_o"
        );
        assert_eq!(snake("orderStatus"), "order_status");
        assert_eq!(snake("2fa"), "n2fa");
        assert_eq!(snake("订单"), "n");
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
}
