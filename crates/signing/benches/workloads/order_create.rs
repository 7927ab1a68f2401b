//! A business call of typical size: its canonical string has 1.4 KB.

/// An order of two items: twelve parameters in the order in which a client would assemble them.
pub(crate) const PARAMS: [(&str, &str); 12] = [
    ("app_key", "12345678"),
    ("method", "aliexpress.ds.order.create"),
    ("v", "2.0"),
    ("format", "json"),
    ("sign_method", "sha256"),
    ("timestamp", "1517820392000"),
    (
        "session",
        "50000000a1234b5c6d7e8f90123456789abcdef0123456789abcdef0123456789abcd",
    ),
    ("simplify", "true"),
    ("partner_id", "aliexpress-rs"),
    ("debug", "false"),
    (
        "ds_extend_request",
        r#"{"trade_extra_param":{"business_model":"wholesale/retail"},"payment":{"try_to_pay":"false","pay_currency":"USD"},"promotion":{"promotion_code":"testCode","promotion_channel_info":"promotionChannelInfo"}}"#,
    ),
    (
        "param_place_order_request4_open_api_d_t_o",
        r#"{"product_items":[{"logistics_service_name":"EPAM","sku_attr":"14:70221","product_count":"2","product_id":"1223211","order_memo":"Please put it in a gift box."},{"logistics_service_name":"EPAM","sku_attr":"14:70221","product_count":"2","product_id":"1223211","order_memo":"Please put it in a gift box."}],"logistics_address":{"zip":"12222","rut_no":"123-K","country":"RU","address":"sh Kashirskoe dom 142 (QIWI)","passport_no_date":"02-23-2018","address2":"sh Kashirskoe dom 142 (QIWI)","city":"Mosco","contact_person":"RU  TEST TEST","mobile_no":"12334445","passport_no":"12345","locale":"en_US","foreigner_passport_no":"123456789","location_tree_address_id":"903200190000000000-903200190137000000","full_name":"RU  TEST TEST","province":"Mosco","is_foreigner":"true","tax_number":"xxx","tax_company":"Soceite General","cpf":"111","passport_organization":"xxxx","phone_country":"+7","vat_no":"123456778"},"out_order_id":"123456789"}"#,
    ),
];
