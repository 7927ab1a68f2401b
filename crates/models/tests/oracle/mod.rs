//! Rules that hold for any bytes, compared with other libraries' readers.
//!
//! The property tests and the fuzz targets both call these functions, which panic if a rule is broken.

mod tree;

use std::collections::BTreeMap;

use aliexpress_models::order_create::OrderCreateAnswer;
use aliexpress_models::order_get::OrderGetAnswer;
use aliexpress_models::order_info::OrderInfoGetAnswer;
use aliexpress_models::{APIS, Answer, DecodeError, Form, Record, decode, drift, encode};
use quick_xml::events::Event;
use serde_json::{Map, Value};
pub(crate) use tree::tree;

/// Any answer: nothing panics, and a value that can be read is the same after it is written in any form and read again.
pub(crate) fn envelope(bytes: &[u8]) {
    survives::<OrderCreateAnswer>(bytes);
    survives::<OrderGetAnswer>(bytes);
    survives::<OrderInfoGetAnswer>(bytes);
    for api in APIS {
        let _ = drift(bytes, api).map_err(|error| error.to_string());
    }
}

fn survives<T: Answer + Clone + PartialEq>(bytes: &[u8]) {
    let data = match decode::<T>(bytes) {
        Ok(envelope) => match envelope.outcome {
            Ok(data) => data,
            Err(error) => return assert!(!error.to_string().is_empty()),
        },
        Err(error) => return check_error(bytes, &error),
    };
    // XML cannot represent every character.
    let is_plain = !bytes
        .iter()
        .any(|byte| *byte == b'\\' || *byte == b'&' || *byte < b' ');
    let is_plain = is_plain
        && !std::str::from_utf8(bytes).is_ok_and(|text| text.contains(['\u{fffe}', '\u{ffff}']));
    for form in [Form::SimplifiedJson, Form::FullJson, Form::Xml] {
        let written = encode(&data, "r", form);
        let again = decode::<T>(written.as_bytes());
        let again = again.unwrap_or_else(|error| panic!("{error}: {written}"));
        let again = again
            .outcome
            .unwrap_or_else(|error| panic!("{error}: {written}"));
        match form {
            Form::Xml => assert!(!is_plain || pruned(&again) == pruned(&data), "{written}"),
            _ => assert!(again == data, "{written}"),
        }
    }
}

/// The values without empty objects: in XML, `{}` and nothing are the same.
fn pruned(record: &dyn Record) -> Value {
    let mut value = serde_json::to_value(record).unwrap_or_else(|error| panic!("{error}"));
    prune(&mut value);
    value
}

fn prune(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(prune);
            members.retain(|_, member| *member != Value::Object(Map::new()));
        }
        Value::Array(elements) => elements.iter_mut().for_each(prune),
        _ => {}
    }
}

/// Checks that the error names a position inside the answer, and can be printed.
fn check_error(bytes: &[u8], error: &DecodeError) {
    assert!(error.line() <= bytes.split(|byte| *byte == b'\n').count());
    assert!(error.column() <= bytes.len() + 1);
    assert!(error.to_string().ends_with(&error.problem()));
}

