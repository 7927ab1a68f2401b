//! A call's own parameters, checked against the tables of the models and read into one.

use aliexpress_models::{Call as KnownCall, Field, Kind, Layout, Request, Shape, list_layout, raw};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::parameters::{is_blank, is_common};
use crate::refusal::Refusal;

/// How many elements a list of a request may have; the platform's batch jobs have about two thousand.
const MOST_ELEMENTS: usize = 5000;
/// How many unknown keys, and how many absent ones, are reported.
const MOST_UNKNOWN: usize = 50;
const MOST_ABSENT: usize = 1000;

/// A request as far as it could be read.
pub(super) struct Reading<T> {
    request: T,
    /// Paths of required keys that are absent.
    absent: Vec<String>,
}

impl<T> Reading<T> {
    /// Removes the absent required keys whose paths satisfy `which`; true if there were any.
    pub(super) fn ignore_absent(&mut self, which: impl Fn(&str) -> bool) -> bool {
        let count = self.absent.len();
        self.absent.retain(|path| !which(path));
        self.absent.len() < count
    }

    /// The request, if no required key is absent.
    pub(super) fn complete(self) -> Result<T, Refusal> {
        match self.absent.into_iter().next() {
            Some(path) => Err(Refusal::MissingParameter(path)),
            None => Ok(self.request),
        }
    }
}

/// Reads the parameters of a call into its request.
///
/// Unknown keys are noted in the log, because the platform ignores them silently.
///
/// # Errors
/// A refusal that names the first value that does not fit the platform's tables.
pub(super) fn read<T: Request + DeserializeOwned>(call: &mut Call) -> Result<Reading<T>, Refusal> {
    let (asked, check) = read_by(T::SHAPE, call)?;
    let mut parameters = asked.parameters;
    let absent = check.absent;
    pass_over_unknown(&mut parameters, T::SHAPE);
    let request = T::deserialize(Value::Object(parameters));
    let request = request.map_err(|error| Refusal::InvalidParameter(error.to_string()))?;
    Ok(Reading { request, absent })
}

/// Removes the keys that the tables do not have, as the platform does. The reader of models would read an object with
/// only such keys as another API's.
fn pass_over_unknown(members: &mut Map<String, Value>, shape: &Shape) {
    members.retain(|key, _| shape.field(key).is_some());
    for field in shape.fields {
        let inner = members.get_mut(field.key).zip(field.kind.shape());
        let Some((value, shape)) = inner else {
            continue;
        };
        match value {
            // The list's elements are under an inner name, which the table may not have.
            Value::Object(_) if field.kind.is_list() => {}
            Value::Object(members) => pass_over_unknown(members, shape),
            Value::Array(elements) => {
                let elements = elements.iter_mut().filter_map(Value::as_object_mut);
                elements.for_each(|members| pass_over_unknown(members, shape));
            }
            _ => {}
        }
    }
}

/// Reads the parameters of a call by the table of its API, as [`read`] does, and refuses if a required one is absent.
pub(super) fn asked(shape: &Shape, call: &mut Call) -> Result<Asked, Refusal> {
    let (asked, check) = read_by(shape, call)?;
    if let Some(wrong) = check.wrong {
        return Err(Refusal::InvalidParameter(wrong));
    }
    let reading = Reading {
        request: asked,
        absent: check.absent,
    };
    reading.complete()
}

/// Checks the files of a call: the API has a file of this name, each is sent once, and no required one is absent. A
/// file that is sent as a parameter does not count. An API without files ignores all files.
///
/// # Errors
/// A refusal that names the first file that is wrong.
pub(super) fn check_files(known: &KnownCall, call: &Call) -> Result<(), Refusal> {
    if known.files.is_empty() {
        return Ok(());
    }
    let files: Vec<&String> = call.files.iter().map(|(name, _)| name).collect();
    for (at, name) in files.iter().enumerate() {
        if !known.files.contains(&name.as_str()) {
            let wanted = known.files.join(" or ");
            let wrong = format!("found a file named {name:?}; wanted {wanted}");
            return Err(Refusal::InvalidParameter(wrong));
        }
        if files[..at].contains(name) {
            let twice = format!("found the file {name:?} twice; wanted it once");
            return Err(Refusal::InvalidParameter(twice));
        }
    }
    let is_absent = |name: &&&str| !files.iter().any(|file| *file == **name);
    match known.required_files.iter().find(is_absent) {
        Some(name) => Err(Refusal::MissingParameter((*name).to_owned())),
        None => Ok(()),
    }
}

