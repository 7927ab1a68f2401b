//! Values by their path, the same for every form of an answer.

use std::borrow::Cow;
use std::fmt;

use super::Value;

/// Why there is no such value: path, what was found, what was wanted. It quotes nothing from the
/// answer except names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError {
    path: String,
    found: String,
    wanted: &'static str,
}

impl ValueError {
    fn new(path: &str, found: impl Into<String>, wanted: &'static str) -> Self {
        Self {
            path: path.to_owned(),
            found: found.into(),
            wanted,
        }
    }

    /// The path up to and including the step that failed; empty for the value itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What was found, in words.
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What was wanted.
    pub fn wanted(&self) -> &str {
        self.wanted
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.path.as_str() {
            "" => "the value",
            path => path,
        };
        write!(
            formatter,
            "cannot read {place}: found {}; wanted {}",
            self.found, self.wanted
        )
    }
}

impl std::error::Error for ValueError {}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'p> {
    /// To the member of this name.
    Member(&'p str),
    /// To the element at this index, from 0.
    Element(usize),
}

impl Value {
    /// The value at a path such as `result.delivery_options[0].code`, with indices from 0.
    ///
    /// The path is that of the simplified form, whatever form the answer has: `[0]` skips the inner
    /// name that full answers and XML have around lists, and accepts a single element without a
    /// list.
    ///
    /// # Errors
    ///
    /// When there is no such value; the error names the step that failed.
    pub fn at(&self, path: &str) -> Result<&Value, ValueError> {
        let steps = steps(path)?;
        let mut deepest = 0;
        self.walk(&steps, 0, &mut deepest)
            .map_err(|(found, wanted)| {
                let end = steps.get(deepest).map_or(path.len(), |(_, end)| *end);
                ValueError::new(&path[..end], found, wanted)
            })
    }

    /// Follows the steps from `index` on. An object may be an element or the inner name around one: both are tried, the
    /// inner name first.
    fn walk(
        &self,
        steps: &[(Step<'_>, usize)],
        index: usize,
        deepest: &mut usize,
    ) -> Result<&Value, (String, &'static str)> {
        let Some((step, _)) = steps.get(index) else {
            return Ok(self);
        };
        *deepest = index.max(*deepest);
        match *step {
            Step::Member(name) => match self {
                Value::Object(_) => match self.get(name) {
                    Some(value) => value.walk(steps, index + 1, deepest),
                    None => Err(("no such member".to_owned(), "a member of this name")),
                },
                // An object that is documented as one object may come as a list of one.
                Value::List(elements) if elements.len() == 1 => {
                    elements[0].walk(steps, index, deepest)
                }
                other => Err((other.kind(), "an object")),
            },
            Step::Element(number) => {
                let mut failure = None;
                for elements in self.readings() {
                    let walked = match elements.get(number) {
                        Some(element) => element.walk(steps, index + 1, deepest),
                        None => Err((
                            format!("a list of {}", elements.len()),
                            "an element at this place",
                        )),
                    };
                    match walked {
                        Ok(value) => return Ok(value),
                        Err(error) => failure = failure.or(Some(error)),
                    }
                }
                Err(failure.unwrap_or_else(|| (self.kind(), "a list")))
            }
        }
    }

    /// The elements of a list, in any form; empty for `null` or a blank text.
    ///
    /// # Errors
    ///
    /// When the value is any other scalar.
    pub fn elements(&self) -> Result<Vec<&Value>, ValueError> {
        let reading = self.readings().into_iter().next();
        reading.ok_or_else(|| ValueError::new("", self.kind(), "a list"))
    }

    /// The lists that the value may mean, the more likely one first.
    fn readings(&self) -> Vec<Vec<&Value>> {
        match self {
            Value::List(elements) => vec![elements.iter().collect()],
            nothing if nothing.is_nothing() => vec![Vec::new()],
            Value::Object(members) => {
                let mut readings = Vec::new();
                let holds = |value: &Value| matches!(value, Value::List(_) | Value::Object(_));
                let is_one_name = members.windows(2).all(|pair| pair[0].0 == pair[1].0);
                match &members[..] {
                    [] => readings.push(Vec::new()),
                    [(_, Value::List(elements))] => readings.push(elements.iter().collect()),
                    [(_, only)] if !holds(only) => readings.push(vec![only]),
                    members if is_one_name => {
                        readings.push(members.iter().map(|(_, value)| value).collect());
                    }
                    _ => {}
                }
                // The value itself is the only element.
                if !members.is_empty() {
                    readings.push(vec![self]);
                }
                readings
            }
            _ => Vec::new(),
        }
    }

    /// A text, or a number or boolean as text.
    ///
    /// # Errors
    ///
    /// When the value is `null`, a list or an object.
    pub fn text(&self) -> Result<Cow<'_, str>, ValueError> {
        self.scalar()
            .ok_or_else(|| ValueError::new("", self.kind(), "a text"))
    }

    /// An integer, which may also be written as text.
    ///
    /// # Errors
    ///
    /// When the value is not an integer of 64 bits.
    pub fn integer(&self) -> Result<i64, ValueError> {
        let wanted = "a 64-bit integer";
        match self {
            Value::Integer(value) => Ok(*value),
            Value::Number(text) | Value::Text(text) => text
                .trim_ascii()
                .parse()
                .map_err(|_| ValueError::new("", self.kind(), wanted)),
            _ => Err(ValueError::new("", self.kind(), wanted)),
        }
    }

    /// The digits of a decimal number, which may also be written as text. No digit is lost: `8.30`
    /// stays `8.30`.
    ///
    /// # Errors
    ///
    /// When the value is not a decimal number.
    pub fn decimal(&self) -> Result<Cow<'_, str>, ValueError> {
        let text = match self {
            Value::Integer(value) => return Ok(value.to_string().into()),
            Value::Number(text) | Value::Text(text) => text.trim_ascii(),
            _ => "",
        };
        match is_decimal(text) {
            true => Ok(text.into()),
            false => Err(ValueError::new("", self.kind(), "a decimal number")),
        }
    }

