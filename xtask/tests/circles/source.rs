//! The modules of a crate, read from its source.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::Visit;

/// The modules of a crate by their paths (`""` is the root, `"orders::rules"` a grandchild).
pub(crate) type Modules = BTreeMap<String, Module>;

/// The content of one module.
#[derive(Default)]
pub(crate) struct Module {
    /// Names that it defines, other than modules.
    pub(crate) items: BTreeSet<String>,
    /// Names that its `use` lines import, with their paths.
    pub(crate) uses: BTreeMap<String, Vec<String>>,
    /// Modules from which it imports all names.
    pub(crate) globs: Vec<Vec<String>>,
    /// Every path in it, `use` lines included.
    pub(crate) paths: BTreeSet<Vec<String>>,
}

/// Reads a crate from the file of its root.
pub(crate) fn read_crate(root: &Path) -> Modules {
    let mut modules = Modules::new();
    let folder = root.parent().unwrap();
    read_file(&mut modules, "", root, folder);
    modules
}

/// The path of a child module.
pub(crate) fn child(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}::{name}")
    }
}

/// Reads the module `path` from its file; its children have theirs in `folder`.
fn read_file(modules: &mut Modules, path: &str, file: &Path, folder: &Path) {
    let text = fs::read_to_string(file).unwrap();
    let parsed =
        syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    read_items(modules, path, &parsed.items, folder);
}

fn read_items(modules: &mut Modules, path: &str, items: &[syn::Item], folder: &Path) {
    let mut module = Module::default();
    for item in items {
        let syn::Item::Mod(inner) = item else {
            read_item(&mut module, item);
            continue;
        };
        let name = inner.ident.to_string();
        if is_for_tests(&inner.attrs) || name == "generated" {
            continue;
        }
        let child = child(path, &name);
        let folder = folder.join(&name);
        match &inner.content {
            Some((_, items)) => read_items(modules, &child, items, &folder),
            None => read_file(modules, &child, &file_of(&folder), &folder),
        }
    }
    modules.insert(path.to_owned(), module);
}

/// `folder.rs`, or `folder/mod.rs`.
fn file_of(folder: &Path) -> PathBuf {
    let beside = folder.with_extension("rs");
    if beside.exists() {
        beside
    } else {
        folder.join("mod.rs")
    }
}

fn read_item(module: &mut Module, item: &syn::Item) {
    let mut paths = Paths(&mut module.paths);
    paths.visit_item(item);
    let name = match item {
        syn::Item::Use(item) if !is_for_tests(&item.attrs) => {
            for (name, target) in leaves(&item.tree) {
                match name {
                    Some(name) => drop(module.uses.insert(name, target)),
                    None => module.globs.push(target),
                }
            }
            return;
        }
        syn::Item::Const(item) => &item.ident,
        syn::Item::Enum(item) => &item.ident,
        syn::Item::Fn(item) => &item.sig.ident,
        syn::Item::Macro(item) if item.ident.is_some() => item.ident.as_ref().unwrap(),
        syn::Item::Static(item) => &item.ident,
        syn::Item::Struct(item) => &item.ident,
        syn::Item::Trait(item) => &item.ident,
        syn::Item::Type(item) => &item.ident,
        syn::Item::Union(item) => &item.ident,
        _ => return,
    };
    module.items.insert(name.to_string());
}

/// Whether an item is under `cfg(test)`, alone or with further conditions.
fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string();
            condition == "test"
                || condition.starts_with("all (test")
                || condition.starts_with("all(test")
        }
        _ => false,
    })
}

/// An import: its name (`None` for the star) and its path from this module.
fn leaves(tree: &syn::UseTree) -> Vec<(Option<String>, Vec<String>)> {
    fn walk(
        tree: &syn::UseTree,
        mut before: Vec<String>,
        leaves: &mut Vec<(Option<String>, Vec<String>)>,
    ) {
        let last = before.last().cloned();
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                walk(&path.tree, before, leaves);
            }
            syn::UseTree::Name(name) if name.ident == "self" => leaves.push((last, before)),
            syn::UseTree::Name(name) => {
                before.push(name.ident.to_string());
                leaves.push((before.last().cloned(), before));
            }
            syn::UseTree::Rename(rename) => {
                if rename.ident != "self" {
                    before.push(rename.ident.to_string());
                }
                leaves.push((Some(rename.rename.to_string()), before));
            }
            syn::UseTree::Glob(_) => leaves.push((None, before)),
            syn::UseTree::Group(group) => group
                .items
                .iter()
                .for_each(|tree| walk(tree, before.clone(), leaves)),
        }
    }
    let mut leaves_found = Vec::new();
    walk(tree, Vec::new(), &mut leaves_found);
    leaves_found
}

/// Collects the paths of items.
struct Paths<'a>(&'a mut BTreeSet<Vec<String>>);

impl Paths<'_> {
    /// Collects the paths that begin with a keyword such as `crate` from tokens that are not parsed.
    fn scan(&mut self, tokens: &str) {
        let tokens = tokens.replace(' ', "");
        for start in ["crate::", "super::", "self::"] {
            for (at, _) in tokens.match_indices(start) {
                let before = tokens[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || "_:$".contains(c)) {
                    continue;
                }
                let end = tokens[at..].find(|c: char| !c.is_alphanumeric() && !"_:".contains(c));
                let path = &tokens[at..end.map_or(tokens.len(), |end| at + end)];
                let steps = path.split("::").filter(|step| !step.is_empty());
                self.0.insert(steps.map(str::to_owned).collect());
            }
        }
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let steps = path.segments.iter().map(|step| step.ident.to_string());
        if path.leading_colon.is_none() {
            self.0.insert(steps.collect());
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_for_tests(&item.attrs) && item.leading_colon.is_none() {
            self.0
                .extend(leaves(&item.tree).into_iter().map(|(_, path)| path));
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.scan(&call.tokens.to_string());
        syn::visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.scan(&list.tokens.to_string());
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_for_tests(&item.attrs) {
            syn::visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if !is_for_tests(&item.attrs) {
            syn::visit::visit_item_impl(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_for_tests(&item.attrs) {
            syn::visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}
}
