//! Samples of a generated API, as JSON and XML.

use std::fmt::Write as _;

use super::{Field, Habits, Kind};

/// The name of a list's inner element.
pub(crate) fn wrapper(field: &Field) -> String {
    match field.kind {
        Kind::Number => "number".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Text | Kind::Date => "string".to_owned(),
        Kind::Object => format!("made_{}_dto", field.name),
    }
}

fn value(field: &Field, habits: Habits) -> String {
    let text = match field.kind {
        Kind::Text => "\"some text\"",
        Kind::Date => "\"2019-03-06 12:01:17\"",
        Kind::Number if habits.texts => "\"12\"",
        Kind::Number => "12",
        Kind::Boolean if habits.texts => "\"true\"",
        Kind::Boolean => "false",
        Kind::Object => "{}",
    };
    text.to_owned()
}

/// The fields that the sample shows, in the sample's order.
fn shown(fields: &[Field], habits: Habits) -> Vec<&Field> {
    let mut shown: Vec<&Field> = fields.iter().filter(|field| field.shown).collect();
    if habits.shuffled {
        shown.reverse();
        let half = shown.len() / 2;
        shown.rotate_left(half);
    }
    shown
}

/// An object of `fields`, over several lines.
pub(crate) fn json_object(fields: &[Field], habits: Habits, indent: usize) -> String {
    let pad = "  ".repeat(indent + 1);
    let mut parts: Vec<String> = shown(fields, habits)
        .into_iter()
        .map(|field| {
            format!(
                "{pad}\"{}\": {}",
                field.name,
                json_value(field, habits, indent + 1)
            )
        })
        .collect();
    if habits.extra && indent % 2 == 1 {
        parts.push(format!("{pad}\"zz_extra_{indent}\": \"more\""));
    }
    format!("{{\n{}\n{}}}", parts.join(",\n"), "  ".repeat(indent))
}

fn json_value(field: &Field, habits: Habits, indent: usize) -> String {
    let element = |indent: usize| match field.kind {
        Kind::Object => json_object(&field.children, habits, indent),
        _ => value(field, habits),
    };
    if !field.list {
        return element(indent);
    }
    let times = 1 + habits.way % 2;
    if habits.simplified {
        let elements = vec![element(indent + 1); times];
        return format!("[{}]", elements.join(", "));
    }
    let elements = vec![element(indent + 2); times];
    format!("{{\"{}\": [{}]}}", wrapper(field), elements.join(", "))
}

/// The answer as JSON.
pub(crate) fn answer_json(api: &str, fields: &[Field], habits: Habits) -> String {
    if habits.simplified || habits.unwrapped {
        let object = json_object(
            fields,
            Habits {
                extra: false,
                ..habits
            },
            0,
        );
        let inner = object.trim_end().trim_end_matches('}').trim_end();
        let comma = if inner.ends_with('{') { "" } else { "," };
        return format!(
            "{inner}{comma}\n  \"code\": \"0\",\n  \"request_id\": \"0ba2887315178178017221014\"\n}}"
        );
    }
    let object = json_object(fields, habits, 1);
    let inner = object.trim_end().trim_end_matches('}').trim_end();
    let comma = if inner.ends_with('{') { "" } else { "," };
    format!(
        "{{\n  \"{}_response\": {inner}{comma}\n    \"request_id\": \"2102e76417290680900002444\"\n  }}\n}}",
        api.replace('.', "_")
    )
}

/// The answer as XML.
pub(crate) fn answer_xml(api: &str, fields: &[Field], habits: Habits) -> String {
    let mut out = String::new();
    let root = format!("{}_response", api.replace('.', "_"));
    let indent = usize::from(!habits.unwrapped);
    if !habits.unwrapped {
        let _ = writeln!(out, "<{root}>");
    }
    xml_fields(fields, habits, indent, &mut out);
    if !habits.unwrapped {
        let _ = writeln!(out, "</{root}>");
    }
    out.trim_end().to_owned()
}

fn xml_fields(fields: &[Field], habits: Habits, indent: usize, out: &mut String) {
    for field in shown(
        fields,
        Habits {
            shuffled: false,
            ..habits
        },
    ) {
        let pad = "    ".repeat(indent);
        let name = &field.name;
        if field.list {
            let _ = writeln!(out, "{pad}<{name}>");
            for _ in 0..=habits.way % 2 {
                xml_element(field, &wrapper(field), habits, indent + 1, out);
            }
            let _ = writeln!(out, "{pad}</{name}>");
        } else {
            xml_element(field, name, habits, indent, out);
        }
    }
    if habits.extra && indent.is_multiple_of(2) && indent > 0 {
        let _ = writeln!(
            out,
            "{}<zz_extra_{indent}>more</zz_extra_{indent}>",
            "    ".repeat(indent)
        );
    }
}

fn xml_element(field: &Field, tag: &str, habits: Habits, indent: usize, out: &mut String) {
    let pad = "    ".repeat(indent);
    if field.is_object() {
        let _ = writeln!(out, "{pad}<{tag}>");
        xml_fields(&field.children, habits, indent + 1, out);
        let _ = writeln!(out, "{pad}</{tag}>");
    } else {
        let text = value(field, habits).replace('"', "");
        let _ = writeln!(out, "{pad}<{tag}>{text}</{tag}>");
    }
}

/// The parameters of a call in demo code, one line each.
pub(crate) fn demo_calls(fields: &[Field], habits: Habits) -> Vec<String> {
    let habits = Habits {
        simplified: true,
        extra: false,
        ..habits
    };
    let call = |field: &Field| {
        let value = match (field.kind, field.list) {
            (Kind::Object, _) | (_, true) => json_value(field, habits, 0),
            _ => value(field, habits).replace('"', ""),
        };
        let value: String = value.lines().map(str::trim).collect::<Vec<_>>().join("");
        let name = if habits.escaped {
            field.name.replace('_', "\\_")
        } else {
            field.name.clone()
        };
        format!(
            "request.addApiParameter(\"{name}\", \"{}\");",
            value.replace('"', "\\\"")
        )
    };
    fields
        .iter()
        .filter(|field| field.shown)
        .map(call)
        .collect()
}
