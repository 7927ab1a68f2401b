//! The kind of a value, by its documented type and by the sample.

use super::rows::Field;
use super::sample::Shape;
use crate::tree::{Kind, Node};
use crate::type_text::Element;

/// The documented kind. If the documentation gives none, the kind that the sample shows. A number is a fraction if the
/// sample or the row's example has a fraction.
pub(crate) fn kind(
    field: &Field<'_>,
    children: &[Node],
    sample: Option<Kind>,
    shape: Option<&Shape>,
) -> Kind {
    if !children.is_empty() {
        return Kind::Object;
    }
    let values = [
        shape.and_then(|shape| shape.value.as_deref()),
        field.row.example.as_deref(),
    ];
    let is_fraction = |value: &&str| value.contains('.') && value.trim().parse::<f64>().is_ok();
    match documented(field) {
        Kind::Unknown => sample.unwrap_or(Kind::Unknown),
        Kind::Integer if values.iter().flatten().any(is_fraction) => Kind::Decimal,
        documented => documented,
    }
}

/// The kind that the documented type gives.
pub(crate) fn documented(field: &Field<'_>) -> Kind {
    match &field.doc.element {
        Element::Integer => Kind::Integer,
        Element::Text => Kind::Text,
        Element::Boolean => Kind::Boolean,
        Element::Time => Kind::Time,
        Element::Decimal => Kind::Decimal,
        Element::File => Kind::File,
        Element::Object(_) => Kind::Object,
        Element::AnyScalar | Element::Unknown => Kind::Unknown,
    }
}

/// Whether a sample's value of kind `sample` agrees with the documentation.
pub(crate) fn agrees(documented: Kind, sample: Kind) -> bool {
    match documented {
        Kind::Unknown => true,
        Kind::Time | Kind::Decimal | Kind::File => {
            sample != Kind::Object && sample != Kind::Boolean
        }
        documented => documented == sample,
    }
}

/// The kind with its article, for messages.
pub(crate) fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Object => "an object",
        Kind::Integer => "an integer",
        Kind::Text => "a text",
        Kind::Boolean => "a boolean",
        Kind::Time => "a time",
        Kind::Decimal => "a decimal",
        Kind::File => "a file",
        Kind::Map => "a map",
        Kind::Unknown => "a value",
    }
}
