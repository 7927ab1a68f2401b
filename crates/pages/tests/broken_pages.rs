//! A page that is cut anywhere, or lacks one of its lines, gives an error or a tree, and never a panic or endless work.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod made;

use made::draw::{Layout, page};
use made::{Api, Field, Habits, Kind};
use pages::read;
use pages::resolve::{Decisions, Model, resolve};
use pages::tree::Tree;

/// Reads and resolves a page that may be broken, and checks that a tree has every row of its table.
fn try_page(bytes: &[u8]) {
    let Ok(table) = read::page("broken.txt", bytes, "2026-01-01") else {
        return;
    };
    let Ok(tree) = resolve(&table, &Decisions::default(), &Model::default()) else {
        return;
    };
    assert_eq!(Tree::documented(&tree.request), table.request.len());
    assert_eq!(Tree::documented(&tree.response), table.response.len());
}

fn field(name: &str, kind: Kind, children: Vec<Field>) -> Field {
    Field {
        name: name.to_owned(),
        kind,
        list: name.ends_with("list"),
        required: true,
        shown: true,
        children,
    }
}

fn api() -> Api {
    let money = vec![
        field("amount", Kind::Text, vec![]),
        field("currency_code", Kind::Text, vec![]),
    ];
    let items = vec![
        field("id", Kind::Number, vec![]),
        field("fee", Kind::Object, money.clone()),
        field("name_list", Kind::Text, vec![]),
    ];
    let result = vec![
        field("id", Kind::Number, vec![]),
        field("total", Kind::Object, money),
        field("item_list", Kind::Object, items),
        field("time", Kind::Date, vec![]),
    ];
    Api {
        name: "made.up.things.get".to_owned(),
        request: vec![
            field(
                "query",
                Kind::Object,
                vec![field("id", Kind::Number, vec![])],
            ),
            field("flag", Kind::Boolean, vec![]),
        ],
        response: vec![field("result", Kind::Object, result)],
    }
}

fn pages() -> Vec<String> {
    let mut pages = Vec::new();
    for layout in [Layout::Flattened, Layout::Markdown, Layout::Bullets] {
        pages.push(page(&api(), layout, Habits::default()));
        let all = Habits {
            way: 7,
            chinese: true,
            escaped: true,
            unfenced: true,
            indented: true,
            ragged: true,
            limits: true,
            extra: true,
            ..Habits::default()
        };
        pages.push(page(&api(), layout, all));
    }
    pages
}

#[test]
fn pages_cut_at_any_byte_give_an_error_or_a_tree() {
    // Cutting every page at every byte takes a minute, so each page is cut at every fifth byte, each starting at
    // another byte.
    let step = if std::env::var_os("EVERY_BYTE").is_some() {
        1
    } else {
        5
    };
    for (first, page) in pages().into_iter().enumerate() {
        for end in (first % step..page.len()).step_by(step) {
            try_page(&page.as_bytes()[..end]);
        }
    }
}

#[test]
fn pages_without_one_line_give_an_error_or_a_tree() {
    for page in pages() {
        let lines: Vec<&str> = page.lines().collect();
        for gone in 0..lines.len() {
            let rest: Vec<&str> = lines
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != gone)
                .map(|(_, line)| *line)
                .collect();
            try_page(rest.join("\n").as_bytes());
        }
    }
}

#[test]
fn pages_with_one_line_repeated_give_an_error_or_a_tree() {
    for page in pages() {
        let lines: Vec<&str> = page.lines().collect();
        for again in 0..lines.len() {
            let mut more = lines.clone();
            more.insert(again, lines[again]);
            try_page(more.join("\r\n").as_bytes());
        }
    }
}

#[test]
fn deep_samples_are_an_error() {
    let deep = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let page = format!(
        "# made.up.things.get\n\n# Response Struct\n\n| Name | Type |\n| --- | --- |\n| a | Object |\n\n# Response\n\n```json\n{deep}\n```\n"
    );
    let error = read::page("deep.md", page.as_bytes(), "2026-01-01").expect_err("too deep");
    assert!(
        error
            .to_string()
            .starts_with("cannot read the page deep.md, line 12: found"),
        "{error}"
    );
}

#[test]
fn deep_rows_stay_within_the_stack() {
    let rows: String = (0..3_000)
        .map(|level| {
            format!(
                "| {}└ part_{level} | Object |\n",
                "&nbsp;".repeat(level % 90)
            )
        })
        .collect();
    try_page(
        format!(
            "# made.up.things.get\n\n# Response Struct\n\n| Name | Type |\n| --- | --- |\n{rows}"
        )
        .as_bytes(),
    );
    let rows: String = (0..3_000)
        .map(|level| format!("part_{level}\nObject\nx\n"))
        .collect();
    try_page(
        format!("POST\nmade.up.things.get\nResponse Parameters\nName\nType\nDescription\n{rows}")
            .as_bytes(),
    );
}

