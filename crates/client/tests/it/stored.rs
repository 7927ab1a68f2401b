//! Orders and outcomes, stored by a shop in the formats that the documentation names.

use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use aliexpress::models::shared::OrderId;
use aliexpress::{NewOrder, PlacedOrder, UnknownOutcome, read_order};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::order;

/// The value read back from each format, by the format's name.
fn through<T: Serialize + DeserializeOwned>(value: &T) -> Vec<(&'static str, T)> {
    let mut cbor = Vec::new();
    ciborium::into_writer(value, &mut cbor).unwrap();
    let packed = rmp_serde::to_vec(value).unwrap();
    let named = rmp_serde::to_vec_named(value).unwrap();
    vec![
        (
            "JSON",
            serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap(),
        ),
        ("CBOR", ciborium::from_reader(&cbor[..]).unwrap()),
        ("MessagePack", rmp_serde::from_slice(&packed).unwrap()),
        ("named MessagePack", rmp_serde::from_slice(&named).unwrap()),
        (
            "TOML",
            toml::from_str(&toml::to_string(value).unwrap()).unwrap(),
        ),
        (
            "RON",
            ron::from_str(&ron::to_string(value).unwrap()).unwrap(),
        ),
    ]
}

#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    for (format, read) in through(value) {
        assert_eq!(&read, value, "{format}");
    }
}

/// The answer to an order, by its body.
fn answered(body: &str) -> Result<PlacedOrder, UnknownOutcome> {
    let sent_at = SystemTime::UNIX_EPOCH + Duration::new(1_784_000_000, 123_456_789);
    let answer = read_order(&order("shop-1"), sent_at, 200, body);
    answer.map(|reply| reply.into_data()).map_err(|error| {
        let open = error.unknown_outcome().expect("an open outcome");
        let json = serde_json::to_string(open).unwrap();
        serde_json::from_str(&json).unwrap()
    })
}

#[test]
fn outcomes_of_every_kind_survive_serialisation() {
    let bodies = [
        r#"{"result":{"is_success":true,"order_list":[8190439416163295,2]}}"#,
        r#"{"result":{"is_success":true,"order_list":[81],"error_msg":"fine"}}"#,
        r#"{"result":{"is_success":true,"order_list":[81],"error_msg":"autoPay fail:APIPayFail"}}"#,
        r#"{"result":{"is_success":false,"error_code":"REPEATED_ORDER_ERROR"}}"#,
        r#"{"result":{"is_success":false,"error_code":"INVENTORY_HOLD_ERROR","error_msg":"\"none\" left\n"}}"#,
        r#"{"result":{"is_success":false,"error_code":"isv.new-code"}}"#,
    ];
    let mut kinds = Vec::new();
    for body in bodies {
        let placed = answered(body).unwrap();
        check(&placed);
        let json = serde_json::to_value(&placed).unwrap();
        kinds.push(json.as_object().unwrap().keys().next().unwrap().clone());
    }
    kinds.dedup();
    assert_eq!(
        kinds,
        ["created", "created_not_paid", "duplicate", "refused"]
    );
    // The explanation of a code is looked up again when it is read.
    let Ok(PlacedOrder::Refused(refusal)) = answered(bodies[4]) else {
        panic!("no refusal");
    };
    let read: aliexpress::OrderRefusal =
        serde_json::from_str(r#"{"code":"INVENTORY_HOLD_ERROR"}"#).unwrap();
    assert!(read.info.is_some() && read.info == refusal.info);
}

#[test]
fn unknown_outcomes_survive_serialisation() {
    let bodies = [
        r#"{"result":{"is_success":true,"error_code":"X","order_list":[81]}}"#,
        r#"{"error_response":{"code":"15","sub_code":"isp.x"}}"#,
    ];
    for (body, order_ids) in bodies.into_iter().zip([vec![OrderId(81)], vec![]]) {
        let open = answered(body).unwrap_err();
        assert_eq!(open.order_ids, order_ids);
        for (format, read) in through(&open) {
            assert_eq!(read.to_string(), open.to_string(), "{format}");
            assert_eq!(
                (read.out_order_id, read.order_ids, read.sent_at, read.why),
                (
                    open.out_order_id.clone(),
                    open.order_ids.clone(),
                    open.sent_at,
                    open.why.clone()
                ),
                "{format}"
            );
        }
    }
}

#[test]
fn orders_survive_serialisation_and_are_checked_again() {
    check(&order("shop-1"));
    let extra = order("shop-1")
        .pay_at_once(aliexpress::CurrencyCode::USD)
        .extra("ds_extend_request.new_key", "text")
        .extra(
            "new",
            serde_json::json!({"list": [1, 1.0, 1e30, null, true, {"deep": 80_000_116_680_785_810_i64}]}),
        );
    check(&extra);
    let mut json = serde_json::to_value(order("shop-1")).unwrap();
    json["param_place_order_request4_open_api_d_t_o"]["out_order_id"] = "".into();
    let error = serde_json::from_value::<NewOrder>(json).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot place an order: found nothing in param_place_order_request4_open_api_d_t_o.out_order_id; wanted every required \
         field"
    );
}