/// JSON: what serde_json refuses is refused; what it accepts is accepted, or refused by the model with a path.
pub(crate) fn json(bytes: &[u8]) {
    check_json(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    check_json(format!(r#"{{"unknown":{text},"request_id":"r"}}"#).as_bytes());
    check_json(format!(r#"{{"request_id":"r","unknown":{{"{text}":[{text}]}}}}"#).as_bytes());
    check_json_text(&format!(r#"{{"request_id":{text}}}"#));
    check_json_text(&format!(r#"{{"request_id":"{text}"}}"#));
}

fn check_json(bytes: &[u8]) {
    if !matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return;
    }
    // serde_json does not check UTF-8 in what it skips.
    let Ok(text) = std::str::from_utf8(bytes) else {
        return assert!(decode::<OrderGetAnswer>(bytes).is_err());
    };
    let expected = serde_json::from_str::<serde::de::IgnoredAny>(text);
    match (decode::<OrderGetAnswer>(bytes), expected) {
        (Ok(_), Err(error)) => panic!("accepted, but serde_json says {error}"),
        // serde_json does not check surrogates in what it skips.
        (Err(error), Ok(_)) => assert!(
            error.expected().is_some() || error.problem().contains("surrogate pair"),
            "{error}"
        ),
        _ => {}
    }
}

/// This crate's reader and serde_json read the same text.
fn check_json_text(whole: &str) {
    check_json(whole.as_bytes());
    let Ok(members) = serde_json::from_str::<BTreeMap<String, String>>(whole) else {
        return;
    };
    // If a key occurs twice, serde_json uses the last one.
    if whole.matches(':').count() > 1 {
        return;
    }
    let envelope = decode::<OrderGetAnswer>(whole.as_bytes());
    let envelope = envelope.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        envelope.request_id.unwrap_or_default(),
        members["request_id"]
    );
}

/// XML: what quick-xml refuses is refused; what it accepts is accepted, or refused by one of this crate's own rules.
pub(crate) fn xml(bytes: &[u8]) {
    const KEY: &str = OrderGetAnswer::KEY;
    let Ok(text) = std::str::from_utf8(bytes) else {
        return check_xml(bytes);
    };
    check_xml(bytes);
    check_xml(format!("<{KEY}>{text}</{KEY}>").as_bytes());
    check_xml(format!("<{KEY}><unknown>{text}</unknown></{KEY}>").as_bytes());
    check_xml(format!("<{KEY}><unknown {text}</unknown></{KEY}>").as_bytes());
    check_xml(format!("{text}<{KEY}/>").as_bytes());
    let whole = format!("<{KEY}><request_id>{text}</request_id></{KEY}>");
    check_xml(whole.as_bytes());
    let Ok(envelope) = decode::<OrderGetAnswer>(whole.as_bytes()) else {
        return;
    };
    if let Some(expected) = only_text(text) {
        assert_eq!(envelope.request_id.unwrap_or_default(), expected);
    }
}

fn check_xml(bytes: &[u8]) {
    if bytes.trim_ascii_start().first() != Some(&b'<') {
        return;
    }
    let is_well_formed = std::str::from_utf8(bytes).is_ok_and(is_well_formed);
    match decode::<OrderGetAnswer>(bytes) {
        Ok(_) => assert!(is_well_formed, "accepted, but quick-xml refuses it"),
        Err(error) => assert!(
            !is_well_formed || error.expected().is_some() || is_own_rule(&error),
            "{error}"
        ),
    }
}

/// Errors that only a reader of the values reports.
fn is_own_rule(error: &DecodeError) -> bool {
    const RULES: [&str; 5] = [
        "expected UTF-8, found the encoding",
        "found both",
        "found text between them",
        "expected a character or predefined entity",
        "found an HTML page",
    ];
    RULES.iter().any(|rule| error.problem().contains(rule))
}

/// Whether quick-xml accepts the document, with the checks that it leaves to its users: one root, all tags closed, no
/// empty names, a document type definition only before the root and without declarations.
fn is_well_formed(text: &str) -> bool {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut depth, mut roots) = (0, 0);
    loop {
        let Ok(event) = reader.read_event() else {
            return false;
        };
        let fits = match event {
            Event::Start(tag) => {
                roots += usize::from(depth == 0);
                depth += 1;
                !tag.name().0.is_empty()
            }
            Event::Empty(tag) => {
                roots += usize::from(depth == 0);
                !tag.name().0.is_empty()
            }
            Event::End(_) => {
                depth -= 1;
                true
            }
            Event::Text(part) => depth > 0 || part.trim_matches([' ', '\t', '\n', '\r']).is_empty(),
            Event::CData(_) | Event::GeneralRef(_) => depth > 0,
            Event::DocType(definition) => roots == 0 && !has_declarations(&definition),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => true,
            Event::Eof => return depth == 0 && roots == 1,
        };
        if !fits || roots > 1 {
            return false;
        }
    }
}

fn has_declarations(definition: &str) -> bool {
    let mut quote = None;
    definition.chars().any(|character| {
        match quote {
            None if matches!(character, '"' | '\'') => quote = Some(character),
            Some(open) if open == character => quote = None,
            _ => {}
        }
        quote.is_none() && character == '['
    })
}

/// The text as read by quick-xml; `None` if there are elements, or references that are not characters.
fn only_text(text: &str) -> Option<String> {
    // quick-xml skips one byte order mark; any other is text.
    let text = format!("\u{feff}{text}");
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut whole = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Text(part) => whole.push_str(&part.xml10_content()),
            Event::CData(part) => whole.push_str(&part.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(character) => whole.push(character),
                None => whole.push_str(quick_xml::escape::resolve_predefined_entity(&reference)?),
            },
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Eof => return Some(whole),
            _ => return None,
        }
    }
}
