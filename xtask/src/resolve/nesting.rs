//! Finds the parent of each row.
//!
//! Rows are taken in page order, with the objects still open as a stack. Each open object has a price for taking the
//! row: the sample speaks first, then marks, then order; the prices below say how loudly. Where a row of the same name
//! is still to come, the places worth considering are each tried out up to it, and the cheapest way is gone.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use anyhow::bail;

use super::overlay::{Place, Places};
use super::sample::ShapeId;
use super::section::{Input, Shown, View};
use crate::table::{Depth, Format};
use crate::tree::Rule;

/// The sample shows the row's field in this object, and no row has taken it yet.
const SHOWN: i32 = -30;
/// The sample shows this object without the row's field.
const SILENT: i32 = 60;
/// The sample does not show this object.
const UNSHOWN: i32 = 40;
/// The object has a shape that recurs, and is complete without the row.
const COMPLETE: i32 = 60;
/// A level between this object and the row is shown and documented nowhere.
const UNDOCUMENTED_LEVEL: i32 = 80;
/// The documented type is an object's and the sample's a scalar's, or the reverse.
const OTHER_KIND: i32 = 30;
/// Per level that a mark is too shallow: pages are known for that.
const MARK_TOO_SHALLOW: i32 = 30;
/// Per level that a mark is too deep.
const MARK_TOO_DEEP: i32 = 20;
/// Per level that an indentation is too shallow.
const INDENT_TOO_SHALLOW: i32 = 50;
/// Per level that an indentation is too deep.
const INDENT_TOO_DEEP: i32 = 120;
/// Per level between the object that took the last row and one further out.
const OUTWARD: i32 = 10;
/// A silent row goes back into an object that rows have left.
const BACK_SILENT: i32 = 30;
/// A shown row does so; machine-made samples, in XML, have the order of their tables.
const BACK_SHOWN_XML: i32 = 15;
/// The sample's order of fields differs from the rows'.
const INVERSION_XML: i32 = 15;
/// The same, where samples are put together by hand.
const INVERSION_JSON: i32 = 5;

/// How many rows a place is tried out over.
const LOOK_AHEAD: usize = 128;
/// How many open objects are considered for a row.
const MOST_OPEN: usize = 64;
/// Levels between an open object and a shown field that may be undocumented.
const MOST_UNDOCUMENTED: usize = 3;
/// How many shapes of a name are searched for undocumented levels.
const MOST_NAMESAKES: usize = 64;

/// A node without its kind.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    /// Its row; `None` for the top and for levels that only the sample shows.
    pub row: Option<usize>,
    /// The node above; the top is its own.
    pub parent: usize,
    /// What the sample shows of it.
    pub shape: Option<ShapeId>,
    /// How that is to be read.
    pub view: View,
    /// Why it stands here; `None` where nothing else was possible.
    pub why: Option<Why>,
}

/// Why a row stands where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Why {
    /// The rule that decided.
    pub rule: Rule,
    /// The node that marks or order proposed, where it is another.
    pub proposed: Option<usize>,
}

/// The node that stands for the section itself.
pub(crate) const TOP: usize = 0;

/// Places every row of `input`; the nodes come in page order, below [`TOP`].
///
/// # Errors
///
/// When an entry of the overlay changes nothing or names no open object.
pub(crate) fn place_all(input: &Input<'_>, places: &Places<'_>) -> anyhow::Result<Vec<Placed>> {
    let mut nesting = Nesting::new(input, places);
    for at in 0..input.rows.len() {
        nesting.advance(at, Look::Ahead)?;
    }
    Ok(nesting.placed)
}

/// An open object.
#[derive(Clone, Copy, Debug)]
struct Open {
    node: usize,
    /// The shape that holds its fields, when the sample shows them.
    content: Option<ShapeId>,
    /// The level its mark says; the top has -1.
    level: i64,
    /// How many rows it has, and their names' hashes summed up.
    count: usize,
    names: u64,
    /// Where the sample shows its last row.
    last_shown: ShapeId,
}

/// A place for a row.
#[derive(Clone, Debug)]
struct Choice {
    /// The open object, as a position in the stack.
    position: usize,
    /// Undocumented levels below it, from the outside in.
    between: Vec<ShapeId>,
    shown: Option<ShapeId>,
    complete: bool,
    price: i32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Ahead,
    No,
}