/// Checks the parameters, by the wire's names.
fn read_by(shape: &Shape, call: &mut Call) -> Result<(Asked, Check), Refusal> {
    let mut parameters = Map::new();
    for field in shape.fields {
        if let Some(text) = call.parameters.filled(field.key) {
            parameters.insert(field.key.to_owned(), parse(field, text)?);
        }
    }
    let others = call.parameters.iter().map(|(name, _)| name);
    let unknown = others.filter(|name| !is_common(name) && shape.field(name).is_none());
    let mut check = Check::default();
    let unknown = unknown.take(MOST_UNKNOWN);
    check
        .unknown
        .extend(unknown.map(|name| unknown_key(name, name, shape)));
    check.object(&parameters, shape);
    call.notes.append(&mut check.unknown);
    let query = query_of(shape);
    Ok((Asked { parameters, query }, check))
}

/// The name of the parameter that holds the whole query: the only one in the table that is an object.
fn query_of(shape: &Shape) -> Option<&'static str> {
    let mut objects = shape
        .fields
        .iter()
        .filter(|field| matches!(field.kind, Kind::Record(_)));
    match (objects.next(), objects.next()) {
        (Some(only), None) => Some(only.key),
        _ => None,
    }
}

/// The parameters of a call by the wire's names.
#[derive(Debug, Default)]
pub(super) struct Asked {
    parameters: Map<String, Value>,
    /// The object that holds the query; see [`query_of`].
    query: Option<&'static str>,
}

impl Asked {
    #[cfg(test)]
    pub(super) fn of(parameters: Value) -> Self {
        Self {
            parameters: super::members(parameters),
            query: None,
        }
    }

    /// The value at a path such as `queryDeliveryReq.productId`. A path such as `.productId` starts in the object that
    /// holds the query, whose name differs between APIs.
    pub(super) fn at(&self, path: &str) -> Option<&Value> {
        let mut steps = path.split('.');
        let first = match steps.next()? {
            "" => self.query?,
            name => name,
        };
        let first = self.parameters.get(first)?;
        steps.try_fold(first, |value, step| value.get(step))
    }

    /// The text or number at a path, as text; `None` if it is absent or blank.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        let text = match self.at(path)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some(text).filter(|text| !text.is_empty())
    }

    pub(super) fn integer(&self, path: &str) -> Option<i64> {
        self.text(path)?.parse().ok()
    }

    /// The texts in the parameters, and in objects among them, whose names end with a word.
    pub(super) fn ending_with(&self, word: &str) -> impl Iterator<Item = (&str, &str)> {
        let objects = self.parameters.values().filter_map(Value::as_object);
        let fields = std::iter::once(&self.parameters).chain(objects).flatten();
        let named = fields.filter(move |(name, _)| name.to_ascii_lowercase().ends_with(word));
        named.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
    }

    /// The objects of the list at a path.
    pub(super) fn list(&self, path: &str) -> impl Iterator<Item = &Value> {
        self.at(path)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    }

    /// The values of the list whose name is a plural of `name`, such as `product_ids` or `product_id_list` for
    /// `product_id`, or the values of this name in a list's objects. A text is also read as a list: of one value, or of
    /// several with commas between them.
    pub(super) fn listed(&self, name: &str) -> Option<Vec<Value>> {
        let wanted = Wanted {
            letters: letters(name),
            singular: singular(name),
        };
        match wanted.singular.is_empty() {
            true => None,
            false => listed(&self.parameters, &wanted),
        }
    }

    /// The first text or number with this name in any object, also in another spelling, such as `productId` for
    /// `product_id`. For values in lists see [`listed`](Self::listed).
    pub(super) fn anywhere(&self, name: &str) -> Option<&Value> {
        let letters = letters(name);
        let is_same = |key: &str| key == name;
        let is_alike = |key: &str| !letters.is_empty() && self::letters(key) == letters;
        find(&self.parameters, &is_same).or_else(|| find(&self.parameters, &is_alike))
    }
}

/// A whole number, also if it is sent as text.
pub(super) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    }
}

