//! Compares the tree with those of other libraries: roxmltree's for XML, serde_json's for JSON.

use aliexpress_models::raw::{Value, parse};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// The element as read by roxmltree, converted to this crate's tree.
fn from_element(node: roxmltree::Node<'_, '_>) -> Value {
    let children = node.children().filter(roxmltree::Node::is_element);
    let members: Vec<(Box<str>, Value)> = children
        .map(|child| (child.tag_name().name().into(), from_element(child)))
        .collect();
    if !members.is_empty() {
        return Value::Object(members);
    }
    let texts = node.children().filter(roxmltree::Node::is_text);
    let text: String = texts.filter_map(|node| node.text()).collect();
    Value::Text(text.into())
}

/// The text as read by serde_json. Numbers are only integers and halves, which no reader rounds.
fn from_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Boolean(*value),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => Value::Integer(number),
            None => Value::Number(number.to_string().into()),
        },
        serde_json::Value::String(text) => Value::Text(text.as_str().into()),
        serde_json::Value::Array(elements) => Value::List(elements.iter().map(from_json).collect()),
        serde_json::Value::Object(members) => {
            let members = members.iter();
            Value::Object(
                members
                    .map(|(name, value)| (name.as_str().into(), from_json(value)))
                    .collect(),
            )
        }
    }
}

/// Members sorted by name, because serde_json does not keep their order.
fn sorted(value: Value) -> Value {
    match value {
        Value::List(elements) => Value::List(elements.into_iter().map(sorted).collect()),
        Value::Object(members) => {
            let members = members
                .into_iter()
                .map(|(name, value)| (name, sorted(value)));
            let mut members: Vec<_> = members.collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(members)
        }
        scalar => scalar,
    }
}

fn name() -> impl Strategy<Value = &'static str> {
    select(&["a", "b-c", "_d.e", "üx", "order_list", "x1"][..])
}

/// Pieces of a text, in every way in which XML writes characters. No reference follows a single carriage return,
/// because roxmltree 0.21 does not normalise it there.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[a-z <]{0,9}".prop_map(|text| text.replace('<', "&lt;")),
        select(
            &[
                "&amp;",
                "&gt;",
                "&quot;",
                "&apos;",
                "&#65;",
                "&#x1F600;",
                "&#13;",
                "<![CDATA[ <b>&amp;]] ]]>",
                "<!-- c -->",
                "<?p q?>",
                "\r\n",
                "\n",
                "\rq",
                "\t",
                "ü",
                "]",
                "\u{1F600}",
                "0",
                "8.30",
            ][..]
        )
        .prop_map(str::to_owned),
    ];
    vec(part, 0..5).prop_map(|parts| parts.concat())
}

fn blanks() -> impl Strategy<Value = &'static str> {
    select(
        &[
            "",
            "",
            " ",
            "\n\t",
            "\r\n",
            "<!-- <a> -->",
            "<?p <a> ?>",
            " <!----> ",
        ][..],
    )
}

fn element() -> impl Strategy<Value = String> {
    let attributes = select(&["", " ", " list=\"true\"", " a='<!-- >' b = \"'\"", "\n"][..])
        .prop_filter("no tags in attributes", |text| !text.contains('<'));
    let leaf = (name(), attributes.clone(), text(), any::<bool>()).prop_map(
        |(name, attributes, text, short)| match short {
            true => format!("<{name}{attributes}/>"),
            false => format!(
                "<{name}{attributes}>{text}</{name}{}>",
                if attributes == " " { " " } else { "" }
            ),
        },
    );
    leaf.prop_recursive(4, 40, 4, move |inner| {
        (
            name(),
            attributes.clone(),
            vec((blanks(), inner), 1..4),
            blanks(),
        )
            .prop_map(|(name, attributes, children, last)| {
                let children: String = children
                    .into_iter()
                    .map(|(blanks, child)| format!("{blanks}{child}"))
                    .collect();
                format!("<{name}{attributes}>{children}{last}</{name}>")
            })
    })
}

