//! The weights of the search for lost nesting are as `docs/lost-nesting.md` has them.
//!
//! `UPDATE_DOCS=1 cargo test --release -p pages --test weights -- --ignored` measures them and writes the table there.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod made;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use made::draw::{Layout, page};
use made::known::{self, Absent};
use pages::document::Document;
use pages::read;
use pages::resolve::weights::TERMS;
use pages::resolve::{Decisions, Model, resolve};
use pages::root::Root;
use pages::table::FieldTable;
use pages::tree::Tree;

/// By how much a weight moves, in percent.
const MOVED: [i32; 2] = [-30, 30];
/// A weight that is not there.
const REMOVED: [i32; 1] = [-100];
/// How often each committed tree is drawn, each time with other rows absent, every other time with rare habits.
const DRAWS: u64 = 8;
/// Between a contested page and the tree that is wanted of it.
const WANTED: &str = "\n==== wanted ====\n";
const DOCS: &str = "docs/lost-nesting.md";
const HEAD: &str = "| weight | value | protects | moved | removed | drawn, moved | drawn, removed |\n|---|---|---|---|---|---|---|\n";

/// A page, with its name and what the weights as they are make of it.
struct Base {
    name: String,
    table: FieldTable,
    tree: Tree,
    /// The API that is drawn: what the catalogue knows must come from the others.
    drawn: Option<usize>,
}

/// `weight`, moved by so many percent, and by one at least.
fn moved(weight: i32, percent: i32) -> i32 {
    let by = ((weight * percent).abs() + 99) / 100;
    if percent < 0 {
        weight - by
    } else {
        weight + by
    }
}

struct Bench {
    model: Model,
    documents: Vec<Document>,
}

impl Bench {
    fn resolve(&mut self, table: &FieldTable, drawn: Option<usize>) -> Tree {
        if let Some(at) = drawn {
            self.model.catalogue.remove(&self.documents[at]);
        }
        let tree = resolve(table, &Decisions::default(), &self.model).unwrap();
        if let Some(at) = drawn {
            self.model.catalogue.add(&self.documents[at]);
        }
        tree
    }

    fn base(&mut self, name: String, table: FieldTable, drawn: Option<usize>) -> Base {
        let tree = self.resolve(&table, drawn);
        Base {
            name,
            table,
            tree,
            drawn,
        }
    }

    /// The pages whose trees change when the weight of `term` moves by any of so many percent.
    fn flipped<'p>(&mut self, term: usize, pages: &'p [Base], moves: &[i32]) -> Vec<&'p str> {
        let whole = self.model.weights.0[term];
        let mut flipped = Vec::new();
        for page in pages {
            let is_other = moves.iter().any(|percent| {
                self.model.weights.0[term] = moved(whole, *percent);
                let tree = self.resolve(&page.table, page.drawn);
                (&tree.request, &tree.response) != (&page.tree.request, &page.tree.response)
            });
            if is_other {
                flipped.push(page.name.as_str());
            }
        }
        self.model.weights.0[term] = whole;
        flipped
    }

    /// The contested pages, the made-up ones, and every committed table whose source does not show the structure.
    fn saved(&mut self, root: &Root) -> Vec<Base> {
        let mut pages = Vec::new();
        for folder in ["fixtures/contested", "fixtures/pages"] {
            for (name, table) in saved_in(&root.path().join(folder)) {
                pages.push(self.base(name, table, None));
            }
        }
        for table in FieldTable::load_all(root).unwrap() {
            if !table.shows_structure() {
                let name = format!("{}/{}", table.source, table.api);
                pages.push(self.base(name, table, None));
            }
        }
        pages
    }

    /// Pages drawn of the committed trees, with two rows in seven absent from the samples.
    fn drawn(&mut self) -> Vec<Base> {
        let mut pages = Vec::new();
        let trees = 0..self.documents.len();
        for (draw, at) in (0..DRAWS).flat_map(|draw| trees.clone().map(move |at| (draw, at))) {
            let mut api = known::api(&self.documents[at], at);
            known::leave_out(&mut api, at, draw, Absent::TwoInSeven);
            let habits = match draw % 2 {
                0 => known::habits(at),
                _ => known::rare_habits(at),
            };
            for layout in [Layout::Flattened, Layout::Markdown, Layout::Bullets] {
                let text = page(&api, layout, habits);
                let table = read::page("made.txt", text.as_bytes(), "2026-01-01").unwrap();
                pages.push(self.base(format!("{layout:?} {}", api.name), table, Some(at)));
            }
        }
        pages
    }
}

