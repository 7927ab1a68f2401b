//! Answers to APIs that the shop does not implement: every field of the table, with a generated value.

use aliexpress_models::{Api, Field, Kind, Shape};
use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::documented;
use super::request::{Asked, whole};
use crate::shop::Shop;

/// How deep objects are filled; deeper ones are left out, because tables may contain themselves.
const DEEPEST: usize = 8;
/// How many elements a list has if the request has no ids for it.
const ELEMENTS: usize = 2;
/// How many elements a list has at most, however many ids were requested.
const MOST_ELEMENTS: usize = 100;

/// Generates the contents of answers.
pub(super) struct Maker<'a> {
    pub(super) api: &'a Api,
    /// The parameters of the request: an answer repeats them where it has a field of the same name.
    pub(super) asked: &'a Asked,
    pub(super) rng: Rng,
    /// The moment of the answer, in epoch milliseconds and as the platform writes times of day.
    pub(super) milliseconds: i64,
    pub(super) pacific: String,
    /// Where the sandbox is, such as `http://127.0.0.1:4711`.
    pub(super) base: &'a str,
    /// The shop whose products, categories and pictures are used.
    pub(super) shop: &'a Shop,
    /// The index in the innermost list that is being generated, from 0.
    pub(super) place: usize,
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

    /// Replaces a sample's values by the request's values of the same name, and a text that only repeats its field's
    /// name by a generated value.
    fn adapt(&mut self, sample: &mut Map<String, Value>, shape: &Shape, above: &str) {
        for (key, value) in sample {
            let path = below(above, key);
            let inner = shape.field(key).and_then(|field| field.kind.shape());
            match (value, inner) {
                (Value::Object(object), Some(shape)) => self.adapt(object, shape, &path),
                (Value::Array(elements), Some(shape)) => {
                    let outer = self.place;
                    for (place, element) in elements.iter_mut().enumerate() {
                        self.place = place;
                        if let Some(object) = element.as_object_mut() {
                            self.adapt(object, shape, &path);
                        }
                    }
                    self.place = outer;
                }
                (Value::Number(number), _) => {
                    if let Some(whole) = self.asked_for(key).as_ref().and_then(whole) {
                        *number = whole.into();
                    }
                }
                (text @ Value::String(_), _) => {
                    let is_placeholder = text.as_str() == Some(key);
                    if is_placeholder || self.asked_for(key).is_some() {
                        let name = Name::of(key);
                        *text = self.text(&name, key, &path).unwrap_or_default();
                    }
                }
                _ => {}
            }
        }
    }

    /// An object with a value for each field of the table, except fields that only failures have.
    fn object(&mut self, shape: &Shape, above: &str) -> Map<String, Value> {
        let mut object = Map::new();
        for field in shape.fields {
            let path = below(above, field.key);
            if let Some(value) = self.value(field, &path) {
                object.insert(field.key.to_owned(), value);
            }
        }
        put_in_order(&mut object);
        object
    }

    /// How many elements the list of a field has: one for each id of a list in the request, if its elements are such
    /// ids or objects with such an id.
    fn elements(&self, field: &Field) -> usize {
        let fields = field.kind.shape().map_or(&[][..], |shape| shape.fields);
        let mut keys = std::iter::once(field.key).chain(fields.iter().map(|field| field.key));
        let listed = keys.find_map(|key| self.asked.listed(key));
        match listed {
            Some(ids) => ids.len().min(MOST_ELEMENTS),
            None if self.asked.anywhere(field.key).is_some() => 1,
            None => ELEMENTS,
        }
    }

    /// The request's value of this name, or of a list whose name is its plural.
    fn asked_for(&self, key: &str) -> Option<Value> {
        match self.asked.anywhere(key) {
            Some(value) => Some(value.clone()),
            None => self.asked.listed(key)?.get(self.place).cloned(),
        }
    }

    fn value(&mut self, field: &Field, path: &str) -> Option<Value> {
        let name = Name::of(field.key);
        if name.is_of_failures() && field.kind.shape().is_some() {
            return None;
        }
        if !field.kind.is_list() {
            return self.element(field, &name, path);
        }
        let (elements, outer) = (self.elements(field), self.place);
        let made = (0..elements).map(|place| {
            self.place = place;
            self.element(field, &name, path)
        });
        let made = made.collect::<Option<Vec<Value>>>();
        self.place = outer;
        made.map(Value::Array)
    }

    /// The value of a field, or one element of its list.
    fn element(&mut self, field: &Field, name: &Name, path: &str) -> Option<Value> {
        match field.kind {
            Kind::Record(shape) | Kind::Records(shape) => {
                let is_deepest = path.matches('.').count() >= DEEPEST;
                (!is_deepest).then(|| Value::Object(self.object(shape, path)))
            }
            Kind::Integer | Kind::Integers => self.integer(name, field.key),
            Kind::Boolean | Kind::Booleans => Some(Value::Bool(match () {
                () if name.is_of_failures() => false,
                () => name.says_success() || self.rng.bool(),
            })),
            _ => self.text(name, field.key, path),
        }
    }

    /// A number that fits the field's name; `None` for a field that only failures have.
    fn integer(&mut self, name: &Name, key: &str) -> Option<Value> {
        let asked = self.asked_for(key).as_ref().and_then(whole);
        if asked.is_none() && name.is_of_failures() {
            return name.has(COUNTS).then(|| Value::from(0));
        }
        Some(Value::from(asked.unwrap_or_else(|| match () {
            () if name.is_code() => 200,
            () if name.ends("id") || name.ends("ids") => self.id(name),
            () if name.has(TIMES) => self.milliseconds,
            () if name.has(&["page", "level"]) => 1,
            () if name.has(&["cent", "amount", "price", "fee"]) => self.rng.i64(99..20_000),
            () => self.rng.i64(1..100),
        })))
    }

    /// A text that fits the field's name; `None` for a field that only failures have.
    fn text(&mut self, name: &Name, key: &str, path: &str) -> Option<Value> {
        if let Some(asked) = self.asked_for(key) {
            return Some(match asked {
                Value::String(_) => asked,
                other => Value::from(other.to_string()),
            });
        }
        if name.is_of_failures() {
            return name.has(COUNTS).then(|| Value::from("0"));
        }
        let codes = documented::codes(self.api.name, path);
        let text = match () {
            () if name.is_code() => "200".to_owned(),
            () if !codes.is_empty() && !name.has(TIMES) => {
                codes[self.rng.usize(..codes.len())].clone()
            }
            () if name.has(&["msg", "message"]) => "success".to_owned(),
            () if name.says_success() => "true".to_owned(),
            () if name.has(&["currency"]) => "USD".to_owned(),
            () if name.has(MONEY) => format!("{}.{:02}", self.rng.u32(1..90), self.rng.u32(..100)),
            () if name.has(&["rate", "discount", "percent"]) => format!("{}%", self.rng.u32(1..90)),
            () if name.has(&["url", "urls", "link", "pic", "image", "img", "images"]) => {
                let path = crate::shop::image_path(self.product(), 0);
                format!("{}{path}", self.base)
            }
            () if name.ends("id") || name.ends("ids") => self.id(name).to_string(),
            () if name.has(TIMES) => self.pacific.clone(),
            () if name.has(&["country"]) => "US".to_owned(),
            () if name.has(&["province", "state"]) => "California".to_owned(),
            () if name.has(&["city"]) => "Los Angeles".to_owned(),
            () if name.has(&["language", "locale", "lang"]) => "en_US".to_owned(),
            () if name.has(&["email"]) => "somebody@example.com".to_owned(),
            () if name.has(&["phone", "mobile", "fax", "tel"]) => "5550100".to_owned(),
            () if name.has(&["zip", "postcode"]) => "90001".to_owned(),
            () if name.has(COUNTS) => self.rng.u32(1..100).to_string(),
            () => format!("{} of the sandbox", name.0.join(" ")),
        };
        Some(json!(text))
    }

    /// A number in the platform's format: the id of an existing product or category if the field's name says so.
    fn id(&mut self, name: &Name) -> i64 {
        match () {
            () if name.has(&["product", "item"]) => self.product(),
            () if name.has(&["category", "categories"]) => {
                let categories: Vec<i64> = Shop::categories().map(|entry| entry.id).collect();
                categories[self.rng.usize(..categories.len())]
            }
            () => 1_005_000_000_000_000 + self.rng.i64(0..1_000_000_000_000),
        }
    }

    /// The id of an existing product.
    fn product(&mut self) -> i64 {
        let products = self.shop.products();
        let place = self.rng.usize(..products.len().max(1));
        let product = self.shop.products().nth(place);
        product.map_or(1_005_000_000_000_000, |product| product.id)
    }
}

