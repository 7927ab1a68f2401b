//! Reads the parameters of a call from demo code: the JSON in `addApiParameter("name", "…")` of the newer clients, in
//! any language, and the setters of the older Java client.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use super::page::{Line, quoted};
use super::payload::mended_json;
use crate::table::Unread;

/// The maximum size in bytes of a call. No demo builds a larger one, except with variables that contain each other many
/// times.
const LONGEST_CALL: usize = 1 << 20;

/// The parameters of one call, as found in one demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// Line of the page with its first parameter.
    pub line: usize,
    /// One JSON object with a key per parameter.
    pub json: String,
}

/// The calls in `lines`; identical calls count once. Text that looks like JSON but is not valid is added to `unread`.
///
/// `fields` are the names of the request's rows, from which setters get their underscores.
pub(crate) fn calls(lines: &[Line<'_>], fields: &[&str], unread: &mut Vec<Unread>) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut parameters: Vec<(usize, String, String)> = Vec::new();
    let mut names = HashSet::new();
    let mut seen = HashSet::new();
    let mut finish = |parameters: &mut Vec<_>| {
        let call = call(&std::mem::take(parameters));
        calls.extend(call.filter(|call| seen.insert(call.json.clone())));
    };
    for (line, name, value) in parameter_calls(lines) {
        if !names.insert(name.clone()) {
            finish(&mut parameters);
            names = HashSet::from([name.clone()]);
        }
        let json = value_json(&value);
        if json.is_none() {
            unread.push(Unread {
                line,
                message: format!(
                    "reading parameter {name:?} of the demo: found {}; wanted well-formed JSON",
                    quoted(&value)
                ),
                settled: None,
            });
        }
        parameters.extend(json.map(|json| (line, name, json)));
    }
    finish(&mut parameters);
    if calls.is_empty() {
        calls.extend(setter_call(lines, fields, unread));
    }
    calls
}

/// The call with these parameters: line, name and value as JSON.
fn call(parameters: &[(usize, String, String)]) -> Option<Call> {
    let &(line, _, _) = parameters.first()?;
    let mut json = String::from("{");
    for (index, (_, name, value)) in parameters.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let name = serde_json::Value::from(name.as_str());
        let _ = write!(json, "{comma}\n  {name}: {value}");
    }
    json.push_str("\n}");
    Some(Call { line, json })
}

/// A parameter's value as JSON: unchanged if it is an object or a list, otherwise as text.
fn value_json(value: &str) -> Option<String> {
    let trimmed = value.trim();
    if trimmed.starts_with(['{', '[']) {
        return mended_json(trimmed);
    }
    Some(serde_json::Value::from(value).to_string())
}

/// Name and value of each call that adds a parameter, with its line number.
fn parameter_calls(lines: &[Line<'_>]) -> Vec<(usize, String, String)> {
    const CALLS: [&str; 5] = [
        "addapiparameter(",
        "addapiparam(",
        "add_api_param(",
        "add_api_parameter(",
        "addparameter(",
    ];
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let lower = line.text.replace("\\_", "_").to_ascii_lowercase();
        let Some(call) = CALLS.iter().find(|call| lower.contains(**call)) else {
            continue;
        };
        let text = line.text.replace("\\_", "_");
        let start = lower.find(call).map_or(0, |at| at + call.len());
        let mut rest = text.get(start..).unwrap_or_default().to_owned();
        // A long literal may continue on the following lines.
        for next in lines.iter().skip(index + 1).take(400) {
            if two_arguments(&rest).is_some()
                || CALLS
                    .iter()
                    .any(|call| next.text.to_ascii_lowercase().contains(call))
            {
                break;
            }
            rest.push('\n');
            rest.push_str(next.text);
        }
        if let Some((name, value)) = two_arguments(&rest) {
            found.push((line.number, name, value));
        }
    }
    found
}

