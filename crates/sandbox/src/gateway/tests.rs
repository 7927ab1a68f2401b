//! Every request is answered, also a malformed one.

use aliexpress_models::order_create::{OrderCreate, OrderCreateAnswer};
use aliexpress_models::order_get::{OrderGet, OrderGetAnswer};
use aliexpress_models::order_info::{OrderInfoGet, OrderInfoGetAnswer};
use aliexpress_models::{Answer, Request as Call, decode};
use aliexpress_signing::SignMethod;
use hyper::Request;
use proptest::prelude::*;

use super::*;
use crate::builder::Builder;
use crate::fault_plan::FaultRule;

fn state() -> State {
    // The clock is stopped, because answers contain the time until tokens expire.
    let builder = Builder::default().seed(1).clock(SystemTime::now());
    State::new(&builder.clock_check(false))
}

/// Reads and answers a request like the server.
fn ask(state: &mut State, target: &str, content_type: &str, body: &[u8]) -> Reply {
    let request = Request::post(target)
        .header("content-type", content_type)
        .body(());
    let (head, ()) = request.unwrap().into_parts();
    answer(state, Incoming::read(&head, &body.to_vec().into()))
}

/// A business call with the common parameters and a correct signature.
fn call(state: &mut State, api: &str, format: &str, simplify: &str, own: &[(&str, &str)]) -> Reply {
    let credentials = state.credentials.clone();
    let mut parameters = vec![
        ("app_key", credentials.app_key.as_str()),
        ("session", &credentials.session),
        ("method", api),
        ("timestamp", "0"),
        ("sign_method", "sha256"),
        ("format", format),
        ("simplify", simplify),
    ];
    parameters.extend(own);
    let sign = state.signer.sign(SignMethod::Sha256, None, &mut parameters);
    parameters.push(("sign", sign.as_str()));
    let mut form = form_urlencoded::Serializer::new(String::new());
    let body = form.extend_pairs(parameters).finish();
    ask(
        state,
        "/sync",
        "application/x-www-form-urlencoded",
        body.as_bytes(),
    )
}

#[track_caller]
fn data<T: Answer>(reply: &Reply) -> T {
    decode::<T>(&reply.body).unwrap().outcome.unwrap()
}

/// Requests all three forms and checks that they contain the same.
#[track_caller]
fn ask_in_every_form<R: Call>(state: &mut State, own: &[(&str, &str)]) -> R::Answer
where
    R::Answer: PartialEq + std::fmt::Debug,
{
    let mut ask = |format, simplify| data(&call(state, R::API, format, simplify, own));
    let simplified: R::Answer = ask("json", "true");
    assert_eq!(simplified, ask("json", "false"));
    assert_eq!(simplified, ask("xml", "false"));
    simplified
}

#[test]
fn the_three_forms_of_an_answer_are_equal_to_the_models() {
    let mut state = state();
    let order = r#"{"product_items":[{"product_id":5,"product_count":3,"sku_attr":"14:7"}],
        "logistics_address":{"country":"RU","province":"M","city":"M","address":"<&\"'>","full_name":"Ä B",
        "mobile_no":"1","phone_country":"+7"},"out_order_id":"n"}"#;
    let own = [("param_place_order_request4_open_api_d_t_o", order)];
    let created: OrderCreateAnswer =
        data(&call(&mut state, OrderCreate::API, "json", "true", &own));
    let id = created.result.unwrap().order_list[0];
    while state.advance(id.0, state.now()).is_some() {
        let query = format!("{{\"order_id\":{id}}}");
        let seen: OrderGetAnswer =
            ask_in_every_form::<OrderGet>(&mut state, &[("single_order_query", &query)]);
        assert!(seen.result.is_some());
        let found: OrderInfoGetAnswer =
            ask_in_every_form::<OrderInfoGet>(&mut state, &[("param1", &query)]);
        assert_eq!(found.result.unwrap().data.unwrap().id, Some(id));
    }
    ask_in_every_form::<OrderGet>(
        &mut state,
        &[("single_order_query", "{\"order_id\":\"10000001\"}")],
    );
    ask_in_every_form::<OrderInfoGet>(&mut state, &[("param1", "{\"order_id\":\"12345678\"}")]);
}

