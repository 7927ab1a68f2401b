//! Rows whose place, extent or kind a page leaves in doubt at first sight, each on a page as small as it can be.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod outline;

use std::fmt::Write as _;

use outline::{outline, tree};
use pages::read;
use pages::tree::Rule;

/// A Markdown page with these rows of an answer, `name | Type` each, and this sample of its inside.
fn markdown(rows: &str, sample: &str) -> String {
    let mut page = "# made.up.things.get\n\n# Response Struct\n\n|  |  |  |\n| --- | --- | --- |\n| Name | Type | Description |\n".to_owned();
    for row in rows.lines() {
        let _ = writeln!(page, "| {row} | words |");
    }
    if !sample.is_empty() {
        let _ = write!(
            page,
            "\n# Response\n\n```json\n{{\"made_up_things_get_response\": {sample}}}\n```\n"
        );
    }
    page
}

/// A page of bullets; the cells of `rows` stand one per line, the top row first.
fn bullets(rows: &str, sample: &str) -> String {
    let mut page = "made.up.things.get (made up)\n\n响应参数\n\n名称 类型 示例值 描述\n".to_owned();
    for (at, cell) in rows.lines().enumerate() {
        let bullet = if at == 0 { "" } else { "  • " };
        let _ = writeln!(page, "{bullet}{cell}");
    }
    let _ = writeln!(
        page,
        "\n响应示例\n\n  • XML示例\n<made_up_things_get_response>{sample}</made_up_things_get_response>\n\n异常示例\n"
    );
    page
}

/// A flattened page; each row is `name Type`.
fn flattened(rows: &str, sample: &str) -> String {
    let mut page =
        "made.up.things.get\nParameter\nResponse Parameters\nName\nType\nDescription\n".to_owned();
    for row in rows.lines() {
        let _ = writeln!(page, "{}\nsome words", row.replace(' ', "\n"));
    }
    let _ = write!(
        page,
        "Error code\nError code\nError message\nSolution\nGET/POST\nmade.up.things.get\nJAVA\nPHP\n\nStreamlined Return\n{sample}\n"
    );
    page
}

#[track_caller]
fn check(page: &str, expected: &str) {
    assert_eq!(outline(&tree(page).response), expected, "\n{page}");
}

#[test]
fn the_sample_goes_deeper_than_marks_can() {
    check(
        &markdown(
            "◉result | Object\n◎shop | Object\n○store | Object\nsigner | String\n○fee | Object\namount | String",
            r#"{"result": {"shop": {"store": {"signer": "a", "fee": {"amount": "1"}}}}}"#,
        ),
        "result{ shop{ store{ signer fee{ amount } } } }",
    );
}

#[test]
fn a_wrapper_may_be_called_like_a_field_of_the_elements() {
    check(
        &markdown(
            "◉details | List[Object]\ndetail | String",
            r#"{"details": {"detail": [{"detail": "a"}]}}"#,
        ),
        "details[]{ detail }",
    );
}

#[test]
fn a_code_between_rows_of_an_object_is_not_the_envelopes() {
    check(
        &flattened(
            "result Object\nkind String\ncode String\ncountry String",
            r#"{"result": {"kind": "a", "country": "b"}, "code": "0", "request_id": "1"}"#,
        ),
        "result{ kind code country }",
    );
}

#[test]
fn rows_of_an_object_stand_together_where_nothing_marks_them() {
    check(
        &flattened(
            "items Object[]\nissue Object\nfactor Number\namount String\nprice Object\nfactor Number\namount String\ncurrency String",
            r#"{"items": [{"issue": {"factor": 1}}], "amount": "1", "price": {"factor": 1, "currency": "E"}, "code": "0"}"#,
        ),
        "items[]{ issue{ factor } } amount price{ factor amount currency }",
    );
}

