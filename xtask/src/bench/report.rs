//! docs/benchmarks.md: one section per table; sections that were not measured stay unchanged.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

const HEAD: &str = "# Benchmarks

Written by `cargo xtask bench`, without options and with `--compile`, `--call`, `--sandbox`, `--decode` and \
 `--first-order`; do not edit.
`order_get` is the sample of aliexpress.trade.ds.order.get, `order_info` that of aliexpress.solution.order.info.get, with 1 and with 20 child orders.
Instructions are counted by callgrind as the difference between two numbers of iterations.
";

/// Figures with their floor.
pub(super) struct Table {
    title: &'static str,
    about: &'static str,
    lines: Vec<String>,
}

impl Table {
    pub(super) fn new(title: &'static str, about: &'static str, columns: &[&str]) -> Self {
        let rule = columns.iter().map(|_| "---").collect::<Vec<_>>();
        Self {
            title,
            about,
            lines: vec![line(columns), line(&rule)],
        }
    }

    /// A line: the floor, then each figure with its ratio to the floor.
    pub(super) fn row(
        &mut self,
        name: &str,
        size: impl Into<Option<u64>>,
        floor: u64,
        figures: &[u64],
    ) {
        let mut cells = vec![name.to_owned()];
        cells.extend(size.into().map(grouped));
        cells.push(grouped(floor));
        for figure in figures {
            cells.push(grouped(*figure));
            cells.push(format!("{:.2}", *figure as f64 / floor as f64));
        }
        self.lines.push(line(&cells));
    }

    /// A line without a floor.
    pub(super) fn cells(&mut self, cells: &[&str]) {
        self.lines.push(line(cells));
    }

    pub(super) fn text(&self) -> String {
        format!(
            "## {}\n\n{}\n\n{}\n",
            self.title,
            self.about,
            self.lines.join("\n")
        )
    }
}

/// Replaces the sections of these tables in the report.
pub(super) fn write(path: &Path, tables: &[Table]) -> anyhow::Result<()> {
    let old = fs::read_to_string(path).unwrap_or_default();
    let mut sections: Vec<String> = old
        .split("\n## ")
        .skip(1)
        .map(|section| format!("## {}\n", section.trim_end()))
        .collect();
    for table in tables {
        let start = format!("## {}\n", table.title);
        match sections
            .iter_mut()
            .find(|section| section.starts_with(&start))
        {
            Some(section) => *section = table.text(),
            None => sections.push(table.text()),
        }
    }
    let report = format!("{HEAD}\n{}", sections.join("\n"));
    fs::write(path, report).with_context(|| format!("writing {}", path.display()))
}

fn line(cells: &[impl AsRef<str>]) -> String {
    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
    format!("| {} |", cells.join(" | "))
}

/// A number with separated thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_that_were_not_measured_are_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("benchmarks.md");
        let mut first = Table::new("First", "About.", &["a", "floor", "it", "of the floor"]);
        first.row("x", None, 1000, &[1500]);
        let second = Table::new("Second", "About.", &["b"]);
        write(&path, &[first, second]).unwrap();
        let mut again = Table::new("First", "About.", &["a", "floor", "it", "of the floor"]);
        again.row("x", None, 1000, &[1_234_567]);
        write(&path, &[again]).unwrap();
        let report = fs::read_to_string(&path).unwrap();
        assert_eq!(
            report.strip_prefix(HEAD).unwrap(),
            "\n## First\n\nAbout.\n\n| a | floor | it | of the floor |\n| --- | --- | --- | --- |\n\
             | x | 1 000 | 1 234 567 | 1234.57 |\n\n## Second\n\nAbout.\n\n| b |\n| --- |\n"
        );
    }
}
