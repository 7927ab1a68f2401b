//! Time and memory of reading and resolving made-up pages, small and large, in each layout: `cargo bench -p pages`.
//!
//! The floor is the time that reading the page takes, which is linear: rows are found in the text, without a decision
//! on nesting. Each figure is the lowest of several runs. `cargo bench -p pages -- Flattened 350` measures one page.

#[path = "../tests/made/mod.rs"]
mod made;

use std::hint::black_box;
use std::time::{Duration, Instant};

use made::draw::{Layout, page};
use made::{Habits, count, large};
use pages::read;
use pages::resolve::{Decisions, Model, resolve};
use pages::tree::Tree;

/// Small pages are measured until this many rows were read.
const ROWS_MEASURED: usize = 7_000;

fn main() {
    let only: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |layout: Layout, rows: usize| {
        let mut words = only.iter().filter(|word| !word.starts_with("--"));
        words.all(|word| *word == format!("{layout:?}") || *word == rows.to_string())
    };
    println!(
        "layout      rows  page KB   read ms  resolve ms  over the floor  resolve us per row  of that at 350  peak KB"
    );
    for layout in [Layout::Flattened, Layout::Markdown, Layout::Bullets] {
        let mut first = None;
        for rows in [350, 3_500, 35_000, 100_000] {
            if is_wanted(layout, rows) {
                let per_row = measure(layout, rows, first);
                first = first.or(Some(per_row));
            }
        }
    }
}

/// Measures one page. Returns the microseconds that resolving a row takes; `first` is the figure of a small page, to
/// compare with.
fn measure(layout: Layout, rows: usize, first: Option<f64>) -> f64 {
    let api = large::api(rows);
    let rows = count(&api.response);
    let text = page(&api, layout, Habits::default());
    let mut least = [Duration::MAX; 2];
    for _ in 0..(ROWS_MEASURED / rows).max(1) {
        let start = Instant::now();
        let table =
            read::page("made.txt", text.as_bytes(), "2026-01-01").expect("the page can be read");
        let read = start.elapsed();
        let tree = resolve(&table, &Decisions::default(), &Model::default())
            .expect("the table can be resolved");
        least = [
            least[0].min(read),
            least[1].min(start.elapsed().saturating_sub(read)),
        ];
        assert_eq!(Tree::documented(&tree.response), rows);
    }
    // In a separate run, because counting allocations takes time.
    let heap = allocation_counter::measure(|| {
        let table = read::page("made.txt", text.as_bytes(), "2026-01-01");
        let tree = table.map(|table| resolve(&table, &Decisions::default(), &Model::default()));
        drop(black_box(tree));
    });
    let [read, resolve] = least.map(|time| time.as_secs_f64() * 1e3);
    let per_row = resolve * 1e3 / f64::from(u32::try_from(rows).unwrap_or(u32::MAX));
    println!(
        "{:<10} {rows:>6} {:>8} {read:>9.1} {resolve:>11.1} {:>15.1} {per_row:>19.1} {:>15.2} {:>8}",
        format!("{layout:?}"),
        text.len() / 1024,
        resolve / read,
        per_row / first.unwrap_or(per_row),
        heap.bytes_max / 1024,
    );
    per_row
}