    /// A boolean, which may also be written as text or as 0 or 1.
    ///
    /// # Errors
    ///
    /// When the value is not a boolean.
    pub fn boolean(&self) -> Result<bool, ValueError> {
        match self {
            Value::Boolean(value) => return Ok(*value),
            Value::Integer(0) => return Ok(false),
            Value::Integer(1) => return Ok(true),
            Value::Text(text) => match text.trim_ascii() {
                "true" | "1" => return Ok(true),
                "false" | "0" => return Ok(false),
                _ => {}
            },
            _ => {}
        }
        Err(ValueError::new("", self.kind(), "a boolean"))
    }
}

/// Whether a text is an optional sign, digits, optionally a point and more digits, and optionally an exponent as in
/// JSON.
fn is_decimal(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let (whole, part) = match number.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (number, None),
    };
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    digits(whole) && part.is_none_or(digits) && exponent.is_none_or(digits)
}

/// The steps of a path such as `a.b[0].c`, each with the byte of the path at which it ends.
///
/// # Errors
///
/// When the path cannot be read.
pub fn steps(path: &str) -> Result<Vec<(Step<'_>, usize)>, ValueError> {
    let wrong = || ValueError::new(path, "an invalid path", "a path such as a.b[0].c");
    let mut steps = Vec::new();
    let mut at = 0;
    if path.is_empty() {
        return Ok(steps);
    }
    for part in path.split('.') {
        let (name, mut indices) = match part.find('[') {
            Some(bracket) => part.split_at(bracket),
            None => (part, ""),
        };
        // A path may begin with an index.
        if name.is_empty() && (at > 0 || indices.is_empty()) {
            return Err(wrong());
        }
        if !name.is_empty() {
            steps.push((Step::Member(name), at + name.len()));
        }
        let mut end = at + name.len();
        while let Some(rest) = indices.strip_prefix('[') {
            let (number, rest) = rest.split_once(']').ok_or_else(wrong)?;
            let index = number.parse().map_err(|_| wrong())?;
            end += number.len() + 2;
            steps.push((Step::Element(index), end));
            indices = rest;
        }
        if !indices.is_empty() {
            return Err(wrong());
        }
        at = end + 1;
    }
    Ok(steps)
}
