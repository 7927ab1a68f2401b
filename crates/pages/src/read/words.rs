//! The words with which pages name their sections and columns, in English and Chinese.

use super::markup::plain;

/// Longer lines, in bytes and with their markup, do not name a section or a column.
const LONGEST_WORDS: usize = 80;

/// What a heading means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Title {
    /// The table of parameters.
    Request,
    /// The table of the answer's fields.
    Response,
    /// A sample of a call's parameters.
    RequestSample,
    /// A sample of a successful answer.
    AnswerSample,
    /// A sample of a refusal.
    ErrorSample,
    /// The table of error codes.
    ErrorCodes,
    /// A list of a field's codes.
    Enumeration,
    /// Calls in programming languages.
    Demo,
    /// Parameters that every call has.
    Common,
    /// Any other content that pages are known to have, for people to read.
    Prose,
}

/// What a column of a field table contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// The field's name.
    Name,
    /// Its type.
    Type,
    /// Whether it is required.
    Required,
    /// An example value.
    Example,
    /// A default or a maximum length.
    Limit,
    /// Text about it.
    Description,
}

/// Reads a heading; `None` if no page is known to have it.
pub(crate) fn title(heading: &str) -> Option<Title> {
    let words = normal(heading);
    if words.is_empty() {
        return None;
    }
    let has = |needles: &[&str]| needles.iter().any(|needle| words.contains(needle));
    if has(&["enum", "枚举"]) {
        return Some(Title::Enumeration);
    }
    if has(&["common param", "public param", "system param", "公共"]) {
        return Some(Title::Common);
    }
    if has(&[
        "faq",
        "q:",
        "q：",
        "common issue",
        "common question",
        "常见问题",
        "changelog",
        "change log",
        "变更",
        "更新记录",
        "如何获得",
        "api工具",
    ]) {
        return Some(Title::Prose);
    }
    if has(&["error code", "errorcode", "错误码"]) {
        return Some(Title::ErrorCodes);
    }
    let request = has(&[
        "request",
        "input",
        "请求",
        "入参",
        "输入",
        "业务参数",
        "应用级参数",
    ]);
    let answer = has(&[
        "response", "return", "output", "响应", "返回", "出参", "输出",
    ]);
    let sample = has(&["example", "sample", "示例", "样例", "示范", "例子"]);
    let failure = has(&[
        "fail",
        "faild",
        "error",
        "exception",
        "异常",
        "失败",
        "错误",
    ]);
    if has(&[
        "demo",
        "sdk",
        "示例代码",
        "代码示例",
        "调用示例",
        "code example",
        "code sample",
    ]) {
        return Some(Title::Demo);
    }
    match (request, answer) {
        (_, true) if failure => Some(Title::ErrorSample),
        (false, true) if sample || has(&["success", "成功", "refinement", "streamlined"]) => {
            Some(Title::AnswerSample)
        }
        (_, true) => Some(Title::Response),
        (true, false) if sample => Some(Title::RequestSample),
        (true, false) => Some(Title::Request),
        (false, false) if failure && sample => Some(Title::ErrorSample),
        (false, false)
            if matches!(
                words.as_str(),
                "parameter" | "parameters" | "参数" | "参数说明"
            ) =>
        {
            Some(Title::Request)
        }
        (false, false) if has(&["status", "状态"]) => Some(Title::Enumeration),
        (false, false) if matches!(words.as_str(), "返回" | "顶部") => Some(Title::Prose),
        _ => None,
    }
}

