//! Generated error tables in every layout: if the page shows which cells are codes, they are read exactly; otherwise
//! each code that may be wrong is reported.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fmt::Write as _;

use pages::read;

/// How the codes of a table are written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Codes {
    Shouted,
    Dotted,
    Dashed,
    Numbers,
    Humped,
    Words,
    /// In capitals, with dots and with dashes.
    Mixed,
    /// With dots, and one that is a plain word.
    WithWord,
}

const CODES: [Codes; 7] = [
    Codes::Shouted,
    Codes::Dotted,
    Codes::Numbers,
    Codes::Humped,
    Codes::Words,
    Codes::Mixed,
    Codes::WithWord,
];

const WORDS: [&str; 8] = [
    "Order", "Address", "Currency", "Voucher", "Parcel", "Seller", "Stock", "Buyer",
];

impl Codes {
    fn code(self, at: usize) -> String {
        let word = WORDS[at % WORDS.len()];
        let small = word.to_lowercase();
        match self {
            Self::Shouted => format!("{}_INVALID_{at}", word.to_uppercase()),
            Self::Dotted => format!("isv.{small}-invalid-{}", "abc".repeat(1 + at / 8)),
            Self::Dashed => format!("F00-00-{}-{:03}", 10_007 + at / 10, at),
            Self::Numbers => (15 + at).to_string(),
            Self::Humped => format!("{word}Invalid{}", WORDS[at / 8 % 8].repeat(1 + at / 64)),
            Self::Words => format!("{word}{}", "ly".repeat(at / 8)),
            Self::Mixed => [Self::Shouted, Self::Dotted, Self::Dashed][at % 3].code(at),
            Self::WithWord if at == 1 => "Timeout".to_owned(),
            Self::WithWord => Self::Dotted.code(at),
        }
    }
}

/// The contents of the cell next to the code.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Words {
    None,
    Repeats,
    Sentence,
    Chinese,
    Word,
    /// Only in every second row.
    Sometimes,
    Code,
}

impl Words {
    fn text(self, at: usize, code: &str) -> Option<String> {
        let about = WORDS[(at + 3) % WORDS.len()].to_lowercase();
        match self {
            Self::None => None,
            Self::Repeats => Some(code.to_owned()),
            Self::Sentence => Some(format!("Please check the {about}, or call us")),
            Self::Chinese => Some("请检查 参数".to_owned()),
            Self::Word => Some(["Retry", "Ignore", "Invalid", "Expired"][at % 4].to_owned()),
            Self::Code => Some(format!("{}_BAD_{at}", about.to_uppercase())),
            Self::Sometimes => at.is_multiple_of(2).then(|| format!("The {about} is bad")),
        }
    }
}

