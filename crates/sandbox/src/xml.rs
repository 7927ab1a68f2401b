//! Writes answers as XML.

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, BytesText, Event};

use crate::node::{Fields, Node};

/// Writes an element with this content. Characters that XML 1.0 cannot hold are left out.
pub(crate) fn write(root: &str, content: &Node) -> String {
    let mut writer = Writer::new(Vec::new());
    // A path is not a valid name of an element, so slashes become underscores. What the platform does is unknown.
    let root = root.trim_start_matches('/').replace('/', "_");
    element(&mut writer, &root, content);
    // Only UTF-8 was written.
    String::from_utf8(writer.into_inner()).unwrap_or_default()
}

fn element(writer: &mut Writer<Vec<u8>>, name: &str, content: &Node) {
    // An element for each element of a list.
    if let Node::List(elements) = content {
        return elements
            .iter()
            .for_each(|content| element(writer, name, content));
    }
    put(writer, Event::Start(BytesStart::new(name)));
    match content {
        // Parts that are already written are JSON, which answers in XML never have.
        Node::Null | Node::List(_) | Node::Written(_) => {}
        Node::Boolean(value) => text(writer, &value.to_string()),
        Node::Number(number) => text(writer, &number.to_string()),
        Node::Text(value) => text(writer, value),
        Node::Object(fields) => object(writer, fields),
        Node::Shared(shared) => object(writer, &shared.contents),
    }
    put(writer, Event::End(BytesEnd::new(name)));
}

fn object(writer: &mut Writer<Vec<u8>>, fields: &Fields) {
    let fields = fields.iter();
    fields.for_each(|(name, content)| element(writer, name, content));
}

fn text(writer: &mut Writer<Vec<u8>>, text: &str) {
    let kept: String = text
        .chars()
        .filter(|character| is_allowed(*character))
        .collect();
    for (index, line) in kept.split('\r').enumerate() {
        if index > 0 {
            // A plain carriage return would be read as a line feed.
            put(writer, Event::GeneralRef(BytesRef::new("#13")));
        }
        put(writer, Event::Text(BytesText::new(line)));
    }
}

fn put(writer: &mut Writer<Vec<u8>>, event: Event<'_>) {
    // Writing to memory cannot fail.
    let _ = writer.write_event(event);
}

fn is_allowed(character: char) -> bool {
    !matches!(character, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_stay_what_they_are() {
        let text = "<a href=\"x\">&amp;</a>'\t\r\n\u{1}ä";
        let content = Node::from([
            ("a", text.into()),
            ("b", Node::List(vec![Node::Boolean(true), Node::Null])),
        ]);
        assert_eq!(
            write("root", &content),
            "<root><a>&lt;a href=&quot;x&quot;&gt;&amp;amp;&lt;/a&gt;&apos;\t&#13;\nä</a><b>true</b><b></b></root>"
        );
    }
}
