//! Every API that has models is answered according to its table, in each form.

use aliexpress_models::{Api, COMMON_PARAMETERS, Field, Kind, Shape, drift};
use aliexpress_sandbox::{OrderStatus, Sandbox};
use serde_json::{Map, Value, json};

use crate::orders::placed;
use crate::wire::{Answer, rest, sync, sync_with_files};

/// How deep the objects of requests are filled.
const DEEPEST: usize = 6;

/// The id of an order that does not exist.
const NOBODYS: i64 = 1;

/// APIs that ship an order: it must be waiting for that, and can be shipped once.
const SHIPS: &str = "aliexpress.solution.order.fulfill";

/// APIs that delete products, so that each call needs a new one.
const DELETE: [&str; 2] = [
    "aliexpress.solution.batch.product.delete",
    "aliexpress.offer.product.delete",
];

/// Parameters that are valid by the table: all except common ones and files; objects are filled in the same way.
fn parameters(api: &Api, known: &Known) -> Vec<(&'static str, String)> {
    let (own, files) = (api.request.fields.iter(), api.call.files);
    let own =
        own.filter(|field| !COMMON_PARAMETERS.contains(&field.key) && !files.contains(&field.key));
    own.map(|field| {
        let text = match value(field, known, 0) {
            // A product, as a text that contains JSON.
            _ if field.key.ends_with("_request") && field.kind.shape().is_none() => {
                known.product_content()
            }
            Value::String(text) => text,
            other => other.to_string(),
        };
        (field.key, text)
    })
    .collect()
}

/// Ids that exist in the sandbox.
#[derive(Clone, Copy)]
struct Known {
    order: i64,
    product: i64,
    job: i64,
    category: i64,
    issue: i64,
}

impl Known {
    fn product_content(&self) -> String {
        json!({
            "aliexpress_product_id": self.product,
            "title_multi_language_list": [{ "locale": "en_US", "title": "Lamp" }],
            "category_id": self.category,
            "image_url_list": ["https://example.com/a.png"],
            "package_weight": "0.5",
            "sku_info_list": [{ "sku_code": "a", "price": "9.9", "inventory": 3 }],
        })
        .to_string()
    }

    /// An existing id for a field's name; 1 for fields that are not looked up.
    fn number(&self, key: &str) -> i64 {
        let key = key.to_lowercase().replace('_', "");
        match () {
            () if key.ends_with("orderid") || key == "outref" => self.order,
            () if key == "jobid" => self.job,
            () if key == "issueid" => self.issue,
            () if key.ends_with("categoryid") => self.category,
            () if key.ends_with("productid") || key.ends_with("productids") => self.product,
            () => 1,
        }
    }
}

fn value(field: &Field, known: &Known, depth: usize) -> Value {
    let number = known.number(field.key);
    let of = |shape: &Shape| -> Value {
        let fields = shape.fields.iter();
        let fields = fields.filter(|_| depth < DEEPEST);
        fields
            .map(|field| (field.key.to_owned(), value(field, known, depth + 1)))
            .collect::<Map<_, _>>()
            .into()
    };
    match field.kind {
        Kind::Boolean if field.as_text => json!("true"),
        Kind::Integer if !field.as_text => json!(number),
        Kind::Boolean => json!(true),
        Kind::Record(shape) => of(shape),
        Kind::Integers => json!([number]),
        Kind::Booleans => json!([true]),
        Kind::Texts => json!([number.to_string()]),
        Kind::Records(shape) => json!([of(shape)]),
        _ if field.free => json!({}),
        _ => json!(number.to_string()),
    }
}

/// The id of an order that is waiting to be shipped.
fn ready_to_ship(sandbox: &Sandbox, out_order_id: &str) -> i64 {
    let id = placed(sandbox, out_order_id);
    while sandbox.advance(id).unwrap() != OrderStatus::WaitSellerSendGoods {}
    id
}

/// The id of an inner category.
fn category(sandbox: &Sandbox) -> i64 {
    let id = sandbox.products()[0].id.to_string();
    let own = [("product_id", id.as_str())];
    let answer = sync(sandbox, "aliexpress.solution.product.info.get", &own).json();
    answer["result"]["category_id"].as_i64().unwrap()
}

/// The id of an order's dispute.
fn disputed(sandbox: &Sandbox) -> i64 {
    sandbox.set_order_status(placed(sandbox, "disputed"), OrderStatus::InIssue);
    let own = [("query_dto", "{}")];
    let answer = sync(sandbox, "aliexpress.issue.issuelist.get", &own).json();
    answer["data_list"][0]["issue_id"].as_i64().unwrap()
}

