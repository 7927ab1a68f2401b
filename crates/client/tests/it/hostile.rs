//! Random and cut input: nothing panics, and a cut answer proves nothing.

use std::time::SystemTime;

use aliexpress::models::order_create::{OrderCreateAnswer, OrderCreateResult};
use aliexpress::models::shared::OrderId;
use aliexpress::models::{Form, encode};
use aliexpress::{preflight, push, read_order, tokens};
use proptest::prelude::*;

use crate::order;

fn created() -> OrderCreateAnswer {
    let mut result = OrderCreateResult::default();
    result.is_success = Some(true);
    result.order_list = vec![
        OrderId(8_190_439_416_163_295),
        OrderId(8_190_439_416_163_296),
    ];
    let mut answer = OrderCreateAnswer::default();
    answer.result = Some(result);
    answer
}

#[test]
fn an_answer_cut_at_any_byte_leaves_the_outcome_open_and_gives_only_complete_ids() {
    let answer = created();
    let ids = &answer.result.as_ref().unwrap().order_list;
    for form in [Form::SimplifiedJson, Form::FullJson, Form::Xml] {
        let body = encode(&answer, "2102179529687668200000001", form);
        for cut in 0..body.len() {
            let error = read_order(&order("1"), SystemTime::now(), 200, &body[..cut]).unwrap_err();
            let open = error.unknown_outcome().expect("an open outcome");
            assert!(
                open.order_ids.iter().all(|id| ids.contains(id)),
                "{form:?} {cut}"
            );
            assert!(
                error
                    .request_id()
                    .is_none_or(|id| id == "2102179529687668200000001")
            );
        }
        let placed = read_order(&order("1"), SystemTime::now(), 200, body).unwrap();
        assert_eq!(placed.order_ids(), ids);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_leave_the_outcome_of_an_order_open(status in 100_u16..700, body: Vec<u8>) {
        let placed = read_order(&order("1"), SystemTime::now(), status, body);
        // Random bytes never prove that there is an order, or that there is none.
        prop_assert!(placed.is_err_and(|error| error.unknown_outcome().is_some()));
    }

    #[test]
    fn callback_does_not_panic_on_any_url(url: String, state in prop::option::of(".*")) {
        let _ = tokens::callback(&url, state.as_deref());
    }

    #[test]
    fn a_push_message_of_random_bytes_is_refused(body: Vec<u8>, header: String) {
        let _ = push::Message::read(&body);
        let (app_key, secret) = (aliexpress::AppKey::new("1"), aliexpress::AppSecret::new("s"));
        prop_assert!(push::receive(&app_key, &secret, Some(&header), &body).is_err());
    }

    #[test]
    fn the_check_of_an_address_does_not_panic_on_any_text(
        country in "(US|ES|BR|FR|RU|[A-Z]{2}|.*)", name: String, cpf in "[0-9./-]{0,20}|.*", key: String,
    ) {
        let address = serde_json::json!({"country": country, "full_name": name, "cpf": cpf, key: name});
        for warning in preflight::check_json(address.as_object().unwrap()) {
            prop_assert!(!warning.wanted.is_empty());
        }
    }
}
