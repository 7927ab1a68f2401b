//! Reads the JSON behind the portals' pages. It states structure, types and requirements, so the reader makes no
//! decisions.
//!
//! There are two forms of the newer portal (fields as `parameters`, or as `examples`) and the form of the older portal,
//! which the documents of the vendor's SDK have, too. `line` of a row is its number in the document, because JSON has
//! no lines.

use serde_json::{Map, Value};

use super::facts::facts;
use super::found;
use super::markup::single_spaced;
use super::page::{ReadError, quoted};
use super::words;
use crate::table::{Depth, ErrorCode, FieldTable, Layout, Row, Unread};

/// The maximum depth of a document. Deeper ones are refused, because no real API is so deep and because recursive
/// functions must not overflow the stack.
const DEEPEST: usize = 40;

/// Whether the file is JSON.
pub(crate) fn is_json(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.trim_ascii_start().starts_with(b"{")
}

/// Every API that the document describes.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<Vec<FieldTable>, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        ReadError::new(
            error.line(),
            format!("broken JSON ({error})"),
            "a document of a portal",
        )
    })?;
    let Value::Object(root) = value else {
        return Err(wanted("no object"));
    };
    let inner = root.get("data").and_then(Value::as_object).unwrap_or(&root);
    let apis = match inner.get("apiList").and_then(Value::as_array) {
        Some(list) => list
            .iter()
            .map(|api| match api {
                Value::Object(api) => newer(file, api),
                other => Err(wanted(&format!("{other} in `apiList`"))),
            })
            .collect::<Result<Vec<_>, _>>()?,
        None if inner.contains_key("requestParams") || inner.contains_key("responseParams") => {
            vec![older(file, inner)?]
        }
        None => return Err(wanted("an object without fields of an API")),
    };
    if apis.is_empty() {
        return Err(wanted("an empty `apiList`"));
    }
    Ok(apis)
}

fn wanted(found: &str) -> ReadError {
    ReadError::new(
        1,
        found,
        "`data.apiList` of the newer portal, or `name` with `requestParams` or `responseParams` of the older one",
    )
}

/// The names that a form has for the members of a field.
struct Form {
    name: &'static str,
    kind: &'static str,
    description: &'static str,
    children: &'static str,
    /// Members that contain no fact about a field.
    silent: &'static [&'static str],
}

const PARAMETERS: Form = Form {
    name: "name",
    kind: "type",
    description: "desc",
    children: "children",
    silent: &["id", "key", "index", "level", "parentId"],
};
const EXAMPLES: Form = Form {
    name: "paramName",
    kind: "paramType",
    ..PARAMETERS
};
const OLDER: Form = Form {
    description: "description",
    children: "subParams",
    // Maximum lengths are ignored, because the platform checks them.
    silent: &["maxListSize", "maxLength"],
    ..PARAMETERS
};

/// An API of the newer portal.
fn newer(file: &str, api: &Map<String, Value>) -> Result<FieldTable, ReadError> {
    const KNOWN: &[&str] = &[
        "title",
        "path",
        "method",
        "docId",
        "lastModified",
        "parameters",
        "outputParameters",
        "errorCodes",
        "examples",
        "desc",
        "description",
        "id",
        "name",
        "lang",
    ];
    let name = api.get("path").or_else(|| api.get("name"));
    let mut table = empty(file, name, Layout::Portal)?;
    report_unknown(api, KNOWN, "the API", &mut table.unread);
    table.verb = text_of(api.get("method"));
    table.document = text_of(api.get("docId"));
    if let Some(modified) = text_of(api.get("lastModified")) {
        match date(&modified) {
            Some(day) => table.as_of = day,
            None => table.unread.push(unread(format!(
                "cannot read the day of change: found {}; wanted one such as \"2024-04-29 13:36:13\"",
                quoted(&modified)
            ))),
        }
    }
    let mut reader = Reader { unread: Vec::new() };
    if let Some(examples) = api
        .get("examples")
        .map(list_of)
        .filter(|list| !list.is_empty())
    {
        table.layout = Layout::PortalExamples;
        for example in examples {
            let Value::Object(example) = example else {
                continue;
            };
            report_unknown(
                example,
                &["input", "output"],
                "an example",
                &mut reader.unread,
            );
            // If several examples document one API, the fields come from the first example that has some.
            for (key, rows) in [
                ("input", &mut table.request),
                ("output", &mut table.response),
            ] {
                if rows.is_empty() {
                    reader.rows(example.get(key), &EXAMPLES, 0, rows)?;
                }
            }
        }
    }
    for (key, rows) in [
        ("parameters", &mut table.request),
        ("outputParameters", &mut table.response),
    ] {
        if rows.is_empty() {
            reader.rows(api.get(key), &PARAMETERS, 0, rows)?;
        }
    }
    table.error_codes = error_codes(api.get("errorCodes"), &mut reader.unread);
    table.unread.append(&mut reader.unread);
    Ok(table)
}

/// An API of the older portal, or of the SDK.
fn older(file: &str, api: &Map<String, Value>) -> Result<FieldTable, ReadError> {
    const KNOWN: &[&str] = &[
        "name",
        "apiChineseName",
        "description",
        "id",
        "httpMethod",
        "requestParams",
        "responseParams",
    ];
    let layout = match api.contains_key("httpMethod") {
        true => Layout::Sdk,
        false => Layout::Legacy,
    };
    let mut table = empty(file, api.get("name"), layout)?;
    report_unknown(api, KNOWN, "the API", &mut table.unread);
    table.verb = text_of(api.get("httpMethod"));
    table.document = text_of(api.get("id"));
    let mut reader = Reader { unread: Vec::new() };
    reader.rows(api.get("requestParams"), &OLDER, 0, &mut table.request)?;
    reader.rows(api.get("responseParams"), &OLDER, 0, &mut table.response)?;
    table.unread.append(&mut reader.unread);
    Ok(table)
}

