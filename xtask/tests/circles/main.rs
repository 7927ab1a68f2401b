//! No circle between the modules of a crate.
//!
//! A circle is a set of sibling modules, each of which uses all others of the set, directly or through one another. What
//! a module uses is read from its source:
//!
//! - Every path counts, in a `use` and elsewhere, in macro calls and in texts of attributes (`#[serde(with = "…")]`).
//!   Doc comments and visibilities (`pub(in …)`) do not.
//! - A path leads to the module that defines its item, through all re-exports on the way. A re-export hides no circle.
//! - What a module's children use counts as used by the module: `a::x` using `b` makes `a` use `b`.
//! - A parent and its children are not siblings: a parent may re-export its children, call them, and hold what they
//!   share.
//! - Code under `cfg(test)` and generated code do not count. Methods do not, unless their type is named: a call
//!   `order.total()` has no path.
//!
//! [`KEPT`] lists the circles that no move breaks, with the reason; an entry that is out of date fails too.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod graph;
mod source;

use std::collections::BTreeSet;
use std::path::Path;

use graph::circles;
use source::read_crate;

/// Circles that are kept: the crate, the modules in the order of the alphabet, and why no move breaks it.
const KEPT: &[(&str, &str, &str)] = &[(
    "crates/models",
    "record::list, record::read",
    "objects hold lists and lists hold objects: the two halves of one recursive reader",
)];

/// The crates, by the files of their roots.
const ROOTS: &[&str] = &[
    "crates/cli/src/main.rs",
    "crates/client/src/lib.rs",
    "crates/models/src/lib.rs",
    "crates/pages/src/lib.rs",
    "crates/sandbox/src/lib.rs",
    "crates/signing/src/lib.rs",
    "crates/stores/src/lib.rs",
    "crates/transport/src/lib.rs",
    "xtask/src/lib.rs",
];

#[test]
fn no_crate_has_a_circle_of_modules() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeSet::new();
    let mut report = String::new();
    for root in ROOTS {
        for circle in circles(&read_crate(&workspace.join(root))) {
            let name = root
                .trim_end_matches(|c| c != '/')
                .trim_end_matches("/src/");
            report += &format!("{name}: {circle}\n");
            found.insert((name, circle.members()));
        }
    }
    let kept: BTreeSet<_> = KEPT
        .iter()
        .map(|(name, modules, _)| (*name, (*modules).to_owned()))
        .collect();
    assert_eq!(
        found, kept,
        "move what they share to the module where it belongs:\n{report}"
    );
}

/// The circles of a crate of these files, each as its modules.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let modules = read_crate(&folder.path().join("lib.rs"));
    circles(&modules)
        .iter()
        .map(graph::Circle::members)
        .collect()
}

#[test]
fn a_circle_is_found_however_its_paths_are_written() {
    let ways = [
        "use crate::b::B;",
        "use crate::{b::{self, B as Other}};",
        "use super::b;",
        "use crate::*; fn f(_: B) {}",
        "use crate::B;",
        "use crate::renamed::B;",
        "fn f() -> crate::b::B { loop {} }",
        "fn f() { println!(\"{}\", crate::b::NUMBER); }",
        "#[serde(with = \"crate::b\")] struct S;",
        "mod inner { use super::super::b::B; }",
        "struct A; impl From<super::b::B> for A { }",
    ];
    for way in ways {
        let root = "mod a; mod b; pub use b::B; use b as renamed;";
        let b = "use crate::a; pub struct B; pub const NUMBER: u8 = 1;";
        let found = circles_of(&[("lib.rs", root), ("a.rs", way), ("b.rs", b)]);
        assert_eq!(found, ["a, b"], "{way}");
    }
}

#[test]
fn a_circle_of_three_and_one_among_grandchildren_are_found() {
    let found = circles_of(&[
        ("lib.rs", "mod a; mod b; mod c; mod top;"),
        ("a.rs", "use crate::b;"),
        ("b.rs", "use crate::c;"),
        ("c.rs", "use crate::a;"),
        ("top.rs", "mod x; mod y;"),
        ("top/x.rs", "use super::y::Y; pub struct X;"),
        ("top/y.rs", "use super::x::X; pub struct Y;"),
    ]);
    assert_eq!(found, ["a, b, c", "top::x, top::y"]);
}

#[test]
fn parents_tests_docs_and_one_way_uses_do_not_make_a_circle() {
    let found = circles_of(&[
        ("lib.rs", "mod a; mod b; pub use a::A; pub struct Shared;"),
        (
            "a.rs",
            "mod inner; pub use inner::Inner; pub struct A(crate::Shared); #[cfg(test)] mod tests { use crate::b; }",
        ),
        (
            "a/inner.rs",
            "use super::A; use crate::Shared; pub struct Inner(A);",
        ),
        (
            "b.rs",
            "//! See [`A`](crate::a::A).\nuse crate::{A, Shared}; pub(in crate) struct B(A, std::fmt::Error);",
        ),
    ]);
    assert!(found.is_empty(), "{found:?}");
}
