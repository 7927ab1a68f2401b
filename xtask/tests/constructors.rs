//! No two parameters of a generated constructor can be swapped without an error of the compiler.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const GENERATED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../crates/models/src/generated"
);

/// The parameters of every `new` in a text: names and types.
fn constructors(text: &str) -> Vec<Vec<(&str, &str)>> {
    let lists = text.split("pub fn new(").skip(1);
    let lists = lists.map(|rest| rest.split_once(") -> Self").unwrap().0);
    lists
        .map(|list| {
            let parameters = list.split(',').map(str::trim);
            parameters
                .filter(|parameter| !parameter.is_empty())
                .map(|parameter| parameter.split_once(": ").unwrap())
                .collect()
        })
        .collect()
}

/// The kind of types that a type can be confused with: a text literal with `.into()` becomes any text type, and a
/// number becomes any number or id.
fn kind(of: &str) -> String {
    if let Some(element) = of
        .strip_prefix("Vec<")
        .and_then(|rest| rest.strip_suffix('>'))
    {
        return format!("list of {}", kind(element));
    }
    let is_text = of == "String" || of.starts_with("impl Into<");
    match of {
        _ if is_text => "text".to_owned(),
        "i64" | "u64" | "i32" | "u32" => "number".to_owned(),
        _ if of.ends_with("Id") => "number".to_owned(),
        other => other.to_owned(),
    }
}

/// Two parameters of one kind, if there are any.
fn confusable<'t>(parameters: &[(&'t str, &'t str)]) -> Option<&'t str> {
    let mut seen = BTreeSet::new();
    let again = parameters.iter().find(|(_, of)| !seen.insert(kind(of)));
    again.map(|(name, _)| *name)
}

fn visit(folder: &Path, seen: &mut dyn FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => visit(&path, seen),
            false => seen(&path, &fs::read_to_string(&path).unwrap()),
        }
    }
}

#[test]
fn no_two_parameters_of_a_constructor_can_be_swapped() {
    let (mut all, mut several) = (0, 0);
    visit(Path::new(GENERATED), &mut |path, text| {
        for parameters in constructors(text) {
            assert!(parameters.len() <= 3, "{}", path.display());
            assert_eq!(confusable(&parameters), None, "{}", path.display());
            all += 1;
            several += usize::from(parameters.len() > 1);
        }
    });
    assert!(all > 150 && several > 20, "{all} {several}");
}

#[test]
fn confusable_parameters_are_noticed() {
    for (parameters, expected) in [
        ("a: impl Into<String>, b: impl Into<OutOrderId>", Some("b")),
        ("a: ProductId, b: OrderId", Some("b")),
        ("a: ProductId, b: i64", Some("b")),
        ("a: Vec<ProductId>, b: bool, c: Vec<i64>", Some("c")),
        ("a: Vec<String>, b: impl Into<String>, c: i64", None),
        ("required: OrderRequired", None),
    ] {
        let text = format!("pub fn new({parameters}) -> Self {{}}");
        assert_eq!(
            confusable(&constructors(&text)[0]),
            expected,
            "{parameters}"
        );
    }
}
