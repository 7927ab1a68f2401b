//! Time and memory of reading and resolving made-up pages, small and large, in each layout: `cargo bench -p pages`.

#[path = "../tests/made/mod.rs"]
mod made;

use std::time::Instant;

use made::draw::{Layout, page};
use made::{Api, Field, Habits, Kind, count};
use pages::read;
use pages::resolve::{Decisions, Model, resolve};

fn main() {
    println!(
        "layout      rows     page KB   read ms   resolve ms   us per row   peak KB   bytes per row"
    );
    for layout in [Layout::Flattened, Layout::Markdown, Layout::Bullets] {
        for rows in [350, 3_500, 35_000, 100_000] {
            measure(layout, rows);
        }
    }
}

fn measure(layout: Layout, rows: usize) {
    let api = Api {
        name: "made.up.things.get".to_owned(),
        request: Vec::new(),
        response: vec![object("result", rows - 1)],
    };
    let rows = count(&api.response);
    let text = page(&api, layout, Habits::default());
    let start = Instant::now();
    let table =
        read::page("made.txt", text.as_bytes(), "2026-01-01").expect("the page can be read");
    let read = start.elapsed();
    let tree = resolve(&table, &Decisions::default(), &Model::default())
        .expect("the table can be resolved");
    let resolve_time = start.elapsed() - read;
    assert_eq!(pages::tree::Tree::documented(&tree.response), rows);
    let total = (read + resolve_time).as_secs_f64();
    drop((table, tree));
    // Once more, for counting allocations takes time.
    let heap = allocation_counter::measure(|| {
        let table = read::page("made.txt", text.as_bytes(), "2026-01-01");
        let tree = table.map(|table| resolve(&table, &Decisions::default(), &Model::default()));
        drop(std::hint::black_box(tree));
    });
    println!(
        "{:<10} {rows:>6} {:>10} {:>9.1} {:>12.1} {:>12.2} {:>9} {:>15}",
        format!("{layout:?}"),
        text.len() / 1024,
        read.as_secs_f64() * 1e3,
        resolve_time.as_secs_f64() * 1e3,
        total * 1e6 / f64::from(u32::try_from(rows).unwrap_or(u32::MAX)),
        heap.bytes_max / 1024,
        heap.bytes_max / rows as u64,
    );
}

/// An object of about `rows` rows: amounts of money, scalars, and parts of the same kind within.
fn object(name: &str, rows: usize) -> Field {
    let mut children = Vec::new();
    let mut left = rows;
    let mut number = 0;
    while left > 0 {
        number += 1;
        let field = match left {
            40.. if number % 4 == 0 => object(&format!("part_{number}"), (left / 3).min(2_000)),
            4.. if number % 4 == 2 => money(&format!("amount_{number}")),
            _ => scalar(&format!("field_{number}")),
        };
        left -= count(std::slice::from_ref(&field)).min(left);
        children.push(field);
    }
    Field {
        name: name.to_owned(),
        kind: Kind::Object,
        list: false,
        required: false,
        shown: true,
        children,
    }
}

fn money(name: &str) -> Field {
    let children = vec![scalar("amount"), scalar("currency_code")];
    Field {
        name: name.to_owned(),
        kind: Kind::Object,
        list: false,
        required: false,
        shown: true,
        children,
    }
}

fn scalar(name: &str) -> Field {
    Field {
        name: name.to_owned(),
        kind: Kind::Text,
        list: false,
        required: false,
        shown: true,
        children: Vec::new(),
    }
}