struct Nesting<'i, 't> {
    input: &'i Input<'t>,
    places: &'i Places<'i>,
    placed: Vec<Placed>,
    open: Vec<Open>,
    /// Position in the stack of the object that took the last row.
    current: usize,
    /// Names taken, per node; a log, so that trying out can be undone.
    taken: HashSet<(usize, &'t str)>,
    log: Vec<(usize, &'t str)>,
    shapes: KnownShapes,
    documented: HashSet<&'t str>,
}

impl<'i, 't> Nesting<'i, 't> {
    fn new(input: &'i Input<'t>, places: &'i Places<'i>) -> Self {
        let inside_first = input.shown.as_ref().is_some_and(|shown| shown.inside_first);
        let root = input
            .shown
            .as_ref()
            .filter(|_| !inside_first)
            .map(|shown| shown.root);
        let top = Placed {
            row: None,
            parent: TOP,
            shape: root,
            view: View::default(),
            why: None,
        };
        let open = Open {
            node: TOP,
            content: root,
            level: -1,
            count: 0,
            names: 0,
            last_shown: 0,
        };
        Self {
            input,
            places,
            placed: vec![top],
            open: vec![open],
            current: 0,
            taken: HashSet::new(),
            log: Vec::new(),
            shapes: KnownShapes::of(input.shown.as_ref()),
            documented: input
                .rows
                .iter()
                .map(|field| field.row.name.as_str())
                .collect(),
        }
    }

    /// Places row `at`; gives the price paid.
    fn advance(&mut self, at: usize, look: Look) -> anyhow::Result<i32> {
        let mut choices = self.choices(at);
        choices.sort_by_key(|choice| (choice.price, std::cmp::Reverse(choice.position)));
        if choices.is_empty() {
            // Every open object has a field of the name already; the outermost takes a second one.
            choices.push(Choice {
                position: 0,
                between: Vec::new(),
                shown: None,
                complete: false,
                price: SILENT,
            });
        }
        let mut best = 0;
        if look == Look::Ahead {
            best = self.best_ahead(at, &choices)?;
            if let Some(place) = self.places.of_row(at) {
                return self.forced(at, place, &choices[best]);
            }
        }
        let choice = choices.swap_remove(best);
        Ok(self.apply(at, &choice))
    }

    /// Which choice is the cheapest, up to the next row of the same name where that may matter.
    fn best_ahead(&mut self, at: usize, choices: &[Choice]) -> anyhow::Result<usize> {
        let end = match self.input.rows[at].next_same {
            Some(next) if next - at <= LOOK_AHEAD => next,
            _ => return Ok(0),
        };
        let natural = self.proposed(at);
        let worth: Vec<usize> = (0..choices.len())
            .filter(|&index| {
                let choice = &choices[index];
                index == 0
                    || choice.shown.is_some()
                    || (choice.position == natural && !choice.complete)
            })
            .take(4)
            .collect();
        if worth.len() < 2 || choices[0].shown.is_none() {
            return Ok(0);
        }
        let mut best = (i32::MAX, 0, 0);
        for index in worth {
            let choice = &choices[index];
            let mark = self.mark();
            let mut price = self.apply(at, choice);
            for later in at + 1..=end {
                price += self.advance(later, Look::No)?;
            }
            self.undo(mark);
            let depth = choice.position + choice.between.len();
            if price < best.0 || (price == best.0 && depth > best.1) {
                best = (price, depth, index);
            }
        }
        Ok(best.2)
    }

    /// Every place for row `at`, with its price.
    fn choices(&self, at: usize) -> Vec<Choice> {
        let name = self.input.rows[at].row.name.as_str();
        let proposed = self.proposed(at);
        let first = self.open.len().saturating_sub(MOST_OPEN);
        let mut choices = Vec::new();
        for (position, open) in self.open.iter().enumerate().skip(first) {
            if self.taken.contains(&(open.node, name)) {
                continue;
            }
            let shown = self
                .shown()
                .and_then(|shown| shown.shapes.field(open.content?, name));
            let complete = shown.is_none() && self.is_complete(open, at);
            let price = self.evidence(at, open, shown, complete)
                + self.distance(at, position, proposed, shown.is_some());
            choices.push(Choice {
                position,
                between: Vec::new(),
                shown,
                complete,
                price,
            });
        }
        if !choices.iter().any(|choice| choice.shown.is_some()) {
            choices.extend(self.choices_between(at, proposed));
        }
        choices
    }

    /// Places below levels that only the sample shows.
    fn choices_between(&self, at: usize, proposed: usize) -> Vec<Choice> {
        let Some(shown) = self.shown() else {
            return Vec::new();
        };
        let mut choices = Vec::new();
        for &id in shown
            .shapes
            .called(&self.input.rows[at].row.name)
            .iter()
            .take(MOST_NAMESAKES)
        {
            let mut between = Vec::new();
            let mut above = shown.shapes.get(id).parent;
            while between.len() < MOST_UNDOCUMENTED {
                if let Some(position) = self
                    .open
                    .iter()
                    .rposition(|open| open.content == Some(above))
                {
                    if !between.is_empty() {
                        between.reverse();
                        let levels = i32::try_from(between.len()).unwrap_or(i32::MAX);
                        let price = SHOWN
                            + UNDOCUMENTED_LEVEL * levels
                            + self.distance(at, position, proposed, true);
                        choices.push(Choice {
                            position,
                            between,
                            shown: Some(id),
                            complete: false,
                            price,
                        });
                    }
                    break;
                }
                let shape = shown.shapes.get(above);
                if above == shown.root
                    || shape.parent == above
                    || self.documented.contains(shape.name.as_str())
                    || shown.is_envelope(above, self.input.section)
                {
                    break;
                }
                between.push(above);
                above = shape.parent;
            }
        }
        choices
    }

    /// What the sample says to row `at` in `open`.
    fn evidence(&self, at: usize, open: &Open, shown: Option<ShapeId>, complete: bool) -> i32 {
        let Some(id) = shown else {
            let silence = if open.content.is_some() {
                SILENT
            } else {
                UNSHOWN
            };
            return silence + if complete { COMPLETE } else { 0 };
        };
        let field = &self.input.rows[at];
        let shape = self.shown().map(|shown| shown.shapes.get(id));
        let clashes = shape.is_some_and(|shape| {
            let holds = !shape.fields.is_empty();
            let is_scalar = shape.scalar.is_some() && !holds;
            (holds && field.doc.element.is_scalar() && !field.doc.list)
                || (is_scalar && field.is_container())
        });
        let inverted = id < open.last_shown && shape.is_some_and(|shape| !shape.array);
        let inversion = if self.is_xml() {
            INVERSION_XML
        } else {
            INVERSION_JSON
        };
        SHOWN + if clashes { OTHER_KIND } else { 0 } + if inverted { inversion } else { 0 }
    }

    /// What marks and order say to row `at` at `position`.
    fn distance(&self, at: usize, position: usize, proposed: usize, shown: bool) -> i32 {
        let levels =
            |from: usize, to: usize| i32::try_from(from.abs_diff(to)).unwrap_or(i32::MAX / 1000);
        let between = levels(position, proposed);
        match self.input.rows[at].row.depth {
            Depth::Mark(_) if position > proposed => MARK_TOO_SHALLOW * between,
            Depth::Mark(_) => MARK_TOO_DEEP * between,
            Depth::Exact(_) if position > proposed => INDENT_TOO_SHALLOW * between,
            Depth::Exact(_) => INDENT_TOO_DEEP * between,
            Depth::AtLeast(least) if position < least => INDENT_TOO_DEEP,
            _ if position <= self.current => OUTWARD * levels(position, self.current),
            _ if !shown => BACK_SILENT,
            _ if self.is_xml() => BACK_SHOWN_XML,
            _ => 0,
        }
    }

    /// The open object that marks propose, or else the one that took the last row.
    fn proposed(&self, at: usize) -> usize {
        match self.input.rows[at].row.depth.level() {
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

    /// Whether `open` has a shape that recurs and shows no place for row `at`.
    fn is_complete(&self, open: &Open, at: usize) -> bool {
        let field = &self.input.rows[at];
        if field.recurs || MONEY.contains(&field.row.name.as_str()) {
            // The row may itself be a part of what recurs.
            return false;
        }
        match open.content {
            Some(content) => self.shapes.recurs(content),
            None => self.shapes.is_known(open) || self.is_money(open),
        }
    }

    /// Whether the rows of an object that no sample shows make an amount of money.
    fn is_money(&self, open: &Open) -> bool {
        let has = |names: &[&'static str]| {
            names
                .iter()
                .any(|name| self.taken.contains(&(open.node, *name)))
        };
        let known = MONEY
            .iter()
            .filter(|name| self.taken.contains(&(open.node, **name)))
            .count();
        known == open.count && has(&AMOUNTS) && has(&CURRENCIES)
    }

    fn apply(&mut self, at: usize, choice: &Choice) -> i32 {
        let natural = self.natural(at);
        let proposed = self.open.get(natural).map(|open| open.node);
        let alone = self.open.len() == 1;
        self.leave_for(at, choice.position);
        let mut position = choice.position;
        for &level in &choice.between {
            position = self.open_between(position, level);
        }
        let parent = self.open[position].node;
        let why = self.why(at, choice, parent, proposed, alone);
        self.take(at, position, choice.shown, why);
        choice.price
    }

    /// The position that marks propose, or else the innermost open object.
    fn natural(&self, at: usize) -> usize {
        match self.input.rows[at].row.depth {
            Depth::Mark(_) | Depth::Exact(_) => self.proposed(at),
            Depth::Unsaid | Depth::AtLeast(_) => self.open.len() - 1,
        }
    }

    fn why(
        &self,
        at: usize,
        choice: &Choice,
        parent: usize,
        proposed: Option<usize>,
        alone: bool,
    ) -> Option<Why> {
        let proposed = proposed.filter(|&proposed| proposed != parent);
        let rule = match (choice.shown, self.input.rows[at].row.depth) {
            (Some(_), Depth::Mark(_) | Depth::Exact(_)) => {
                return proposed.map(|_| Why {
                    rule: Rule::SamplePlaces,
                    proposed,
                });
            }
            (Some(_), _) => return None,
            (None, Depth::Exact(_)) if proposed.is_none() => return None,
            (None, Depth::Mark(_)) => Rule::MarkPlaces,
            (None, Depth::AtLeast(least))
                if choice.position == least && self.open.len() == least + 1 =>
            {
                return None;
            }
            (None, _) if alone => return None,
            (None, _) if proposed.is_some() => Rule::CompleteShape,
            (None, _) => Rule::OrderPlaces,
        };
        Some(Why { rule, proposed })
    }

    /// An object closes whatever is open beside it; a scalar leaves it open, for its rows may still come.
    fn leave_for(&mut self, at: usize, position: usize) {
        let field = &self.input.rows[at];
        if field.is_container() {
            self.open.truncate(position + 1);
        }
    }

    /// Opens a level that only the sample shows, below `position`.
    fn open_between(&mut self, position: usize, id: ShapeId) -> usize {
        self.open.truncate(position + 1);
        let above = self.open[position];
        let node = self.placed.len();
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
        self.open.push(Open {
            node,
            content: Some(id),
            level: above.level,
            count: 0,
            names: 0,
            last_shown: 0,
        });
        position + 1
    }

    /// Gives row `at` to the object at `position`.
    fn take(&mut self, at: usize, position: usize, shown: Option<ShapeId>, why: Option<Why>) {
        let field = &self.input.rows[at];
        let name = field.row.name.as_str();
        let open = &mut self.open[position];
        open.count += 1;
        open.names = open.names.wrapping_add(hash(name));
        open.last_shown = shown.map_or(open.last_shown, |id| id.max(open.last_shown));
        let parent = open.node;
        let level = field.row.depth.level().map_or(open.level + 1, |level| {
            i64::try_from(level).unwrap_or(i64::MAX)
        });
        if self.taken.insert((parent, name)) {
            self.log.push((parent, name));
        }
        let inside_first = at == 0 && self.shown().is_some_and(|shown| shown.inside_first);
        let shape = if inside_first {
            self.shown().map(|shown| shown.root)
        } else {
            shown
        };
        let view = self.view(at, shape, inside_first);
        let node = self.placed.len();
        self.placed.push(Placed {
            row: Some(at),
            parent,
            shape,
            view,
            why,
        });
        self.current = position;
        let holds_rows = field.is_container() || view.content.is_some();
        if holds_rows && position + 1 < MOST_OPEN {
            self.open.truncate(position + 1);
            self.open.push(Open {
                node,
                content: view.content,
                level,
                count: 0,
                names: 0,
                last_shown: 0,
            });
            self.current = position + 1;
        }
    }

    fn view(&self, at: usize, shape: Option<ShapeId>, inside_first: bool) -> View {
        let (Some(shown), Some(id)) = (self.shown(), shape) else {
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
        shown.view(id, &self.input.rows, Some(at), |name| {
            self.documented.contains(name)
        })
    }

    /// Puts row `at` where the overlay says; `choice` is what the rules would have chosen.
    fn forced(&mut self, at: usize, place: &Place, choice: &Choice) -> anyhow::Result<i32> {
        let Some(parent) = self.node_at(&place.parent) else {
            bail!(
                "{place}: there is no object {:?} above line {}; correct its parent",
                place.parent,
                self.input.rows[at].row.line
            );
        };
        let ruled = self.open[choice.position].node;
        if choice.between.is_empty() && ruled == parent {
            bail!("{place}: it changes nothing, the rules place the row there; remove the entry");
        }
        let name = self.input.rows[at].row.name.as_str();
        if self.taken.contains(&(parent, name)) {
            bail!(
                "{place}: {:?} has a row of that name already; correct its parent",
                place.parent
            );
        }
        let position = self.reopen(parent);
        let content = self.open[position].content;
        let shown = content.and_then(|content| self.shown()?.shapes.field(content, name));
        let why = Why {
            rule: Rule::OverlayPlaces,
            proposed: Some(ruled),
        };
        self.take(at, position, shown, Some(why));
        Ok(0)
    }

    /// The node whose path is `path`.
    fn node_at(&self, path: &str) -> Option<usize> {
        let mut node = TOP;
        for name in path.split('.').filter(|name| !name.is_empty()) {
            let is_it = |&below: &usize| {
                below != TOP && self.placed[below].parent == node && self.name(below) == name
            };
            node = (0..self.placed.len()).find(is_it)?;
        }
        Some(node)
    }

    fn name(&self, node: usize) -> &str {
        let placed = &self.placed[node];
        match (placed.row, placed.shape, self.shown()) {
            (Some(at), ..) => &self.input.rows[at].row.name,
            (None, Some(id), Some(shown)) => &shown.shapes.get(id).name,
            _ => "",
        }
    }

    /// Makes `node` an open object, with those around it; gives its position.
    fn reopen(&mut self, node: usize) -> usize {
        if let Some(position) = self.open.iter().position(|open| open.node == node) {
            return position;
        }
        let above = self.reopen(self.placed[node].parent);
        self.open.truncate(above + 1);
        let level = self.open[above].level + 1;
        let content = self.placed[node].view.content;
        self.open.push(Open {
            node,
            content,
            level,
            count: 0,
            names: 0,
            last_shown: 0,
        });
        above + 1
    }

    fn shown(&self) -> Option<&'i Shown> {
        self.input.shown.as_ref()
    }

    fn is_xml(&self) -> bool {
        self.shown()
            .is_some_and(|shown| shown.shapes.format() == Format::Xml)
    }

    fn mark(&self) -> Mark {
        Mark {
            open: self.open.clone(),
            placed: self.placed.len(),
            log: self.log.len(),
            current: self.current,
        }
    }

    fn undo(&mut self, mark: Mark) {
        for entry in self.log.drain(mark.log..) {
            self.taken.remove(&entry);
        }
        self.placed.truncate(mark.placed);
        self.open = mark.open;
        self.current = mark.current;
    }
}

/// A state to come back to.
struct Mark {
    open: Vec<Open>,
    placed: usize,
    log: usize,
    current: usize,
}

/// Fields of which amounts of money are made, in every answer of the platform.
const MONEY: [&str; 6] = [
    "amount",
    "amount_str",
    "cent",
    "cent_factor",
    "currency",
    "currency_code",
];
const AMOUNTS: [&str; 3] = ["amount", "amount_str", "cent"];
const CURRENCIES: [&str; 2] = ["currency", "currency_code"];

/// The sets of fields that objects of the sample have.
struct KnownShapes {
    /// Per set, by its hash, how many objects have it.
    sets: HashMap<(usize, u64), usize>,
    of_shape: HashMap<ShapeId, (usize, u64)>,
    money: HashSet<ShapeId>,
}

impl KnownShapes {
    fn of(shown: Option<&Shown>) -> Self {
        let mut known = Self {
            sets: HashMap::new(),
            of_shape: HashMap::new(),
            money: HashSet::new(),
        };
        let Some(shown) = shown else {
            return known;
        };
        for (id, shape) in shown.shapes.all() {
            if shape.fields.len() < 2 || id == shown.root {
                continue;
            }
            let names: Vec<&str> = shape
                .fields
                .iter()
                .map(|&field| shown.shapes.get(field).name.as_str())
                .collect();
            let set = (
                names.len(),
                names
                    .iter()
                    .fold(0_u64, |sum, name| sum.wrapping_add(hash(name))),
            );
            *known.sets.entry(set).or_insert(0) += 1;
            known.of_shape.insert(id, set);
            let has = |wanted: &[&str]| names.iter().any(|name| wanted.contains(name));
            if names.iter().all(|name| MONEY.contains(name)) && has(&AMOUNTS) && has(&CURRENCIES) {
                known.money.insert(id);
            }
        }
        known
    }

    /// Whether another object of the sample has the same fields, or they make an amount of money.
    fn recurs(&self, id: ShapeId) -> bool {
        let twice = self
            .of_shape
            .get(&id)
            .and_then(|set| self.sets.get(set))
            .is_some_and(|&count| count > 1);
        twice || self.money.contains(&id)
    }

    /// Whether the rows of an object that no sample shows are just those of one that was shown.
    fn is_known(&self, open: &Open) -> bool {
        self.sets.contains_key(&(open.count, open.names))
    }
}

fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}