#[test]
fn documented_fields_beside_a_code_are_no_envelope() {
    check(
        &flattened(
            "message String\norder Object\ntype String\nitems Object[]",
            r#"{"type": "a", "order": {"a": "b", "c": "d"}, "items": [{"e": "f"}], "message": "g", "code": "0"}"#,
        ),
        "message order{ a? c? } type items[]{ e? }",
    );
}

#[test]
fn an_object_of_two_cells_is_no_surplus_of_the_leaf_above() {
    check(
        &bullets(
            "result BaseResult words\n└ id\nNumber\n1\ndiscount\nMoneyDto\n└ amount\nString\n1.0\nwords",
            "<result><id>1</id><discount><amount>1.0</amount></discount></result>",
        ),
        "result{ id discount{ amount } }",
    );
}

#[test]
fn surplus_cells_of_a_leaf_are_no_object() {
    check(
        &bullets(
            "result BaseResult words\n└ a\nString\nUSD\nCurrency\ndeprecated\ndefault\n└ b\nString\n1\nwords",
            "<result><a>USD</a><b>1</b></result>",
        ),
        "result{ a b }",
    );
}

#[test]
fn the_sample_tells_a_capital_name_from_a_description() {
    check(
        &bullets(
            "result BaseResult words\n└ a\nString\nx1\nPayment\nSKU\nGlobalSkuDto\nSku info of it\n└ b\nString\n1\nwords",
            "<result><a>x1</a><SKU><b>1</b></SKU></result>",
        ),
        "result{ a SKU{ b } }",
    );
}

#[test]
fn any_bullet_will_do() {
    let page = bullets(
        "result BaseResult words\n└ a\nString\nx1\nwords\n└ b\nString\n1\nwords",
        "<result><a>x1</a><b>1</b></result>",
    );
    for bullet in ["* ", "- ", "◦ "] {
        check(&page.replace("• ", bullet), "result{ a b }");
    }
    check(&page.replace("• └", "└"), "result{ a b }");
}

#[test]
fn a_field_may_be_called_and_described_like_a_head() {
    let page = markdown("◉result | Object\ntype | String\nb | String", "");
    check(
        &page.replace("| type | String | words |", "| type | String | Name |"),
        "result{ type b }",
    );
}

#[test]
fn a_row_may_have_lost_its_first_bar() {
    let page = markdown(
        "◉result | Object\na | String\nb | String",
        r#"{"result": {"a": "1", "b": "2"}}"#,
    );
    check(&page.replace("| b |", "b |"), "result{ a b }");
}

#[test]
fn branches_that_nothing_indents_show_no_depth() {
    check(
        &markdown(
            "result | Object\n└ a | String\ndata | Object\n└ b | String",
            r#"{"result": {"a": "1", "data": {"b": "2"}}}"#,
        ),
        "result{ a data{ b } }",
    );
}

#[test]
fn an_object_that_the_sample_shows_in_part_stays_where_it_is_shown() {
    check(
        &flattened(
            "result Object\no4 Object\na String\nc String\no5 Object\nb String\nd String\nf String\ni String\nl String\nc String\no6 Object\nj String",
            r#"{"result": {"o4": {"a": "1", "c": "2"}, "o5": {"l": "3", "c": "4"}, "o6": {"j": "5"}}, "code": "0"}"#,
        ),
        "result{ o4{ a c } o5{ b d f i l c } o6{ j } }",
    );
}

#[test]
fn a_parameter_whose_type_ends_like_a_request_is_none() {
    let page = "made.up.things.get\n\n请求参数\n\n名称 类型 是否必须 示例值 更多限制 描述\nquery ThingRequest 可选 words\n  • └ page\n  • Number\n  • 可选\n  • 1\n  • words\n\n响应参数\n\n名称 类型 示例值 描述\ntotal Number 1 words\n\n请求示例\n\n  • JAVA\nMadeUpThingsGetRequest req = new MadeUpThingsGetRequest();\nMadeUpThingsGetRequest.ThingRequest obj1 = new MadeUpThingsGetRequest.ThingRequest();\nobj1.setPage(1L);\nreq.setQuery(obj1);\n";
    assert_eq!(outline(&tree(page).request), "query{ page }");
}