fn saved_in(folder: &Path) -> Vec<(String, FieldTable)> {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| !path.ends_with("README.md")).collect();
    files.sort();
    let mut tables = Vec::new();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let page = text.split_once(WANTED).map_or(&*text, |(page, _)| page);
        let read = read::tables(&name, page.as_bytes()).unwrap();
        tables.extend(read.into_iter().map(|table| (name.clone(), table)));
    }
    tables
}

fn named(pages: &[&str]) -> String {
    match pages {
        [] => "none".to_owned(),
        [name] => (*name).to_owned(),
        [name, others @ ..] => format!("{name} and {} more", others.len()),
    }
}

#[test]
#[ignore = "takes minutes; run it with --release after a change of terms or weights"]
fn figures_of_each_weight() {
    let root = Root::workspace();
    let documents = Document::load_all(&root).unwrap();
    let model = Model::load(&root).unwrap();
    let mut bench = Bench { model, documents };
    let saved = bench.saved(&root);
    bench.model.catalogue = <_>::default();
    for at in 0..bench.documents.len() {
        let document = bench.documents[at].clone();
        bench.model.catalogue.add(&document);
    }
    let catalogue = bench.model.catalogue.clone();
    let drawn = bench.drawn();
    let known = Model::load(&root).unwrap().catalogue;
    println!("{} pages, {} drawn ones", saved.len(), drawn.len());
    let mut out = HEAD.to_owned();
    let mut without_effect = Vec::new();
    for (at, term) in TERMS.iter().enumerate() {
        bench.model.catalogue.clone_from(&known);
        let moved = bench.flipped(at, &saved, &MOVED);
        let removed = bench.flipped(at, &saved, &REMOVED);
        bench.model.catalogue.clone_from(&catalogue);
        let drawn_moved = bench.flipped(at, &drawn, &MOVED);
        let drawn_removed = bench.flipped(at, &drawn, &REMOVED);
        if moved.is_empty() && drawn_moved.is_empty() {
            without_effect.push(term.name);
        }
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {} | {} | {} |",
            term.name,
            term.weight,
            term.protects,
            named(&moved),
            named(&removed),
            drawn_moved.len(),
            drawn_removed.len()
        );
    }
    println!("{out}");
    println!("flip nothing when moved: {without_effect:?}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        write(&root, &out);
    }
}

/// Puts `table` in the place of the one in the docs.
fn write(root: &Root, table: &str) {
    let path = root.path().join(DOCS);
    let text = fs::read_to_string(&path).unwrap();
    let start = text.find("| weight |").unwrap();
    let end = start + text[start..].find("\n\n").unwrap() + 1;
    fs::write(path, format!("{}{table}{}", &text[..start], &text[end..])).unwrap();
}

#[test]
fn the_docs_list_each_weight() {
    let path = Root::workspace().path().join(DOCS);
    let text = fs::read_to_string(path).unwrap();
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let wanted = TERMS
        .iter()
        .map(|term| format!("| `{}` | {} | {} |", term.name, term.weight, term.protects));
    for (row, wanted) in rows.iter().zip(wanted) {
        assert!(row.starts_with(&wanted), "found {row}; wanted {wanted}");
    }
    assert_eq!(rows.len(), TERMS.len());
    // What changes when the weight moves: the names of saved pages, and the number of generated ones.
    let changes_nothing = |row: &&&str| {
        let cells: Vec<&str> = row.split(" | ").collect();
        cells[3] == "none" && cells[5] == "0"
    };
    let idle: Vec<&&str> = rows.iter().filter(changes_nothing).collect();
    assert!(
        idle.is_empty(),
        "found weights that change nothing, {idle:?}; wanted them deleted"
    );
}
