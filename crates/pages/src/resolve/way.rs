//! One way to place the rows so far: the objects still open, what was placed since the ways parted, and its price.

use std::collections::HashSet;

use super::ground::Ground;
use super::placed::{Placed, Why};
use super::prices::{InPlace, Standing};
use super::recurring::{AMOUNTS, CURRENCIES, MONEY, hash};
use super::sample::ShapeId;
use super::section::{Field, Shown, View};
use super::types::Like;
use crate::table::Depth;
use crate::tree::Rule;

/// How many open objects there may be, one in the other.
const MOST_OPEN: usize = 64;
/// Levels between an open object and a shown field that may be undocumented.
const MOST_UNDOCUMENTED: usize = 3;
/// How many shapes of a name are searched for undocumented levels.
const MOST_NAMESAKES: usize = 64;

/// An open object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open {
    /// Its node.
    pub node: usize,
    /// Its row; `None` for the top and for levels that only the sample shows.
    row: Option<usize>,
    /// The shape that holds its fields, when the sample shows them.
    pub content: Option<ShapeId>,
    /// The level its mark says; the top has -1.
    level: i64,
    /// How many rows it has, and their names' hashes summed up.
    count: usize,
    names: u64,
    /// How many of its rows the sample shows.
    shown_count: usize,
    /// What it costs to close it now, for the rows that are still to come.
    waiting: i32,
    /// Whether most of what the sample shows of it has no row.
    is_hardly_documented: bool,
}

impl Open {
    /// An object without rows.
    pub(crate) fn new(
        node: usize,
        row: Option<usize>,
        content: Option<ShapeId>,
        level: i64,
    ) -> Self {
        Self {
            node,
            row,
            content,
            level,
            count: 0,
            names: 0,
            shown_count: 0,
            waiting: 0,
            is_hardly_documented: false,
        }
    }
}

/// A place for a row.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// The open object, as a position in the stack.
    pub position: usize,
    /// Undocumented levels below it, from the outside in.
    pub between: Vec<ShapeId>,
    /// Where the sample shows the row's field.
    pub shown: Option<ShapeId>,
    /// What objects like this one say to the row.
    pub like: Like,
    /// What the place costs.
    pub price: i32,
}

/// One way to place the rows so far.
#[derive(Clone, Debug)]
pub(crate) struct Way<'t> {
    /// What its places cost, beyond what all ways paid.
    pub price: i32,
    /// The open objects, from the outside in.
    pub open: Vec<Open>,
    /// Position in the stack of the object that took the last row.
    pub current: usize,
    /// What was placed since the ways parted.
    pub placed: Vec<Placed>,
    /// The names taken since.
    pub taken: HashSet<(usize, &'t str)>,
    /// All that tells this way from others with the same open objects, as a sum of hashes.
    pub state: u64,
}

impl<'t> Way<'t> {
    /// Every place for row `at`, the cheapest first and of equal ones the innermost.
    pub(crate) fn choices(&self, ground: &Ground<'_, 't>, at: usize) -> Vec<Choice> {
        let field = &ground.input.rows[at];
        let name = field.row.name.as_str();
        let standing = self.standing(ground, at);
        // Unless indentation says it outright, what an object would close speaks against its going further out.
        let closes = field.is_container() && !matches!(field.row.depth, Depth::Exact(_));
        let mut waiting: i32 = if closes {
            self.open.iter().map(|open| open.waiting).sum()
        } else {
            0
        };
        let mut choices = Vec::new();
        for (position, open) in self.open.iter().enumerate() {
            waiting -= open.waiting.min(waiting);
            if !self.has(ground, open.node, name) {
                let choice = self.choice(ground, at, &standing, position);
                choices.push(Choice {
                    price: choice.price + ground.weights.closing(waiting),
                    ..choice
                });
            }
        }
        if !choices.iter().any(|choice| choice.shown.is_some()) {
            self.choices_between(ground, at, &standing, &mut choices);
        }
        self.forgo(ground, at, &mut choices);
        choices.extend(self.second(ground, at, &standing, choices.is_empty()));
        choices.sort_by_key(|choice| (choice.price, std::cmp::Reverse(choice.position)));
        choices
    }

