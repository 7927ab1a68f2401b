//! The address trees: the provinces of a country, and their cities.

use serde_json::{Value, json};

use super::data::ADDRESSES;

/// A country whose address tree the sandbox has.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) country: &'static str,
}

impl Place {
    /// The country with this two-letter code, in any case.
    pub(crate) fn find(country: &str) -> Option<Self> {
        let country = country.trim().to_ascii_uppercase();
        let (country, _) = ADDRESSES.get_key_value(&country)?;
        Some(Self { country })
    }

    /// Whether the tree has this city in this province, with the same letter case, as reported of the platform.
    pub(crate) fn has(self, province: &str, city: &str) -> bool {
        let provinces = &ADDRESSES[self.country].provinces;
        let cities = provinces.get(province.trim());
        cities.is_some_and(|cities| cities.iter().any(|known| known == city.trim()))
    }

    /// The provinces with their cities, as the JSON text in `aliexpress.ds.address.get` [third parties].
    pub(crate) fn children(self) -> String {
        let provinces = ADDRESSES[self.country].provinces.iter();
        let provinces = provinces.map(|(name, cities)| {
            let cities = cities
                .iter()
                .map(|name| json!({ "name": name, "type": "CITY" }));
            json!({ "name": name, "type": "PROVINCE", "children": cities.collect::<Value>() })
        });
        provinces.collect::<Value>().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_countries_have_a_tree() {
        assert_eq!(ADDRESSES.len(), 8);
        for country in ADDRESSES.keys() {
            let place = Place::find(&country.to_lowercase()).unwrap();
            let tree: Value = serde_json::from_str(&place.children()).unwrap();
            for province in tree.as_array().unwrap() {
                for city in province["children"].as_array().unwrap() {
                    let [province, city] =
                        [province, city].map(|place| place["name"].as_str().unwrap());
                    assert!(place.has(province, city));
                    assert!(!place.has(province, &city.to_lowercase()));
                }
            }
        }
        assert!(Place::find("ZZ").is_none());
    }
}
