//! Converts names on the wire to Rust's naming conventions.

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

/// `order.create_v2` as a type: `OrderCreateV2`.
pub(crate) fn camel(name: &str) -> String {
    start_with_letter(ascii(name).to_upper_camel_case(), "T")
}

/// A field's name, or a module's.
pub(crate) fn snake(name: &str) -> String {
    start_with_letter(ascii(name).to_snake_case(), "n")
}

/// Every character that is not allowed in an identifier becomes `_`.
pub(crate) fn ascii(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    name.chars().map(letter).collect()
}

fn start_with_letter(name: String, letter: &str) -> String {
    match name.as_bytes().first() {
        Some(byte) if byte.is_ascii_alphabetic() => name,
        _ => format!("{letter}{name}"),
    }
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
}
