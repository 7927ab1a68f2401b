//! Answers to APIs that the shop does not implement: every field of the table, with a generated value.

use aliexpress_models::{Api, Field, Kind, Shape};
use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::documented;
use super::request::{Asked, whole};

/// How deep objects are filled; deeper ones are left out, because tables may contain themselves.
const DEEPEST: usize = 8;
/// How many elements a list has.
const ELEMENTS: usize = 2;

/// Makes up the contents of answers.
pub(super) struct Maker<'a> {
    pub(super) api: &'a Api,
    /// What was asked for: an answer repeats it where it has a field of the same name.
    pub(super) asked: &'a Asked,
    pub(super) rng: Rng,
    /// The moment of the answer, in epoch milliseconds and as the platform writes times of day.
    pub(super) milliseconds: i64,
    pub(super) pacific: String,
    /// Where the sandbox is, such as `http://127.0.0.1:4711`.
    pub(super) base: &'a str,
}

impl Maker<'_> {
    /// The contents of an answer: the documentation's sample, or a value for each field of the table.
    pub(super) fn contents(&mut self) -> Map<String, Value> {
        let shape = self.api.answer;
        match documented::sample(self.api) {
            Some(mut sample) => {
                self.adapt(&mut sample, shape, "");
                sample
            }
            None => self.object(shape, ""),
        }
    }

    /// Puts what was asked for in the place of what a sample has under the same name, and a value in the place of a
    /// text that only repeats its field's name.
    fn adapt(&mut self, sample: &mut Map<String, Value>, shape: &Shape, above: &str) {
        for (key, value) in sample {
            let path = below(above, key);
            let inner = shape.field(key).and_then(|field| field.kind.shape());
            match (value, inner) {
                (Value::Object(object), Some(shape)) => self.adapt(object, shape, &path),
                (Value::Array(elements), Some(shape)) => {
                    let objects = elements.iter_mut().filter_map(Value::as_object_mut);
                    objects.for_each(|object| self.adapt(object, shape, &path));
                }
                (Value::Number(number), _) => {
                    if let Some(whole) = self.asked.anywhere(key).and_then(whole) {
                        *number = whole.into();
                    }
                }
                (text @ Value::String(_), _) => {
                    let is_placeholder = text.as_str() == Some(key);
                    if is_placeholder || self.asked.anywhere(key).is_some() {
                        let name = Name::of(key);
                        *text = self.text(&name, key, &path).unwrap_or_default();
                    }
                }
                _ => {}
            }
        }
    }

    /// An object with a value for each field of the table, but for those that only failures have.
    fn object(&mut self, shape: &Shape, above: &str) -> Map<String, Value> {
        let mut object = Map::new();
        for field in shape.fields {
            let path = below(above, field.key);
            if let Some(value) = self.value(field, &path) {
                object.insert(field.key.to_owned(), value);
            }
        }
        object
    }

    fn value(&mut self, field: &Field, path: &str) -> Option<Value> {
        let name = Name::of(field.key);
        let elements = if field.kind.is_list() { ELEMENTS } else { 1 };
        let is_deepest = path.matches('.').count() >= DEEPEST;
        let mut made = Vec::with_capacity(elements);
        for _ in 0..elements {
            made.push(match field.kind {
                Kind::Record(_) | Kind::Records(_) if is_deepest => return None,
                Kind::Record(shape) | Kind::Records(shape) => {
                    Value::Object(self.object(shape, path))
                }
                Kind::Integer | Kind::Integers => self.integer(&name, field.key),
                Kind::Boolean | Kind::Booleans => {
                    Value::Bool(name.says_success() || self.rng.bool())
                }
                _ => self.text(&name, field.key, path)?,
            });
        }
        match field.kind.is_list() {
            true => Some(Value::Array(made)),
            false => made.pop(),
        }
    }

    fn integer(&mut self, name: &Name, key: &str) -> Value {
        let asked = self.asked.anywhere(key).and_then(whole);
        Value::from(asked.unwrap_or_else(|| match () {
            () if name.is_code() => 200,
            () if name.ends("id") || name.ends("ids") => self.id(),
            () if name.has(TIMES) => self.milliseconds,
            () if name.has(&["page", "level"]) => 1,
            () if name.has(&["cent", "amount", "price", "fee"]) => self.rng.i64(99..20_000),
            () => self.rng.i64(1..100),
        }))
    }

    /// A text by what its name says; `None` for a field that only failures have.
    fn text(&mut self, name: &Name, key: &str, path: &str) -> Option<Value> {
        if name.has(&["error", "sub", "fail", "failed", "err"]) {
            return None;
        }
        if let Some(asked) = self.asked.anywhere(key) {
            return Some(match asked {
                Value::String(_) => asked.clone(),
                other => Value::from(other.to_string()),
            });
        }
        let codes = documented::codes(self.api.name, path);
        let text = match () {
            () if name.is_code() => "200".to_owned(),
            () if !codes.is_empty() && !name.has(TIMES) => {
                codes[self.rng.usize(..codes.len())].clone()
            }
            () if name.has(&["msg", "message"]) => "success".to_owned(),
            () if name.has(&["currency"]) => "USD".to_owned(),
            () if name.has(MONEY) => format!("{}.{:02}", self.rng.u32(1..90), self.rng.u32(..100)),
            () if name.has(&["rate", "discount", "percent"]) => format!("{}%", self.rng.u32(1..90)),
            () if name.has(&["url", "urls", "link", "pic", "image", "img", "images"]) => {
                let path = crate::shop::image_path(self.id(), 0);
                format!("{}{path}", self.base)
            }
            () if name.ends("id") || name.ends("ids") => self.id().to_string(),
            () if name.has(TIMES) => self.pacific.clone(),
            () if name.has(&["country"]) => "US".to_owned(),
            () if name.has(&["province", "state"]) => "California".to_owned(),
            () if name.has(&["city"]) => "Los Angeles".to_owned(),
            () if name.has(&["language", "locale", "lang"]) => "en_US".to_owned(),
            () if name.has(&["email"]) => "somebody@example.com".to_owned(),
            () if name.has(&["phone", "mobile", "fax", "tel"]) => "5550100".to_owned(),
            () if name.has(&["zip", "postcode"]) => "90001".to_owned(),
            () if name.has(&["count", "num", "number", "total", "quantity"]) => {
                self.rng.u32(1..100).to_string()
            }
            () => format!("{} of the sandbox", name.0.join(" ")),
        };
        Some(json!(text))
    }

    /// A number of the platform's look.
    fn id(&mut self) -> i64 {
        1_005_000_000_000_000 + self.rng.i64(..1_000_000_000_000)
    }
}