fn json() -> impl Strategy<Value = String> {
    let scalar = select(
        &[
            "null",
            "true",
            "false",
            "0",
            "-7",
            "9223372036854775807",
            "0.5",
            "\"\"",
            "\" a\\n\\u00fc\\ud83d\\ude00\\/\"",
            "\"ü\"",
            "\"8.30\"",
        ][..],
    )
    .prop_map(str::to_owned);
    let blank = select(&["", "", " ", "\n", "\t\r\n "][..]);
    scalar.prop_recursive(4, 40, 4, move |inner| {
        let list = (vec(inner.clone(), 0..4), blank.clone()).prop_map(|(elements, blank)| {
            format!(
                "[{blank}{}{blank}]",
                elements.join(&format!("{blank},{blank}"))
            )
        });
        let object = (vec(inner, 0..4), blank.clone()).prop_map(|(values, blank)| {
            let members = values.iter().enumerate();
            let members = members.map(|(index, value)| {
                format!("{blank}\"k{}\"{blank}:{blank}{value}{blank}", 9 - index)
            });
            format!("{{{}}}{blank}", members.collect::<Vec<_>>().join(","))
        });
        prop_oneof![list, object]
    })
}

/// Removes, doubles or changes a byte, if the text is still UTF-8.
fn spoilt(text: &str, at: usize, how: u8) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let at = at % bytes.len().max(1);
    match how % 3 {
        0 => drop(bytes.drain(at..=at)),
        1 => bytes.insert(at, bytes[at]),
        _ => bytes[at] = b"<>&\"'{}[]:,\\/ 0e-\n"[usize::from(how) % 18],
    }
    String::from_utf8(bytes).ok()
}

proptest! {
    #[test]
    fn xml_is_read_as_by_roxmltree(root in element(), before in blanks(), after in blanks()) {
        let xml = format!("{before}{root}{after}");
        let theirs = roxmltree::Document::parse(&xml);
        prop_assert!(theirs.is_ok(), "{:?}: {}", theirs.err(), xml);
        let root = theirs.as_ref().map(|document| document.root_element()).ok();
        let theirs = root.map(|root| Value::Object(vec![(root.tag_name().name().into(), from_element(root))]));
        let ours = parse(xml.as_bytes()).ok();
        let shown = |value: &Option<Value>| value.as_ref().map(Value::to_json);
        prop_assert_eq!(shown(&ours), shown(&theirs), "{:?}", xml);
    }

    /// If both accept a text, they read the same. A text that only roxmltree refuses is allowed, because quick-xml is
    /// less strict.
    #[test]
    fn corrupt_xml_is_read_as_by_roxmltree_or_refused(root in element(), at in any::<usize>(), how in any::<u8>()) {
        let Some(xml) = spoilt(&root, at, how) else { return Ok(()) };
        // roxmltree 0.21 does not normalise a carriage return before a reference.
        prop_assume!(!xml.contains("\r&"));
        if let (Ok(theirs), Ok(ours)) = (roxmltree::Document::parse(&xml), parse(xml.as_bytes())) {
            let root = theirs.root_element();
            let theirs = Value::Object(vec![(root.tag_name().name().into(), from_element(root))]);
            prop_assert_eq!(ours, theirs, "{}", xml);
        }
    }

    #[test]
    fn json_is_read_as_by_serde_json(text in json()) {
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        prop_assert!(theirs.is_ok(), "{}", text);
        // A document is an object or a list.
        let document = format!("[{text}]");
        let ours = parse(document.as_bytes()).map(sorted).ok();
        let theirs = theirs.ok().map(|value| sorted(Value::List(vec![from_json(&value)])));
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    #[test]
    fn corrupt_json_is_refused_exactly_if_serde_json_refuses_it(text in json(), at in any::<usize>(), how in any::<u8>()) {
        let Some(text) = spoilt(&format!("[{text}]"), at, how) else { return Ok(()) };
        let theirs = serde_json::from_str::<serde_json::Value>(&text).ok();
        let is_document = text.trim_ascii_start().starts_with(['[', '{']);
        prop_assert_eq!(parse(text.as_bytes()).is_ok(), theirs.is_some() && is_document, "{}", text);
    }
}
