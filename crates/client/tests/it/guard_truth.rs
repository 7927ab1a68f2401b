//! Random answers to orders, compared with an independent model of what they prove.

use std::time::SystemTime;

use aliexpress::{PlacedOrder, read_order};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::order;

/// The codes of the API's page, except the one for a repeat.
const LISTED: &[&str] = &[
    // These two are reported from live use.
    "SKU_NOT_EXIST",
    "PRODUCT_OFF_SHELF",
    "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL",
    "B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_CN_INVALID",
    "B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_NOT_MATCH",
    "BLACKLIST_BUYER_IN_LIST",
    "USER_ACCOUNT_DISABLED",
    "PRICE_PAY_CURRENCY_ERROR",
    "DELIVERY_METHOD_NOT_EXIST",
    "INVENTORY_HOLD_ERROR",
    "ERROR_WHEN_BUILD_FOR_PLACE_ORDER",
    "A001_ORDER_CANNOT_BE_PLACED",
    "A002_INVALID_ZONE",
    "A003_SUSPICIOUS_BUYER",
    "A004_CANNOT_USER_COUPON",
    "A005_INVALID_COUNTRIES",
    "A006_INVALID_ACCOUNT_INFO",
];

/// Codes of the gateway that alone prove that no service ran.
const GATEWAY_CODES: &[&str] = &[
    "IncompleteSignature",
    "IllegalAccessToken",
    "IllegalTimestamp",
    "InvalidAppKey",
    "MissingParameter",
    "AppCallLimit",
    "SellerCallLimit",
    "WhateverCallLimit",
    "7",
    "25",
    "27",
    "29",
];

/// Codes that prove this only together with the type `ISV`.
const BY_TYPE: &[&str] = &[
    "InsufficientPermission",
    "AppWhiteIpLimit",
    "InvalidParameter",
    "Unheard",
];

/// Codes that prove nothing, in any place.
const OPEN: &[&str] = &[
    "INTERNAL_ERROR",
    "PROCESSING",
    "DUPLICATE_ORDER",
    "PAYMENT_FAILED",
    "REMOTE_CREATE_ORDER_RESULT_ERROR",
    "502",
    "15",
    "50",
    "ServiceUnavailable",
    "ServiceTimeout",
    "isp.remote-service-error",
];

/// The subjects of the caller's codes, and the endings that leave open whether the order was placed.
const ABOUT: &[&str] = &["order", "out-order-id", "trade", "create-order"];
const DONE: &[&str] = &[
    "exist",
    "already-exists",
    "duplicate",
    "repeated",
    "timeout",
    "time-out",
    "is-processing",
    "in-progress",
    "creating",
    "locked",
    "system-error",
    "pay-failed",
];

/// Codes that prove that a service ran, with any type.
const OF_SERVICES: &[&str] = &[
    "REMOTE_CREATE_ORDER_RESULT_ERROR",
    "15",
    "50",
    "ServiceUnavailable",
    "ServiceTimeout",
    "isp.remote-service-error",
];

#[derive(Clone, Debug)]
struct Drawn {
    success: Option<bool>,
    /// The code of the result.
    code: Option<String>,
    refusal: Option<Refusal>,
    /// The ids and their places.
    ids: Vec<(i64, Place)>,
    status: u16,
}

#[derive(Clone, Debug)]
struct Refusal {
    code: String,
    kind: Option<&'static str>,
    sub_code: Option<&'static str>,
    at_root: bool,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Result,
    Root,
    Refusal,
    Elsewhere,
}

fn code() -> impl Strategy<Value = String> {
    let known = prop::sample::select([LISTED, GATEWAY_CODES, BY_TYPE, OPEN].concat());
    prop_oneof![
        4 => known.prop_map(str::to_owned),
        1 => "[A-Z][A-Z_]{2,12}",
        1 => "isv\\.[a-z-]{1,8}",
        1 => of_caller(),
        1 => "[A-Z][a-z]{2,8}CallLimit",
    ]
}

/// `isv.trade-already-exists`, `isv.TRADE_ALREADY_EXISTS`.
fn of_caller() -> impl Strategy<Value = String> {
    let (about, done) = (prop::sample::select(ABOUT), prop::sample::select(DONE));
    (about, done, any::<bool>()).prop_map(|(about, done, upper)| match upper {
        true => format!("isv.{about}_{done}")
            .replace('-', "_")
            .to_ascii_uppercase()
            .replace("ISV.", "isv."),
        false => format!("isv.{about}-{done}"),
    })
}

/// Whether a code's prefix says that the caller is at fault, and the code says nothing else.
fn is_of_caller(code: &str) -> bool {
    let words = code.to_ascii_lowercase().replace('_', "-");
    code.starts_with("isv.") && !DONE.iter().any(|done| words.ends_with(done))
}

