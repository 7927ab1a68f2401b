//! Reads what a name cell shows about its row's depth: marks such as `◎`, or indentation before a `└`.

use super::page::{is_blank, is_invisible};
use crate::table::Depth;

/// A name cell, split into its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameCell {
    /// The text after the marks.
    pub name: String,
    /// The mark or indentation before the name.
    pub lead: Lead,
}

/// The mark or indentation before a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lead {
    /// Blanks before the mark or the name.
    indent: usize,
    /// Whether it has a `└` or a similar mark.
    branch: bool,
    /// The level of a round mark.
    mark: Option<usize>,
}

impl Lead {
    /// Whether a `└` or a similar mark is before the name.
    pub(crate) fn is_branch(self) -> bool {
        self.branch
    }

    /// Whether it has a `└` with blanks before it.
    pub(crate) fn is_indented(self) -> bool {
        self.branch && self.indent > 0
    }
}

/// Splits `cell` into its parts. Its markup must be removed already, but not its leading blanks.
pub(crate) fn name_cell(cell: &str) -> NameCell {
    let mut lead = Lead {
        indent: 0,
        branch: false,
        mark: None,
    };
    let mut rest = cell.chars().filter(|&c| !is_invisible(c)).peekable();
    while let Some(&c) = rest.peek() {
        match c {
            c if is_blank(c) => lead.indent += usize::from(!lead.branch && lead.mark.is_none()),
            '└' | '├' | '│' | '─' | '┣' | '┗' | '┖' | '|' => lead.branch = true,
            '-' | '>' | '»' | '›' | '+' => lead.branch |= lead.indent > 0,
            c if c.is_alphanumeric() || matches!(c, '_' | '$' | '@') => break,
            c if c.is_ascii() => break,
            c => lead.mark = Some(mark_level(c).max(lead.mark.map_or(0, |level| level + 1))),
        }
        rest.next();
    }
    let name: String = rest.collect();
    NameCell {
        name: without_note(&name).to_owned(),
        lead,
    }
}

/// The level that a mark means. Unknown marks mean levels below the known ones.
fn mark_level(mark: char) -> usize {
    match mark {
        '◉' => 0,
        '◎' => 1,
        '○' => 2,
        _ => 3,
    }
}

/// A name without a trailing asterisk or note in brackets.
fn without_note(name: &str) -> &str {
    let end = name.find(['(', '（', '*', ':', '：']).unwrap_or(name.len());
    name[..end].trim_matches(is_blank)
}

/// The depths of a table's rows, from all its name cells together.
///
/// A round mark gives the level. Indentation gives the exact level, unless every `└` has the same indentation although
/// some of those rows are objects. In that case a `└` shows only that its row is not at the top.
pub(crate) fn depths(leads: &[Lead], is_container: &[bool]) -> Vec<Depth> {
    let has_marks = leads.iter().any(|lead| lead.mark.is_some());
    let has_branches = leads.iter().any(|lead| lead.branch);
    let has_indents = leads.iter().any(|lead| lead.indent > 0);
    // In a table with round marks, a `└` without indentation shows no depth.
    if has_marks && !(has_branches && has_indents) {
        return leads
            .iter()
            .map(|lead| lead.mark.map_or(Depth::Unsaid, Depth::Mark))
            .collect();
    }
    if !has_branches && !has_indents {
        return vec![Depth::Unsaid; leads.len()];
    }
    if !has_indents && only_leaves_branch(leads, is_container) {
        let depth = |(lead, &is_container): (&Lead, &bool)| match (lead.branch, is_container) {
            (true, _) => Depth::AtLeast(1),
            // Like a mark, the missing `└` only proposes a depth; the sample may show the object deeper.
            (false, true) => Depth::Mark(0),
            (false, false) => Depth::Exact(0),
        };
        return leads.iter().zip(is_container).map(depth).collect();
    }
    let width = |lead: &Lead| lead.indent + usize::from(lead.branch) + lead.mark.unwrap_or(0);
    if is_flat(leads, is_container, width) {
        return leads
            .iter()
            .map(|lead| {
                if width(lead) == 0 {
                    Depth::Exact(0)
                } else {
                    Depth::AtLeast(1)
                }
            })
            .collect();
    }
    let mut open: Vec<usize> = Vec::new();
    let mut level = |lead: &Lead| {
        let width = width(lead);
        while open.last().is_some_and(|&last| last >= width) {
            open.pop();
        }
        open.push(width);
        Depth::Exact(open.len() - 1)
    };
    leads.iter().map(&mut level).collect()
}

/// Whether no object has a `└`, at any depth, and only leaves have one.
fn only_leaves_branch(leads: &[Lead], is_container: &[bool]) -> bool {
    let mut rows = leads.iter().zip(is_container);
    rows.all(|(lead, &is_container)| !(lead.branch && is_container))
}

/// Whether all indented rows have the same indentation although some of them are objects with rows below.
fn is_flat(leads: &[Lead], is_container: &[bool], width: impl Fn(&Lead) -> usize) -> bool {
    let mut widths = leads.iter().map(&width).filter(|&width| width > 0);
    let first = widths.next();
    let alike = first.is_some_and(|first| widths.all(|width| width == first));
    let holds_rows = (1..leads.len())
        .any(|at| is_container[at - 1] && width(&leads[at - 1]) > 0 && width(&leads[at]) > 0);
    alike && holds_rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cells: &[&str], expected: &[Depth]) {
        let leads: Vec<_> = cells.iter().map(|cell| name_cell(cell).lead).collect();
        let containers: Vec<_> = cells.iter().map(|cell| cell.contains("obj")).collect();
        assert_eq!(depths(&leads, &containers), expected);
    }

    #[test]
    fn marks_show_their_level() {
        check(
            &["◉obj", "a", "◎ obj", "○b"],
            &[
                Depth::Mark(0),
                Depth::Unsaid,
                Depth::Mark(1),
                Depth::Mark(2),
            ],
        );
    }

    #[test]
    fn indentation_shows_the_exact_level() {
        check(
            &["obj", "\u{a0}└ obj", "\u{a0}\u{a0}└ a", "\u{a0}└ b", "c"],
            &[0, 1, 2, 1, 0].map(Depth::Exact),
        );
    }

    #[test]
    fn branches_without_indentation_show_only_a_minimum_level() {
        check(
            &["obj", "└ obj", "└ a"],
            &[Depth::Exact(0), Depth::AtLeast(1), Depth::AtLeast(1)],
        );
    }
}
