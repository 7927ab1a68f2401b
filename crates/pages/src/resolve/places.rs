//! The possible places of a row: an open object, or a level below an open object that only the sample shows.

use super::chain::{Chain, Place};
use super::open::Settled;
use super::page::Page;
use super::rows::Field;
use super::sample::ShapeId;
use super::shown::Shown;

/// The maximum number of undocumented levels between an open object and a field that the sample shows.
const MOST_UNDOCUMENTED: usize = 3;
/// The maximum number of shapes with one name that are searched for undocumented levels.
const MOST_NAMESAKES: usize = 64;

/// Collects every possible place for row `at` in `chain` into `places`.
pub(crate) fn places(
    page: &Page<'_, '_>,
    chain: &Chain,
    settled: &Settled,
    at: usize,
    places: &mut Vec<Place>,
) {
    places.clear();
    let field = &page.input.rows[at];
    if at == 0 {
        places.extend(page.inside_of_first.map(|root| Place {
            position: 0,
            between: Vec::new(),
            shown: Some(root),
            repeats: false,
        }));
    }
    let mut has_repeated = false;
    for (position, open) in chain.open.iter().enumerate() {
        let repeats = field.namesakes > 1 && open.has(settled, field.name);
        if repeats {
            has_repeated = true;
            if !field.is_outright() || position != chain.proposed(field) {
                continue;
            }
        }
        let shown = open.content.and_then(|id| page.field(id, field.name));
        places.push(Place {
            position,
            between: Vec::new(),
            shown: shown.filter(|_| !repeats),
            repeats,
        });
    }
    if !places.iter().any(|place| place.shown.is_some())
        && let Some(shown) = page.shown()
    {
        below_levels(page, shown, chain, field, places);
    }
    if has_repeated && places.is_empty() {
        places.push(Place {
            position: chain.open.len() - 1,
            between: Vec::new(),
            shown: None,
            repeats: true,
        });
    }
}

/// Adds the places below levels that only the sample shows.
fn below_levels(
    page: &Page<'_, '_>,
    shown: &Shown,
    chain: &Chain,
    field: &Field<'_>,
    places: &mut Vec<Place>,
) {
    for &id in page.called(field.name).iter().take(MOST_NAMESAKES) {
        if let Some((position, between)) = way_down(page, shown, chain, id) {
            places.push(Place {
                position,
                between,
                shown: Some(id),
                repeats: false,
            });
        }
    }
}

/// The open object above `id`, and the undocumented levels from there down to it.
fn way_down(
    page: &Page<'_, '_>,
    shown: &Shown,
    chain: &Chain,
    id: ShapeId,
) -> Option<(usize, Vec<ShapeId>)> {
    let mut between = Vec::new();
    let mut above = shown.shapes.get(id).parent;
    while between.len() < MOST_UNDOCUMENTED {
        let is_above = |position: &usize| chain.open[*position].content == Some(above);
        if let Some(position) = (0..chain.open.len()).rev().find(is_above) {
            between.reverse();
            return (!between.is_empty()).then_some((position, between));
        }
        let shape = shown.shapes.get(above);
        let is_end = above == shown.root || shape.parent == above;
        if is_end || page.is_named(above) || shown.is_envelope(above, page.input.section) {
            return None;
        }
        between.push(above);
        above = shape.parent;
    }
    None
}
