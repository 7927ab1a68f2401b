//! The provinces and cities that the platform lists, and whether an address uses these names.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aliexpress_models::ds::address_get::AddressGet;
use aliexpress_models::order_create::LogisticsAddress;
use serde_json::Value;

use super::market::locale;
use super::operation::{Operation, ReplyTo, filled, part, unreadable};
use crate::error::Error;
use crate::preflight::{self, Warning};
use crate::reply::Reply;

/// The names that the platform lists for a country. Third parties report that it accepts an address
/// only if the names match, letter case included.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AddressTree {
    /// The country, as requested.
    pub country: String,
    /// The language of the names, with a region, such as `fr_FR`.
    pub locale: String,
    /// The outermost regions of the country, usually provinces.
    pub regions: Vec<Region>,
}

/// A region, such as a province or a city.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Region {
    /// The name to use in an address.
    pub name: String,
    /// The kind of region as the platform names it, such as `PROVINCE` or `CITY`; `None` if it
    /// states none.
    pub kind: Option<String>,
    /// The regions inside it.
    pub regions: Vec<Region>,
}

impl AddressTree {
    /// The outermost region with this name.
    pub fn region(&self, name: &str) -> Option<&Region> {
        named(&self.regions, name)
    }
}

impl Region {
    /// The region inside it with this name.
    pub fn region(&self, name: &str) -> Option<&Region> {
        named(&self.regions, name)
    }
}

fn named<'a>(regions: &'a [Region], name: &str) -> Option<&'a Region> {
    regions.iter().find(|region| region.name == name.trim())
}

/// Possible problems of an address. Nothing in it quotes the address.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AddressCheck {
    /// Warnings by the rules of the country; see [`preflight`].
    pub warnings: Vec<Warning>,
    /// Province and city, if the platform's list does not contain them.
    pub unlisted: Vec<UnlistedRegion>,
    /// Whether the platform lists names for the country at all. English names are compared.
    pub has_list: bool,
}

impl AddressCheck {
    /// Whether no problem was found. The platform may still refuse the address.
    pub fn is_fine(&self) -> bool {
        self.warnings.is_empty() && self.unlisted.is_empty()
    }

    pub(crate) fn of(address: &LogisticsAddress, tree: Option<&AddressTree>) -> Self {
        let mut unlisted = Vec::new();
        if let Some(tree) = tree.filter(|tree| !tree.regions.is_empty()) {
            match tree.region(&address.province) {
                None => unlisted.push(UnlistedRegion::new(
                    "province",
                    &address.province,
                    &tree.regions,
                )),
                Some(province) if province.regions.is_empty() => {}
                Some(province) if province.region(&address.city).is_some() => {}
                Some(province) => {
                    unlisted.push(UnlistedRegion::new(
                        "city",
                        &address.city,
                        &province.regions,
                    ));
                }
            }
        }
        Self {
            warnings: preflight::check(address),
            unlisted,
            has_list: tree.is_some(),
        }
    }
}

/// A part of an address that the platform does not list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnlistedRegion {
    /// The field's name on the wire.
    pub field: &'static str,
    /// How many names the platform lists at this level.
    pub listed: usize,
    /// The listed names with a similar spelling.
    pub suggestions: Vec<String>,
}

impl UnlistedRegion {
    fn new(field: &'static str, given: &str, listed: &[Region]) -> Self {
        let given = given.trim().to_lowercase();
        let mut close: Vec<(usize, &str)> = listed
            .iter()
            .map(|region| {
                (
                    distance(&given, &region.name.to_lowercase()),
                    region.name.as_str(),
                )
            })
            .filter(|(distance, _)| *distance <= 2)
            .collect();
        close.sort();
        Self {
            field,
            listed: listed.len(),
            suggestions: close
                .into_iter()
                .take(3)
                .map(|(_, name)| name.to_owned())
                .collect(),
        }
    }
}

impl fmt::Display for UnlistedRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            listed,
            suggestions,
        } = self;
        write!(
            f,
            "{field}: found none of the {listed} names that the platform lists; wanted "
        )?;
        match &suggestions[..] {
            [] => f.write_str("one of them"),
            suggestions => {
                let quoted = suggestions.iter().map(|name| format!("{name:?}"));
                f.write_str(&quoted.collect::<Vec<_>>().join(" or "))
            }
        }
    }
}