const CELLS: [(Words, Words); 13] = [
    (Words::Code, Words::Sentence),
    (Words::None, Words::None),
    (Words::Repeats, Words::None),
    (Words::Sentence, Words::None),
    (Words::Chinese, Words::None),
    (Words::Word, Words::None),
    (Words::Sometimes, Words::None),
    (Words::Repeats, Words::Sentence),
    (Words::Sentence, Words::Sentence),
    (Words::Chinese, Words::Chinese),
    (Words::Repeats, Words::Word),
    (Words::Sentence, Words::Word),
    (Words::Repeats, Words::Sometimes),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Layout {
    Flattened,
    Spaced,
    Bullets,
    Lines,
    Markdown,
}

const LAYOUTS: [Layout; 5] = [
    Layout::Flattened,
    Layout::Spaced,
    Layout::Bullets,
    Layout::Lines,
    Layout::Markdown,
];

impl Layout {
    fn page(self, rows: &[[String; 3]]) -> String {
        let filled = |row: &[String; 3], between: &str| -> String {
            let cells: Vec<_> = row
                .iter()
                .filter(|cell| !cell.is_empty())
                .cloned()
                .collect();
            cells.join(between)
        };
        let rows = rows.iter().map(|row| match self {
            Self::Flattened => filled(row, "\n"),
            Self::Spaced => row.join("\n"),
            Self::Bullets => format!("  • {}", filled(row, "\n  • ")),
            Self::Lines => filled(row, " "),
            Self::Markdown => format!("| {} |", row.join(" | ").replace('_', "\\_")),
        });
        let rows: String = rows.map(|row| row + "\n").collect();
        match self {
            Self::Flattened | Self::Spaced => format!(
                "made.up.things.get\nResponse Parameters\nName\nType\nDescription\na\nString\nwords\nError code\n\
                 Error code\nError message\nSolution\n{rows}GET/POST\nmade.up.things.get\n"
            ),
            Self::Bullets | Self::Lines => format!(
                "made.up.things.get\n\n响应参数\n\n名称 类型 示例值 描述\na String b words\n\n错误码解释\n\n\
                 错误码 错误描述 解决方案\n{rows}\nAPI工具\n"
            ),
            Self::Markdown => format!(
                "# made.up.things.get\n\n# Response Struct\n\n| Name | Type |\n| --- | --- |\n| a | String |\n\n\
                 # ERROR CODE\n\n|  |  |  |\n| --- | --- | --- |\n| Error code | Error message | Solution |\n{rows}\n"
            ),
        }
    }
}

#[derive(PartialEq)]
enum Outcome {
    Exact,
    Reported,
    Wrong,
}

fn outcome(
    layout: Layout,
    codes: Codes,
    (message, solution): (Words, Words),
    count: usize,
) -> Outcome {
    let row = |at: usize| {
        let code = codes.code(at);
        let cell = |words: Words| words.text(at, &code).unwrap_or_default();
        [code.clone(), cell(message), cell(solution)]
    };
    let rows: Vec<_> = (0..count).map(row).collect();
    let page = layout.page(&rows);
    let table = read::page("made.txt", page.as_bytes(), "2026-01-01").unwrap();
    let wanted: Vec<_> = rows.iter().map(|row| row[0].as_str()).collect();
    let read: Vec<_> = table
        .error_codes
        .iter()
        .map(|code| code.code.as_str())
        .collect();
    if read == wanted && table.unread.is_empty() {
        return Outcome::Exact;
    }
    // A wrong code must be on a reported line.
    let reported: Vec<usize> = table.unread.iter().map(|unread| unread.line).collect();
    let unreported = |code: &&pages::table::ErrorCode| !reported.contains(&code.line);
    let extra = table
        .error_codes
        .iter()
        .filter(unreported)
        .any(|code| !wanted.contains(&code.code.as_str()));
    let lines: Vec<_> = page.lines().collect();
    let is_reported = |code: &str| reported.iter().any(|line| lines[line - 1].contains(code));
    let lost = wanted
        .iter()
        .any(|code| !read.contains(code) && !is_reported(code));
    if extra || lost {
        Outcome::Wrong
    } else {
        Outcome::Reported
    }
}

#[test]
fn codes_that_a_page_does_not_show_are_reported() {
    let mut open = String::new();
    for layout in LAYOUTS {
        for codes in CODES {
            for cells in CELLS {
                let outcomes =
                    [1, 2, 3, 12].map(|count| match outcome(layout, codes, cells, count) {
                        Outcome::Exact => ".",
                        Outcome::Reported => "t",
                        Outcome::Wrong => {
                            panic!("{layout:?}, {codes:?} with {cells:?}, {count} rows")
                        }
                    });
                if outcomes.contains(&"t") {
                    let _ = writeln!(open, "{} {layout:?} {codes:?} {cells:?}", outcomes.concat());
                }
            }
        }
    }
    // The tables of 1, 2, 3 and 12 rows whose pages do not show which cells are codes; all others are read exactly.
    insta::assert_snapshot!(open);
}

#[test]
fn long_error_tables_are_read_exactly() {
    for layout in LAYOUTS {
        for cells in CELLS {
            let is_exact = outcome(layout, Codes::Shouted, cells, 200) == Outcome::Exact;
            assert!(is_exact, "{layout:?} {cells:?}");
        }
    }
    let cells = (Words::Repeats, Words::Sentence);
    assert!(outcome(Layout::Flattened, Codes::Shouted, cells, 5_000) == Outcome::Exact);
}
