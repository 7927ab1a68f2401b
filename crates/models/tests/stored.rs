//! Requests, answers, ids, codes, amounts and times, stored in the formats that the documentation names.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fmt::Debug;

use aliexpress_models::order_create::{LogisticsAddress, OrderCreate};
use aliexpress_models::order_get::OrderGetAnswer;
use aliexpress_models::order_info::OrderInfoGetAnswer;
use aliexpress_models::shared::{ExtInfo, OrderId, OrderStatus, OutOrderId};
use aliexpress_models::{Amount, Answer, PacificTime, Time, decode};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Writes a value in every format and reads it back.
#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value, "JSON");

    let mut cbor = Vec::new();
    ciborium::into_writer(value, &mut cbor).unwrap();
    assert_eq!(
        &ciborium::from_reader::<T, _>(&cbor[..]).unwrap(),
        value,
        "CBOR"
    );

    for packed in [
        rmp_serde::to_vec(value).unwrap(),
        rmp_serde::to_vec_named(value).unwrap(),
    ] {
        assert_eq!(
            &rmp_serde::from_slice::<T>(&packed).unwrap(),
            value,
            "MessagePack"
        );
    }

    let toml = toml::to_string(value).unwrap();
    assert_eq!(&toml::from_str::<T>(&toml).unwrap(), value, "TOML");

    let ron = ron::to_string(value).unwrap();
    assert_eq!(&ron::from_str::<T>(&ron).unwrap(), value, "RON: {ron}");
}

#[track_caller]
fn sample<T: Answer>(bytes: &[u8]) -> T {
    let outcome = decode::<T>(bytes).unwrap().outcome;
    outcome.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn answers_are_unchanged_after_serialisation() {
    let get = include_bytes!("../../../fixtures/samples/aliexpress.trade.ds.order.get/answer.json");
    check::<OrderGetAnswer>(&sample(get));
    let info =
        include_bytes!("../../../fixtures/samples/aliexpress.solution.order.info.get/answer.xml");
    check::<OrderInfoGetAnswer>(&sample(info));
}

#[test]
fn requests_are_unchanged_after_serialisation() {
    let mut request = OrderCreate::default();
    request.order.out_order_id = OutOrderId::from("shop-1");
    request.order.logistics_address = LogisticsAddress::default();
    request.order.logistics_address.full_name = "Ann \"Bob\" Ünal".to_owned();
    check(&request);
}

/// A row of a shop's database.
#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Row {
    id: OrderId,
    ids: Vec<OrderId>,
    number: OutOrderId,
    status: OrderStatus,
    unknown: OrderStatus,
    asked: ExtInfo,
    amount: Amount,
    placed: PacificTime,
    paid: Option<Time>,
}

#[test]
fn scalars_in_a_users_own_type_are_unchanged_after_serialisation() {
    check(&Row {
        id: OrderId(8_190_439_416_163_295),
        ids: vec![OrderId(1), OrderId(i64::MAX), OrderId(-1)],
        number: OutOrderId::from("12345"),
        status: OrderStatus::Finish,
        unknown: OrderStatus::from("BRAND_NEW"),
        asked: ExtInfo::ALL,
        amount: Amount::from("8.30"),
        placed: PacificTime::from("2024-09-09 21:00:03"),
        paid: Some(Time::from("2019-06-03T18:05:47-07:00[America/Los_Angeles]")),
    });
}

#[test]
fn ids_are_read_from_digits_and_texts_from_numbers() {
    let id = |text: &str| serde_json::from_str::<OrderId>(text);
    assert_eq!(
        id("\"8190439416163295\"").unwrap(),
        OrderId(8_190_439_416_163_295)
    );
    assert_eq!(id("7").unwrap(), OrderId(7));
    assert!(id("\"7a\"").is_err() && id("18446744073709551615").is_err() && id("1.5").is_err());
    let number: OutOrderId = serde_json::from_str("12345").unwrap();
    assert_eq!(number.as_str(), "12345");
}

#[test]
fn scalars_are_parsed_and_printed() {
    assert_eq!("7".parse(), Ok(OrderId(7)));
    assert_eq!("31".parse(), Ok(ExtInfo::ALL));
    assert_eq!("FINISH".parse(), Ok(OrderStatus::Finish));
    assert_eq!("8.30".parse(), Ok(Amount::from("8.30")));
    for (printed, expected) in [
        (OrderId(7).to_string(), "7"),
        (ExtInfo::ALL.to_string(), "31"),
        (OrderStatus::Finish.to_string(), "FINISH"),
        (Amount::from("8.30").to_string(), "8.30"),
        (
            PacificTime::from("2024-09-09 21:00:03").to_string(),
            "2024-09-09 21:00:03",
        ),
    ] {
        assert_eq!(printed, expected);
    }
}