#[test]
fn english_heads_stand_above_top_rows_too() {
    let page = "made.up.things.get\n\nRequest Parameters\n\nName Type Required Example More Description\na String Yes abc words\n\nResponse Parameters\n\nName Type Example Description\ntotal Number 1 words\n";
    assert_eq!(outline(&tree(page).request), "a");
}

#[test]
fn a_list_of_one_scalar_keeps_its_wrapper() {
    check(
        &bullets(
            "result BaseResult words\n└ sku_ids\nNumber\n1\nwords\n└ b\nString\n1\nwords",
            "<result><sku_ids><number>1</number></sku_ids><b>1</b></result>",
        ),
        "result{ sku_ids[] b }",
    );
}

#[test]
fn two_objects_of_one_type_stand_side_by_side() {
    check(
        &flattened(
            "result Object\nfrom AddressDto\ncity String\nfee Object\ncents Number\nstreet String\nto AddressDto\ncity String\nfee Object\ncents Number\nstreet String\nstatus String",
            r#"{"result": {"from": {"city": "a", "fee": {"cents": 1}, "street": "b"}, "status": "c"}, "code": "0"}"#,
        ),
        "result{ from{ city fee{ cents } street } to{ city fee{ cents } street } status }",
    );
}

#[test]
fn a_lone_amount_closes_no_object() {
    check(
        &markdown(
            "◉result | Object\namount | String\ncurrency_code | String\npay_time | String\nmethod | String",
            "",
        ),
        "result{ amount currency_code pay_time method }",
    );
}

#[test]
fn what_two_rows_of_an_object_enclose_is_its_own() {
    check(
        &markdown(
            "◉result | Object\n◎store | List[Object]\ncurrency_code | String\nstore_id | Number\ncent | Number",
            r#"{"result": {"store": {"dto": [{"currency_code": "E", "cent": 1}]}}}"#,
        ),
        "result{ store[]{ currency_code store_id cent } }",
    );
    check(
        &markdown(
            "◉result | Object\n◎fee | Object\namount | String\nqqq | String\ncurrency_code | String\n◎tax | Object\namount | String\ncurrency_code | String",
            r#"{"result": {"fee": {"amount": "1", "currency_code": "E"}, "tax": {"amount": "1", "currency_code": "E"}}}"#,
        ),
        "result{ fee{ amount qqq currency_code } tax{ amount currency_code } }",
    );
}

#[test]
fn a_description_may_be_a_titles_words() {
    let page = flattened(
        "result Object\na String",
        r#"{"result": {"a": "1"}, "code": "0"}"#,
    );
    let first = page.replacen("some words", "Response Parameters", 1);
    check(&first, "result{ a }");
}

/// The findings that say of a row that its object has it already, as line and sentence.
fn repeated(page: &str) -> Vec<(Option<usize>, bool, String)> {
    let findings = tree(page).findings.into_iter();
    findings
        .filter(|finding| finding.rule == Rule::SameName)
        .map(|finding| (finding.line, finding.proven, finding.found))
        .collect()
}

#[test]
fn a_row_that_its_object_has_already_is_kept_and_told() {
    let told = |line, parent: &str, first| {
        let found =
            format!("marks and order propose {parent}, which has it from line {first} already");
        vec![(Some(line), false, found)]
    };
    let top = markdown("id | Number\nname | String\nname | String", "");
    check(&top, "id name name");
    assert_eq!(repeated(&top), told(10, "the top", 9));

    let indented = markdown(
        "result | Object\n└ a | String\n└ b | Object\n&nbsp;&nbsp;└ c | String\n└ a | String",
        r#"{"result": {"a": "1", "b": {"c": "2"}}}"#,
    );
    check(&indented, "result{ a b{ c } a }");
    assert_eq!(repeated(&indented), told(12, "\"result\"", 9));

    let marked = markdown(
        "◉result | Object\n◎a | Object\nx | String\n◎a | Object\nx | String",
        "",
    );
    assert_eq!(repeated(&marked), told(11, "\"result\"", 9));

    let elsewhere = markdown(
        "◉result | Object\na | String\na | String",
        r#"{"result": {"a": "1"}, "a": "2"}"#,
    );
    check(&elsewhere, "result{ a } a");
    assert_eq!(repeated(&elsewhere), []);
}