fn refusal() -> impl Strategy<Value = Refusal> {
    let kinds = prop::option::of(prop::sample::select(vec!["ISV", "ISP", "SYSTEM"]));
    let sub_codes = vec![
        "isv.x",
        "isv.order-exist",
        "isv.orderCreateTimeout",
        "isp.x",
        "accesscontrol.limited-by-x",
        "F00-00-1",
        "",
    ];
    (
        code(),
        kinds,
        prop::option::of(prop::sample::select(sub_codes)),
        any::<bool>(),
    )
        .prop_map(|(code, kind, sub_code, at_root)| Refusal {
            code,
            kind,
            sub_code,
            at_root,
        })
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let places = vec![Place::Result, Place::Root, Place::Refusal, Place::Elsewhere];
    let ids = prop::collection::vec((1..=i64::MAX, prop::sample::select(places)), 0..3);
    let ids = prop_oneof![2 => Just(Vec::new()), 1 => ids];
    let status =
        prop_oneof![5 => Just(200_u16), 1 => prop::sample::select(vec![400_u16, 429, 500, 502])];
    (
        prop::option::of(any::<bool>()),
        prop::option::of(code()),
        prop::option::of(refusal()),
        ids,
        status,
    )
        .prop_map(|(success, code, refusal, ids, status)| Drawn {
            success,
            code,
            refusal,
            ids,
            status,
        })
}

impl Drawn {
    fn body(&self) -> String {
        let list = |wanted: fn(&Place) -> bool| -> Option<Value> {
            let here = self.ids.iter().filter(|(_, place)| wanted(place));
            let ids: Vec<_> = here.map(|(id, _)| *id).collect();
            (!ids.is_empty()).then(|| json!(ids))
        };
        let mut root = Map::new();
        let mut result = Map::new();
        put(&mut result, "is_success", self.success.map(Value::from));
        put(
            &mut result,
            "error_code",
            self.code.clone().map(Value::from),
        );
        put(
            &mut result,
            "order_list",
            list(|place| matches!(place, Place::Result)),
        );
        if !result.is_empty() {
            root.insert("result".to_owned(), result.into());
        }
        put(
            &mut root,
            "order_list",
            list(|place| matches!(place, Place::Root)),
        );
        let elsewhere = list(|place| matches!(place, Place::Elsewhere));
        put(
            &mut root,
            "x",
            elsewhere.map(|list| json!({"y": [{"order_list": {"number": list}}]})),
        );
        if let Some(refusal) = &self.refusal {
            let mut fields = Map::new();
            fields.insert("code".to_owned(), refusal.code.as_str().into());
            put(&mut fields, "type", refusal.kind.map(Value::from));
            put(&mut fields, "sub_code", refusal.sub_code.map(Value::from));
            put(
                &mut fields,
                "order_list",
                list(|place| matches!(place, Place::Refusal)),
            );
            match refusal.at_root {
                true => {
                    // The root may have its own list.
                    let list = fields.remove("order_list");
                    put(
                        &mut root,
                        "beside",
                        list.map(|list| json!({"order_list": list})),
                    );
                    root.extend(fields);
                }
                false => drop(root.insert("error_response".to_owned(), fields.into())),
            }
        }
        Value::Object(root).to_string()
    }

    /// The ids in the body.
    fn named(&self) -> Vec<i64> {
        let ids = self.ids.iter();
        ids.filter(|(_, place)| !matches!(place, Place::Refusal) || self.refusal.is_some())
            .map(|(id, _)| *id)
            .collect()
    }

    /// Whether something in the answer proves that there is no order.
    fn proves_none(&self) -> bool {
        let by_result = self.success != Some(true)
            && self
                .code
                .as_deref()
                .is_some_and(|code| LISTED.contains(&code) || is_of_caller(code));
        let by_refusal = self.refusal.as_ref().is_some_and(Refusal::proves_none);
        self.named().is_empty() && (by_result || (by_refusal && self.status < 500))
    }
}

impl Refusal {
    fn proves_none(&self) -> bool {
        let code = self.code.as_str();
        match self.sub_code.filter(|sub_code| !sub_code.is_empty()) {
            Some("isp.x" | "isv.order-exist" | "isv.orderCreateTimeout") => false,
            Some("isv.x" | "accesscontrol.limited-by-x") => true,
            sub_code => {
                GATEWAY_CODES.contains(&code)
                    || code.ends_with("CallLimit")
                    || is_of_caller(code)
                    || (sub_code.is_none()
                        && self.kind == Some("ISV")
                        && !code.starts_with("isv.")
                        && !LISTED.contains(&code)
                        && !OF_SERVICES.contains(&code))
            }
        }
    }
}

fn put(map: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        map.insert(key.to_owned(), value);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_outcome_never_claims_what_the_answer_does_not_prove(drawn in drawn()) {
        let body = drawn.body();
        let read = read_order(&order("1"), SystemTime::UNIX_EPOCH, drawn.status, body.clone());
        let (none, mut named) = match &read {
            Ok(reply) => match reply.data() {
                PlacedOrder::Refused(_) => (true, Vec::new()),
                placed => (false, placed.order_ids().to_vec()),
            },
            Err(error) => match error.unknown_outcome() {
                Some(open) => (false, open.order_ids.clone()),
                None => {
                    prop_assert!(!error.may_have_acted());
                    (true, Vec::new())
                }
            },
        };
        // An outcome states that there is no order only if the answer proves it, and no id in the
        // answer is lost.
        prop_assert!(!none || drawn.proves_none(), "{body}: {read:?}");
        let mut expected = drawn.named();
        expected.sort_unstable();
        expected.dedup();
        named.sort_unstable();
        let named: Vec<_> = named.into_iter().map(|id| id.0).collect();
        prop_assert_eq!(named, expected, "{}", body);
        // An order counts as created only if the platform says so.
        if let Ok(PlacedOrder::Created { .. }) = read.map(aliexpress::Reply::into_data) {
            prop_assert!(drawn.success == Some(true) && drawn.code.is_none(), "{body}");
        }
    }
}
