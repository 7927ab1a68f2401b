//! What the generated tests ask of every printed payload.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::Path;

use aliexpress_models::{Answer, Api, Form, decode, drift, encode};

fn read(path: &str) -> Vec<u8> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read(workspace.join(path)).unwrap_or_else(|error| panic!("reading {path}: {error}"))
}

/// XML as the platform sends it: pages print some without the root around it, or with several.
fn under_root(key: &str, payload: Vec<u8>) -> Vec<u8> {
    let is_xml = payload.trim_ascii_start().starts_with(b"<");
    if !is_xml || String::from_utf8_lossy(&payload).contains(&format!("<{key}")) {
        return payload;
    }
    let [open, close] = [format!("<{key}>"), format!("</{key}>")];
    [open.as_bytes(), &payload, close.as_bytes()].concat()
}

/// The payload is an answer; written in any form, it reads back as the same value; the model knows its fields.
#[track_caller]
pub(crate) fn answer<T: Answer + Clone + PartialEq>(path: &str) {
    let bytes = under_root(T::KEY, read(path));
    let data = decode::<T>(&bytes).unwrap().outcome.unwrap();
    for form in [Form::SimplifiedJson, Form::FullJson, Form::Xml] {
        let written = encode(&data, "request", form);
        // XML cannot tell an object without content from none.
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
        "{path} holds fields that the model lacks"
    );
}

/// The payload is a refusal with a code: the gateway's, or the API's own inside of an answer, which is a value.
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