/// A name in lower case, without its separators.
fn letters(name: &str) -> String {
    let letters = name.chars().filter(|character| character.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// A name without its separators and its plural ending.
fn singular(name: &str) -> String {
    let letters = letters(name);
    let stem = letters.strip_suffix("list").unwrap_or(&letters);
    stem.strip_suffix('s').unwrap_or(stem).to_owned()
}

/// A name to look for.
struct Wanted {
    letters: String,
    singular: String,
}

fn listed(object: &Map<String, Value>, wanted: &Wanted) -> Option<Vec<Value>> {
    let is_same = |key: &str| singular(key) == wanted.singular;
    object.iter().find_map(|(key, value)| match value {
        Value::Object(inner) => listed(inner, wanted),
        Value::Array(values) if values.iter().any(Value::is_object) => {
            let objects = values.iter().filter_map(Value::as_object);
            let named = objects.clone().filter_map(|object| find(object, &is_same));
            let named: Vec<Value> = named.cloned().collect();
            match named.is_empty() {
                true => objects.filter_map(|object| listed(object, wanted)).next(),
                false => Some(named),
            }
        }
        _ if !is_same(key) => None,
        Value::Array(values) => values.iter().all(is_scalar).then(|| values.clone()),
        Value::String(text) if text.contains(',') || letters(key) != wanted.letters => {
            Some(text.split(',').map(|part| part.trim().into()).collect())
        }
        _ => None,
    })
}

fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number()
}

fn find<'a>(object: &'a Map<String, Value>, is_wanted: &dyn Fn(&str) -> bool) -> Option<&'a Value> {
    let mut fields = object.iter();
    let here = fields.find(|(key, value)| is_scalar(value) && is_wanted(key));
    here.map(|(_, value)| value).or_else(|| {
        let objects = object.values().filter_map(Value::as_object);
        objects.filter_map(|inner| find(inner, is_wanted)).next()
    })
}

/// The value of a parameter's text: objects and lists are parsed as JSON, scalars are kept as text.
fn parse(field: &Field, text: &str) -> Result<Value, Refusal> {
    let wanted = match field.kind {
        Kind::Record(_) => "a JSON object",
        Kind::Records(_) => "a JSON array of objects",
        // The legacy gateway's SDKs join the elements of scalar lists with commas.
        kind if kind.is_list() && !text.trim_start().starts_with('[') => {
            // One more than allowed, so that the check for the limit fails.
            let parts = text.split(',').take(MOST_ELEMENTS + 1);
            return Ok(parts.map(|part| Value::from(part.trim())).collect());
        }
        kind if kind.is_list() => "a JSON array",
        _ => return Ok(Value::from(text)),
    };
    serde_json::from_str(text).map_err(|error| {
        let key = field.key;
        Refusal::InvalidParameter(format!(
            "{key}: expected {wanted}, found other text: {error}"
        ))
    })
}

/// Finds absent required keys and unknown keys.
#[derive(Default)]
struct Check {
    /// The path of the value that is being checked.
    path: String,
    absent: Vec<String>,
    unknown: Vec<String>,
    /// The first value that is not of its field's type.
    wrong: Option<String>,
}

impl Check {
    /// Runs a check with the path extended by one key.
    fn within(&mut self, step: &str, check: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        if length > 0 && !step.starts_with('[') {
            self.path.push('.');
        }
        self.path.push_str(step);
        check(self);
        self.path.truncate(length);
    }

    fn object(&mut self, fields: &Map<String, Value>, shape: &Shape) {
        for (key, value) in fields {
            self.within(key, |check| match shape.field(key) {
                Some(field) => check.value(value, field),
                None if check.unknown.len() < MOST_UNKNOWN => {
                    check.unknown.push(unknown_key(&check.path, key, shape));
                }
                None => {}
            });
        }
        let required = shape.fields.iter().filter(|field| field.required);
        for field in required.filter(|field| fields.get(field.key).is_none_or(is_nothing)) {
            if self.absent.len() < MOST_ABSENT {
                self.within(field.key, |check| check.absent.push(check.path.clone()));
            }
        }
    }

    fn value(&mut self, value: &Value, field: &Field) {
        match value {
            Value::Array(values) if values.len() > MOST_ELEMENTS => {
                self.note_wrong(&format!("at most {MOST_ELEMENTS} elements"), "more");
            }
            Value::Array(values) if field.kind.is_list() => {
                values.iter().enumerate().for_each(|(index, value)| {
                    self.within(&format!("[{index}]"), |check| check.element(value, field));
                });
            }
            Value::Object(fields) if field.kind.is_list() => self.wrapper(value, fields, field),
            value => self.element(value, field),
        }
    }