    /// The open object at `position` as a place for row `at`, whatever it would close.
    fn choice(
        &self,
        ground: &Ground<'_, 't>,
        at: usize,
        standing: &Standing,
        position: usize,
    ) -> Choice {
        let field = &ground.input.rows[at];
        let open = &self.open[position];
        let slot = ground
            .shown()
            .and_then(|shown| Some((shown, shown.shapes.field(open.content?, &field.row.name)?)));
        let like = self.like(ground, position, at);
        let evidence = match slot {
            Some((shown, id)) => {
                let is_envelope = shown.is_envelope(id, ground.input.section)
                    && !(field.namesakes == 1 && ground.goes_on_at_top(at));
                ground.weights.shown_at(shown, id, field, 0, is_envelope)
            }
            None => ground.weights.silent_at(open.content.is_some(), like),
        };
        let is_shown = slot.is_some();
        let is_marked = matches!(field.row.depth, Depth::Mark(_));
        let is_unsaid = field.row.depth == Depth::Unsaid && !ground.has_marks;
        let may_stand_apart = ground.in_place == InPlace::Perhaps;
        let extras = [
            (
                !is_shown && field.is_container() && is_spent(ground, open),
                ground.weights.first_object,
            ),
            (
                is_shown && may_stand_apart && self.returns(position),
                ground.weights.back_shown,
            ),
            (
                is_shown && is_unsaid && open.is_hardly_documented,
                ground.weights.hardly_documented,
            ),
        ];
        let extra: i32 = extras
            .iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, price)| price)
            .sum();
        let is_told = is_shown || (is_marked && like == Like::Has);
        Choice {
            position,
            between: Vec::new(),
            shown: slot.map(|(_, id)| id),
            like,
            price: evidence + extra + distance(ground, at, standing, position, is_told),
        }
    }

    /// The place of a row whose name its object has already: where indentation says outright that it is this object's,
    /// or where every open object has the name.
    fn second(
        &self,
        ground: &Ground<'_, 't>,
        at: usize,
        standing: &Standing,
        is_only: bool,
    ) -> Option<Choice> {
        let row = ground.input.rows[at].row;
        let proposed = standing.proposed;
        let is_outright = matches!(row.depth, Depth::Exact(_))
            && self.has(ground, self.open[proposed].node, &row.name);
        let position = if is_outright {
            proposed
        } else {
            self.open.len() - 1
        };
        (is_only || is_outright).then(|| Choice {
            position,
            between: Vec::new(),
            shown: None,
            like: Like::Unknown,
            price: ground.weights.silent_at(true, Like::Unknown) + ground.weights.same_name,
        })
    }

    /// Makes places dearer that leave a field of the sample without a row: no other row of its name is to come, or the
    /// sample has an object for each of them.
    fn forgo(&self, ground: &Ground<'_, 't>, at: usize, choices: &mut [Choice]) {
        let field = &ground.input.rows[at];
        let Some(shown) = ground.shown() else {
            return;
        };
        let has_each = has_object_each(shown, field);
        let has_slot_each =
            !field.is_container() && shown.shapes.called(&field.row.name).len() >= field.namesakes;
        if field.next_same.is_some() && !has_each && !has_slot_each {
            return;
        }
        if matches!(field.row.depth, Depth::Exact(_)) {
            return;
        }
        let slots = choices.iter().filter_map(|choice| choice.shown);
        let price = slots
            .filter(|&id| !shown.is_envelope(id, ground.input.section))
            .map(|id| ground.weights.left_without_row(shown, id))
            .max();
        // Further out, an object closes those inside, one of which may wait for a row of this name.
        let innermost = choices.iter().rposition(|choice| {
            let slot = choice.shown.filter(|&id| shown.shapes.has_fields(id));
            has_each && slot.is_some()
        });
        for (index, choice) in choices.iter_mut().enumerate() {
            if choice.shown.is_none() || innermost.is_some_and(|innermost| index < innermost) {
                choice.price += price.unwrap_or(0);
            }
        }
    }

    /// Places below levels that only the sample shows.
    fn choices_between(
        &self,
        ground: &Ground<'_, 't>,
        at: usize,
        standing: &Standing,
        choices: &mut Vec<Choice>,
    ) {
        let Some(shown) = ground.shown() else {
            return;
        };
        let field = &ground.input.rows[at];
        for &id in shown
            .shapes
            .called(&field.row.name)
            .iter()
            .take(MOST_NAMESAKES)
        {
            let Some((position, between)) = self.way_down(ground, shown, id) else {
                continue;
            };
            let is_envelope = shown.is_envelope(id, ground.input.section);
            let evidence = ground
                .weights
                .shown_at(shown, id, field, between.len(), is_envelope);
            let price = evidence + distance(ground, at, standing, position, true);
            choices.push(Choice {
                position,
                between,
                shown: Some(id),
                like: Like::Unknown,
                price,
            });
        }
    }

    /// The open object above `id`, and the undocumented levels from there down to it.
    fn way_down(
        &self,
        ground: &Ground<'_, 't>,
        shown: &Shown,
        id: ShapeId,
    ) -> Option<(usize, Vec<ShapeId>)> {
        let mut between = Vec::new();
        let mut above = shown.shapes.get(id).parent;
        while between.len() < MOST_UNDOCUMENTED {
            let is_open = |open: &Open| open.content == Some(above);
            if let Some(position) = self.open.iter().rposition(is_open) {
                between.reverse();
                return (!between.is_empty()).then_some((position, between));
            }
            let shape = shown.shapes.get(above);
            let is_end = above == shown.root || shape.parent == above;
            let is_known = ground.last_row.contains_key(shape.name.as_str())
                || shown.is_envelope(above, ground.input.section);
            if is_end || is_known {
                return None;
            }
            between.push(above);
            above = shape.parent;
        }
        None
    }

    /// Whether rows have left the object at `position` after it took some.
    fn returns(&self, position: usize) -> bool {
        position > self.current && self.open[position].count > 0
    }

    fn standing(&self, ground: &Ground<'_, '_>, at: usize) -> Standing {
        Standing {
            proposed: self.proposed(ground, at),
            current: self.current,
            innermost: self.open.len() - 1,
        }
    }

    /// The open object that marks propose, or else the one that took the last row.
    pub(crate) fn proposed(&self, ground: &Ground<'_, '_>, at: usize) -> usize {
        match ground.input.rows[at].row.depth.level() {
            Some(level) => {
                let level = i64::try_from(level).unwrap_or(i64::MAX);
                self.open
                    .iter()
                    .rposition(|open| open.level < level)
                    .unwrap_or(0)
            }
            None => self.current,
        }
    }

    /// The position that marks propose, or else the innermost.
    fn natural(&self, ground: &Ground<'_, '_>, at: usize) -> usize {
        match ground.input.rows[at].row.depth {
            Depth::Mark(_) | Depth::Exact(_) => self.proposed(ground, at),
            Depth::Unsaid | Depth::AtLeast(_) => self.open.len() - 1,
        }
    }

    fn has(&self, ground: &Ground<'_, 't>, node: usize, name: &'t str) -> bool {
        ground.taken.contains(&(node, name)) || self.taken.contains(&(node, name))
    }

    /// What objects of the same type, or of the same fields, say to row `at` in `open`.
    fn like(&self, ground: &Ground<'_, 't>, position: usize, at: usize) -> Like {
        let open = &self.open[position];
        let by_type = open.row.map_or(Like::Unknown, |row| {
            ground
                .types
                .like(ground.input, row, at, open.content.is_some())
        });
        let field = &ground.input.rows[at];
        // What is indented as a field of this object is one, whatever others of its type are shown to have.
        let is_outright = matches!(field.row.depth, Depth::Exact(_));
        let lacks = by_type == Like::Lacks && !is_outright && !self.awaits(ground, position, at);
        if by_type == Like::Has || lacks {
            return by_type;
        }
        if matches!(field.row.depth, Depth::Mark(_) | Depth::Exact(_)) {
            return Like::Unknown;
        }
        // A lone object with an amount and a currency may have more; and hardly any answer is itself an amount.
        let may_be_money = ground.has_amounts && position > 1;
        let alike = match open.content {
            Some(content) => ground.shapes.alike(content).filter(|&count| {
                let has_kin = count > 1;
                // Below marks, rows of others may come between an amount's own row and those of its fields.
                let is_first = ground.in_place == InPlace::Perhaps
                    && ground.shapes.is_money(content)
                    && open.count == 0;
                (has_kin || may_be_money) && ((has_kin && is_first) || is_spent(ground, open))
            }),
            None if may_be_money && self.is_money(ground, open) => Some(usize::MAX),
            None => ground.shapes.with(open.count, open.names),
        };
        // A row that comes as often as the shape may itself be a part of it.
        let is_part = |count| field.namesakes > 1 && field.namesakes >= count;
        match alike {
            Some(count) if !is_part(count) && !MONEY.contains(&field.row.name.as_str()) => {
                Like::Lacks
            }
            _ => Like::Unknown,
        }
    }

    /// Whether the rows after row `at` go on with a field that the sample shows in the object at `position`, and in no
    /// other that is open.
    fn awaits(&self, ground: &Ground<'_, 't>, position: usize, at: usize) -> bool {
        let (Some(shown), Some(next)) = (ground.shown(), ground.next_shown(at)) else {
            return false;
        };
        let name = next.row.name.as_str();
        let waits = |open: &Open| {
            let slot = open
                .content
                .and_then(|content| shown.shapes.field(content, name));
            slot.is_some() && !self.has(ground, open.node, name)
        };
        let mut waiting = (0..self.open.len()).filter(|&at| waits(&self.open[at]));
        waiting.next() == Some(position) && waiting.next().is_none()
    }

    /// Whether the rows of an object that no sample shows make an amount of money.
    fn is_money(&self, ground: &Ground<'_, 't>, open: &Open) -> bool {
        let has = |name: &'static str| self.has(ground, open.node, name);
        let known = MONEY.iter().filter(|name| has(name)).count();
        known == open.count
            && AMOUNTS.iter().any(|name| has(name))
            && CURRENCIES.iter().any(|name| has(name))
    }

    /// The first of `choices`, as an index, and where it would close objects that wait for rows that the sample shows
    /// in them, those that close fewer.
    pub(crate) fn sparing(&self, choices: &[Choice], is_object: bool) -> Vec<usize> {
        let waits = |position: usize| {
            self.open[position + 1..]
                .iter()
                .any(|open| open.waiting > 0)
        };
        let first = choices[0].position;
        if !is_object || !waits(first) {
            return vec![0];
        }
        let is_sparing = |&index: &usize| index == 0 || choices[index].position > first;
        (0..choices.len()).filter(is_sparing).collect()
    }

    /// Takes `choice` for row `at`.
    pub(crate) fn apply(&mut self, ground: &Ground<'_, 't>, at: usize, choice: &Choice) {
        let proposed = self.open[self.natural(ground, at)].node;
        let is_only = self.open.len() == 1 && !ground.input.is_flat();
        let mut position = choice.position;
        for &level in &choice.between {
            position = self.open_between(ground, at, position, level);
        }
        let parent = self.open[position].node;
        let why = self.why(
            ground,
            at,
            choice,
            parent,
            (parent != proposed).then_some(proposed),
            is_only,
        );
        self.price += choice.price;
        self.take(ground, at, position, choice.shown, why);
    }

    fn why(
        &self,
        ground: &Ground<'_, 't>,
        at: usize,
        choice: &Choice,
        parent: usize,
        proposed: Option<usize>,
        is_only: bool,
    ) -> Option<Why> {
        let row = ground.input.rows[at].row;
        let meant = proposed.unwrap_or(parent);
        if choice.shown.is_none() && self.has(ground, meant, &row.name) {
            return Some(Why {
                rule: Rule::SameName,
                proposed,
            });
        }
        let rule = match (choice.shown, row.depth) {
            (Some(_), Depth::Mark(_) | Depth::Exact(_)) => {
                proposed?;
                Rule::SamplePlaces
            }
            // Below a mark, a row without one belongs to the marked object, as far as the page tells.
            (Some(_), Depth::Unsaid) if ground.has_marks => {
                proposed?;
                Rule::SamplePlaces
            }
            (Some(_), _) => return None,
            (None, Depth::Exact(_)) if proposed.is_none() => return None,
            (None, Depth::Mark(_)) => Rule::MarkPlaces,
            (None, Depth::AtLeast(least))
                if choice.position == least && self.open.len() == least + 1 =>
            {
                return None;
            }
            (None, _) if is_only => return None,
            (None, _) if choice.position < self.current => Rule::CompleteShape,
            (None, _) => Rule::OrderPlaces,
        };
        Some(Why { rule, proposed })
    }

    /// Opens a level that only the sample shows, below `position`.
    fn open_between(
        &mut self,
        ground: &Ground<'_, 't>,
        at: usize,
        position: usize,
        id: ShapeId,
    ) -> usize {
        self.open.truncate(position + 1);
        let above = self.open[position];
        let node = ground.placed.len() + self.placed.len();
        let view = View {
            list: None,
            wrapper: None,
            content: Some(id),
        };
        self.placed.push(Placed {
            row: None,
            parent: above.node,
            shape: Some(id),
            view,
            why: None,
        });
        let open = Open::new(node, None, Some(id), above.level);
        self.open.push(open.waiting(ground, at));
        position + 1
    }

    /// Gives row `at` to the object at `position`.
    pub(crate) fn take(
        &mut self,
        ground: &Ground<'_, 't>,
        at: usize,
        position: usize,
        shown: Option<ShapeId>,
        why: Option<Why>,
    ) {
        let field = &ground.input.rows[at];
        let name = field.row.name.as_str();
        let open = &mut self.open[position];
        open.count += 1;
        open.shown_count += usize::from(shown.is_some());
        if let Some((sample, _)) = ground.shown().zip(shown) {
            // It was counted when the object was opened, before this row.
            open.waiting -= ground.awaited(sample, name, 0).min(open.waiting);
        }
        open.names = open.names.wrapping_add(hash(name));
        let (parent, outer) = (open.node, *open);
        // A mark that the sample shows to be too shallow is read as what it should be.
        let marked = field
            .row
            .depth
            .level()
            .and_then(|level| i64::try_from(level).ok());
        let level = marked.map_or(outer.level + 1, |level| level.max(outer.level + 1));
        self.taken.insert((parent, name));
        self.state = self.state.wrapping_add(
            hash(name)
                .rotate_left(7)
                .wrapping_mul(outer.identity().wrapping_mul(2).wrapping_add(1)),
        );
        let inside_first = at == 0 && ground.shown().is_some_and(|shown| shown.inside_first);
        let shape = if inside_first {
            ground.shown().map(|shown| shown.root)
        } else {
            shown
        };
        let view = view(ground, at, shape, inside_first);
        let node = ground.placed.len() + self.placed.len();
        self.placed.push(Placed {
            row: Some(at),
            parent,
            shape,
            view,
            why,
        });
        self.current = position;
        let holds_rows =
            !ground.input.is_flat() && (field.is_container() || view.content.is_some());
        if holds_rows && position + 1 < MOST_OPEN {
            // An object closes whatever is open beside it; a scalar leaves it open, for its rows may still come.
            self.open.truncate(position + 1);
            let open = Open::new(node, Some(at), view.content, level);
            self.open.push(open.waiting(ground, at));
            self.current = position + 1;
        }
    }

    /// Makes `node` an open object, with those around it; gives its position.
    pub(crate) fn reopen(&mut self, ground: &Ground<'_, '_>, node: usize) -> usize {
        if let Some(position) = self.open.iter().position(|open| open.node == node) {
            return position;
        }
        let placed = &ground.placed[node];
        let above = self.reopen(ground, placed.parent);
        self.open.truncate(above + 1);
        let level = self.open[above].level + 1;
        self.open
            .push(Open::new(node, placed.row, placed.view.content, level));
        above + 1
    }
}