fn below(above: &str, key: &str) -> String {
    match above {
        "" => key.to_owned(),
        above => format!("{above}.{key}"),
    }
}

const TIMES: &[&str] = &["gmt", "time", "date", "timestamp", "stamp"];
const MONEY: &[&str] = &[
    "amount",
    "price",
    "fee",
    "cost",
    "money",
    "commission",
    "freight",
    "cent",
    "tax",
];

/// The words of a field's name, in lower case.
struct Name(Vec<String>);

impl Name {
    /// `gmt_create`, `gmtCreate` and `GmtCreate` alike.
    fn of(key: &str) -> Self {
        let mut words = vec![String::new()];
        let mut before = ' ';
        for character in key.chars() {
            let starts = character.is_uppercase() && before.is_lowercase();
            if starts || !character.is_alphanumeric() {
                words.push(String::new());
            }
            if let (true, Some(word)) = (character.is_alphanumeric(), words.last_mut()) {
                word.extend(character.to_lowercase());
            }
            before = character;
        }
        words.retain(|word| !word.is_empty());
        Self(words)
    }

    fn has(&self, words: &[&str]) -> bool {
        self.0.iter().any(|word| words.contains(&word.as_str()))
    }

    fn ends(&self, word: &str) -> bool {
        self.0.last().is_some_and(|last| last == word)
    }

    /// Whether it is the code of a success: `code`, `rsp_code`, `resp_code`, `result_code`.
    fn is_code(&self) -> bool {
        let first = self.0.first().map_or("", String::as_str);
        self.ends("code")
            && (self.0.len() == 1 || ["rsp", "resp", "result", "ret"].contains(&first))
    }

    fn says_success(&self) -> bool {
        self.has(&["success", "ret", "successful", "succeed"])
    }
}

#[cfg(test)]
mod tests {
    use aliexpress_models::{APIS, Api, Form};

    use super::*;
    use crate::apis::answer;
    use crate::apis::habits::Habits;

    fn made(api: &Api, asked: &Asked) -> Map<String, Value> {
        let mut maker = Maker {
            api,
            asked,
            rng: Rng::with_seed(1),
            milliseconds: 1_725_940_803_000,
            pacific: "2024-09-09 21:00:03".to_owned(),
            base: "http://127.0.0.1:1",
        };
        maker.contents()
    }

    /// Whatever is made up reads back as a model, in each form, with no key that the model lacks.
    #[test]
    fn every_answer_reads_back() {
        for api in APIS {
            let contents = made(api, &Asked::default());
            for form in [Form::FullJson, Form::SimplifiedJson, Form::Xml] {
                let mut habits = Habits::documented();
                let of = (api.key, api.answer);
                let written = answer::write(of, contents.clone().into(), "1", form, &mut habits);
                let envelope = api.decode(written.as_bytes());
                let envelope = envelope.unwrap_or_else(|error| {
                    panic!("{}: {error}: {written}", api.name);
                });
                envelope.outcome.unwrap_or_else(|error| {
                    panic!("{}: {error}: {written}", api.name);
                });
            }
        }
    }

    #[test]
    fn a_sample_is_adapted_to_what_was_asked_for() {
        let api = Api::find("aliexpress.ds.member.benefit.get").unwrap();
        let contents = made(api, &Asked::default());
        assert_eq!(contents["result"][0]["title"], "auto-pay");
        // The sample has the field's name in its place.
        assert_eq!(contents["rsp_code"], "200");
        let asked = Asked::of(json!({ "filter": { "title": "mine" } }));
        assert_eq!(made(api, &asked)["result"][0]["title"], "mine");
        assert_eq!(made(api, &asked)["result"][0]["code"], "auto-pay");
    }

    #[test]
    fn codes_come_from_the_documented_list() {
        let api = Api::find("aliexpress.trade.redefining.findorderbaseinfo").unwrap();
        let result = &made(api, &Asked::default())["result"];
        let code = result["fund_status"].as_str().unwrap();
        assert!(
            ["NOT_PAY", "PAY_SUCCESS", "WAIT_SELLER_CHECK"].contains(&code),
            "{code}"
        );
    }

    #[test]
    fn names_are_taken_apart() {
        for key in ["gmt_create_time", "gmtCreateTime", "GmtCreateTime"] {
            assert_eq!(Name::of(key).0, ["gmt", "create", "time"], "{key}");
        }
        assert!(Name::of("rsp_code").is_code() && Name::of("code").is_code());
        assert!(!Name::of("zip_code").is_code());
    }
}