/// Reads a line that names a section although nothing marks it as a heading.
pub(crate) fn bare_title(line: &str) -> Option<Title> {
    if line.len() > LONGEST_WORDS {
        return None;
    }
    let words = normal(line);
    const BARE: [(&str, Title); 59] = [
        ("request parameter", Title::Request),
        ("request parameters", Title::Request),
        ("request struct", Title::Request),
        ("request params", Title::Request),
        ("parameter", Title::Request),
        ("parameters", Title::Request),
        ("请求参数", Title::Request),
        ("请求结构", Title::Request),
        ("业务参数", Title::Request),
        ("业务请求参数", Title::Request),
        ("应用级参数", Title::Request),
        ("应用级输入参数", Title::Request),
        ("入参", Title::Request),
        ("response struct", Title::Response),
        ("response structure", Title::Response),
        ("response parameter", Title::Response),
        ("response parameters", Title::Response),
        ("response params", Title::Response),
        ("响应参数", Title::Response),
        ("返回参数", Title::Response),
        ("响应结构", Title::Response),
        ("返回结果", Title::Response),
        ("返回结构", Title::Response),
        ("应用级输出参数", Title::Response),
        ("出参", Title::Response),
        ("request example", Title::RequestSample),
        ("请求示例", Title::RequestSample),
        ("response", Title::AnswerSample),
        ("response example", Title::AnswerSample),
        ("successful response", Title::AnswerSample),
        ("success response", Title::AnswerSample),
        ("响应示例", Title::AnswerSample),
        ("返回示例", Title::AnswerSample),
        ("响应结果示例", Title::AnswerSample),
        ("返回结果示例", Title::AnswerSample),
        ("返回样例", Title::AnswerSample),
        ("faild response", Title::ErrorSample),
        ("failed response", Title::ErrorSample),
        ("error response", Title::ErrorSample),
        ("exception example", Title::ErrorSample),
        ("异常示例", Title::ErrorSample),
        ("错误码解释", Title::ErrorCodes),
        ("错误码", Title::ErrorCodes),
        ("error code", Title::ErrorCodes),
        ("demo code", Title::Demo),
        ("代码示例", Title::Demo),
        ("公共参数", Title::Common),
        ("common parameter", Title::Common),
        ("common parameters", Title::Common),
        ("api工具", Title::Prose),
        ("api tool", Title::Prose),
        ("api tools", Title::Prose),
        ("如何获得此api", Title::Prose),
        ("how to get this api", Title::Prose),
        ("faq", Title::Prose),
        ("返回", Title::Prose),
        ("顶部", Title::Prose),
        ("error code explanation", Title::ErrorCodes),
        ("error codes", Title::ErrorCodes),
    ];
    let found = BARE.iter().find(|(name, _)| *name == words);
    found.map(|&(_, title)| title)
}

/// The columns of a table head on one line, with the column names joined by blanks.
pub(crate) fn joined_head(line: &str) -> Option<Vec<Column>> {
    let text = plain(line);
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut columns = Vec::new();
    let mut at = 0;
    while at < words.len() {
        // Column names have up to three words; the longest known one is used.
        let most = (words.len() - at).min(3);
        let (column, length) = (1..=most)
            .rev()
            .find_map(|length| Some((column(&words[at..at + length].join(" "))?, length)))?;
        columns.push(column);
        at += length;
    }
    (columns.contains(&Column::Name) && columns.contains(&Column::Type)).then_some(columns)
}

/// Reads the name of a column.
pub(crate) fn column(head: &str) -> Option<Column> {
    if head.len() > LONGEST_WORDS {
        return None;
    }
    let words = normal(head);
    match words.as_str() {
        "name" | "parameter" | "parameter name" | "param" | "field" | "field name" | "名称"
        | "参数" | "参数名" | "参数名称" | "字段" | "字段名" | "字段名称" | "属性" => {
            Some(Column::Name)
        }
        "type" | "data type" | "datatype" | "parameter type" | "field type" | "类型"
        | "参数类型" | "数据类型" | "字段类型" => Some(Column::Type),
        "required" | "required or not" | "is required" | "whether required" | "mandatory"
        | "must" | "optional" | "是否必须" | "是否必填" | "是否必需" | "是否必选" | "必填"
        | "必须" | "必选" => Some(Column::Required),
        "example" | "example value" | "sample" | "sample value" | "示例值" | "示例" | "样例" => {
            Some(Column::Example)
        }
        "更多限制" | "限制" | "more" | "more restrictions" | "more limits" | "restrictions"
        | "limit" | "limits" | "default" | "default value" | "默认值" => Some(Column::Limit),
        "description" | "desc" | "remark" | "remarks" | "note" | "notes" | "explanation"
        | "描述" | "说明" | "备注" | "参数说明" | "参数描述" | "含义" => {
            Some(Column::Description)
        }
        _ => None,
    }
}

/// Reads a cell that says whether a field is required.
pub(crate) fn required(cell: &str) -> Option<bool> {
    let words = normal(cell);
    match words.as_str() {
        "yes" | "y" | "true" | "required" | "mandatory" | "must" | "m" | "是" | "必须" | "必填"
        | "必选" | "必需" => Some(true),
        "no" | "n" | "false" | "optional" | "not required" | "o" | "否" | "可选" | "选填"
        | "非必填" | "非必须" | "非必选" | "不必须" => Some(false),
        _ => None,
    }
}

/// Whether a line means an empty table.
pub(crate) fn is_nothing(line: &str) -> bool {
    line.len() <= LONGEST_WORDS
        && matches!(
            normal(line).as_str(),
            "no data" | "no data." | "暂无数据" | "无" | "none" | "n/a"
        )
}

/// The words of a heading: no marks, no colon, small letters.
fn normal(text: &str) -> String {
    let text = plain(text.trim_start_matches(['#', ' ']));
    let text = text.trim().trim_end_matches([':', '：']).trim();
    super::markup::single_spaced(text).to_lowercase()
}
