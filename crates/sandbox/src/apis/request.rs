//! A call's own parameters, checked against the tables of the models and read into one.

use aliexpress_models::{Field, Kind, Request, Shape};
use serde_core::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::gateway::call::Call;
use crate::gateway::refusal::Refusal;

/// Parameters that every call may have.
const COMMON: &[&str] = &[
    "access_token", "app_key", "debug", "format", "method", "partner_id", "session", "sign", "sign_method",
    "simplify", "target_app_key", "timestamp", "v",
];

/// Reads the parameters of a call into its request.
///
/// Unknown keys are noted in the log, for the platform passes over them in silence.
///
/// # Errors
/// A refusal that names the parameter: the first one that is required and absent, or does not hold what the
/// platform's tables say.
pub(super) fn read<T: Request + DeserializeOwned>(call: &mut Call) -> Result<T, Refusal> {
    let mut parameters = Map::new();
    for field in T::SHAPE.fields {
        match call.parameters.filled(field.key) {
            Some(text) => {
                parameters.insert(field.key.to_owned(), parse(field, text)?);
            }
            None if field.required => return Err(Refusal::MissingParameter(field.key.to_owned())),
            None => {}
        }
    }
    let parameters = Value::Object(parameters);
    check(&parameters, T::SHAPE, &mut Path::root(&mut call.notes))?;
    let unknown = call.parameters.iter().map(|(name, _)| name).filter(|name| {
        !COMMON.contains(name) && T::SHAPE.field(name).is_none()
    });
    call.notes.extend(unknown.map(|name| unknown_key(name, name, T::SHAPE)));
    T::deserialize(parameters).map_err(|error| Refusal::InvalidParameter(error.to_string()))
}

/// A parameter's text as what it stands for: objects and lists are JSON, scalars are themselves.
fn parse(field: &Field, text: &str) -> Result<Value, Refusal> {
    let wanted = match field.kind {
        Kind::Record(_) => "a JSON object",
        Kind::Records(_) => "a JSON array of objects",
        // The legacy gateway's SDKs join lists of scalars with commas.
        kind if kind.is_list() && !text.trim_start().starts_with('[') => {
            return Ok(text.split(',').map(|part| Value::from(part.trim())).collect());
        }
        kind if kind.is_list() => "a JSON array",
        _ => return Ok(Value::from(text)),
    };
    serde_json::from_str(text).map_err(|error| {
        let key = field.key;
        Refusal::InvalidParameter(format!("{key}: expected {wanted}, found text that is none: {error}"))
    })
}

/// Where in the parameters a check has come to.
struct Path<'a> {
    text: String,
    notes: &'a mut Vec<String>,
}

impl<'a> Path<'a> {
    fn root(notes: &'a mut Vec<String>) -> Self {
        Self { text: String::new(), notes }
    }

    /// Goes one step down and back up again.
    fn within<T>(&mut self, step: &str, check: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.text.len();
        if length > 0 && !step.starts_with('[') {
            self.text.push('.');
        }
        self.text.push_str(step);
        let result = check(self);
        self.text.truncate(length);
        result
    }
}

/// Looks for required keys that are absent and for keys that nobody knows.
fn check(object: &Value, shape: &Shape, path: &mut Path<'_>) -> Result<(), Refusal> {
    let Value::Object(fields) = object else { return Ok(()) };
    for (key, value) in fields {
        match shape.field(key) {
            None => {
                let note = path.within(key, |path| unknown_key(&path.text, key, shape));
                path.notes.push(note);
            }
            Some(field) => path.within(key, |path| check_value(value, field, path))?,
        }
    }
    let absent = |field: &&Field| field.required && fields.get(field.key).is_none_or(is_nothing);
    match shape.fields.iter().find(absent) {
        Some(field) => Err(path.within(field.key, |path| Refusal::MissingParameter(path.text.clone()))),
        None => Ok(()),
    }
}

fn check_value(value: &Value, field: &Field, path: &mut Path<'_>) -> Result<(), Refusal> {
    let Some(shape) = field.kind.shape() else { return Ok(()) };
    match value {
        Value::Array(values) => values.iter().enumerate().try_for_each(|(index, value)| {
            path.within(&format!("[{index}]"), |path| check(value, shape, path))
        }),
        Value::Object(fields) => match field.wrapper.and_then(|wrapper| fields.get(wrapper)) {
            Some(inner) if field.kind.is_list() => check_value(inner, field, path),
            _ => check(value, shape, path),
        },
        _ => Ok(()),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn unknown_key(path: &str, key: &str, shape: &Shape) -> String {
    let meant = snake_case(key);
    let advice = match shape.field(&meant) {
        Some(field) => format!("; {:?} may be meant", field.key),
        None => String::new(),
    };
    format!("unknown key {path:?}: the platform passes over it in silence{advice}")
}

/// `contactPerson` as `contact_person`.
fn snake_case(key: &str) -> String {
    key.chars().fold(String::new(), |mut written, character| {
        if character.is_ascii_uppercase() && !written.is_empty() {
            written.push('_');
        }
        written.push(character.to_ascii_lowercase());
        written
    })
}