#[test]
fn flattened_rows_may_stand_on_one_line_or_behind_a_bullet() {
    let sample = r#"{"result": {"a": "1", "b": "2", "c": "3"}, "code": "0"}"#;
    let page = flattened("result Object\na String\nb String\nc String", sample);
    let rows = "result{ a b c }";
    check(
        &page.replace("b\nString\nsome words", "b\tString\tsome words"),
        rows,
    );
    check(&page.replace("b\nString", "•b\nString"), rows);
    check(&page.replace("b\nString", "• b\nString"), rows);
    check(
        &page.replace("\nString\nsome words", "\tString\tsome words"),
        rows,
    );
    let unshown = flattened("result Object\na String\nb String\nc String", "{}");
    check(
        &unshown.replace("b\nString\nsome words", "b\tString\tsome words"),
        rows,
    );
    check(&unshown.replace("b\nString", "•b\nString"), rows);
}

#[test]
fn the_sample_tells_an_object_from_an_example_and_a_description() {
    check(
        &bullets(
            "result BaseResult words\n└ a\nString\npromotion\nPromotionInfoDto\n└ b\nString\n1\nwords",
            "<result><a>x1</a><promotion><b>1</b></promotion></result>",
        ),
        "result{ a promotion{ b } }",
    );
}

#[test]
fn each_object_of_a_name_has_its_row_where_there_are_as_many() {
    let leaf = |name: &str| format!("└ {name}\nString\n1\nwords\n");
    let absent: String = ["p", "q", "r", "s", "t", "u"].map(leaf).concat();
    let inner = format!(
        "result BaseResult words\nmaker\nMakerDto\nwords\n{absent}{}maker\nOtherDto\nwords\n{}{absent}",
        leaf("y"),
        leaf("z")
    );
    check(
        &bullets(
            inner.trim_end(),
            "<result><maker><y>1</y><maker><z>1</z></maker></maker></result>",
        ),
        "result{ maker{ p q r s t u y maker{ z p q r s t u } } }",
    );
    let beside = format!(
        "result BaseResult words\nlogs\nLogDto []\nwords\n{}price\nPriceDto\nwords\n{}price\nOtherDto\nwords\n{absent}{}",
        leaf("a"),
        leaf("b"),
        leaf("c")
    );
    check(
        &bullets(
            beside.trim_end(),
            "<result><logs><log_dto><a>1</a><price><b>1</b></price></log_dto></logs><price><c>1</c></price></result>",
        ),
        "result{ logs[]{ a price{ b } } price{ p q r s t u c } }",
    );
}

#[test]
fn a_wrapper_of_one_element_may_be_called_like_a_field_of_it() {
    check(
        &bullets(
            "result BaseResult words\ndetails\nDetailDto []\nwords\nwords\n└ detail\nString\na\nwords",
            "<result><details><detail><detail>a</detail></detail></details></result>",
        ),
        "result{ details[]{ detail } }",
    );
    check(
        &markdown(
            "◉details | List[Object]\n◎detail | Object\nid | String\nname | String",
            r#"{"details": {"detail": [{"detail": {"id": "a"}, "name": "b"}]}}"#,
        ),
        "details[]{ detail{ id } name }",
    );
}

