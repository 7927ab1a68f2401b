//! Writes a generated API as a page.

use std::fmt::Write as _;

use super::sample::{answer_json, answer_xml, demo_calls};
use super::{Api, Field, Habits, Kind, Shallow};

/// The type text a page prints for `field`.
pub(crate) fn type_text(field: &Field, habits: Habits, layout: Layout) -> String {
    if habits.codes {
        let code = match (field.kind, field.list) {
            (Kind::Object, true) => "9",
            (_, true) => "7",
            (Kind::Text | Kind::Date, _) => "1",
            (Kind::Number, _) => "2",
            (Kind::Boolean, _) => "3",
            (Kind::Object, _) => "4",
        };
        return code.to_owned();
    }
    let word = match field.kind {
        Kind::Text => "String".to_owned(),
        Kind::Number => "Number".to_owned(),
        Kind::Boolean => "Boolean".to_owned(),
        Kind::Date => "Date".to_owned(),
        Kind::Object if layout == Layout::Bullets => format!("Made{}Dto", camel(&field.name)),
        Kind::Object => "Object".to_owned(),
    };
    let overstated =
        habits.overstated && field.is_object() && field.shown && layout == Layout::Markdown;
    match (field.list || overstated, layout) {
        (false, _) => word,
        (true, Layout::Markdown) if field.is_object() => format!("List[{word}]"),
        (true, Layout::Bullets) if habits.way.is_multiple_of(2) => format!("{word} []"),
        (true, _) => format!("{word}[]"),
    }
}

fn camel(name: &str) -> String {
    let part = |part: &str| {
        let mut chars = part.chars();
        chars
            .next()
            .map(|c| c.to_ascii_uppercase().to_string() + chars.as_str())
            .unwrap_or_default()
    };
    name.split('_').map(part).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Flattened,
    Markdown,
    Bullets,
}

/// The page of `api`.
pub(crate) fn page(api: &Api, layout: Layout, habits: Habits) -> String {
    match layout {
        Layout::Flattened => flattened(api, habits),
        Layout::Markdown => markdown(api, habits),
        Layout::Bullets => bullets(api, habits),
    }
}

fn required(field: &Field, habits: Habits) -> &'static str {
    match (field.required, habits.chinese, habits.way % 2) {
        (true, true, 0) => "必须",
        (true, true, _) => "是",
        (false, true, 0) => "可选",
        (false, true, _) => "否",
        (true, ..) => "Yes",
        (false, ..) => "No",
    }
}

fn description(field: &Field, habits: Habits) -> String {
    match habits.way % 4 {
        0 => format!("the {} of it", field.name.replace('_', " ")),
        1 => field.name.clone(),
        2 => "a thing; see also (below)".to_owned(),
        _ => "说明文字".to_owned(),
    }
}

// ---- one cell per line ----

fn flattened(api: &Api, habits: Habits) -> String {
    let mut out = format!(
        "A Made-up API\nGET/POST\n{}\nDescription: for tests\nParameter\nName\nType\nRequired or not\nDescription\n",
        api.name
    );
    flattened_rows(&api.request, habits, true, &mut 0, &mut out);
    out.push_str("Response Parameters\nName\nType\nDescription\n");
    flattened_rows(&api.response, habits, false, &mut 0, &mut out);
    out.push_str("Error code\nError code\nError message\nSolution\n");
    for code in ["MADE_FIRST_ERROR", "A002_SECOND", "B_THIRD"]
        .iter()
        .take(habits.way % 4)
    {
        let _ = writeln!(out, "{code}\n{code}\nPlease mend it, then try again.");
    }
    let _ = write!(
        out,
        "GET/POST\n{}\nJAVA\nPHP\n.NET\nRUBY\nPYTHON\nCURL\n",
        api.name
    );
    out.push_str("IopClient client = new IopClient(url, appkey, appSecret);\nIopRequest request = new IopRequest();\n");
    let _ = writeln!(out, "request.setApiName(\"{}\");", api.name);
    for call in demo_calls(
        &api.request,
        Habits {
            escaped: false,
            ..habits
        },
    ) {
        let _ = writeln!(out, "{call}");
    }
    out.push_str("IopResponse response = client.execute(request, accessToken, Protocol.TOP);\nSystem.out.println(response.getBody());\nThread.sleep(10);\n\n");
    out.push_str("Streamlined Return\nNon-Refinement Return\n");
    let _ = writeln!(
        out,
        "{}\n",
        answer_json(
            &api.name,
            &api.response,
            Habits {
                escaped: false,
                ..habits
            }
        )
    );
    out
}

