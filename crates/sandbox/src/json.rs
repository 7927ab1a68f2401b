//! Writes answers as JSON.

use serde::Serialize;

use crate::node::{Fields, Node};

/// The initial capacity in bytes: enough for an answer with one order.
const USUAL_BYTES: usize = 2048;

/// Writes a value as JSON without white space.
pub(crate) fn write(node: &Node) -> String {
    let mut output = Vec::with_capacity(USUAL_BYTES);
    value(&mut output, node);
    // Only UTF-8 was written.
    String::from_utf8(output).unwrap_or_default()
}

fn value(output: &mut Vec<u8>, node: &Node) {
    match node {
        Node::Null => output.extend(b"null"),
        Node::Boolean(true) => output.extend(b"true"),
        Node::Boolean(false) => output.extend(b"false"),
        Node::Number(number) => scalar(output, number),
        Node::Text(words) => scalar(output, words.as_ref()),
        Node::Written(json) => output.extend(json.as_bytes()),
        Node::List(elements) => {
            output.push(b'[');
            for (place, element) in elements.iter().enumerate() {
                if place > 0 {
                    output.push(b',');
                }
                value(output, element);
            }
            output.push(b']');
        }
        Node::Object(fields) => object(output, fields),
        Node::Shared(shared) => object(output, &shared.contents),
    }
}

fn object(output: &mut Vec<u8>, fields: &Fields) {
    output.push(b'{');
    for (place, (name, field)) in fields.iter().enumerate() {
        if place > 0 {
            output.push(b',');
        }
        scalar(output, name);
        output.push(b':');
        value(output, field);
    }
    output.push(b'}');
}

fn scalar<T: Serialize + ?Sized>(output: &mut Vec<u8>, value: &T) {
    // Writing a text or a number to memory cannot fail.
    let _ = serde_json::to_writer(output, value);
}