    /// An object where a list is expected, read by the same rule as in answers.
    fn wrapper(&mut self, value: &Value, fields: &Map<String, Value>, field: &Field) {
        let Ok(tree) = <raw::Value as Deserialize>::deserialize(value) else {
            return self.expect("a list", value);
        };
        match list_layout(field, &tree) {
            Layout::Wrapped(inner) => {
                if let Some(value) = fields.get(inner) {
                    self.value(value, field);
                }
            }
            Layout::Nothing => {}
            Layout::Ambiguous(found) => self.note_wrong("a list", &found),
            Layout::Unknown(_) if field.kind.shape().is_none() => self.expect("a list", value),
            Layout::Array | Layout::Bare | Layout::Single | Layout::Unknown(_) => {
                self.element(value, field);
            }
        }
    }

    /// A value that is not a list, or one element of a list.
    fn element(&mut self, value: &Value, field: &Field) {
        match (field.kind.shape(), value) {
            (None, value) => self.scalar(value, field.kind),
            (Some(shape), Value::Object(fields)) => self.object(fields, shape),
            (Some(_), Value::Null) => {}
            (Some(_), other) => self.expect("an object", other),
        }
    }

    /// Accepts texts for numbers and booleans, too, as the platform does.
    fn scalar(&mut self, value: &Value, kind: Kind) {
        match (kind, value) {
            (_, Value::Null) | (Kind::Text | Kind::Texts, _) => {}
            (Kind::Integer | Kind::Integers, value) => {
                let is_integer = match value {
                    Value::String(text) => is_blank(text) || text.trim().parse::<i64>().is_ok(),
                    Value::Number(number) => number.is_i64(),
                    _ => false,
                };
                if !is_integer {
                    self.expect("a whole number", value);
                }
            }
            (Kind::Boolean | Kind::Booleans, Value::String(text)) if is_boolean(text) => {}
            (Kind::Boolean | Kind::Booleans, Value::Bool(_)) => {}
            (Kind::Boolean | Kind::Booleans, value) => self.expect("true or false", value),
            _ => {}
        }
    }

    fn expect(&mut self, wanted: &str, found: &Value) {
        let found = match found {
            Value::Object(_) => "an object",
            Value::Array(_) => "a list",
            Value::String(_) => "another text",
            _ => "another value",
        };
        self.note_wrong(wanted, found);
    }

    fn note_wrong(&mut self, wanted: &str, found: &str) {
        self.wrong
            .get_or_insert_with(|| format!("{}: expected {wanted}, found {found}", self.path));
    }
}

fn is_boolean(text: &str) -> bool {
    is_blank(text)
        || ["true", "false"]
            .iter()
            .any(|word| text.trim().eq_ignore_ascii_case(word))
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.is_empty(),
        _ => false,
    }
}

fn unknown_key(path: &str, key: &str, shape: &Shape) -> String {
    let meant = snake_case(key);
    let is_outer = |field: &&Field| {
        let inner = field.kind.shape();
        inner.is_some_and(|inner| inner.field(&meant).is_some())
    };
    let advice = match (shape.field(&meant), shape.fields.iter().find(is_outer)) {
        (Some(field), _) => format!("; {:?} may be meant", field.key),
        (None, Some(outer)) => format!("; {meant:?} belongs into {:?}", outer.key),
        (None, None) => String::new(),
    };
    format!("unknown key {path:?}: the platform ignores it silently{advice}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_that_holds_the_query_is_the_one_of_the_table() {
        for (api, name) in [
            ("aliexpress.solution.order.get", "param0"),
            (
                "aliexpress.trade.seller.orderlist.get",
                "param_aeop_order_query",
            ),
            (
                "aliexpress.solution.product.list.get",
                "aeop_a_e_product_list_query",
            ),
            ("aliexpress.solution.order.receiptinfo.get", "param1"),
            ("aliexpress.issue.issuelist.get", "query_dto"),
            ("aliexpress.ds.image.searchV2", "param0"),
            (
                "aliexpress.trade.redefining.findorderlistsimplequery",
                "param1",
            ),
        ] {
            let api = crate::apis::find(api).unwrap();
            assert_eq!(query_of(api.request), Some(name), "{}", api.name);
            let asked = Asked {
                parameters: crate::apis::members(serde_json::json!({ name: { "order_id": 7 } })),
                query: query_of(api.request),
            };
            assert_eq!(asked.integer(".order_id"), Some(7));
        }
        // An API whose parameters are not inside one object.
        let without = crate::apis::find("aliexpress.ds.product.get").unwrap();
        assert_eq!(query_of(without.request), None);
    }
}
