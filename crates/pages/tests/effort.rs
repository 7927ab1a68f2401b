//! The work of the search for lost nesting is proportional to the rows, and small.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod made;

use made::draw::{Layout, page};
use made::{Habits, large};
use pages::read;
use pages::resolve::{Effort, Model, effort};

fn of(layout: Layout, rows: usize) -> Effort {
    let text = page(&large::api(rows), layout, Habits::default());
    let table = read::page("made.txt", text.as_bytes(), "2026-01-01").unwrap();
    effort(&table, &Model::default()).unwrap()
}

/// Checks that each count is at most this many per row, for pages of `rows` rows.
fn check(rows: usize) {
    for layout in [Layout::Flattened, Layout::Markdown, Layout::Bullets] {
        let effort = of(layout, rows);
        println!("{layout:?} {rows}: {effort:?}");
        let per_row = |count: usize| count / rows;
        assert!(
            per_row(effort.places) <= 250,
            "{layout:?} {rows}: {effort:?}"
        );
        assert!(
            per_row(effort.open) <= 1800,
            "{layout:?} {rows}: {effort:?}"
        );
        assert!(
            per_row(effort.compared) <= 64,
            "{layout:?} {rows}: {effort:?}"
        );
    }
}

#[test]
fn a_small_page_takes_little_work() {
    check(350);
}

#[test]
fn a_page_ten_times_as_long_takes_no_more_work_per_row() {
    check(3_500);
}
