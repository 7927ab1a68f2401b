use proptest::prelude::*;

use super::*;

const ORDER: &str = r#"{"out_order_id":"shop-1","logistics_address":{"full_name":"Ivan Petrov","mobile_no":"9161234567","address":"Lenina 7, flat \"12\"","zip":"12222","country":"RU"},"product_items":[{"product_count":2,"sku_attr":"14:70221#Canary"}],"n":{"tax":123456789}}"#;

fn redactor() -> Redactor {
    let mut redactor = Redactor::default();
    redactor.add_secrets(["50000201c07/AbC+dEf=xyz12345"]);
    redactor.add_params([
        ("param", ORDER),
        ("page_size", "20"),
        ("memo", "李明"),
        ("nick", "Li"),
    ]);
    redactor
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let mut text = text.to_owned();
    redactor().text(&mut text);
    assert_eq!(text, expected);
}

#[test]
fn personal_values_are_redacted_in_any_encoding() {
    check(
        "address of Ivan Petrov, 9161234567 is illegal",
        "address of [redacted] is illegal",
    );
    check("IVAN+PETROV", "[redacted]");
    check("petrov is no name", "[redacted] is no name");
    check("Ivan is no name", "[redacted] is no name");
    check("+7 (916) 123-45-67", "+7 ([redacted]");
    check("Ivan%20Petro", "[redacted]");
    check(r"\u0049\u0076an\u0020Petrov\u{21}", r"[redacted]\u{21}");
    check("a&#73;&#x76;an a Ivan", "a&#73;&#x76;an a [redacted]");
    check("zip 12222?", "zip [redacted]?");
    check("tax 123456789", "tax [redacted]");
    check("收件人李明不合法", "收件人[redacted]不合法");
    check("the name Li is short", "the name [redacted] is short");
    check(
        r#"{\"address\":\"Lenina 7, flat \\\"12\\\"\"}"#,
        r#"{\"address\":\"[redacted]\\\"\"}"#,
    );
}

/// Spellings in which services, browsers and libraries return what they were sent.
#[test]
fn personal_values_are_redacted_in_any_alphabet_accent_and_width() {
    let name = "Jörg Müßigmann-Łęcki";
    let mut redactor = Redactor::default();
    redactor.add_params([
        ("name", name),
        ("phone", "9161234567"),
        ("street", "Đường Nguyễn Huệ 7"),
    ]);
    for echoed in [
        "Jörg Müßigmann-Łęcki",
        "Jo\u{308}rg Mu\u{308}ßigmann-Łe\u{328}cki",
        "JÖRG MÜSSIGMANN-ŁĘCKI",
        "Jorg Mussigmann-Łecki",
        "J&ouml;rg M&uuml;&szlig;igmann-&#321;&#281;cki",
        "J&#246;rg&nbsp;M&#XFC;&#xDFigmann-\\u0141\\u0119cki",
        "J%F6rg M%FC%DFigmann-%u0141%u0119cki",
        "J%c3%b6rg%20m%C3%BC%c3%9Figmann%2d%c5%81%C4%99cki",
        "\\U0000004Aörg Müßigmann-Łęcki",
        "Ｊöｒｇ　Ｍüßｉｇｍａｎｎ－Łęｃｋｉ",
        "916\u{a0}123\u{2009}45\u{3000}67",
        "916&nbsp;123&nbsp;4567",
        "(916) 123‑45‑67",
        "９１６１２３４５６７",
        "٩١٦١٢٣٤٥٦٧",
        "९१६१२३४५६७",
        "9\u{200b}1\u{200b}6\u{200b}1\u{200b}2\u{200b}3\u{200b}4\u{200b}5\u{200b}6\u{200b}7",
        "Duong Nguyen Hue 7",
        "&#272;&#432;&#7901;ng Nguy&#7877;n Hu&#7879; 7",
    ] {
        let mut text = format!("of {echoed} no");
        redactor.text(&mut text);
        let left = text.replace(REDACTED, "");
        let left: String = left.chars().filter(|c| c.is_alphanumeric()).collect();
        // Part of a value that is too short may remain at an end.
        assert!(
            text.contains(REDACTED) && left.chars().count() <= 4 + "Jorg".len(),
            "{echoed}: {text}"
        );
        assert!(
            !left.contains("91612") && !left.to_lowercase().contains("igmann"),
            "{echoed}: {text}"
        );
    }
}