#[test]
fn an_object_of_nothing_but_lists_of_scalars_is_an_object() {
    check(
        &markdown(
            "◉fee | List[Object]\nids | Number[]",
            r#"{"fee": {"ids": {"number": [1]}}}"#,
        ),
        "fee{ ids[] }",
    );
    check(
        &markdown(
            "◉fee | Object\nids | Number[]\ntags | String[]",
            r#"{"fee": {"ids": {"number": [1]}, "tags": {"string": ["a"]}}}"#,
        ),
        "fee{ ids[] tags[] }",
    );
}

#[test]
fn a_table_of_top_fields_alone_says_nothing_of_their_inside() {
    check(
        &flattened(
            "id Number\nparts Object[]\nweight String\ntitle String",
            r#"{"id": 1, "parts": [{"weight": "1", "name": "a"}], "weight": "2", "title": "b", "code": "0"}"#,
        ),
        "id parts[]{ weight? name? } weight title",
    );
    check(
        &flattened(
            "media Object\nlot Number\ncode String\nfee String\nzip String",
            r#"{"media": {"videos": [{"lot": 1}]}, "lot": 2, "code": "a", "fee": "1", "zip": "2"}"#,
        ),
        "media{ videos[]?{ lot? } } lot code fee zip",
    );
}

#[test]
fn an_absent_row_before_an_objects_own_is_its_own() {
    let money = "GlobalMoneyStr\nwords\nwords\n└";
    let leaf = |name: &str| format!("{name}\nString\n1\nwords");
    check(
        &bullets(
            &format!(
                "result BaseResult words\nitem\nItemDto\nwords\nwords\nsale\n{money} {}\n└ {}\nsaved\n{money} {}\ntax\n{money} {}",
                leaf("amount_str"),
                leaf("currency_code"),
                leaf("cent"),
                leaf("currency_code"),
            ),
            "<result><item><sale><currency_code>E</currency_code></sale><saved><cent>1</cent></saved>\
             <tax><currency_code>E</currency_code></tax></item></result>",
        ),
        "result{ item{ sale{ amount_str currency_code } saved{ cent } tax{ currency_code } } }",
    );
}

#[test]
fn an_object_called_like_its_type_is_no_surplus_of_the_leaf_above() {
    check(
        &bullets(
            "result BaseResult words\n└ cent\nNumber\nCent\ncurrency\nCurrency\nwords of it\n└ symbol\nString\nE\nwords",
            "<result><cent>1</cent></result>",
        ),
        "result{ cent currency{ symbol } }",
    );
}

#[test]
fn leaves_without_examples_throughout_leave_room_for_objects() {
    check(
        &bullets(
            "result BaseResult words\n└ cent\nNumber\nCent\nmoney\nMoney\nwords of it\n└ symbol\nString\nwords of it",
            "<result><cent>1</cent></result>",
        ),
        "result{ cent money{ symbol } }",
    );
}