/// Writes `fields`. `row` counts the rows of the whole table, because variations occur at certain rows of any depth.
fn flattened_rows(
    fields: &[Field],
    habits: Habits,
    request: bool,
    row: &mut usize,
    out: &mut String,
) {
    for field in fields {
        let at = next(row);
        let _ = writeln!(
            out,
            "{}\n{}",
            field.name,
            type_text(field, habits, Layout::Flattened)
        );
        if request {
            let _ = writeln!(out, "{}", required(field, habits));
        }
        match (habits.ragged, at % 3) {
            (true, 1) => {}
            (true, 2) => out.push_str("first line of two\nand the second\n"),
            _ => {
                let _ = writeln!(out, "{}", description(field, habits));
            }
        }
        flattened_rows(habits.documented(field, at), habits, request, row, out);
    }
}

/// Returns the number of a row, and increments it.
fn next(row: &mut usize) -> usize {
    *row += 1;
    *row - 1
}

// ---- Markdown ----

fn escape(text: &str, habits: Habits) -> String {
    if habits.escaped {
        text.replace('_', "\\_")
            .replace('[', "\\[")
            .replace(']', "\\]")
    } else {
        text.to_owned()
    }
}

fn escape_code(text: &str, habits: Habits) -> String {
    if habits.escaped {
        text.replace('_', "\\_")
    } else {
        text.to_owned()
    }
}

fn markdown(api: &Api, habits: Habits) -> String {
    let (request, response, head, answer_head) = if habits.chinese {
        (
            "# 请求参数",
            "# 响应参数",
            "| 名称 | 类型 | 是否必须 | 描述 |",
            "| 名称 | 类型 | 描述 |",
        )
    } else if habits.way % 3 == 1 {
        (
            "# Request Parameter",
            "Response Struct",
            "| Name | Type | Required or not | Description |",
            "| Name | Type | Description |",
        )
    } else {
        (
            "# Request Parameter",
            "# Response Struct",
            "| **Name** | **Type** | **Required** | **Description** |",
            "| Name | Type | Description |",
        )
    };
    let mut out = format!(
        "# {}\n\n# API\n\n`GET/POST：``{}`\n\n**Description: a made-up one.**\n\n{request}\n\n",
        escape(&api.name, habits),
        api.name
    );
    if habits.way % 2 == 1 {
        out.push_str("**Note: read this first.**\n\n");
    }
    let _ = write!(out, "|  |  |  |  |\n| --- | --- | --- | --- |\n{head}\n");
    markdown_rows(&api.request, habits, 0, true, &mut 0, &mut out);
    let _ = write!(
        out,
        "\n{response}\n\n|  |  |  |\n| --- | --- | --- |\n{answer_head}\n"
    );
    markdown_rows(&api.response, habits, 0, false, &mut 0, &mut out);
    let sample = escape_code(&answer_json(&api.name, &api.response, habits), habits);
    let refusal =
        "{\n  \"error_response\": {\n    \"code\": \"15\",\n    \"request_id\": \"21\"\n  }\n}";
    let (response, good, bad) = if habits.chinese {
        ("# 响应示例", "## 成功返回", "## 异常示例")
    } else {
        ("# Response", "## Successful response", "## Faild response")
    };
    let _ = write!(out, "\n# \n\n{response}\n\n{good}\n\n\n");
    for (sample, title) in [(sample.as_str(), bad), (refusal, "# ")] {
        if habits.unfenced {
            let lines: Vec<&str> = sample.lines().map(str::trim).collect();
            let _ = write!(out, "{}\n\n{title}\n\n", lines.join("\n\n"));
        } else {
            let _ = write!(out, "```json\n{sample}\n```\n{title}\n\n\n");
        }
    }
    out.push_str("# ERROR CODE\n\n| Error code | Message | Solution |\n| --- | --- | --- |\n| MADE\\_ONE |  |  |\n| MADE\\_TWO | words |  |\n\n# Status\n\n## \"state\" enumeration\n\n|  |  |  |\n| --- | --- | --- |\n| Name | Type | CODE |\n| Open | String | IS\\_OPEN |\n| Shut | String | IS\\_SHUT |\n\n");
    out.push_str(
        "# Demo code\n\n## Java Demo\n\n\n```java\nIopRequest request = new IopRequest();\n\n",
    );
    for call in demo_calls(&api.request, habits) {
        let _ = write!(out, "{call}\n\n");
    }
    out.push_str(
        "```\n# \n\n# [ChangeLog](https://example.org/doc.htm?a=b#/?docId=1)\n\n\n```json\n\n\n```",
    );
    out
}

const MARKS: [&str; 3] = ["◉", "◎", "○"];

