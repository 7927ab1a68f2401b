//! Pages that two different trees can produce: nothing on them shows which one is meant.

use std::collections::BTreeSet;

use pages::tree::{Node, Tree};

use super::draw::{Layout, page};
use super::{Api, Field, Habits, Shallow};

/// A row for comparison: its path, and whether it is a list.
pub(crate) type Row = (String, bool);

/// The rows of `nodes`, each with its line.
pub(crate) fn found(nodes: &[Node], above: &str, out: &mut Vec<(usize, Row)>) {
    for node in nodes {
        let path = format!("{above}/{}", node.name);
        out.extend(node.line.map(|line| (line, (path.clone(), node.list))));
        found(&node.children, &path, out);
    }
}

/// Whether `tree`, which differs from that of `api`, is another API with exactly the same page: with the same
/// variations, and, if the page has marks, each possibly one level too shallow.
pub(crate) fn is_drawn_of(tree: &Tree, api: &Api, layout: Layout, habits: Habits) -> bool {
    let sections = [
        put_together(&tree.request, &api.request),
        put_together(&tree.response, &api.response),
    ];
    let [Some(request), Some(response)] = sections else {
        return false;
    };
    let other = Api {
        name: api.name.clone(),
        request,
        response,
    };
    if !is_possible(&other.request) || !is_possible(&other.response) {
        return false;
    }
    let whole = page(api, layout, habits);
    let draw = |shallow| page(&other, layout, Habits { shallow, ..habits });
    if habits.shallow == Shallow::None {
        return whole == draw(Shallow::None);
    }
    // No line has two marks, so each line can have either.
    let (deep, shallow) = (draw(Shallow::None), draw(Shallow::All));
    let lines = |text: &str| text.lines().count();
    lines(&whole) == lines(&deep)
        && lines(&whole) == lines(&shallow)
        && (whole.lines().zip(deep.lines()).zip(shallow.lines()))
            .all(|((line, deep), shallow)| line == deep || line == shallow)
}

/// Whether an API can have these fields: each object has fields, and their names differ.
fn is_possible(fields: &[Field]) -> bool {
    let names: BTreeSet<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    names.len() == fields.len()
        && fields.iter().all(|field| {
            field.is_object() != field.children.is_empty() && is_possible(&field.children)
        })
}

/// The rows of `fields`, arranged as in `nodes`; `None` if `nodes` is not a tree of those rows.
fn put_together(nodes: &[Node], fields: &[Field]) -> Option<Vec<Field>> {
    let (mut got, mut rows) = (Vec::new(), Vec::new());
    found(nodes, "", &mut got);
    got.sort_by_key(|(line, _)| *line);
    in_order(fields, &mut rows);
    if got.len() != rows.len() {
        return None;
    }
    let mut top: Vec<Field> = Vec::new();
    for ((_, (path, list)), field) in got.into_iter().zip(rows) {
        let mut above = &mut top;
        let (parents, name) = path.rsplit_once('/')?;
        for parent in parents.split('/').skip(1) {
            let at = above.iter().position(|field| field.name == parent)?;
            above = &mut above[at].children;
        }
        if name != field.name {
            return None;
        }
        above.push(Field {
            list,
            children: Vec::new(),
            ..field.clone()
        });
    }
    Some(top)
}

fn in_order<'f>(fields: &'f [Field], out: &mut Vec<&'f Field>) {
    for field in fields {
        out.push(field);
        in_order(&field.children, out);
    }
}
