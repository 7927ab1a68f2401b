//! Saves and reads stores and categories by their ids.

/// A store.
pub(crate) mod store {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    use crate::shop::{Shop, Store};

    pub(crate) fn serialize<S: Serializer>(
        store: &Store,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(store.id)
    }

    pub(crate) fn deserialize<'a, D: Deserializer<'a>>(
        deserializer: D,
    ) -> Result<&'static Store, D::Error> {
        let id = i64::deserialize(deserializer)?;
        Shop::store(id).ok_or_else(|| Error::custom("found a number that no store has"))
    }
}

/// An inner category.
pub(super) mod category {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    use crate::shop::Shop;
    use crate::shop::data::Category;

    pub(crate) fn serialize<S: Serializer>(
        category: &Category,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(category.id)
    }

    pub(crate) fn deserialize<'a, D: Deserializer<'a>>(
        deserializer: D,
    ) -> Result<&'static Category, D::Error> {
        let id = i64::deserialize(deserializer)?;
        Shop::category(id).ok_or_else(|| Error::custom("found a number that no category has"))
    }
}