/// The edit distance: how many letters must be inserted, removed or changed to turn one text into
/// the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], line + 1);
        for (column, its) in other.iter().enumerate() {
            let changed = corner + usize::from(letter != *its);
            corner = row[column + 1];
            row[column + 1] = changed.min(corner + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

/// Cached trees, shared by all clones of a client.
#[derive(Default)]
pub(crate) struct AddressTrees(Mutex<HashMap<TreeOf, (Instant, Arc<AddressTree>)>>);

/// How long a tree is cached. The platform changes names a few times a year.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// How many trees are cached: there are few more countries than this.
const MOST: usize = 300;

impl AddressTrees {
    pub(crate) fn get(&self, of: &TreeOf) -> Option<Arc<AddressTree>> {
        let trees = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (read, tree) = trees.get(of)?;
        (read.elapsed() < KEPT).then(|| Arc::clone(tree))
    }

    pub(crate) fn keep(&self, of: TreeOf, tree: AddressTree) -> Arc<AddressTree> {
        let tree = Arc::new(tree);
        let mut trees = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if trees.len() >= MOST {
            trees.clear();
        }
        trees.insert(of, (Instant::now(), Arc::clone(&tree)));
        tree
    }
}

/// The language in which names are compared with those of an address. English names are reported to
/// be accepted, such as `Tyrol` for a province of Austria.
pub(crate) const NAMES_IN: &str = "en";

/// The request for the names of a country in a language.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TreeOf {
    country: String,
    locale: String,
}

impl TreeOf {
    /// # Errors
    ///
    /// When the country is blank, or the platform does not list the language.
    pub(crate) fn new(country: &str, language: &str) -> Result<Self, Error> {
        let country = country.trim().to_ascii_uppercase();
        if country.is_empty() {
            return Err(Error::unusable(
                "ask for addresses",
                "no country",
                "the two letters of a country",
            ));
        }
        let (locale, _) = locale(language, &country)?;
        Ok(Self { country, locale })
    }
}

impl Operation for TreeOf {
    type Request = AddressGet;
    type Output = AddressTree;

    fn request(&self) -> Result<AddressGet, Error> {
        let request = AddressGet::new(&self.country).language(&self.locale);
        // The platform's sample calls send both.
        Ok(request.is_multi_language("true"))
    }

    fn read(&self, mut reply: ReplyTo<Self>) -> Result<Reply<AddressTree>, Error> {
        let result = reply.data.result.as_mut();
        let children = result.and_then(|result| result.data.as_mut()?.children.take());
        let regions = match children {
            Some(text) => match regions(&Value::String(text.0), 0) {
                Some(regions) => Some(regions),
                None => {
                    let (found, wanted) = (
                        "children that are not a list of names",
                        "JSON of names and children",
                    );
                    return Err(unreadable::<AddressGet>(reply, found, wanted));
                }
            },
            None => None,
        };
        let tree = regions.map(|regions| AddressTree {
            country: self.country.clone(),
            locale: self.locale.clone(),
            regions,
        });
        part::<AddressGet, _>(reply, "provinces and cities", |_| tree)
    }
}

/// Regions from JSON, which the platform sends as text, sometimes nested in another text.
fn regions(value: &Value, depth: u8) -> Option<Vec<Region>> {
    const DEEPEST: u8 = 16;
    if depth == DEEPEST {
        return None;
    }
    match value {
        Value::Null => Some(Vec::new()),
        Value::String(text) if text.trim().is_empty() => Some(Vec::new()),
        Value::String(text) => regions(&serde_json::from_str(text).ok()?, depth + 1),
        Value::Array(places) => places
            .iter()
            .map(|place| region(place, depth + 1))
            .collect(),
        Value::Object(_) => Some(vec![region(value, depth + 1)?]),
        Value::Bool(_) | Value::Number(_) => None,
    }
}

fn region(place: &Value, depth: u8) -> Option<Region> {
    let text = |name: &str| filled(place.get(name)?.as_str()).map(str::to_owned);
    Some(Region {
        name: text("name")?,
        kind: text("type"),
        regions: regions(place.get("children").unwrap_or(&Value::Null), depth)?,
    })
}

/// The tree, or `None` if the platform has no list for the country.
pub(crate) fn if_listed(
    tree: Result<Arc<AddressTree>, Error>,
) -> Result<Option<Arc<AddressTree>>, Error> {
    match tree {
        Ok(tree) => Ok(Some(tree)),
        Err(error) if error.business_refusal().is_some() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edit_distance_counts_letters_not_bytes() {
        for (one, other, expected) in [
            ("", "", 0),
            ("paris", "paris", 0),
            ("pari", "paris", 1),
            ("praha", "paris", 4),
            ("île", "ile", 1),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn names_are_read_from_json_text_inside_json_text() {
        let inner = r#"[{"name":"B","type":"CITY"}]"#;
        let text = serde_json::json!([{ "name": "A", "children": inner }]).to_string();
        let read = regions(&Value::String(text), 0).unwrap();
        assert_eq!(
            (read[0].name.as_str(), read[0].regions[0].name.as_str()),
            ("A", "B")
        );
        assert_eq!(regions(&Value::String(" ".to_owned()), 0), Some(Vec::new()));
        for wrong in ["[1]", "{", "true", r#"[{"type":"CITY"}]"#] {
            assert_eq!(
                regions(&Value::String(wrong.to_owned()), 0),
                None,
                "{wrong}"
            );
        }
    }
}
