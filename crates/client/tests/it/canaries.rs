//! The server quotes secrets and personal data in every place and encoding; errors and outcomes
//! must not contain them. `tests/secrets` searches the logs.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::iter::successors;
use std::time::SystemTime;

use aliexpress::models::order_create::{
    LogisticsAddress, LogisticsAddressRequired, ProductItem, ProductItemRequired,
};
use aliexpress::models::shared::{ExtInfo, ProductId};
use aliexpress::{
    AuthCode, CallOptions, Error, NewOrder, RefreshToken, Reply, RetryPolicy, read_order,
};

use crate::server::{Act, Server};
use crate::{Built, Client, quick};

const SESSION: &str = "50000201c07/Abq+dXf=zyk12345";
const NAME: &str = "Qanary Ivanova";
const PHONE: &str = "9161234567";
const STREET: &str = "Vogelstrasse 7, \"Hof\"";
const EMAIL: &str = "qanary@example.com";

fn order() -> NewOrder {
    let address = LogisticsAddress::new(LogisticsAddressRequired {
        full_name: NAME.to_owned(),
        phone_country: "+7".to_owned(),
        mobile_no: PHONE.to_owned(),
        country: "RU".to_owned(),
        province: "Zzprovince".to_owned(),
        city: "Zzcity".to_owned(),
        address: STREET.to_owned(),
    });
    NewOrder::new(
        "shop-1",
        address.address2(EMAIL),
        ProductItem::new(ProductItemRequired {
            product_id: ProductId(1),
            product_count: 1,
        }),
    )
}

/// The texts that must not appear, in upper or lower case.
const CANARIES: [&str; 11] = [
    "50000201c07",
    "zyk12345",
    "qanary",
    "ivanova",
    "9161234567",
    "916-123",
    "vogelstrasse",
    "zzprovince",
    "zzcity",
    "example.com",
    "secretcode7",
];

/// Encodings in which a platform may quote a value.
fn encodings(text: &str) -> Vec<String> {
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let twice: String = form_urlencoded::byte_serialize(encoded.as_bytes()).collect();
    let escapes = text.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
    vec![
        text.to_owned(),
        text.to_uppercase(),
        encoded,
        twice,
        escapes.collect(),
        text.chars().take(16).collect(),
    ]
}

#[track_caller]
fn check_shown(shown: &str, around: &str) {
    // Letter case is ignored, because a reader ignores it, too.
    let lower = shown.to_lowercase();
    for canary in CANARIES {
        assert!(!lower.contains(canary), "{canary} in {shown}\nof {around}");
    }
}

#[track_caller]
fn check_error(error: &Error, around: &str) {
    for error in successors(Some(error as &dyn StdError), |&error| error.source()) {
        check_shown(&format!("{error} {error:?} {error:#?}"), around);
    }
    if let Some(refusal) = error.api_error() {
        check_shown(&format!("{refusal} {refusal:?}"), around);
    }
}

#[track_caller]
fn check<T: Debug>(result: &Result<Reply<T>, Error>, around: &str) {
    match result {
        Ok(reply) => check_shown(&format!("{reply:?} {reply:#?}"), around),
        Err(error) => check_error(error, around),
    }
}

/// Answers with `{}` in each of their texts.
const ANSWERS: [&str; 13] = [
    r#"{"error_response":{"code":"15","type":"{}","msg":"of {}","sub_code":"isv.{}","sub_msg":"{}!","request_id":"{}","_trace_id_":"{}"}}"#,
    r#"{"code":"{}","type":"ISV","message":"{}","request_id":"{}"}"#,
    r#"{"error_response":{"code":"27","sub_code":"{}","msg":"{}"}}"#,
    r#"{"result":{"is_success":false,"error_code":"isv.{}","error_msg":"{}"},"request_id":"{}","_trace_id_":"{}"}"#,
    r#"{"result":{"is_success":false,"error_code":"INVENTORY_HOLD_ERROR","error_msg":"{}"}}"#,
    r#"{"result":{"is_success":false,"error_code":"{}"}}"#,
    r#"{"result":{"is_success":true,"order_list":[81],"error_msg":"{}"},"request_id":"{}","_trace_id_":"{}"}"#,
    r#"{"result":{"is_success":true,"order_list":[81],"error_msg":"{} autoPay fail:APIPayFail"}}"#,
    r#"{"result":{"is_success":"{}"}}"#,
    r#"{"result":{"order_list":["{}"]}}"#,
    r#"{"result":{"order_list":{"{}":"{}"}}}"#,
    "{}",
    "<html>{}</html>",
];

fn client(server: &Server) -> Client {
    quick(Client::builder("1", "secret"))
        .session(SESSION)
        .gateway(server.url())
        .retry(RetryPolicy::never())
        .built()
        .unwrap()
}

