//! Finds the answers that are pages of a list, by the names of their fields.

use anyhow::{Context as _, bail};

use crate::codegen::api::{Api, Effect, Field, Paging, Said, Struct, Turn, Value, What};
use crate::codegen::case::snake;
use crate::codegen::overlay::PagingEntry;
use crate::codegen::rules::PagingNames;

/// The depth below the answer to which lists are searched.
const DEEPEST: usize = 4;

/// How the answers of `api` are the pages of a list; `None` if they are not. `types` are those outside the API.
pub(super) fn plan(
    api: &Api,
    types: &[&Struct],
    entry: Option<&PagingEntry>,
    names: &PagingNames,
) -> anyhow::Result<Option<Paging>> {
    let objects = Objects { api, types };
    let planned = match api.effect {
        Effect::Read => objects.plan(entry, names),
        Effect::Write => None,
    };
    let Some(entry) = entry else {
        return Ok(planned);
    };
    let context = || format!("`paging` in the overlay of {}", api.name);
    if entry.reason.trim().is_empty() {
        bail!("the `reason` of {} is blank; wanted a sentence", context());
    }
    planned.map(Some).with_context(|| {
        format!(
            "{} is for a call whose answers are not pages of one list; remove it",
            context()
        )
    })
}

struct Objects<'a> {
    api: &'a Api,
    types: &'a [&'a Struct],
}

/// A list of an answer, with the objects that hold it.
struct Found<'a> {
    holders: Vec<&'a Field>,
    list: &'a Field,
}

impl<'a> Objects<'a> {
    fn plan(&self, entry: Option<&PagingEntry>, names: &PagingNames) -> Option<Paging> {
        let request = self.object(&self.api.request)?;
        let wanted = entry.and_then(|entry| entry.query.as_deref());
        let nested = request.fields.iter().filter(|field| !field.list);
        let nested = nested.filter_map(|field| match &field.value {
            Value::Record(name) => Some((Some(field), self.object(name)?)),
            _ => None,
        });
        let mut places = std::iter::once((None, request))
            .chain(nested)
            .filter(|(field, _)| {
                wanted.is_none_or(|key| field.is_some_and(|field| field.key == key))
            });
        let (query, turn, next, size) = places.find_map(|(query, place)| {
            let (turn, next) = turn(place, names)?;
            Some((query, turn, next, named(place, &names.size)))
        })?;
        let answer = self.object(&self.api.answer)?;
        let mut lists = Vec::new();
        self.lists(answer, &mut Vec::new(), &mut lists);
        let [found] = &lists[..] else {
            return None;
        };
        let required = size
            .filter(|size| size.required)
            .map(|_| names.required_size);
        Some(Paging {
            query: query.map(|field| (field.name.clone(), field.required)),
            turn,
            size: size.map(|field| field.name.clone()),
            default_size: entry.and_then(|entry| entry.size).or(required),
            says: self.says(answer, found, next, names),
            holders: found
                .holders
                .iter()
                .map(|field| field.name.clone())
                .collect(),
            list: found.list.name.clone(),
            item: found.list.value_type().to_owned(),
        })
    }

    fn object(&self, name: &str) -> Option<&'a Struct> {
        let own = self.api.structs.iter();
        own.chain(self.types.iter().copied())
            .find(|item| item.name == name)
    }

    /// Every list that is not inside another one.
    fn lists(&self, object: &'a Struct, holders: &mut Vec<&'a Field>, lists: &mut Vec<Found<'a>>) {
        for field in &object.fields {
            if field.list {
                let holders = holders.clone();
                lists.push(Found {
                    holders,
                    list: field,
                });
            } else if let Value::Record(name) = &field.value
                && let Some(below) = self.object(name).filter(|_| holders.len() < DEEPEST)
            {
                holders.push(field);
                self.lists(below, holders, lists);
                holders.pop();
            }
        }
    }

    /// The facts about a list in the objects around it. A list that is paged by tokens has no total, because the
    /// platform states the number of remaining items instead.
    fn says(
        &self,
        answer: &'a Struct,
        found: &Found<'a>,
        next: Option<&str>,
        names: &PagingNames,
    ) -> Vec<Said> {
        let below = found.holders.iter().filter_map(|field| match &field.value {
            Value::Record(name) => self.object(name),
            _ => None,
        });
        let mut says: Vec<Said> = Vec::new();
        for (holder, object) in std::iter::once(answer).chain(below).enumerate() {
            for field in object
                .fields
                .iter()
                .filter(|field| !field.list && !field.required)
            {
                let name = snake(&field.key);
                let is = |listed: &[String]| listed.contains(&name);
                let what = match &field.value {
                    Value::Integer(None) if next.is_none() && is(&names.total) => What::Total,
                    Value::Integer(None) if is(&names.pages) => What::Pages,
                    Value::Boolean if is(&names.is_last) => What::IsLast,
                    Value::Boolean if is(&names.has_more) => What::HasMore,
                    Value::Text(None) if next == Some(name.as_str()) => What::Next,
                    _ => continue,
                };
                if says.iter().all(|said| said.what != what) {
                    let field = field.name.clone();
                    says.push(Said {
                        holder,
                        field,
                        what,
                    });
                }
            }
        }
        says
    }
}

/// The parameter of this object that selects the page, and the field of answers with the next token.
fn turn<'n>(object: &Struct, names: &'n PagingNames) -> Option<(Turn, Option<&'n str>)> {
    let token = names.token.iter().find_map(|(name, next)| {
        let field = named(object, std::slice::from_ref(name))?;
        let is_text = field.value == Value::Text(None) && !field.required;
        is_text.then(|| (Turn::Token(field.name.clone()), Some(next.as_str())))
    });
    token.or_else(|| {
        let field = named(object, &names.number)?;
        Some((Turn::Number(field.name.clone()), None))
    })
}

/// The first parameter with one of these names that can hold a count.
fn named<'s>(object: &'s Struct, names: &[String]) -> Option<&'s Field> {
    let counts = |field: &&Field| {
        !field.list && matches!(field.value, Value::Integer(None) | Value::Text(None))
    };
    let fields = || object.fields.iter().filter(counts);
    names
        .iter()
        .find_map(|name| fields().find(|field| snake(&field.key) == *name))
}