/// Swaps a minimum and a maximum of the same thing if the minimum is greater.
fn put_in_order(object: &mut Map<String, Value>) {
    let number = |value: &Value| match value {
        Value::String(text) => text.parse::<f64>().ok(),
        other => other.as_f64(),
    };
    let pairs = object.keys().filter(|key| key.contains("min"));
    let pairs: Vec<(String, String)> = pairs
        .map(|key| (key.clone(), key.replacen("min", "max", 1)))
        .collect();
    for (least, greatest) in pairs {
        let (low, high) = (object.get(&least), object.get(&greatest));
        let (Some(low), Some(high)) = (low.and_then(number), high.and_then(number)) else {
            continue;
        };
        if low > high {
            let low = object.insert(least.clone(), Value::Null);
            let high = object.insert(greatest, low.unwrap_or_default());
            object.insert(least, high.unwrap_or_default());
        }
    }
}

fn below(above: &str, key: &str) -> String {
    match above {
        "" => key.to_owned(),
        above => format!("{above}.{key}"),
    }
}

const TIMES: &[&str] = &["gmt", "time", "date", "timestamp", "stamp"];
const COUNTS: &[&str] = &["count", "num", "number", "total", "quantity"];
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

    /// Whether the field is a result code: `code`, `rsp_code`, `resp_code`, `result_code`.
    fn is_code(&self) -> bool {
        let first = self.0.first().map_or("", String::as_str);
        self.ends("code")
            && (self.0.len() == 1 || ["rsp", "resp", "result", "ret"].contains(&first))
    }

    /// Whether only failures have the field, such as `error_list` and `sub_msg`.
    fn is_of_failures(&self) -> bool {
        let is_sub = self.0.first().is_some_and(|first| first == "sub");
        self.has(&[
            "error", "errors", "err", "fail", "failed", "failure", "failures",
        ]) || is_sub && self.has(&["code", "msg", "message"])
    }

    fn says_success(&self) -> bool {
        self.0 == ["result"] || self.has(&["success", "ret", "successful", "succeed"])
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
            shop: &Shop::new(1),
            place: 0,
        };
        maker.contents()
    }

    /// Every generated answer reads back as a model, in each form, without a key that the model does not have.
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

    /// For any request, the generated values do not contradict each other.
    #[test]
    fn generated_values_are_plausible() {
        fn check(api: &Api, value: &Value, key: &str, shop: &Shop) {
            match value {
                Value::Object(object) => {
                    let of_failures = |key: &&String| Name::of(key).is_of_failures();
                    for key in object.keys().filter(of_failures) {
                        let zero =
                            ["0", "\"0\"", "false"].contains(&object[key].to_string().as_str());
                        assert!(zero, "{}: {key} is {}", api.name, object[key]);
                    }
                    object
                        .iter()
                        .for_each(|(key, value)| check(api, value, key, shop));
                }
                Value::Array(values) => {
                    values.iter().for_each(|value| check(api, value, key, shop))
                }
                Value::Number(number) => {
                    assert!(!number.to_string().starts_with('-'), "{}: {key}", api.name);
                }
                Value::String(text) => {
                    if let Some((_, path)) = text.split_once("/kf/") {
                        let picture = crate::shop::image_of_path(&format!("/kf/{path}"));
                        assert!(
                            shop.product(picture.unwrap().0).is_some(),
                            "{}: {text}",
                            api.name
                        );
                    }
                }
                _ => {}
            }
        }
        let shop = Shop::new(1);
        for api in APIS.iter().filter(|api| documented::sample(api).is_none()) {
            let contents = made(api, &Asked::default());
            check(api, &Value::Object(contents), "", &shop);
        }
    }

    #[test]
    fn a_least_amount_is_not_above_the_greatest() {
        let object = |least: Value, greatest: Value| {
            let mut object = Map::new();
            object.insert("min_price".to_owned(), least);
            object.insert("max_price".to_owned(), greatest);
            put_in_order(&mut object);
            Value::Object(object)
        };
        let ordered = json!({ "min_price": "1.29", "max_price": "6.15" });
        assert_eq!(object(json!("6.15"), json!("1.29")), ordered);
        assert_eq!(object(json!("1.29"), json!("6.15")), ordered);
        let unlike = json!({ "min_price": "a", "max_price": 1 });
        assert_eq!(object(json!("a"), json!(1)), unlike);
    }

    #[test]
    fn ids_that_were_asked_for_by_a_list_come_back_each() {
        let api = Api::find("arise.logistics.pkg.shipment.declare").unwrap();
        for ids in [json!([4, 5, 6]), json!("4, 5, 6")] {
            let asked = Asked::of(json!({ "request": { "package_id_list": ids } }));
            let contents = Value::Object(made(api, &asked)).to_string();
            for id in [4, 5, 6] {
                let found = [
                    format!("\"package_id\":{id}"),
                    format!("\"package_id\":\"{id}\""),
                ];
                assert!(
                    found.iter().any(|found| contents.contains(found)),
                    "{contents}"
                );
            }
        }
    }

    #[test]
    fn ids_come_back_whatever_they_were_asked_for_in() {
        let api = Api::find("aliexpress.ru.affiliate.productdetail.get").unwrap();
        let answer = |asked: Value| Value::Object(made(api, &Asked::of(asked)));
        let ids = |answer: &Value| {
            let mut ids = Vec::new();
            gather(answer, "product_id", &mut ids);
            ids
        };
        let wrapped = |asked: Value| json!({ "param": asked });
        for asked in [
            json!({ "product_ids": "4" }),
            json!({ "productId": 4 }),
            json!({ "product_id_list": ["4"] }),
            json!({ "items": [{ "product_id": 4 }] }),
            json!({ "items": [{ "parts": [{ "ProductID": "4" }] }] }),
            json!({ "items": [{ "part": { "product_id": "4" } }] }),
        ] {
            let found = ids(&answer(wrapped(asked.clone())));
            let all = !found.is_empty() && found.iter().all(|id| id == "4");
            assert!(all, "{asked}: {found:?}");
        }
        for asked in [
            json!({ "product_ids": "4,5,6" }),
            json!({ "items": [{ "product_id": 4 }, { "product_id": 5 }, { "product_id": 6 }] }),
        ] {
            assert_eq!(ids(&answer(wrapped(asked))), ["4", "5", "6"]);
        }
    }

    /// The values of all fields with this name, as texts.
    fn gather(value: &Value, name: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => object.iter().for_each(|(key, value)| match value {
                Value::Number(number) if key == name => found.push(number.to_string()),
                Value::String(text) if key == name => found.push(text.clone()),
                other => gather(other, name, found),
            }),
            Value::Array(values) => values.iter().for_each(|value| gather(value, name, found)),
            _ => {}
        }
    }

    #[test]
    fn a_sample_is_adapted_to_the_request() {
        let api = Api::find("aliexpress.ds.member.benefit.get").unwrap();
        let contents = made(api, &Asked::default());
        assert_eq!(contents["result"][0]["title"], "auto-pay");
        // The sample's value is only the field's name.
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
    fn names_are_split_into_words() {
        for key in ["gmt_create_time", "gmtCreateTime", "GmtCreateTime"] {
            assert_eq!(Name::of(key).0, ["gmt", "create", "time"], "{key}");
        }
        assert!(Name::of("rsp_code").is_code() && Name::of("code").is_code());
        assert!(!Name::of("zip_code").is_code());
    }
}