/// Text similar to JSON, often with the API's keys.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<bool>().prop_map(|truth| truth.to_string()),
        "\\PC{0,8}".prop_map(|text| serde_json::Value::from(text).to_string()),
        Just("null".to_owned()),
    ];
    let key = prop_oneof![
        Just("order_id"),
        Just("product_items"),
        Just("logistics_address"),
        Just("product_count"),
        Just("product_id"),
        Just("out_order_id"),
        Just("ext_info_bit_flag"),
        Just("number"),
    ];
    let json = leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|values| format!("[{}]", values.join(","))),
            prop::collection::vec((key.clone(), inner), 0..5).prop_map(|fields| {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(key, value)| format!("\"{key}\":{value}"))
                    .collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    });
    prop_oneof![4 => json, 1 => "\\PC{0,20}"]
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::Malformed),
        Just(Fault::DriftingTypes),
        Just(Fault::WrongTypes),
        Just(Fault::BareList),
        Just(Fault::Huge(5000)),
        Just(Fault::PayFails),
        Just(Fault::ResetAfter),
        Just(Fault::Replace(String::new())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_request_brings_the_gateway_down(
        path in prop_oneof![Just("/sync"), Just("/rest"), Just("/rest/auth/token/create"), Just("/router/rest")],
        query in "[ -~&&[^#<>\"]]{0,40}",
        content_type in prop_oneof![
            Just("multipart/form-data; boundary=x"), Just("application/x-www-form-urlencoded"), Just("text/plain"),
        ],
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "(--x|\r\n|name=|Content-Disposition: form-data; |\"|;|a|-){0,30}".prop_map(String::into_bytes),
        ],
    ) {
        let target = format!("{path}?{query}");
        prop_assume!(target.parse::<hyper::Uri>().is_ok());
        let reply = ask(&mut state(), &target, content_type, &body);
        prop_assert_eq!(reply.status, 200);
    }

    #[test]
    fn no_parameter_brings_an_api_down(
        (api, name) in prop_oneof![
            Just((OrderCreate::API, "param_place_order_request4_open_api_d_t_o")),
            Just((OrderCreate::API, "ds_extend_request")),
            Just((OrderGet::API, "single_order_query")),
            Just((OrderInfoGet::API, "param1")),
        ],
        value in value(),
        format in prop_oneof![Just("json"), Just("xml")],
        fault in prop::option::of(fault()),
    ) {
        let mut state = state();
        if let Some(fault) = fault {
            state.faults.add(FaultRule::next(fault));
        }
        call(&mut state, api, format, "false", &[(name, &value)]);
        prop_assert_eq!(state.log.count(), 1);
    }
}

proptest! {
    // Each case tries thousands of ways to sign, so there are few cases.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_signature_gets_a_diagnosis(
        names in prop::collection::vec("[a-zA-Z_ä]{1,6}", 0..6),
        values in prop::collection::vec("\\PC{0,12}", 6),
        sign in "\\PC{1,64}",
    ) {
        let mut state = state();
        let mut own: Vec<(&str, &str)> = Vec::new();
        for (name, value) in names.iter().zip(&values) {
            own.push((name, value));
        }
        let app_key = state.credentials.app_key.clone();
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([("app_key", app_key.as_str()), ("method", "a"), ("timestamp", "0"), ("sign", &sign)]);
        let body = form.extend_pairs(own).finish();
        ask(&mut state, "/sync", "", body.as_bytes());
        let entry = state.log.after(0).next().unwrap().entry();
        prop_assert!(entry.diagnosis.is_some() || sign.trim().is_empty());
    }
}
