//! Requests that real SDKs signed.

use aliexpress_sandbox::Sandbox;

use crate::replay::{ORDER_QUERY, assert_accepted};
use crate::wire::{Answer, post};

/// The documentation's order, with its two identical items.
const DOCUMENTED_ORDER: [(&str, &str); 3] = [
    ("method", "aliexpress.ds.order.create"),
    (
        "ds_extend_request",
        r#"{"trade_extra_param":{"business_model":"wholesale/retail"},"payment":{"try_to_pay":"false","pay_currency":"USD"},"promotion":{"promotion_code":"testCode","promotion_channel_info":"promotionChannelInfo"}}"#,
    ),
    (
        "param_place_order_request4_open_api_d_t_o",
        r#"{"product_items":[{"logistics_service_name":"EPAM","sku_attr":"14:70221","product_count":"2","product_id":"1223211","order_memo":"Please put it in a gift box."},{"logistics_service_name":"EPAM","sku_attr":"14:70221","product_count":"2","product_id":"1223211","order_memo":"Please put it in a gift box."}],"logistics_address":{"zip":"12222","rut_no":"123-K","country":"RU","address":"sh Kashirskoe dom 142 (QIWI)","passport_no_date":"02-23-2018","address2":"sh Kashirskoe dom 142 (QIWI)","city":"Mosco","contact_person":"RU  TEST TEST","mobile_no":"12334445","passport_no":"12345","locale":"en_US","foreigner_passport_no":"123456789","location_tree_address_id":"903200190000000000-903200190137000000","full_name":"RU  TEST TEST","province":"Mosco","is_foreigner":"true","tax_number":"xxx","tax_company":"Soceite General","cpf":"111","passport_organization":"xxxx","phone_country":"+7","vat_no":"123456778"},"out_order_id":"123456789"}"#,
    ),
];

/// Calls that real SDKs signed, with values from outside these tests.
#[test]
fn signatures_of_real_sdks_are_accepted() {
    let sandbox = sandbox_of_the_vectors();
    let get_order = [
        ("method", "aliexpress.trade.ds.order.get"),
        ("format", "json"),
        ORDER_QUERY,
    ];
    let get_info = [
        ("method", "aliexpress.solution.order.info.get"),
        ("format", "json"),
        (
            "param1",
            "{\"ext_info_bit_flag\":\"11111\",\"order_id\":\"12345678\"}",
        ),
    ];
    let gateway = [
        ("timestamp", "1517820392000"),
        ("sign_method", "sha256"),
        ("simplify", "true"),
        ("partner_id", "iop-sdk-java-20181207"),
        (
            "sign",
            "3FDE54621C64BBAC2147BB5D45A574B631E3F3076F4912DE178DDF3219FC3C91",
        ),
    ];
    post_vector(&sandbox, "/sync", &gateway, &get_order);
    let legacy = [
        ("timestamp", "2016-01-01 12:00:00"),
        ("sign_method", "md5"),
        ("partner_id", "top-sdk-java-20200706"),
        ("sign", "7209A4962BDB8975F47D94EC77555810"),
    ];
    post_vector(&sandbox, "/router/rest", &legacy, &get_info);
    let legacy = [
        ("timestamp", "2016-01-01 12:00:00"),
        ("sign_method", "hmac"),
        ("simplify", "true"),
        ("sign", "198074F3FB39C6AD840CC51264200094"),
    ];
    post_vector(&sandbox, "/router/rest", &legacy, &get_order);
}

#[test]
fn the_documented_order_signed_by_real_sdks_is_placed() {
    let sandbox = sandbox_of_the_vectors();
    let gateway = [
        ("timestamp", "1517820392000"),
        ("sign_method", "sha256"),
        ("format", "json"),
        ("simplify", "true"),
        ("partner_id", "iop-sdk-java-20181207"),
        (
            "sign",
            "86C85488CA2FDE407070F0728F3BAC0A414850B05B6EC05DAD049A13DE7ADB64",
        ),
    ];
    let answer = post_vector(&sandbox, "/sync", &gateway, &DOCUMENTED_ORDER);
    assert_eq!(
        answer.json()["result"]["is_success"],
        true,
        "{}",
        answer.text()
    );
    let legacy = [
        ("timestamp", "2016-01-01 12:00:00"),
        ("sign_method", "hmac-sha256"),
        ("format", "xml"),
        (
            "sign",
            "3A0550744E901BB153B600A21F0A5CA837DE6BDAAC4487B1B72FC6E988D7FB1C",
        ),
    ];
    let repeated = post_vector(&sandbox, "/router/rest", &legacy, &DOCUMENTED_ORDER);
    let text = repeated.text();
    assert!(
        text.contains("<error_code>REPEATED_ORDER_ERROR</error_code>"),
        "{text}"
    );
}

fn sandbox_of_the_vectors() -> Sandbox {
    let given = Sandbox::builder()
        .app_key("12345678")
        .app_secret("helloworld")
        .session("test");
    given.clock_check(false).start().unwrap()
}

/// Sends a call with the credentials and time that all vectors share.
fn post_vector(
    sandbox: &Sandbox,
    target: &str,
    common: &[(&str, &str)],
    own: &[(&str, &str)],
) -> Answer {
    let shared = [("app_key", "12345678"), ("v", "2.0"), ("session", "test")];
    let answer = post(sandbox, target, &[&shared[..], common, own].concat());
    assert_accepted(sandbox, &answer);
    answer
}
