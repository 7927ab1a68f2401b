//! The checks that the generated tests run on every printed payload.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aliexpress_models::{Answer, Api, Form, Request, decode, drift, encode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

fn read(path: &str) -> Vec<u8> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read(workspace.join(path)).unwrap_or_else(|error| panic!("reading {path}: {error}"))
}

/// XML as the platform sends it: pages print some without a root element, or with several.
fn under_root(key: &str, payload: Vec<u8>) -> Vec<u8> {
    let is_xml = payload.trim_ascii_start().starts_with(b"<");
    if !is_xml || String::from_utf8_lossy(&payload).contains(&format!("<{key}")) {
        return payload;
    }
    let [open, close] = [format!("<{key}>"), format!("</{key}>")];
    [open.as_bytes(), &payload, close.as_bytes()].concat()
}

/// Checks that the payload is an answer, that it is the same after it is written in any form and read again, and that
/// the model has all its fields.
#[track_caller]
pub(crate) fn answer<T: Answer + Clone + PartialEq>(path: &str) {
    let bytes = under_root(T::KEY, read(path));
    let data = decode::<T>(&bytes).unwrap().outcome.unwrap();
    for form in [Form::SimplifiedJson, Form::FullJson, Form::Xml] {
        let written = encode(&data, "request", form);
        // In XML, an object without content is the same as no object.
        if form == Form::Xml && encode(&data, "request", Form::SimplifiedJson).contains("{}") {
            continue;
        }
        let again = decode::<T>(written.as_bytes()).unwrap();
        assert!(
            again.outcome == Ok(data.clone()),
            "{path} as {form:?}: {written}"
        );
    }
    let api = Api::find(T::API).expect("every generated answer belongs to a listed API");
    let drift = drift(&bytes, api).unwrap();
    assert_eq!(
        drift.unknown, [""; 0],
        "{path} has fields that the model does not have"
    );
}

/// Checks that the payload is a refusal with a code: the gateway's, or the API's own inside an answer, which is read as
/// a value.
#[track_caller]
pub(crate) fn refusal<T: Answer + Clone + PartialEq>(path: &str) {
    let bytes = read(path);
    if !String::from_utf8_lossy(&bytes).contains("error_response") {
        return answer::<T>(path);
    }
    let refused = decode::<T>(&bytes).unwrap().outcome.err();
    let error = refused.expect("the page prints it as a refusal");
    assert!(error.code.is_some_and(|code| !code.is_empty()), "{path}");
}

/// Checks that the parameters of a printed call, read into the model and written again, are those of the page.
#[track_caller]
pub(crate) fn request<T: Request + DeserializeOwned>(path: &str) {
    let text = read(path);
    let printed: Map<String, Value> = serde_json::from_slice(&text).unwrap();
    let request: T = serde_json::from_slice(&text).unwrap();
    let written: BTreeMap<_, _> = request.params().into_iter().collect();
    for (key, mut printed) in printed {
        // The gateway's own parameters, which pages print among an API's.
        if key == "app_signature" {
            continue;
        }
        drop_blanks(&mut printed);
        let written = written.get(key.as_str());
        match &printed {
            Value::Null => {}
            Value::String(text) if text.trim().is_empty() => {}
            Value::String(text) => assert_eq!(written, Some(text), "{path}: {key}"),
            Value::Object(_) | Value::Array(_) => {
                let written: Value = serde_json::from_str(written.unwrap()).unwrap();
                assert_eq!(written, printed, "{path}: {key}");
            }
            scalar => assert_eq!(written, Some(&scalar.to_string()), "{path}: {key}"),
        }
    }
}

/// Removes blank texts, which no request sends.
fn drop_blanks(value: &mut Value) {
    let is_blank = |value: &Value| matches!(value, Value::String(text) if text.trim().is_empty());
    match value {
        Value::Object(members) => {
            members.retain(|_, value| !is_blank(value));
            members.values_mut().for_each(drop_blanks);
        }
        Value::Array(elements) => elements.iter_mut().for_each(drop_blanks),
        _ => {}
    }
}