/// The two arguments with which `text` begins; the second may be a literal of any kind.
fn two_arguments(text: &str) -> Option<(String, String)> {
    let (name, rest) = literal(text.trim_start())?;
    let rest = rest.trim_start().strip_prefix(',')?.trim_start();
    if let Some((value, _)) = literal(rest) {
        return Some((name, value));
    }
    if rest.starts_with(['"', '\'']) {
        return None;
    }
    let end = rest.find([')', ';'])?;
    Some((name, rest[..end].trim().to_owned()))
}

/// The string literal with which `text` begins, with its escapes resolved once, and the text after it.
fn literal(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'r' => value.push('\r'),
                other => value.push(other),
            },
            c if c == quote => return Some((value, &text[at + c.len_utf8()..])),
            c => value.push(c),
        }
    }
    None
}

/// The content of a variable in the older Java client's demo.
#[derive(Clone, Debug)]
enum Held {
    Object(Vec<(String, Held)>),
    List(Vec<Held>),
    Literal(String),
    Variable(String),
}

/// The call that `req.setX(…)`, `obj1.setX(…)` and `list2.add(obj3)` build.
fn setter_call(lines: &[Line<'_>], fields: &[&str], unread: &mut Vec<Unread>) -> Option<Call> {
    // Of several fields with the same letters, the first is used.
    let fields: HashMap<_, _> = fields
        .iter()
        .rev()
        .map(|field| (letters(field), *field))
        .collect();
    let mut variables: BTreeMap<String, Held> = BTreeMap::new();
    let mut request = None;
    for line in lines {
        let text = line.text.replace("\\_", "_");
        let text = text.trim().trim_end_matches(';').trim();
        if let Some((declared, value)) = text.split_once(" = ") {
            let mut words = declared.rsplitn(2, ' ');
            let name = words.next().unwrap_or_default().to_owned();
            let class = words.next().unwrap_or_default();
            // The newer client's request has no setters for fields. The type of a parameter may end in the word, too,
            // but it is declared later, and inside the request's type.
            let is_request =
                class.ends_with("Request") && class != "IopRequest" && !class.contains('.');
            if is_request && request.is_none() && value.starts_with("new ") {
                request = Some((line.number, name.clone()));
            }
            let held = if class.starts_with("List<") {
                Held::List(Vec::new())
            } else {
                Held::Object(Vec::new())
            };
            if value.starts_with("new ") {
                variables.insert(name, held);
            }
        } else if let Some((name, value)) = method(text, ".add(") {
            if let Some(Held::List(items)) = variables.get_mut(name) {
                items.push(held(value));
            }
        } else if let Some((name, rest)) = text.split_once(".set")
            && let Some((property, value)) = rest.split_once('(')
            && let Some(Held::Object(set)) = variables.get_mut(name)
        {
            let value = value.strip_suffix(')').unwrap_or(value);
            set.push((wire_name(property, &fields), held(value)));
        }
    }
    let (line, name) = request?;
    let mut json = String::new();
    let root = variables.get(&name)?;
    if write_held(root, &variables, &mut json, 0).is_none() {
        unread.push(Unread {
            line,
            message: format!(
                "reading the demo's request {name:?}: found variables that hold each other without end; wanted a call \
                 as JSON of at most {LONGEST_CALL} bytes"
            ),
            settled: None,
        });
        return None;
    }
    matches!(root, Held::Object(set) if !set.is_empty()).then_some(Call { line, json })
}

fn method<'a>(text: &'a str, call: &str) -> Option<(&'a str, &'a str)> {
    let (name, rest) = text.split_once(call)?;
    Some((name, rest.strip_suffix(')')?))
}

fn held(value: &str) -> Held {
    let value = value.trim();
    if let Some((text, _)) = literal(value) {
        return Held::Literal(serde_json::Value::from(text).to_string());
    }
    if value.starts_with("new ")
        && let Some((_, items)) = value.trim_end_matches('}').split_once('{')
    {
        let items = items
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty());
        return Held::List(items.map(held).collect());
    }
    if let Some((_, inner)) = value.split_once("(\"") {
        let (text, _) = literal(&format!("\"{inner}"))
            .map(|(t, _)| (t, ()))
            .unwrap_or_default();
        return Held::Literal(serde_json::Value::from(text).to_string());
    }
    let number = value.trim_end_matches(['L', 'l', 'f', 'F', 'd', 'D']);
    if serde_json::from_str::<serde_json::Number>(number).is_ok()
        || matches!(value, "true" | "false" | "null")
    {
        return Held::Literal(number.to_owned());
    }
    Held::Variable(value.to_owned())
}