fn markdown_rows(
    fields: &[Field],
    habits: Habits,
    depth: usize,
    request: bool,
    row: &mut usize,
    out: &mut String,
) {
    for field in fields {
        let at = next(row);
        let name = escape(&field.name, habits);
        let type_text = escape(&type_text(field, habits, Layout::Markdown), habits);
        let bold = field.is_object() && !habits.indented;
        let is_shallow = match habits.shallow {
            Shallow::None => false,
            Shallow::Some => at.is_multiple_of(2),
            Shallow::All => true,
        };
        let shown_depth = depth - usize::from(is_shallow && depth > 0);
        let mark = MARKS[shown_depth.min(2)];
        let name = if habits.indented {
            let depth = habits.indentation(depth, at);
            let indent = "&nbsp;".repeat(2 * depth);
            let branch = if depth > 0 { "└ " } else { "" };
            format!("{indent}{branch}{name}")
        } else if !field.is_object() {
            name
        } else {
            match habits.way % 5 {
                0 => format!("**{mark}****{name}**"),
                1 => format!("{mark}{name}"),
                2 => format!("{mark}**{name}**"),
                3 => format!("**{mark}**{name}"),
                _ => format!("**{mark}{name}**"),
            }
        };
        let dress = |text: &str| {
            if bold {
                format!("**{text}**")
            } else {
                text.to_owned()
            }
        };
        let mut cells = vec![name, dress(&type_text)];
        if request {
            cells.push(dress(required(field, habits)));
        }
        cells.push(dress(&escape(&description(field, habits), habits)));
        match (habits.ragged, at % 3) {
            (true, 1) => cells.extend(["more".to_owned(), String::new()]),
            (true, 2) => {
                cells.pop();
                out.push_str(if request {
                    "|  |  |  |  |\n"
                } else {
                    "|  |  |  |\n"
                });
            }
            _ => {}
        }
        let _ = writeln!(out, "| {} |", cells.join(" | "));
        markdown_rows(
            habits.documented(field, at),
            habits,
            depth + 1,
            request,
            row,
            out,
        );
    }
}

// ---- bullets ----

fn bullets(api: &Api, habits: Habits) -> String {
    let mut out = format!(
        "文档中心 > API类目 > Made-up\n\n{} (a made-up one)\n\na made-up one\n\n公共参数\n\n请求参数\n\n",
        api.name
    );
    out.push_str("名称 类型 是否必须 示例值 更多限制 描述\n");
    bullet_rows(
        &api.request,
        Habits {
            chinese: true,
            ..habits
        },
        0,
        true,
        &mut 0,
        &mut out,
    );
    out.push_str("\n响应参数\n\n名称 类型 示例值 描述\n");
    bullet_rows(&api.response, habits, 0, false, &mut 0, &mut out);
    out.push_str("\n请求示例\n\n  • JAVA\n  • .NET\n  • PHP\n  • CURL\n");
    for call in demo_calls(
        &api.request,
        Habits {
            escaped: false,
            ..habits
        },
    ) {
        let _ = writeln!(out, "{call}");
    }
    let sample = answer_xml(
        &api.name,
        &api.response,
        Habits {
            escaped: false,
            ..habits
        },
    );
    let _ = write!(
        out,
        "\n响应示例\n\n  • XML示例\n  • JSON示例\n{sample}\n\n异常示例\n\n  • XML示例\n  • JSON示例\n"
    );
    out.push_str("<error_response>\n    <code>50</code>\n    <msg>Remote service error</msg>\n</error_response>\n\n错误码解释\n\n错误码 错误描述 解决方案\nMADE_ONE what happened\nMADE_TWO\n\nAPI工具\n\n如何获得此API\n\nFAQ\n\n返回\n顶部");
    out
}

fn bullet_rows(
    fields: &[Field],
    habits: Habits,
    depth: usize,
    request: bool,
    row: &mut usize,
    out: &mut String,
) {
    for field in fields {
        let at = next(row);
        let type_text = type_text(field, habits, Layout::Bullets);
        let required = required(field, habits);
        let description = description(field, habits);
        let limited = habits.limits && request && at.is_multiple_of(2);
        if depth == 0 {
            let required = if request {
                format!(" {required}")
            } else {
                String::new()
            };
            let _ = writeln!(
                out,
                "{} {type_text}{required} {description} and more words",
                field.name
            );
        } else {
            let indent = if limited { "    " } else { "  " };
            let branch = match (field.is_object(), habits.indented) {
                (_, true) => format!(
                    "{}└ ",
                    "\u{a0}".repeat(2 * habits.indentation(depth - 1, at) + 1)
                ),
                (true, false) => String::new(),
                (false, false) => "└ ".to_owned(),
            };
            let mut cells = vec![format!("{branch}{}", field.name), type_text];
            if request {
                cells.push(required.to_owned());
            }
            if field.is_object() {
                cells.push("details".to_owned());
            } else if !habits.ragged {
                cells.push("12".to_owned());
            }
            if limited {
                cells.push(
                    if field.list {
                        "最大列表长度:20"
                    } else {
                        "默认值:0"
                    }
                    .to_owned(),
                );
            }
            cells.push(description);
            for cell in cells {
                let _ = writeln!(out, "{indent}• {cell}");
            }
        }
        bullet_rows(
            habits.documented(field, at),
            habits,
            depth + 1,
            request,
            row,
            out,
        );
    }
}
