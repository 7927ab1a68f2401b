//! Takes what a request holds of secrets and of people out of the texts that come back.
//!
//! Answers repeat what they refuse: a session, a code, a recipient's name or phone. Their texts end up in messages and
//! logs, so that they lose it here, before an [`Error`] is handed out; [`Error::raw`] keeps the body.
//!
//! The session and the parameters of system calls are secrets. Every other value that a request holds is taken for a
//! buyer's, unless its name is in the list of safe names: ids, codes, amounts, places in a list.
//!
//! Values are compared by their letters and digits alone, without case, after percent-encoding and the escapes of JSON,
//! XML and Rust are undone. Pieces of a value count as the value does, from [`SECRET_PIECE`] or [`PERSONAL_PIECE`]
//! characters on, unless they are one character again and again, such as the zeros of an id: those identify no one. What
//! is shorter counts as a whole word.
//!
//! Request ids and trace ids are long rows of digits in which a piece of some value stands by chance, and support asks
//! for them: they lose a buyer's value only where they hold the whole of it or a name of it.

mod errors;
mod glance;
mod marks;
mod plain;
mod values;

use crate::call::{Call, Endpoint};
use crate::secrets::Session;
pub(crate) use glance::is_clean;
use marks::{FEWEST_DIGITS, Marks};
use plain::Plain;
pub(crate) use values::{bare, is_safe};

/// What is in the place of what was taken out.
pub(crate) const REDACTED: &str = "[redacted]";

/// Length of the shortest piece of a secret that is found inside of other words, in letters and digits. Tokens have
/// fifty and no words, so that this tears no others.
const SECRET_PIECE: usize = 8;

/// The same for personal data.
const PERSONAL_PIECE: usize = 6;

/// What one request holds that no text may show.
#[derive(Default)]
pub(crate) struct Redactor {
    values: Vec<Value>,
}

struct Value {
    /// As it is compared.
    plain: Plain,
    is_secret: bool,
}

impl Redactor {
    /// For what comes back to this call.
    pub(crate) fn of_call(call: &Call<'_>, session: Option<&Session>) -> Self {
        let mut redactor = Self::default();
        redactor.add_secrets(session.map(Session::expose));
        match call.endpoint {
            Endpoint::System(_) => redactor.add_secrets(call.params().map(|(_, value)| value)),
            Endpoint::Business(_) => redactor.add_params(call.params()),
        }
        redactor
    }

    pub(crate) fn add_secrets<'a>(&mut self, secrets: impl IntoIterator<Item = &'a str>) {
        self.values.extend(secrets.into_iter().map(|text| Value {
            plain: Plain::of(text),
            is_secret: true,
        }));
    }

    /// For what comes back to this call where texts of any origin are, such as the names of goods: the secrets, and the
    /// values under the names that are personal.
    pub(crate) fn of_people(
        call: &Call<'_>,
        session: Option<&Session>,
        is_personal: fn(&str) -> bool,
    ) -> Self {
        let mut redactor = Self::default();
        redactor.add_secrets(session.map(Session::expose));
        match call.endpoint {
            Endpoint::System(_) => redactor.add_secrets(call.params().map(|(_, value)| value)),
            Endpoint::Business(_) => redactor.add_values(call.params(), is_personal),
        }
        redactor
    }

    /// Adds the parameters of a request, less what is safe to show.
    pub(crate) fn add_params<'a>(&mut self, params: impl IntoIterator<Item = (&'a str, &'a str)>) {
        self.add_values(params, |name| !is_safe(name));
    }

    fn add_values<'a>(
        &mut self,
        params: impl IntoIterator<Item = (&'a str, &'a str)>,
        wanted: fn(&str) -> bool,
    ) {
        for (name, value) in params {
            values::collect(name, value, wanted, &mut |text| {
                self.values.push(Value {
                    plain: Plain::of(&text),
                    is_secret: false,
                });
            });
        }
    }

    /// Replaces whatever of the request is in a text.
    pub(crate) fn text(&self, text: &mut String) {
        self.replace(text, |marks, value| {
            let wanted = &value.plain;
            if value.is_secret {
                return marks.find(wanted, SECRET_PIECE);
            }
            marks.find(wanted, PERSONAL_PIECE);
            marks.find_words(wanted, |_| true);
        });
    }

    /// Replaces pieces of secrets, and whole values of the request, in the platform's name for an exchange.
    pub(crate) fn id(&self, id: &mut String) {
        self.replace(id, |marks, value| {
            let wanted = &value.plain;
            if value.is_secret {
                return marks.find(wanted, SECRET_PIECE);
            }
            marks.find(wanted, wanted.letters.len().max(PERSONAL_PIECE));
            marks.find_words(wanted, |word| word.iter().all(|c| c.is_alphabetic()));
        });
    }

    /// Whether these digits are the whole of a value.
    pub(crate) fn is_value(&self, digits: &str) -> bool {
        let plain = Plain::of(digits);
        let mut values = self.values.iter();
        plain.letters.len() >= FEWEST_DIGITS
            && values.any(|value| value.plain.letters == plain.letters)
    }

    fn replace<'a>(&'a self, text: &mut String, find: impl Fn(&mut Marks<'_>, &'a Value)) {
        if text.is_empty() || self.values.is_empty() {
            return;
        }
        let plain = Plain::of(text);
        let mut marks = Marks::on(&plain);
        for value in &self.values {
            find(&mut marks, value);
        }
        let places = marks.places();
        if !places.is_empty() {
            *text = without(text, &places);
        }
    }
}

/// The text with something else in these places, which are in order and apart.
fn without(text: &str, places: &[std::ops::Range<usize>]) -> String {
    let mut output = String::with_capacity(text.len());
    let mut rest = 0;
    for place in places {
        output.push_str(&text[rest..place.start]);
        output.push_str(REDACTED);
        rest = place.end;
    }
    output.push_str(&text[rest..]);
    output
}

#[cfg(test)]
mod tests;
