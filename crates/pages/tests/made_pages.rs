//! Generated APIs, written as pages in every layout, are read back unchanged.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod made;

use made::draw::{Layout, page, type_text};
use made::{Api, Field, Habits, Kind, Shallow, count};
use pages::read;
use pages::resolve::{Decisions, Model, resolve};
use pages::tree::{Node, Tree};
use proptest::prelude::*;

/// A tree as text for comparison, one line per field.
fn lines(nodes: &[Node], depth: usize, out: &mut Vec<String>) {
    for node in nodes
        .iter()
        .filter(|node| !node.name.starts_with("zz_extra"))
    {
        let documented = node.documented.as_deref().unwrap_or("-");
        out.push(format!(
            "{}{} {documented} {:?} {}",
            "  ".repeat(depth),
            node.name,
            node.required,
            node.list
        ));
        lines(&node.children, depth + 1, out);
    }
}

fn wanted(
    fields: &[Field],
    habits: Habits,
    layout: Layout,
    request: bool,
    depth: usize,
    out: &mut Vec<String>,
) {
    for field in fields {
        let documented = type_text(field, habits, layout);
        let required = request.then_some(field.required);
        out.push(format!(
            "{}{} {documented} {required:?} {}",
            "  ".repeat(depth),
            field.name,
            field.list
        ));
        wanted(&field.children, habits, layout, request, depth + 1, out);
    }
}

fn tree_of(text: &str) -> Result<Tree, String> {
    let table =
        read::page("made.txt", text.as_bytes(), "2026-01-01").map_err(|error| error.to_string())?;
    resolve(&table, &Decisions::default(), &Model::default()).map_err(|error| format!("{error:#}"))
}

fn check(api: &Api, layout: Layout, habits: Habits) -> Result<(), TestCaseError> {
    let text = page(api, layout, habits);
    let tree = tree_of(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
    for (nodes, fields, request) in [
        (&tree.request, &api.request, true),
        (&tree.response, &api.response, false),
    ] {
        let (mut got, mut want) = (Vec::new(), Vec::new());
        lines(nodes, 0, &mut got);
        wanted(fields, habits, layout, request, 0, &mut want);
        if got != want {
            let (got, want) = (got.join("\n"), want.join("\n"));
            return Err(TestCaseError::fail(format!(
                "found\n{got}\nwanted\n{want}\n{text}\n{:#?}",
                tree.findings
            )));
        }
        prop_assert_eq!(Tree::documented(nodes), count(fields));
    }
    Ok(())
}

const NAMES: [&str; 24] = [
    "id",
    "name",
    "amount",
    "currency_code",
    "status",
    "items",
    "gmt_create",
    "order_list",
    "result",
    "type",
    "code",
    "data",
    "is_phone",
    "fee",
    "address2",
    "sku_code",
    "number",
    "price",
    "memo",
    "success",
    "date",
    "error_code",
    "string",
    "info",
];

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![4 => Just(Kind::Text), 3 => Just(Kind::Number), 1 => Just(Kind::Boolean), 1 => Just(Kind::Date)]
}

fn leaf() -> impl Strategy<Value = Field> {
    (
        0..NAMES.len(),
        kind(),
        prop::bool::weighted(0.1),
        any::<bool>(),
    )
        .prop_map(|(name, kind, list, required)| Field {
            name: NAMES[name].to_owned(),
            kind,
            list,
            required,
            shown: true,
            children: Vec::new(),
        })
}

fn unique(mut fields: Vec<Field>) -> Vec<Field> {
    let mut seen = std::collections::BTreeSet::new();
    fields.retain(|field| seen.insert(field.name.clone()));
    fields
}

fn field() -> impl Strategy<Value = Field> {
    leaf().prop_recursive(8, 80, 4, |inner| {
        (
            0..NAMES.len(),
            prop::collection::vec(inner, 1..6),
            prop::bool::weighted(0.3),
            any::<bool>(),
        )
            .prop_map(|(name, children, list, required)| Field {
                name: NAMES[name].to_owned(),
                kind: Kind::Object,
                list,
                required,
                shown: true,
                children: unique(children),
            })
    })
}

fn api() -> impl Strategy<Value = Api> {
    (
        prop::collection::vec(field(), 0..4),
        prop::collection::vec(field(), 1..5),
    )
        .prop_map(|(request, response)| Api {
            name: "made.up.things.get".to_owned(),
            request: unique(request),
            response: unique(response),
        })
}

fn habits() -> impl Strategy<Value = Habits> {
    let bools = prop::collection::vec(prop::bool::weighted(0.3), 14);
    (0..60_usize, bools).prop_map(|(way, on)| Habits {
        way,
        chinese: on[0],
        escaped: on[1],
        codes: on[2],
        simplified: on[3],
        unwrapped: on[4],
        texts: on[5],
        shuffled: on[6],
        unfenced: on[7],
        indented: on[8],
        misindented: false,
        hollow: false,
        shallow: Shallow::some(on[9]),
        ragged: on[10],
        overstated: on[11],
        limits: on[12],
        extra: on[13],
    })
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(200);
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Removes some fields from samples, with all their children. Lists are kept, so that only the place of a field is in
/// doubt.
fn hide(fields: &mut [Field], pick: &mut impl FnMut() -> bool) {
    for field in fields {
        if !field.list && pick() {
            field.hide();
        } else {
            hide(&mut field.children, pick);
        }
    }
}

/// True in every `nth` case.
fn every(nth: usize) -> impl FnMut() -> bool {
    let mut count = 0;
    move || {
        count += 1;
        count % nth == 0
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn depth_that_the_page_shows_needs_no_sample(mut api in api(), habits in habits(), nth in 1..6_usize) {
        let habits = Habits { indented: true, overstated: false, ..habits };
        hide(&mut api.response, &mut every(nth));
        hide(&mut api.request, &mut every(nth + 1));
        check(&api, Layout::Markdown, habits)?;
        check(&api, Layout::Bullets, habits)?;
    }

    #[test]
    fn rows_that_no_sample_shows_are_kept(mut api in api(), habits in habits(), nth in 1..6_usize) {
        hide(&mut api.response, &mut every(nth));
        for layout in [Layout::Flattened, Layout::Markdown, Layout::Bullets] {
            // Without a sample, a field called "number" cannot be distinguished from a type, next to codes and missing
            // cells.
            let codes = habits.codes && layout != Layout::Flattened;
            let tree = tree_of(&page(&api, layout, Habits { codes, ..habits })).map_err(TestCaseError::fail)?;
            prop_assert_eq!(Tree::documented(&tree.request), count(&api.request));
            prop_assert_eq!(Tree::documented(&tree.response), count(&api.response));
        }
    }

    #[test]
    fn flattened_pages_are_read_back_unchanged(api in api(), habits in habits()) {
        check(&api, Layout::Flattened, habits)?;
    }

    #[test]
    fn markdown_pages_are_read_back_unchanged(api in api(), habits in habits()) {
        check(&api, Layout::Markdown, habits)?;
    }

    #[test]
    fn bullet_pages_are_read_back_unchanged(api in api(), habits in habits()) {
        check(&api, Layout::Bullets, habits)?;
    }
}
