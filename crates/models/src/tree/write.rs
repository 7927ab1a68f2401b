//! The tree as JSON and as XML.

use super::Value;
use crate::text::escape_json;

impl Value {
    /// The value as JSON, with every digit and in the original order.
    ///
    /// Control characters and characters that change the direction of writing are escaped, so that
    /// the text can be printed.
    pub fn to_json(&self) -> String {
        let mut output = String::new();
        self.write(&mut output, None);
        output
    }

    /// The same on several lines, indented by two spaces.
    pub fn to_json_pretty(&self) -> String {
        let mut output = String::new();
        self.write(&mut output, Some(0));
        output
    }

    /// Writes the value; with an indentation, each member and element on its own line.
    fn write(&self, output: &mut String, indent: Option<usize>) {
        match self {
            Self::Text(text) => escape_json(output, text),
            Self::Null => output.push_str("null"),
            Self::List(elements) => {
                let elements = elements.iter().map(|element| (None, element));
                write_parts(output, ['[', ']'], elements, indent);
            }
            Self::Object(members) => {
                let members = members.iter().map(|(key, value)| (Some(&**key), value));
                write_parts(output, ['{', '}'], members, indent);
            }
            scalar => output.push_str(&scalar.scalar().unwrap_or_default()),
        }
    }
}

#[cfg(feature = "xml")]
impl Value {
    /// An object as XML, with one element for each member, and one for each list element under the
    /// list's name. Comments and attributes of an original XML document are lost.
    pub fn to_xml(&self) -> String {
        let mut output = String::new();
        self.write_xml(&mut output);
        output
    }

    fn write_xml(&self, output: &mut String) {
        match self {
            Self::Object(members) => {
                for (name, value) in members {
                    value.write_element(name, output);
                }
            }
            Self::List(elements) => elements
                .iter()
                .for_each(|element| element.write_xml(output)),
            scalar => crate::text::escape_xml(output, &scalar.scalar().unwrap_or_default()),
        }
    }

    fn write_element(&self, name: &str, output: &mut String) {
        if let Self::List(elements) = self {
            return elements
                .iter()
                .for_each(|element| element.write_element(name, output));
        }
        output.extend(["<", name, ">"]);
        self.write_xml(output);
        output.extend(["</", name, ">"]);
    }
}

fn write_parts<'v>(
    output: &mut String,
    [open, close]: [char; 2],
    parts: impl ExactSizeIterator<Item = (Option<&'v str>, &'v Value)>,
    indent: Option<usize>,
) {
    let inner = indent.map(|indent| indent + 1);
    let is_empty = parts.len() == 0;
    let line = |output: &mut String, indent: Option<usize>| {
        if let Some(indent) = indent.filter(|_| !is_empty) {
            output.push('\n');
            output.push_str(&"  ".repeat(indent));
        }
    };
    output.push(open);
    for (index, (key, value)) in parts.enumerate() {
        if index > 0 {
            output.push(',');
        }
        line(output, inner);
        if let Some(key) = key {
            escape_json(output, key);
            output.push_str(if indent.is_some() { ": " } else { ":" });
        }
        value.write(output, inner);
    }
    line(output, indent);
    output.push(close);
}