#[test]
fn sessions_are_redacted_in_any_encoding() {
    check("bad 50000201c07/AbC+dEf=xyz12345", "bad [redacted]");
    check("bad 50000201c07%2FAbC%2BdEf%3Dxyz12345", "bad [redacted]");
    check(
        "bad 50000201c07%252FAbC%252BdEf%253Dxyz12345",
        "bad [redacted]",
    );
    check(r"bad 50000201c07\/ABC+DEF=XYZ12345", "bad [redacted]");
    check("bad 50000201c07/AbC", "bad [redacted]");
    check("bad …+dEf=xyz12345", "bad …+[redacted]");
}

#[track_caller]
fn check_id(id: &str, expected: &str) {
    let mut redactor = redactor();
    redactor.add_params([("location_tree_address_id", "903200190000000000-1")]);
    let mut id = id.to_owned();
    redactor.id(&mut id);
    assert_eq!(id, expected);
}

#[test]
fn request_ids_are_redacted_only_where_they_contain_whole_values_or_parts_of_secrets() {
    check_id("21021795855516905000001", "21021795855516905000001");
    check_id("2102916123450000000000", "2102916123450000000000");
    check_id("0ba-161234-12-55", "0ba-161234-12-55");
    check_id("210217958916123456799", "210217958[redacted]99");
    check_id("r-50000201c07-AbC", "r-[redacted]");
    check_id("r IVAN 7", "r [redacted] 7");
    check_id("12222", "[redacted]");
    check_id("0012222", "0012222");
}

#[test]
fn repeated_characters_are_not_redacted() {
    let mut redactor = Redactor::default();
    redactor.add_params([("tree", "9032001900000000001"), ("name", "李李")]);
    let mut text = "of 8000000000000007 or 90320019, 李李".to_owned();
    redactor.text(&mut text);
    assert_eq!(text, "of 8000000000000007 or [redacted]");
}

#[test]
fn unrelated_words_are_kept() {
    for text in [
        "",
        "the list is invalid",
        "order shop-1 of 2 for RU: 14:70221#Canary, page of 20",
        "code 15",
        "100% of it \\ &c. %zz \\u12 &nothing;",
    ] {
        check(text, text);
    }
}

/// The text in the encoding with this number.
fn encoded(text: &str, encoding: u8) -> String {
    match encoding % 6 {
        0 => text.to_owned(),
        1 => form_urlencoded::byte_serialize(text.as_bytes()).collect(),
        2 => serde_json::to_string(text).unwrap(),
        3 => text
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect(),
        4 => text.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        _ => text
            .chars()
            .map(|c| format!("&#{};", u32::from(c)))
            .collect(),
    }
}