/// The id of a submitted batch job.
fn job(sandbox: &Sandbox) -> i64 {
    let items = json!([{ "item_content_id": "a", "item_content": "{}" }]).to_string();
    let own = [
        ("operation_type", "PRODUCT_PRICES_UPDATE"),
        ("item_list", items.as_str()),
    ];
    let answer = sync(sandbox, "aliexpress.solution.feed.submit", &own).json();
    answer["job_id"].as_i64().unwrap()
}

/// A token call with a new code or refresh token.
fn token_call(sandbox: &Sandbox, api: &Api, form: &[(&str, &str)]) -> Answer {
    let code = sandbox.authorise();
    let refresh = sandbox.tokens()[0].refresh_token.clone();
    let own = match api.name.contains("create") {
        true => ("code", code.as_str()),
        false => ("refresh_token", refresh.as_str()),
    };
    rest(sandbox, api.name, &[&[own], form].concat())
}

fn call(sandbox: &Sandbox, api: &Api, known: &Known, form: &[(&str, &str)]) -> Answer {
    let own = parameters(api, known);
    let own = own.iter().map(|(name, value)| (*name, value.as_str()));
    let mut own: Vec<_> = own.chain(form.iter().copied()).collect();
    match api.name.starts_with('/') {
        true => {
            own.push(("access_token", sandbox.session()));
            rest(sandbox, api.name, &own)
        }
        false if api.call.required_files.is_empty() => sync(sandbox, api.name, &own),
        false => {
            let files = api.call.required_files.iter();
            let files: Vec<_> = files.map(|name| (*name, "pixels")).collect();
            sync_with_files(sandbox, api.name, &own, &files)
        }
    }
}

/// The mistake in an answer, if any: it must read as its model, without keys that the model does not have.
fn wrong(api: &Api, answer: &Answer) -> Option<String> {
    let text = || String::from_utf8_lossy(&answer.body).into_owned();
    match api.decode(&answer.body) {
        Err(error) => return Some(format!("{error} in {}", text())),
        Ok(envelope) => {
            if let Err(refusal) = envelope.outcome {
                return Some(format!("{refusal:?}"));
            }
        }
    }
    match drift(&answer.body, api) {
        Ok(drift) if drift.is_empty() => None,
        Ok(drift) => Some(format!("{drift:?} in {}", text())),
        Err(error) => Some(error.to_string()),
    }
}

/// Calls every API in every form, and returns the mistakes that `wrong` finds.
fn found(
    sandbox: &Sandbox,
    known: Known,
    wrong: fn(&Api, &Answer) -> Option<String>,
) -> Vec<String> {
    let forms: [&[(&str, &str)]; 3] = [
        &[("format", "json"), ("simplify", "false")],
        &[("format", "json"), ("simplify", "true")],
        &[("format", "xml")],
    ];
    let mut found = Vec::new();
    for api in aliexpress_models::APIS {
        for (round, form) in forms.iter().enumerate() {
            let known = match api.name {
                SHIPS if known.order != NOBODYS => Known {
                    order: ready_to_ship(sandbox, &format!("ship-{round}")),
                    ..known
                },
                name if DELETE.contains(&name) => Known {
                    product: sandbox.products().pop().unwrap().id,
                    ..known
                },
                _ => known,
            };
            let answer = match api.name.starts_with("/auth/token/") {
                true => token_call(sandbox, api, form),
                false => call(sandbox, api, &known, form),
            };
            if let Some(wrong) = wrong(api, &answer) {
                found.push(format!("{} {form:?}: {wrong:.300}", api.name));
            }
        }
    }
    found
}

#[test]
fn every_api_is_answered_in_every_form_as_its_table_says() {
    let sandbox = Sandbox::builder().seed(7).start().unwrap();
    let known = Known {
        order: placed(&sandbox, "a"),
        product: sandbox.products()[0].id,
        job: job(&sandbox),
        category: category(&sandbox),
        issue: disputed(&sandbox),
    };
    let found = found(&sandbox, known, wrong);
    assert!(
        found.is_empty(),
        "{} wrong:\n{}",
        found.len(),
        found.join("\n")
    );
}

/// Every model can read answers with text for numbers, bare objects for lists, and other inner names.
#[test]
fn every_answer_as_live_is_read_by_its_model() {
    let sandbox = Sandbox::builder().seed(7).as_live(true).start().unwrap();
    let known = Known {
        order: NOBODYS,
        product: sandbox.products()[0].id,
        job: 1,
        category: 1,
        issue: 1,
    };
    let found = found(&sandbox, known, |api, answer| {
        let error = api.decode(&answer.body).err()?;
        Some(format!(
            "{error} in {}",
            String::from_utf8_lossy(&answer.body)
        ))
    });
    assert!(
        found.is_empty(),
        "{} wrong:\n{}",
        found.len(),
        found.join("\n")
    );
}