fn empty(file: &str, name: Option<&Value>, layout: Layout) -> Result<FieldTable, ReadError> {
    let name = name.and_then(Value::as_str).unwrap_or_default().trim();
    // Some documents omit the leading slash of a path.
    let name = match name.contains('/') && !name.starts_with('/') {
        true => format!("/{name}"),
        false => name.to_owned(),
    };
    if !found::is_api_name(&name) {
        return Err(ReadError::new(
            1,
            format!("the API name {}", quoted(&name)),
            "a name such as \"aliexpress.ds.order.create\" or a path such as \"/auth/token/create\"",
        ));
    }
    Ok(FieldTable::empty(name, file.to_owned(), layout))
}

struct Reader {
    unread: Vec<Unread>,
}

impl Reader {
    /// Appends the fields of `fields`, each followed by its children.
    fn rows(
        &mut self,
        fields: Option<&Value>,
        form: &Form,
        depth: usize,
        rows: &mut Vec<Row>,
    ) -> Result<(), ReadError> {
        if depth == DEEPEST {
            let found = format!("fields below {DEEPEST} others");
            return Err(ReadError::new(rows.len(), found, "the fields of an API"));
        }
        for field in fields.map(list_of).unwrap_or_default() {
            let Value::Object(field) = field else {
                let message = format!(
                    "cannot read a field: found {}; wanted an object",
                    quoted(&field.to_string())
                );
                self.unread.push(unread(message));
                continue;
            };
            rows.push(self.row(field, form, depth, rows.len() + 1)?);
            self.rows(field.get(form.children), form, depth + 1, rows)?;
        }
        Ok(())
    }

    fn row(
        &mut self,
        field: &Map<String, Value>,
        form: &Form,
        depth: usize,
        line: usize,
    ) -> Result<Row, ReadError> {
        let name = text_of(field.get(form.name)).unwrap_or_default();
        if name.is_empty() || name.len() > 200 {
            return Err(ReadError::new(line, quoted(&name), "a field's name"));
        }
        let known = [
            form.name,
            form.kind,
            form.description,
            form.children,
            "required",
        ];
        let at = format!("the field {}", quoted(&name));
        let known: Vec<&str> = known.iter().chain(form.silent).copied().collect();
        report_unknown(field, &known, &at, &mut self.unread);
        let facts = facts(&description(field.get(form.description)), "");
        Ok(Row {
            line,
            type_text: text_of(field.get(form.kind)).map(|text| single_spaced(&text)),
            required: self.required(field.get("required"), &at),
            depth: Depth::Exact(depth),
            example: None,
            deprecated: facts.deprecated,
            codes: facts.codes,
            zone: facts.zone,
            name,
        })
    }

    fn required(&mut self, value: Option<&Value>, at: &str) -> Option<bool> {
        let value = value.filter(|value| !value.is_null())?;
        let required = match value {
            Value::Bool(required) => Some(*required),
            Value::Number(number) => number.as_u64().filter(|n| *n < 2).map(|n| n == 1),
            Value::String(text) => match text.trim() {
                "1" => Some(true),
                "0" => Some(false),
                text => words::required(text),
            },
            _ => None,
        };
        if required.is_none() {
            self.unread.push(unread(format!(
                "cannot read whether {at} is required: found {}; wanted a boolean",
                quoted(&value.to_string())
            )));
        }
        required
    }
}

/// The elements of a list, which may be under `data`.
fn list_of(value: &Value) -> &[Value] {
    let list = value.get("data").unwrap_or(value);
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A string, or a number as a string. `None` for anything else and for blanks.
fn text_of(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The texts about a field in every language, of which only facts are kept.
fn description(value: Option<&Value>) -> String {
    let Some(text) = text_of(value) else {
        return String::new();
    };
    match serde_json::from_str::<Map<String, Value>>(&text) {
        Ok(languages) => {
            let texts: Vec<_> = languages.values().filter_map(Value::as_str).collect();
            texts.join(" ")
        }
        Err(_) => text,
    }
}

/// `2024-04-29` of `2024-04-29 13:36:13`.
fn date(text: &str) -> Option<String> {
    let day = text.get(..10)?;
    let is_day = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    is_day.then(|| day.to_owned())
}

fn error_codes(value: Option<&Value>, unread: &mut Vec<Unread>) -> Vec<ErrorCode> {
    let mut codes = Vec::new();
    for entry in value.map(list_of).unwrap_or_default() {
        let code = text_of(entry.get("code"));
        let Some(code) = code else {
            unread.push(self::unread(format!(
                "cannot read an error code: found {}; wanted an object with `code`",
                quoted(&entry.to_string())
            )));
            continue;
        };
        if let Value::Object(entry) = entry {
            report_unknown(
                entry,
                &["code", "codeDesc", "solution", "id"],
                "an error code",
                unread,
            );
        }
        let message = text_of(entry.get("codeDesc")).unwrap_or_default();
        codes.push(found::error_code(codes.len() + 1, &code, &message));
    }
    codes
}

fn report_unknown(object: &Map<String, Value>, known: &[&str], at: &str, unread: &mut Vec<Unread>) {
    for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
        let message = format!("unknown member {} of {at}", quoted(key));
        if !unread.iter().any(|known| known.message == message) {
            unread.push(self::unread(message));
        }
    }
}

fn unread(message: String) -> Unread {
    Unread {
        line: 1,
        message,
        settled: None,
    }
}