impl Open {
    /// The same with what it shows of the rows after row `at`.
    fn waiting(self, ground: &Ground<'_, '_>, at: usize) -> Self {
        Self {
            waiting: ground.waiting(self.content, at),
            is_hardly_documented: ground.hardly_documents(self.content),
            ..self
        }
    }

    /// What the object is, whatever way it was reached.
    fn identity(&self) -> u64 {
        let place = self
            .content
            .map_or(self.node, |content| usize::MAX - content);
        u64::try_from(place).unwrap_or(u64::MAX)
    }
}

/// Whether the row is an object's, one of several of its name, and the sample has at least as many objects of it.
fn has_object_each(shown: &Shown, field: &Field<'_>) -> bool {
    if field.namesakes < 2 || !field.is_container() {
        return false;
    }
    let called = shown.shapes.called(&field.row.name).iter();
    let objects = called
        .take(MOST_NAMESAKES)
        .filter(|&&id| shown.shapes.has_fields(id));
    objects.count() >= field.namesakes
}

/// Whether the sample shows `open` with fields, and each has its row.
fn is_spent(ground: &Ground<'_, '_>, open: &Open) -> bool {
    let (Some(shown), Some(content)) = (ground.shown(), open.content) else {
        return false;
    };
    let envelope = if content == shown.root {
        ground.envelope
    } else {
        0
    };
    open.shown_count + envelope >= shown.shapes.get(content).fields.len()
}

fn distance(
    ground: &Ground<'_, '_>,
    at: usize,
    standing: &Standing,
    position: usize,
    is_shown: bool,
) -> i32 {
    let depth = ground.input.rows[at].row.depth;
    ground
        .weights
        .distance(depth, standing, position, is_shown, ground.in_place)
}

fn view(ground: &Ground<'_, '_>, at: usize, shape: Option<ShapeId>, inside_first: bool) -> View {
    let (Some(shown), Some(id)) = (ground.shown(), shape) else {
        return View::default();
    };
    if inside_first {
        let is_list = shown.shapes.get(id).array;
        return View {
            list: is_list.then_some(true),
            wrapper: None,
            content: Some(id),
        };
    }
    shown.view(id, &ground.input.rows, Some(at), |name| {
        ground.last_row.contains_key(name)
    })
}
