//! The merged samples of a section: the fields of each object, and the kind of each value.

use std::collections::HashMap;
use std::fmt;

use anyhow::{Context, anyhow};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::table::{Format, Sample};
use crate::tree::Kind;

/// A place in [`Shapes`].
pub(crate) type ShapeId = usize;

/// The document itself.
pub(crate) const ROOT: ShapeId = 0;

/// The maximum depth of a sample. Deeper samples are refused, because no real answer is so deep and because recursive
/// functions must not overflow the stack.
const DEEPEST: usize = 100;

/// The shapes of the merged samples. The elements of a list are one shape, with the fields of all of them.
#[derive(Debug)]
pub(crate) struct Shapes {
    shapes: Vec<Shape>,
    by_name: HashMap<String, Vec<ShapeId>>,
    format: Format,
}

/// What samples show at one path.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    /// The field's name; empty for the document.
    pub name: String,
    /// The shape it is a field of; the document is its own parent.
    pub parent: ShapeId,
    /// Its fields, in the order they are first shown.
    pub fields: Vec<ShapeId>,
    /// Whether it is shown as a JSON array, or repeated in XML, or marked as a list there.
    pub array: bool,
    /// Whether it is shown as an object, even an empty one.
    pub object: bool,
    /// The kind of its scalar values.
    pub scalar: Option<Kind>,
    /// Its first value that is not empty.
    pub value: Option<String>,
    index: HashMap<String, ShapeId>,
}

impl Shape {
    /// Whether it is shown as a single scalar that is not empty, and as nothing else.
    pub(crate) fn is_text(&self) -> bool {
        self.value.is_some() && !self.array && !self.object
    }
}

impl Shapes {
    /// Merges `samples`, which are of one format.
    ///
    /// # Errors
    ///
    /// If one cannot be read or is nested too deep.
    pub(crate) fn of(samples: &[&Sample]) -> anyhow::Result<Self> {
        let format = samples.first().map_or(Format::Json, |sample| sample.format);
        let mut shapes = Self {
            shapes: vec![Shape::default()],
            by_name: HashMap::new(),
            format,
        };
        for sample in samples {
            let read = match sample.format {
                Format::Json => shapes.add_json(&sample.text),
                Format::Xml => shapes.add_xml(&sample.text),
            };
            read.with_context(|| {
                format!(
                    "reading the sample {} (line {} of the page)",
                    sample.file, sample.line
                )
            })?;
        }
        Ok(shapes)
    }

    /// The shape at `id`.
    pub(crate) fn get(&self, id: ShapeId) -> &Shape {
        &self.shapes[id]
    }

    /// The field of `id` called `name`.
    pub(crate) fn field(&self, id: ShapeId, name: &str) -> Option<ShapeId> {
        self.shapes[id].index.get(name).copied()
    }

    /// Every shape called `name`.
    pub(crate) fn called(&self, name: &str) -> &[ShapeId] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Every shape with its id.
    pub(crate) fn all(&self) -> impl ExactSizeIterator<Item = (ShapeId, &Shape)> {
        self.shapes.iter().enumerate()
    }

    /// How the samples are written.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Whether `id` shows an object with fields.
    pub(crate) fn has_fields(&self, id: ShapeId) -> bool {
        !self.shapes[id].fields.is_empty()
    }

    /// Parses strings that hold JSON, because parameters of a call are sent in this way.
    pub(crate) fn open_texts(&mut self, id: ShapeId) {
        for field in self.shapes[id].fields.clone() {
            let shape = &self.shapes[field];
            let Some(text) = shape
                .value
                .clone()
                .filter(|text| text.trim_start().starts_with(['{', '[']))
            else {
                continue;
            };
            if shape.scalar == Some(Kind::Text) && self.add_json_at(field, &text).is_ok() {
                self.shapes[field].scalar = None;
            }
        }
    }

    fn child(&mut self, parent: ShapeId, name: &str) -> ShapeId {
        if let Some(&id) = self.shapes[parent].index.get(name) {
            return id;
        }
        let id = self.shapes.len();
        self.shapes.push(Shape {
            name: name.to_owned(),
            parent,
            ..Shape::default()
        });
        self.shapes[parent].index.insert(name.to_owned(), id);
        self.shapes[parent].fields.push(id);
        self.by_name.entry(name.to_owned()).or_default().push(id);
        id
    }