#[test]
fn blank_lines_may_stand_between_the_heads_of_error_codes() {
    let page = flattened("result Object\nid String", r#"{"result": {"id": "1"}}"#);
    check(&page.replace('\n', "\n\n"), "result{ id }");
}

#[test]
fn a_limit_may_go_on_below_its_cell_without_a_bullet() {
    let rows = "result BaseResult words\n└ id\nNumber\n1";
    let page = bullets(rows, "<result><id>1</id></result>");
    let request = "请求参数\n\n名称 类型 是否必须 示例值 更多限制 描述\norder Order 可选 words\n  • └ id\n  • Number\n  • 必须\n    默认值:0\n\n响应参数";
    let page = page.replace("响应参数", request);
    let tree = tree(&page);
    assert_eq!(tree.request[0].children[0].required, Some(true), "\n{page}");
}

#[track_caller]
fn refused(page: &str, words: &str) {
    let error = read::page("made.txt", page.as_bytes(), "2026-01-01").unwrap_err();
    assert!(error.to_string().contains(words), "{error}\n{page}");
}

#[test]
fn a_table_without_its_title_or_head_is_refused() {
    let page = markdown("◉result | Object\nid | String", "");
    refused(
        &page.replace("# Response Struct", "# API"),
        "under no known heading",
    );
    refused(
        &page.replace("| Name | Type | Description |\n", ""),
        "a table head",
    );
    let page = flattened("result Object\nid String", r#"{"result": {"id": "1"}}"#);
    refused(
        &page.replace(
            "Parameter\nResponse",
            "Name\nType\nDescription\nid\nString\nwords\nResponse",
        ),
        "out of place",
    );
    refused(
        &page.replace(
            "Response Parameters\nName\n",
            "Response Parameters\nName\nType\n",
        ),
        "out of place",
    );
    let page = bullets(
        "result BaseResult words\n└ id\nString\n1",
        "<result><id>1</id></result>",
    );
    refused(
        &page.replace("响应参数\n", "  • └ lost\n  • String\n"),
        "outside of a field table",
    );
    let common = page
        .replace("响应参数", "公共参数")
        .replace("示例值", "是否必须");
    refused(&common, "under no title of its own");
}

#[test]
fn documented_fields_of_the_envelope_stand_at_the_top() {
    check(
        &flattened(
            "result Object\ncode String\nrequest_id String",
            r#"{"result": {"order_list": [1], "is_success": true}, "code": "0", "request_id": "1"}"#,
        ),
        "result{ order_list[]? is_success? } code request_id",
    );
    check(
        &markdown(
            "◉shop | Object\n◎store | Object\n○fee | Object\namount | String\ncode | String\nrequest_id | String",
            r#"{"shop": {"store": {"fee": {"amount": "1"}}}, "code": "0", "request_id": "1"}"#,
        ),
        "shop{ store{ fee{ amount } } } code request_id",
    );
}

#[test]
fn an_object_stays_open_for_a_row_that_the_sample_shows_in_it_alone() {
    check(
        &markdown(
            "◉result | Object\n◎items | Object\n○parts | Object\n○notes | Object\nlanguage | String\n○fee | Object\ncode | String",
            r#"{"result": {"items": {"parts": {"fee": {"code": "1"}}}}}"#,
        ),
        "result{ items{ parts{ notes{ language } fee{ code } } } }",
    );
}

#[test]
fn an_object_without_rows_for_its_fields_takes_none_of_anothers() {
    check(
        &flattened(
            "coupons Object\ndiscount Object\ncurrency Object\ncode String\nname String",
            r#"{"coupons": {"discount": {"currency": {"digits": 2, "number": 978, "code": "E", "symbol": "e"}, "code": "E"}, "name": "a"}}"#,
        ),
        "coupons{ discount{ currency{ digits? number? code? symbol? } code } name }",
    );
}

#[test]
fn each_field_of_the_sample_has_its_row_where_there_are_as_many() {
    check(
        &bullets(
            "result BaseResult words\nlogs\nLogDto []\nwords\nwords\n└ amount\nString\n1\nwords\n└ days\nNumber\n2\nwords\n\
             └ locale\nString\na\nwords\ninfo\nInfoDto\nwords\nwords\n└ days\nNumber\n2\nwords",
            "<result><days>2</days><info><days>2</days></info></result>",
        ),
        "result{ logs[]{ amount } days locale info{ days } }",
    );
}

#[test]
fn a_type_and_a_word_on_requirement_are_another_rows() {
    let page = bullets(
        "result BaseResult words\n└ id\nNumber\n1",
        "<result><id>1</id></result>",
    );
    let request = "请求参数\n\n名称 类型 是否必须 示例值 更多限制 描述\nfee Fee 必须 words\n  • └ cent\n  • Number\n  • 必须\n  • currency\n  • Currency\n  • 必须\n  • words\n  • └ symbol\n  • String\n  • 必须\n  • E\n  • words\n\n响应参数";
    let tree = tree(&page.replace("响应参数", request));
    assert_eq!(outline(&tree.request), "fee{ cent currency{ symbol } }");
}

#[test]
fn blanks_of_every_kind_are_blanks() {
    let page = bullets(
        "result BaseResult words\n└ id\nNumber\n1\nsome words\nfee\nFeeDto\nsome words\n└ cent\nNumber\n1\nsome words",
        "<result><id>1</id><fee><cent>1</cent></fee></result>",
    );
    check(&page.replace(' ', "\u{a0}"), "result{ id fee{ cent } }");
    let page = markdown(
        "◉result | Object\nid | String",
        r#"{"result": {"id": "1"}}"#,
    );
    check(&page.replace("| --- ", "|\u{a0}---\u{a0}"), "result{ id }");
}

#[test]
fn what_lost_its_beginning_is_refused() {
    let page = flattened(
        "result Object\nid String",
        "{\n\"result\": {\"id\": \"1\"}\n}",
    );
    refused(
        &page.replace("{\n\"result\"", "\"result\""),
        "a sample without its beginning",
    );
    let rows = "id\nString\nYes\nsome words\nObject\nNo\nsome words\n";
    let page = page.replace(
        "Parameter\nResponse",
        &format!("Parameter\nName\nType\nRequired or not\nDescription\n{rows}Response"),
    );
    refused(&page, "\"Object\"");
}

#[test]
fn one_element_of_a_list_that_nothing_wraps_is_no_object() {
    let rows = "result BaseResult words\nparts\nPartDto []\nwords\nwords\n└ id\nNumber\n1\nwords\n\
                fees\nFeeDto []\nwords\nwords\n└ cent\nNumber\n1\nwords";
    let sample = |second: &str| {
        format!("<result><parts><id>1</id></parts>{second}<fees><cent>1</cent></fees></result>")
    };
    check(
        &bullets(rows, &sample("<parts><id>2</id></parts>")),
        "result{ parts[]{ id } fees[]{ cent } }",
    );
    check(
        &bullets(rows, &sample("")),
        "result{ parts{ id } fees{ cent } }",
    );
}

#[test]
fn a_sample_may_print_ampersands_as_they_are() {
    check(
        &bullets(
            "result BaseResult words\n└ id\nNumber\n1",
            "<result><id>a & b &amp; c</id></result>",
        ),
        "result{ id }",
    );
}

#[test]
fn an_object_documented_as_one_is_no_evidence_against_a_list() {
    check(
        &markdown(
            "◉result | Object\n◎home | Object\ncity | String\nzip | String\n◎olds | List[Object]\ncity | String\nzip | String",
            r#"{"result": {"home": {"city": "a", "zip": "b"}}}"#,
        ),
        "result{ home{ city zip } olds[]{ city zip } }",
    );
    check(
        &markdown(
            "◉result | Object\n◎home | List[Object]\ncity | String\nzip | String\n◎olds | List[Object]\ncity | String\nzip | String",
            r#"{"result": {"home": {"city": "a", "zip": "b"}}}"#,
        ),
        "result{ home{ city zip } olds{ city zip } }",
    );
}

#[test]
fn what_is_indented_as_a_field_is_one_whatever_its_like_lack() {
    let leaf = |name: &str, blanks: &str| format!("{blanks}└ {name}\nString\n1\nwords");
    let object = |name: &str, blanks: &str| format!("{blanks}└ {name}\nFeeDto\nwords\nwords");
    let (two, four) = ("\u{a0}\u{a0}", "\u{a0}\u{a0}\u{a0}\u{a0}");
    check(
        &bullets(
            &[
                "result BaseResult words".to_owned(),
                object("one", two),
                leaf("note", four),
                object("two", two),
                leaf("cent", four),
                object("three", two),
                leaf("cent", four),
            ]
            .join("\n"),
            "<result><note>a</note><two><cent>1</cent></two><three><cent>1</cent></three></result>",
        ),
        "result{ one{ note } two{ cent } three{ cent } note? }",
    );
}