proptest! {
    /// Values of every script, in every encoding and in two nested encodings.
    #[test]
    fn every_personal_value_is_redacted(
        value in "[a-zA-Zа-яА-Я李明王é0-9]{6,12}[ ,./+=\"#-]{0,2}[a-zA-Zа-яА-Я李明王é0-9]{2,12}",
        ways in prop::array::uniform2(0_u8..6),
        upper in any::<bool>(),
        (before, after) in ("[ -~]{0,20}[ .:\"(]", "[ .:\")][ -~]{0,20}"),
        is_secret in any::<bool>(),
    ) {
        // An escape that is completed by its surroundings is a different text.
        prop_assume!(!before.contains(['%', '\\', '&']) && !after.contains(['%', '\\', '&', ';']));
        let mut redactor = Redactor::default();
        match is_secret {
            true => redactor.add_secrets([value.as_str()]),
            false => redactor.add_params([("name", value.as_str())]),
        }
        let echoed = if upper { value.to_uppercase() } else { value.clone() };
        let echoed = encoded(&encoded(&echoed, ways[0]), ways[1]);
        let mut text = format!("{before}{echoed}{after}");
        redactor.text(&mut text);
        let left = Plain::of(&text).letters.iter().collect::<String>();
        let wanted = Plain::of(&value).letters.iter().collect::<String>();
        prop_assert!(text.contains(REDACTED), "{text}");
        prop_assert!(!left.contains(&wanted), "{text}");
    }

    /// Every part of a secret that is long enough is found.
    #[test]
    fn every_long_part_of_a_secret_is_redacted(value in "[a-zA-Z0-9]{20,50}", from in 0_usize..12, length in 8_usize..=8) {
        let mut redactor = Redactor::default();
        redactor.add_secrets([value.as_str()]);
        let piece = &value[from..from + length];
        let mut text = format!("= {piece}…");
        redactor.text(&mut text);
        prop_assert_eq!(text, "= [redacted]…");
    }

    /// An id that passes the quick check needs no redaction, whether the values are plain or in
    /// JSON, with and without escapes.
    #[test]
    fn redaction_leaves_an_id_unchanged_if_the_quick_check_accepts_it(
        values in prop::collection::vec(
            ("[a-cA-C0-2-]{0,12}|李?[0-2é]{0,6}|[0-2]{0,3}[. ][0-2]{4,9}", any::<bool>(), 0_u8..3),
            0..4,
        ),
        id in "[a-c0-2 -]{0,24}|[0-2]{10,24}",
        within in any::<bool>(),
    ) {
        let texts: Vec<_> = values.iter().map(|(value, _, way)| match way {
            0 => value.clone(),
            1 => serde_json::json!({"name": [value], "count": 1}).to_string(),
            _ => serde_json::json!({"name": serde_json::json!([value]).to_string()}).to_string(),
        }).collect();
        let mut redactor = Redactor::default();
        for (text, (_, is_secret, _)) in texts.iter().zip(&values) {
            match is_secret {
                true => redactor.add_secrets([text.as_str()]),
                false => redactor.add_params([("name", text.as_str())]),
            }
        }
        let id = match values.first() {
            Some((value, ..)) if within => format!("{id}{}12", value.replace([' ', '.'], "")),
            _ => id,
        };
        let mut left = id.clone();
        redactor.id(&mut left);
        prop_assert!(left == id || !is_clean(&id, texts.iter().map(String::as_str)), "{id} {left}");
    }

    /// A random request id, and a request with other digits.
    #[test]
    fn most_request_ids_pass_the_quick_check(id in "0ba[0-9]{22}") {
        let texts = ["50000201c07-a session of the usual length xyz12345", r#"{"order_id":81}"#];
        prop_assert!(is_clean(&id, texts));
    }

    /// Texts of letters that no value of the request contains, with characters that may begin an
    /// escape.
    #[test]
    fn a_text_without_values_of_the_request_is_unchanged(value in "[a-m]{1,20}", text in "[n-z \\\\%&;u{}]{0,80}") {
        let mut redactor = Redactor::default();
        redactor.add_params([("name", value.as_str())]);
        redactor.add_secrets([value.as_str()]);
        let mut changed = text.clone();
        redactor.text(&mut changed);
        prop_assert_eq!(changed, text);
    }

    #[test]
    fn redaction_does_not_panic_on_any_text(value in ".*", text in ".*") {
        let mut redactor = Redactor::default();
        redactor.add_params([("name", value.as_str())]);
        let mut text = text + &value;
        redactor.text(&mut text);
    }
}

/// Long texts are searched in parts; a value is found even if it is in two of them.
#[test]
fn a_long_text_is_redacted_like_a_short_one() {
    for value in [
        "Ivan Petrov",
        "9161234567",
        r"916\u0031234567",
        "%32%31%36",
        "李明",
    ] {
        for before in [
            0,
            PART - SHARED - 9,
            PART - SHARED,
            PART - 9,
            PART - 4,
            PART,
            2 * PART,
        ] {
            let (filler, rest) = ("é ".repeat(before / 3), "x".repeat(before % 3));
            let text = |middle: &str| format!("{filler}{rest} {middle} {filler}");
            let mut short = format!(" {value} ");
            redactor().text(&mut short);
            let mut long = text(value);
            redactor().text(&mut long);
            assert!(long == text(short.trim()), "{value} after {before}");
        }
    }
}

#[test]
fn an_unusually_long_id_is_redacted_like_a_text() {
    let digits = format!("91612345{}", "0".repeat(LONGEST_ID));
    let redacted = |mut id: String| {
        redactor().id(&mut id);
        id
    };
    assert_eq!(
        redacted(digits.clone()),
        format!("[redacted]{}", "0".repeat(LONGEST_ID))
    );
    assert_eq!(redacted(digits[..20].to_owned()), digits[..20]);
}
