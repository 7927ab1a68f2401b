//! Reads type texts as the vendor prints them, in all spellings.

/// The length of the longest type text in bytes. A longer text is a sentence.
const LONGEST: usize = 120;

/// What a documented type text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeText {
    /// Whether the text names a list.
    pub list: bool,
    /// The kind of the value, or of each element of the list.
    pub element: Element,
}

/// The value, or one element of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
    /// Whole numbers: `Number`, `Long` and the like.
    Integer,
    /// `String` and the like.
    Text,
    /// `Boolean`.
    Boolean,
    /// `Date` and the like.
    Time,
    /// `Price` and the words for fractions.
    Decimal,
    /// Bytes or an uploaded file.
    File,
    /// A list of scalars whose kind the text does not state (type code 7).
    AnyScalar,
    /// An object, with the name of its type if there is one.
    Object(Option<String>),
    /// The text says nothing usable.
    Unknown,
}

impl Element {
    /// Whether such a value contains no fields.
    pub fn is_scalar(&self) -> bool {
        !matches!(self, Self::Object(_) | Self::Unknown)
    }
}

impl TypeText {
    /// Reads `text`. Every text is accepted; an unusable one gives [`Element::Unknown`].
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if text.len() > LONGEST {
            return Self::one(Element::Unknown);
        }
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let lower = compact.to_lowercase();
        if lower == "byte[]" {
            return Self::one(Element::File);
        }
        if let Some(inner) = list_element(&compact, &lower) {
            let name = inner;
            let mut inner = Self::parse(&name);
            inner.list = true;
            // Only the name of a type can precede the sign of a list; some begin with a small letter.
            if inner.element == Element::Unknown && is_identifier(&name) {
                inner.element = Element::Object(Some(name));
            }
            return inner;
        }
        match lower.as_str() {
            "6" => Self::list_of(Element::Text), // the older portals say `String[]` for such fields
            "7" => Self::list_of(Element::AnyScalar),
            "9" => Self::list_of(Element::Object(None)),
            "list" | "array" | "set" | "collection" | "jsonarray" => {
                Self::list_of(Element::Unknown)
            }
            _ => Self::one(element(text, &lower)),
        }
    }

    /// Whether the text is a type word that every page uses, rather than the name of one object's type.
    pub fn is_known_word(text: &str) -> bool {
        let parsed = Self::parse(text);
        match parsed.element {
            Element::Object(name) => name.is_none(),
            Element::Unknown => parsed.list,
            _ => true,
        }
    }

    fn one(element: Element) -> Self {
        Self {
            list: false,
            element,
        }
    }

    fn list_of(element: Element) -> Self {
        Self {
            list: true,
            element,
        }
    }
}

/// The text of the element, if `compact` is one of the spellings of a list.
fn list_element(compact: &str, lower: &str) -> Option<String> {
    if let Some(inner) = compact.strip_suffix("[]") {
        return (!inner.is_empty()).then(|| inner.to_owned());
    }
    for word in ["arraylist", "list", "array", "set", "collection"] {
        let Some(rest) = lower.strip_prefix(word) else {
            continue;
        };
        let bracketed = [('[', ']'), ('<', '>'), ('(', ')')]
            .iter()
            .any(|&(open, close)| rest.starts_with(open) && rest.ends_with(close));
        if bracketed && rest.len() > 2 {
            return Some(compact[word.len() + 1..compact.len() - 1].to_owned());
        }
        if let Some(inner) = rest.strip_prefix("of")
            && !inner.is_empty()
        {
            return Some(compact[word.len() + 2..].to_owned());
        }
    }
    for word in ["list", "array"] {
        if let Some(inner) = lower.strip_suffix(word)
            && !inner.is_empty()
            && !matches!(
                element(inner, inner),
                Element::Object(Some(_)) | Element::Unknown
            )
        {
            return Some(compact[..inner.len()].to_owned());
        }
    }
    let inner = compact.strip_prefix('[')?.strip_suffix(']')?;
    (!inner.is_empty()).then(|| inner.to_owned())
}

fn element(text: &str, lower: &str) -> Element {
    match lower {
        "1" | "string" | "str" | "text" | "char" | "varchar" | "enum" | "json" | "fieldlist" => {
            Element::Text
        }
        "2" | "number" | "long" | "integer" | "int" | "short" | "byte" | "bigint"
        | "biginteger" | "int32" | "int64" | "numeric" => Element::Integer,
        "3" | "boolean" | "bool" => Element::Boolean,
        "date" | "datetime" | "time" | "timestamp" => Element::Time,
        "price" | "float" | "double" | "decimal" | "bigdecimal" => Element::Decimal,
        "file" | "fileitem" | "bytes" => Element::File,
        "4" | "object" | "map" | "hashmap" | "struct" | "jsonobject" => Element::Object(None),
        _ if ["map<", "map[", "hashmap<"]
            .iter()
            .any(|start| lower.starts_with(start)) =>
        {
            Element::Object(None)
        }
        _ if is_type_name(text) => Element::Object(Some(text.to_owned())),
        _ => Element::Unknown,
    }
}

/// Whether the text is written like the name of a type: in camel case with a capital first, or qualified with dots.
fn is_type_name(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or(text);
    last.starts_with(|c: char| c.is_ascii_uppercase()) && is_identifier(text)
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, list: bool, element: Element) {
        assert_eq!(TypeText::parse(text), TypeText { list, element }, "{text}");
    }

    #[test]
    fn every_spelling_of_a_list_is_recognised() {
        for text in [
            "Object[]",
            "Object []",
            "List[Object]",
            "List<Object>",
            "Object List",
            "[Object]",
            "9",
        ] {
            check(text, true, Element::Object(None));
        }
        check(
            "GlobalDto []",
            true,
            Element::Object(Some("GlobalDto".into())),
        );
        check("String[]", true, Element::Text);
        check("6", true, Element::Text);
        check("7", true, Element::AnyScalar);
        check("Array", true, Element::Unknown);
    }

    #[test]
    fn scalars_and_type_codes_are_recognised() {
        check("Number", false, Element::Integer);
        check("1", false, Element::Text);
        check("2", false, Element::Integer);
        check("3", false, Element::Boolean);
        check("4", false, Element::Object(None));
        check("Byte[]", false, Element::File);
        check(
            "BaseResult",
            false,
            Element::Object(Some("BaseResult".into())),
        );
        check(
            "Whitelist",
            false,
            Element::Object(Some("Whitelist".into())),
        );
        check("", false, Element::Unknown);
        check("8", false, Element::Unknown);
    }
}