/// A page with one row, and `lines` repeated `count` times below its last heading.
fn page_above(lines: &str, count: usize) -> String {
    let head = "# made.up.things.get\n\n# Response Struct\n\n| Name | Type |\n| --- | --- |\n| a | Object |\n\n# Words\n";
    format!("{head}{}", lines.repeat(count))
}

/// Searching the rest of the page once per line would take many minutes for each of these texts.
#[test]
fn long_texts_below_the_last_table_take_proportional_time() {
    let texts = [
        "name\nString\nwords about it\n",
        "• └ x\n• String\nwords\n",
        "{}\nwords\nmore\n",
        "<a>1</a>\nwords\nmore\n",
        "<br>\n<?pi?>\nwords\n",
        "```\nwords\n```\n",
        "<?pi?>\n",
        "<item/>\n<!--\n",
        "<item/>\n</b>\n",
        "<item/>\nwords <b\n",
    ];
    for text in texts {
        let page = page_above(text, 7_000) + "-->\nwords\n";
        let table = read::page("long.md", page.as_bytes(), "2026-01-01").unwrap();
        assert_eq!(table.response.len(), 1, "{text}");
    }
}

/// The end of a table is recognised by two lines. Searching for the second one from every blank line would take many
/// minutes.
#[test]
fn blank_lines_between_cells_take_proportional_time() {
    let page = format!(
        "made.up.things.get\nResponse Parameters\nName\nType\nDescription\nid\nString\nwords\n{}fee\nString\nwords\n",
        "\n".repeat(100_000)
    );
    let table = read::page("long.txt", page.as_bytes(), "2026-01-01").unwrap();
    let names: Vec<_> = table.response.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["id", "fee"]);
}

#[test]
fn a_sample_that_continues_without_an_element_is_an_error() {
    let page = page_above("<?pi?><!--\n", 7_000) + "-->\n";
    let error = read::page("long.md", page.as_bytes(), "2026-01-01").unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read the page long.md, line 10: found an XML sample that cannot be read (syntax error: comment not closed: \
         `-->` not found before end of input); wanted well-formed XML"
    );
}

/// The same for long texts on a single line.
#[test]
fn long_lines_take_proportional_time() {
    for text in ["<", "< ", "<b ", "</", "[x](", "&", "](", "| ", "{\"a\":"] {
        let line = format!("| b | String | {}> |", text.repeat(30_000));
        let page =
            page_above(&line, 1).replace("| a | Object |\n", &format!("| a | Object |\n{line}\n"));
        let table = read::page("long.md", page.as_bytes(), "2026-01-01").unwrap();
        assert_eq!(table.response.len(), 2, "{text}");
    }
}

#[test]
fn many_parameters_are_one_call_and_too_many_calls_are_an_error() {
    let demo = |lines: String| {
        let page = page_above("# Demo code\n\n```java\n", 1) + &lines + "```\n";
        read::page("long.md", page.as_bytes(), "2026-01-01")
    };
    let parameter =
        |name: usize, value: usize| format!("request.addApiParameter(\"a{name}\", \"{value}\");\n");
    let one_call = demo((0..30_000).map(|name| parameter(name, 1)).collect());
    assert_eq!(one_call.unwrap().samples.len(), 1);
    let error = demo((0..30_000).map(|value| parameter(1, value)).collect()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read the page long.md, line 113: found one more sample than 100; wanted the page of one API"
    );
}

#[test]
fn a_demo_whose_variables_expand_exponentially_is_skipped() {
    let mut demo =
        "ThingRequest req = new ThingRequest();\nThing t0 = new Thing();\nt0.setName(\"n\");\n"
            .to_owned();
    for level in 1..30 {
        let below = level - 1;
        demo += &format!(
            "Thing t{level} = new Thing();\nt{level}.setOne(t{below});\nt{level}.setTwo(t{below});\n"
        );
    }
    let page = page_above("# Demo code\n\n```java\n", 1) + &demo + "req.setThing(t29);\n```\n";
    let table = read::page("long.md", page.as_bytes(), "2026-01-01").unwrap();
    assert!(table.samples.is_empty());
    assert_eq!(
        table.unread[0].message,
        "reading the demo's request \"req\": found variables that hold each other without end; wanted a call as JSON \
         of at most 1048576 bytes"
    );
}