/// Every answer with every value in every encoding.
fn bodies(values: &[&str]) -> Vec<String> {
    let mut bodies = Vec::new();
    for value in values {
        for encoded_value in encodings(value) {
            // The answer is still JSON: characters are escaped for JSON, but `\u` escapes stay unchanged.
            let text = serde_json::to_string(&encoded_value).unwrap();
            let text = text.trim_matches('"').replace(r"\\u", r"\u");
            // A phone number in a list of order ids counts as an order id and is not redacted.
            let is_id = |answer: &&str| value == &PHONE && answer.contains("order_list\":");
            let answers = ANSWERS.iter().filter(|answer| !is_id(answer));
            bodies.extend(answers.map(|answer| answer.replace("{}", &text)));
        }
    }
    bodies
}

#[test]
fn errors_and_outcomes_of_orders_show_no_recipient_and_no_session() {
    let order = order();
    for body in bodies(&[SESSION, NAME, PHONE, STREET, EMAIL, "Zzprovince"]) {
        let server = Server::start(vec![Act::Answer("200 OK", body.clone())]);
        let client = client(&server);
        check(&client.place_order(&order), &body);
        check(&client.recover_order(&order, SystemTime::now()), &body);
    }
    for body in bodies(&[NAME, PHONE, STREET, EMAIL]) {
        check(
            &read_order(&order, SystemTime::now(), 200, body.clone()),
            &body,
        );
    }
}

#[test]
fn errors_of_failed_exchanges_show_no_recipient_and_no_session() {
    let order = order();
    for value in [SESSION, NAME, PHONE] {
        let type_of_it = format!("Content-Type: text/{}\r\n", value.replace(' ', "-"));
        let acts = [
            Act::AnswerWith(
                "502 Bad Gateway",
                Box::leak(type_of_it.into_boxed_str()),
                value.to_owned(),
            ),
            Act::Cut(format!(
                r#"{{"request_id":"{}","x":"{value}"#,
                value.replace(' ', "_")
            )),
            Act::Noise,
            Act::ResetRead,
        ];
        for act in acts {
            let server = Server::start(vec![act]);
            check(&client(&server).place_order(&order), value);
        }
    }
}

#[test]
fn errors_of_calls_that_read_orders_show_no_session() {
    let mut refused_in_answer = 0;
    for body in bodies(&[SESSION]) {
        let server = Server::start(vec![Act::Answer("200 OK", body.clone())]);
        let client = client(&server);
        let orders = [
            client.order(7).map(drop),
            client.order_info(7, ExtInfo::ALL).map(drop),
        ];
        for error in orders.iter().filter_map(|order| order.as_ref().err()) {
            check_error(error, &body);
            if let Some(refusal) = error.business_refusal() {
                check_shown(&format!("{refusal} {refusal:?}"), &body);
                refused_in_answer += 1;
            }
        }
    }
    assert!(refused_in_answer > 10, "{refused_in_answer}");
}

/// The refusal of an API without a model is handled like that of one with a model.
#[test]
fn a_business_refusal_of_an_untyped_call_is_an_error_if_the_options_ask_for_it() {
    let body = format!(r#"{{"result":{{"ret":false,"code":"1001","msg":"of {SESSION}"}}}}"#);
    let server = Server::start(vec![Act::Answer("200 OK", body)]);
    let client = client(&server);
    let asking = client.with(CallOptions::new().business_refusal_is_error());
    let replies = |client: &Client| {
        [
            client.call_raw("aliexpress.some.get", &[]),
            client.system_call("/some/get", &[("code", SESSION)]),
        ]
    };
    for reply in replies(&client) {
        assert_eq!(
            reply.unwrap().business_refusal().unwrap().path,
            "result.ret"
        );
    }
    for reply in replies(&asking) {
        let error = reply.unwrap_err();
        check_error(&error, "1001");
        assert_eq!(error.tries(), 1);
        let refusal = error.business_refusal().unwrap();
        assert_eq!(refusal.code.as_deref(), Some("1001"));
        assert_eq!(refusal.message.as_deref(), Some("of [redacted]"));
    }
}

#[test]
fn errors_of_other_calls_show_no_parameter_and_no_secret() {
    for body in bodies(&[SESSION, NAME]) {
        let server = Server::start(vec![Act::Answer("200 OK", body.clone())]);
        let client = client(&server);
        let params = [("query", r#"{"nick":"Qanary Ivanova","page_size":20}"#)];
        let client = client.with(CallOptions::new().business_refusal_is_error());
        match client.call_raw("aliexpress.some.api", &params) {
            Ok(reply) => check_shown(&format!("{reply:?}"), &body),
            Err(error) => check_error(&error, &body),
        }
    }
    for body in bodies(&["secretcode7-q1"]) {
        let server = Server::start(vec![Act::Answer("200 OK", body.clone())]);
        let client = client(&server);
        let created = client.create_tokens(&AuthCode::new("secretcode7-q1"));
        check_error(&created.unwrap_err(), &body);
        let refreshed = client.exchange_refresh_token(&RefreshToken::new("secretcode7-q1"));
        check_error(&refreshed.unwrap_err(), &body);
    }
}
