//! The graph of modules that use each other, and the circles among siblings.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::source::{Modules, child};

/// A set of siblings that use one another, with the uses between them.
pub(crate) struct Circle {
    members: BTreeSet<String>,
    /// The two siblings, and a path that shows the use: the module that contains it, and the module that it leads to.
    uses: Vec<(String, String, BTreeSet<String>)>,
}

impl Circle {
    /// The modules, in the order of the alphabet.
    pub(crate) fn members(&self) -> String {
        let members: Vec<&str> = self.members.iter().map(String::as_str).collect();
        members.join(", ")
    }
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.members())?;
        for (from, to, because) in &self.uses {
            writeln!(f, "    {from} -> {to}")?;
            because
                .iter()
                .try_for_each(|path| writeln!(f, "        {path}"))?;
        }
        Ok(())
    }
}

/// The target of a path.
#[derive(PartialEq)]
enum Target {
    /// To this module, or to what it defines.
    Module(String),
    /// Out of the crate, or to a name of the language.
    Elsewhere,
}

/// All circles of a crate.
pub(crate) fn circles(modules: &Modules) -> Vec<Circle> {
    let edges = edges(modules);
    let reach = reach(&edges);
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for start in edges.keys() {
        let together =
            |other: &&String| reach[start].contains(*other) && reach[*other].contains(start);
        let members: BTreeSet<String> = edges.keys().filter(together).cloned().collect();
        if !members.is_empty() && seen.is_disjoint(&members) {
            seen.extend(members.iter().cloned());
            let uses = members.iter().flat_map(|from| {
                let inside = edges[from].iter().filter(|(to, _)| members.contains(*to));
                inside.map(|(to, because)| (from.clone(), to.clone(), because.clone()))
            });
            found.push(Circle {
                uses: uses.collect(),
                members,
            });
        }
    }
    found
}

type Edges = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The uses between siblings, with the paths that show them.
fn edges(modules: &Modules) -> Edges {
    let mut edges: Edges = modules
        .keys()
        .map(|name| (name.clone(), BTreeMap::new()))
        .collect();
    for (from, module) in modules {
        for path in &module.paths {
            let Target::Module(to) = resolve(modules, from, path, 0) else {
                continue;
            };
            if let Some((a, b)) = siblings(from, &to) {
                let because = format!("{from}: {} (in {to})", path.join("::"));
                edges
                    .get_mut(&a)
                    .unwrap()
                    .entry(b)
                    .or_default()
                    .insert(because);
            }
        }
    }
    edges
}

/// The ancestors of two modules that are siblings; `None` if one contains the other.
fn siblings(from: &str, to: &str) -> Option<(String, String)> {
    let steps = |path: &str| -> Vec<String> {
        path.split("::")
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (from, to) = (steps(from), steps(to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let upto = |path: &[String]| (common < path.len()).then(|| path[..=common].join("::"));
    Some((upto(&from)?, upto(&to)?))
}

/// The modules that each module reaches; itself only through others.
fn reach(edges: &Edges) -> BTreeMap<String, BTreeSet<String>> {
    let reach_of = |start: &String| {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<&String> = edges[start].keys().collect();
        while let Some(next) = waiting.pop() {
            if reached.insert(next.clone()) {
                waiting.extend(edges[next].keys());
            }
        }
        reached
    };
    edges
        .keys()
        .map(|start| (start.clone(), reach_of(start)))
        .collect()
}

/// The target of a path in the module `from`, through all re-exports.
fn resolve(modules: &Modules, from: &str, path: &[String], depth: usize) -> Target {
    let mut at = from.to_owned();
    let mut rest = path;
    while let [first, others @ ..] = rest {
        match first.as_str() {
            "crate" => at = String::new(),
            "super" => {
                at = at
                    .rsplit_once("::")
                    .map_or(String::new(), |(parent, _)| parent.to_owned())
            }
            "self" => {}
            _ => break,
        }
        rest = others;
    }
    let is_explicit = rest.len() < path.len();
    for (passed, name) in rest.iter().enumerate() {
        // A function and a module may have the same name; a `use` imports both.
        let is_item = depth == 0 && passed + 1 == rest.len() && modules[&at].items.contains(name);
        if is_item {
            return Target::Module(at);
        }
        match look_up(modules, &at, name, depth) {
            Some((Target::Module(to), true)) => at = to,
            Some((target, _)) => return target,
            None if is_explicit || passed > 0 => break,
            None => return Target::Elsewhere,
        }
    }
    Target::Module(at)
}

/// The target of a name in a module, and whether it is a module.
fn look_up(modules: &Modules, at: &str, name: &str, depth: usize) -> Option<(Target, bool)> {
    if depth > 8 {
        return None;
    }
    let module = &modules[at];
    let inner = child(at, name);
    if modules.contains_key(&inner) {
        return Some((Target::Module(inner), true));
    }
    if module.items.contains(name) {
        return Some((Target::Module(at.to_owned()), false));
    }
    if let Some(target) = module.uses.get(name) {
        let is_own = target.len() == 1 && target[0] == name; // `use name;` is another crate
        let found = if is_own {
            Target::Elsewhere
        } else {
            resolve(modules, at, target, depth + 1)
        };
        let is_module = matches!(&found, Target::Module(to) if to.rsplit("::").next() == target.last().map(String::as_str));
        return Some((found, is_module));
    }
    module
        .globs
        .iter()
        .find_map(|glob| match resolve(modules, at, glob, depth + 1) {
            Target::Module(to) if to != at => look_up(modules, &to, name, depth + 1),
            _ => None,
        })
}
