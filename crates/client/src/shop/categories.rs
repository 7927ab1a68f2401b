//! The platform's categories as a tree.

use std::collections::{HashMap, HashSet};

use aliexpress_models::BusinessRefusal;
use aliexpress_models::ds::category_get::{Category, CategoryGet};
use aliexpress_models::shared::CategoryId;

use super::market::locale;
use super::operation::{Operation, ReplyTo, part, says_empty};
use crate::error::Error;
use crate::reply::Reply;

/// Deeper trees would exhaust the stack; the platform's have a few levels.
const DEEPEST: usize = 64;

/// All categories as a tree.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CategoryTree {
    /// The outermost categories, in the platform's order. Includes those whose parent is not
    /// listed, those in a circle of parents, and those more than 64 levels deep, so that none is
    /// lost.
    pub roots: Vec<CategoryNode>,
}

/// A category and its subcategories.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CategoryNode {
    /// The platform's record of the category.
    pub category: Category,
    /// The subcategories, in the platform's order.
    pub children: Vec<CategoryNode>,
}

impl CategoryTree {
    /// The path from a root to the category with this id, both included; `None` if it is not
    /// listed.
    pub fn path(&self, id: impl Into<CategoryId>) -> Option<Vec<&CategoryNode>> {
        let id = id.into();
        let mut path = Vec::new();
        find(&self.roots, id, &mut path).then_some(path)
    }

    /// How many categories there are.
    pub fn count(&self) -> usize {
        fn count(nodes: &[CategoryNode]) -> usize {
            nodes.iter().map(|node| 1 + count(&node.children)).sum()
        }
        count(&self.roots)
    }

    fn of(categories: Vec<Category>) -> Self {
        let listed: HashSet<_> = categories
            .iter()
            .filter_map(|category| category.category_id)
            .collect();
        let mut children_of: HashMap<CategoryId, Vec<Category>> = HashMap::new();
        let mut roots = Vec::new();
        for category in categories {
            match category.parent_category_id {
                Some(parent)
                    if listed.contains(&parent) && Some(parent) != category.category_id =>
                {
                    children_of.entry(parent).or_default().push(category);
                }
                _ => roots.push(category),
            }
        }
        let mut tree = Self {
            roots: roots
                .into_iter()
                .map(|root| node(root, &mut children_of, 1))
                .collect(),
        };
        // The remaining categories form cycles, or are too deep.
        let mut rest: Vec<_> = children_of.keys().copied().collect();
        rest.sort_by_key(|id| id.0);
        for id in rest {
            for category in children_of.remove(&id).unwrap_or_default() {
                tree.roots.push(node(category, &mut children_of, 1));
            }
        }
        tree
    }
}

/// A category with all its descendants, down to the deepest level. They are removed from
/// `children_of`, which has the children of each category.
fn node(
    category: Category,
    children_of: &mut HashMap<CategoryId, Vec<Category>>,
    level: usize,
) -> CategoryNode {
    let id = category.category_id.filter(|_| level < DEEPEST);
    let children = id
        .and_then(|id| children_of.remove(&id))
        .unwrap_or_default();
    CategoryNode {
        category,
        children: children
            .into_iter()
            .map(|child| node(child, children_of, level + 1))
            .collect(),
    }
}

fn find<'a>(nodes: &'a [CategoryNode], id: CategoryId, path: &mut Vec<&'a CategoryNode>) -> bool {
    for node in nodes {
        path.push(node);
        if node.category.category_id == Some(id) || find(&node.children, id, path) {
            return true;
        }
        path.pop();
    }
    false
}

/// The request for all categories, with names in a language.
pub(crate) struct AllCategories<'a>(pub(crate) &'a str);

impl Operation for AllCategories<'_> {
    type Request = CategoryGet;
    type Output = CategoryTree;

    fn request(&self) -> Result<CategoryGet, Error> {
        let (locale, _) = locale(self.0, "")?;
        Ok(CategoryGet::default().language(&locale[..2]))
    }

    fn output_of_refusal(&self, refusal: &BusinessRefusal) -> Option<CategoryTree> {
        says_empty(refusal).then(CategoryTree::default)
    }

    fn read(&self, reply: ReplyTo<Self>) -> Result<Reply<CategoryTree>, Error> {
        let reply = part::<CategoryGet, _>(reply, "categories", |answer| {
            answer.resp_result.take()?.result
        })?;
        Ok(reply.map(|result| CategoryTree::of(result.categories)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(links: &[(i64, Option<i64>)]) -> CategoryTree {
        let categories = links.iter().map(|(id, parent)| {
            let mut category = Category::default();
            category.category_id = Some(CategoryId(*id));
            category.parent_category_id = parent.map(CategoryId);
            category
        });
        CategoryTree::of(categories.collect())
    }

    #[test]
    fn categories_may_be_listed_before_their_parents() {
        let tree = tree(&[(3, Some(2)), (2, Some(1)), (1, None), (4, Some(1))]);
        assert_eq!((tree.roots.len(), tree.count()), (1, 4));
        let path = tree.path(3).unwrap();
        let ids: Vec<_> = path
            .iter()
            .map(|node| node.category.category_id.unwrap().0)
            .collect();
        assert_eq!(ids, [1, 2, 3]);
        assert!(tree.path(9).is_none());
    }

    #[test]
    fn categories_without_a_listed_parent_or_in_a_circle_are_kept() {
        for links in [
            &[(1, Some(99)), (2, Some(1))][..],
            &[(1, Some(1))],
            &[(1, Some(2)), (2, Some(1)), (3, Some(2))],
            &[(1, None), (1, None), (2, Some(1))],
            &[(0, None), (5, Some(0))],
        ] {
            assert_eq!(tree(links).count(), links.len(), "{links:?}");
        }
    }

    #[test]
    fn a_long_chain_of_parents_does_not_exhaust_the_stack() {
        const LONG: i64 = 300_000;
        let parent = |id: i64| (id > 1).then_some(id - 1);
        for ring in [None, Some(LONG)] {
            let links = (1..=LONG).map(|id| (id, parent(id).or(ring)));
            let tree = tree(&links.collect::<Vec<_>>());
            assert_eq!(tree.count() as i64, LONG);
            assert!(tree.path(LONG).is_some_and(|path| path.len() <= DEEPEST));
        }
        let links: Vec<_> = (1..=64).map(|id| (id, parent(id))).collect();
        assert_eq!(tree(&links).path(64).map(|path| path.len()), Some(64));
    }
}