/// `setExtInfoBitFlag` sets `ext_info_bit_flag`: a row with the same letters shows where the underscores are.
fn wire_name(property: &str, fields: &HashMap<String, &str>) -> String {
    if let Some(field) = fields.get(&letters(property)) {
        return (*field).to_owned();
    }
    let mut name = String::new();
    for c in property.chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

fn letters(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}

/// Writes the content of `held`; `None` if a variable contains itself, or if the text grows beyond the limit.
fn write_held(
    held: &Held,
    variables: &BTreeMap<String, Held>,
    json: &mut String,
    depth: usize,
) -> Option<()> {
    if depth > 32 || json.len() > LONGEST_CALL {
        return None;
    }
    match held {
        Held::Literal(text) => json.push_str(text),
        Held::Variable(name) => match variables.get(name) {
            Some(held) => write_held(held, variables, json, depth + 1)?,
            None => json.push_str(&serde_json::Value::from(name.as_str()).to_string()),
        },
        Held::List(items) => {
            json.push('[');
            for (index, item) in items.iter().enumerate() {
                json.push_str(if index == 0 { "" } else { ", " });
                write_held(item, variables, json, depth + 1)?;
            }
            json.push(']');
        }
        Held::Object(set) => {
            json.push('{');
            for (index, (name, value)) in set.iter().enumerate() {
                json.push_str(if index == 0 { "" } else { ", " });
                let _ = write!(json, "{}: ", serde_json::Value::from(name.as_str()));
                write_held(value, variables, json, depth + 1)?;
            }
            json.push('}');
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, fields: &[&str], expected: &[&str]) {
        let lines: Vec<_> = code
            .lines()
            .enumerate()
            .map(|(at, text)| Line {
                number: at + 1,
                text,
            })
            .collect();
        let mut unread = Vec::new();
        let calls = calls(&lines, fields, &mut unread);
        assert_eq!(
            calls
                .iter()
                .map(|call| call.json.as_str())
                .collect::<Vec<_>>(),
            expected
        );
        assert_eq!(unread, []);
    }

    #[test]
    fn parameters_with_json_are_read_in_every_language() {
        check(
            "r.addApiParameter(\"a\\_b\", \"{\\\"c\\\":\\\"d\\\"}\");",
            &[],
            &["{\n  \"a_b\": {\"c\":\"d\"}\n}"],
        );
        check(
            "$r->addApiParam('a','{\\\"c\\\":1}');\n$r->addApiParam('b', 'x');",
            &[],
            &["{\n  \"a\": {\"c\":1},\n  \"b\": \"x\"\n}"],
        );
        check(
            "r.add_api_param('a', 5)\nr.AddApiParameter(\"a\", \"5\");",
            &[],
            &["{\n  \"a\": \"5\"\n}"],
        );
    }

    #[test]
    fn setters_build_objects_and_lists() {
        let code = "AbcRequest req = new AbcRequest();\nList<AbcRequest.It> list2 = new ArrayList<AbcRequest.It>();\n\
            AbcRequest.It obj3 = new AbcRequest.It();\nlist2.add(obj3);\nobj3.setItemId(12L);\nobj3.setName(\"n\");\n\
            req.setItems(list2);\nreq.setSince(StringUtils.parseDateTime(\"2019-01-01 00:00:00\"));";
        let expected =
            r#"{"items": [{"itemid": 12, "name": "n"}], "since": "2019-01-01 00:00:00"}"#;
        check(code, &["items", "itemid"], &[expected]);
    }
}