    fn scalar(&mut self, id: ShapeId, kind: Kind, value: &str) {
        let shape = &mut self.shapes[id];
        if value.is_empty() {
            return;
        }
        shape.scalar = Some(match shape.scalar {
            None => kind,
            Some(known) if known == kind => kind,
            Some(Kind::Integer | Kind::Decimal)
                if matches!(kind, Kind::Integer | Kind::Decimal) =>
            {
                Kind::Decimal
            }
            Some(_) => Kind::Text,
        });
        shape.value.get_or_insert_with(|| value.to_owned());
    }

    fn add_json(&mut self, text: &str) -> anyhow::Result<()> {
        self.add_json_at(ROOT, text)
    }

    fn add_json_at(&mut self, id: ShapeId, text: &str) -> anyhow::Result<()> {
        let mut json = serde_json::Deserializer::from_str(text);
        let value = Value {
            shapes: self,
            id,
            depth: 0,
        };
        value.deserialize(&mut json)?;
        Ok(json.end()?)
    }

    fn add_xml(&mut self, text: &str) -> anyhow::Result<()> {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Element::new(ROOT)];
        loop {
            match reader.read_event()? {
                Event::Start(tag) => {
                    let name = tag.name().as_ref().to_owned();
                    let id = self.open_element(&mut open, &name)?;
                    open.push(Element::new(id));
                }
                Event::Empty(tag) => {
                    let name = tag.name().as_ref().to_owned();
                    self.open_element(&mut open, &name)?;
                }
                Event::End(_) => {
                    let element = open
                        .pop()
                        .ok_or_else(|| anyhow!("an end tag without a start"))?;
                    if element.seen.is_empty() {
                        self.scalar(element.id, Kind::Text, element.text.trim());
                    }
                }
                Event::Text(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text);
                    }
                }
                Event::CData(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text);
                    }
                }
                Event::GeneralRef(entity) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(match &*entity {
                            "lt" => "<",
                            "gt" => ">",
                            "amp" => "&",
                            "quot" => "\"",
                            "apos" => "'",
                            _ => "?",
                        });
                    }
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    /// The shape of an element called `name` in the innermost open element.
    fn open_element(&mut self, open: &mut [Element], name: &str) -> anyhow::Result<ShapeId> {
        if open.len() > DEEPEST {
            return Err(anyhow!("nested deeper than {DEEPEST} levels"));
        }
        let parent = open
            .last_mut()
            .ok_or_else(|| anyhow!("an element after the end"))?;
        self.shapes[parent.id].object = true;
        let id = self.child(parent.id, name);
        let count = parent.seen.entry(id).or_insert(0);
        *count += 1;
        if *count > 1 {
            self.shapes[id].array = true;
        }
        Ok(id)
    }
}

/// An XML element while it is read.
struct Element {
    id: ShapeId,
    text: String,
    /// How often each field was seen in this element.
    seen: HashMap<ShapeId, usize>,
}

impl Element {
    fn new(id: ShapeId) -> Self {
        Self {
            id,
            text: String::new(),
            seen: HashMap::new(),
        }
    }
}

/// Reads a JSON value into a shape.
struct Value<'s> {
    shapes: &'s mut Shapes,
    id: ShapeId,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.shapes
            .scalar(self.id, Kind::Boolean, if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.shapes
            .scalar(self.id, Kind::Integer, &value.to_string());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.shapes
            .scalar(self.id, Kind::Integer, &value.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        // Integers beyond 64 bits also arrive here. They are recognised because they have no fraction.
        let kind = if value.fract() == 0.0 && value.abs() > 1e18 {
            Kind::Integer
        } else {
            Kind::Decimal
        };
        self.shapes.scalar(self.id, kind, &value.to_string());
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.shapes.scalar(self.id, Kind::Text, value);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if self.depth > DEEPEST {
            return Err(serde::de::Error::custom(format!(
                "nested deeper than {DEEPEST} levels"
            )));
        }
        self.shapes.shapes[self.id].object = true;
        while let Some(name) = map.next_key::<String>()? {
            let id = self.shapes.child(self.id, name.trim());
            map.next_value_seed(Value {
                shapes: self.shapes,
                id,
                depth: self.depth + 1,
            })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if self.depth > DEEPEST {
            return Err(serde::de::Error::custom(format!(
                "nested deeper than {DEEPEST} levels"
            )));
        }
        self.shapes.shapes[self.id].array = true;
        while seq
            .next_element_seed(Value {
                shapes: self.shapes,
                id: self.id,
                depth: self.depth + 1,
            })?
            .is_some()
        {}
        Ok(())
    }
}
