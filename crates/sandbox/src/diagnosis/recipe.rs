//! A way to sign a call, correct or wrong.

use std::borrow::Cow;
use std::fmt::Write;

use aliexpress_signing::SignMethod;

use super::Case;
use super::changes::{Change, Pluses};
use super::decisions::{FileAs, Hash, Joint, Key, Order, Prefix, Selection};
use super::spelling::Spelling;
use super::timestamps::SignedTime;

/// All decisions that go into a signature. The selection of parameters and the spelling of values can each have two
/// mistakes.
#[derive(Clone, Copy)]
pub(super) struct Recipe {
    selections: [Selection; 2],
    spellings: [Spelling; 2],
    time: SignedTime,
    pluses: Pluses,
    /// Whether the text is signed as Latin-1.
    in_latin1: bool,
    joint: Joint,
    order: Order,
    prefix: Prefix,
    hash: Hash,
    key: Key,
}

impl Recipe {
    /// The correct way for this call.
    pub(super) fn right(case: &Case<'_>) -> Self {
        let prefix = case.path.filter(|_| case.method.signs_path());
        Recipe {
            selections: [Selection::AsSent; 2],
            spellings: [Spelling::Raw; 2],
            time: SignedTime::AsSent,
            pluses: Pluses::Nowhere,
            in_latin1: false,
            joint: Joint::Nothing,
            order: Order::Bytes,
            prefix: if prefix.is_some() {
                Prefix::Path
            } else {
                Prefix::Nothing
            },
            hash: match case.method {
                SignMethod::Md5 => Hash::Md5Around,
                SignMethod::Hmac => Hash::HmacMd5,
                _ => Hash::HmacSha256,
            },
            key: Key::Right,
        }
    }

    pub(super) fn apply(&mut self, change: Change) {
        match change {
            Change::Selection(selection) => self.selections = [self.selections[1], selection],
            Change::Spelling(spelling) => self.spellings = [self.spellings[1], spelling],
            Change::Time(time) => self.time = time,
            Change::Pluses(pluses) => self.pluses = pluses,
            Change::Latin1 => self.in_latin1 = true,
            Change::Joint(joint) => self.joint = joint,
            Change::Order(order) => self.order = order,
            Change::Prefix(prefix) => self.prefix = prefix,
            Change::Hash(hash) => self.hash = hash,
            Change::Key(key) => self.key = key,
        }
    }

    /// Whether this change alone affects the hashed bytes or the hash.
    pub(super) fn changed_by(&self, change: Change, case: &Case<'_>) -> bool {
        let mut changed = *self;
        changed.apply(change);
        changed.hash != self.hash
            || changed.key.of(case) != self.key.of(case)
            || changed.text(case) != self.text(case)
    }

    /// The signature in upper-case hex.
    pub(super) fn signature(&self, case: &Case<'_>) -> String {
        self.hash.digest(&self.key.of(case), &self.text(case))
    }

    /// The bytes that are signed; in Latin-1, a question mark replaces a character that it does not have.
    fn text(&self, case: &Case<'_>) -> Vec<u8> {
        let canonical = self.canonical(case);
        match self.in_latin1 {
            true => canonical
                .chars()
                .map(|character| u8::try_from(character).unwrap_or(b'?'))
                .collect(),
            false => canonical.into_bytes(),
        }
    }

    /// The string that is signed.
    pub(super) fn canonical(&self, case: &Case<'_>) -> String {
        let mut pairs = self.select(case);
        self.order.sort(&mut pairs);
        let mut canonical = self.prefix.of(case);
        for (index, (name, value)) in pairs.iter().enumerate() {
            let value = self.spell(value);
            // Writing to a String cannot fail.
            let _ = match self.joint {
                Joint::Nothing => write!(canonical, "{name}{value}"),
                Joint::EqualsSigns => write!(canonical, "{name}={value}"),
                Joint::QueryString if index == 0 => write!(canonical, "{name}={value}"),
                Joint::QueryString => write!(canonical, "&{name}={value}"),
                Joint::Ampersands => write!(canonical, "{name}={value}&"),
            };
        }
        canonical
    }

    fn spell(&self, value: &str) -> String {
        let [first, second] = self.spellings;
        second.of(&first.of(value)).into_owned()
    }

    /// The value, or the one that the client signed instead: another time, a raw `+`.
    fn meant<'a>(&self, name: &str, value: &'a str, case: &Case<'a>) -> Cow<'a, str> {
        if name == "timestamp"
            && let Some(signed) = self.time.of(value)
        {
            return Cow::Owned(signed);
        }
        let mut meant = case.with_pluses.iter();
        match (self.pluses, meant.find(|(key, _)| key == name)) {
            (Pluses::Everywhere, Some((_, meant))) => Cow::Borrowed(meant),
            (Pluses::At(first, second), Some(_)) => {
                let places = case.places_of_pluses();
                let here = places.filter(|(_, key, _)| *key == name);
                let here = here.filter(|(place, ..)| [first, second].contains(place));
                let mut bytes = value.as_bytes().to_vec();
                here.for_each(|(.., at)| bytes[at] = b'+');
                // Each replaced one ASCII character by another, so the text is still UTF-8.
                Cow::Owned(String::from_utf8(bytes).unwrap_or_default())
            }
            _ => Cow::Borrowed(value),
        }
    }

    fn select<'a>(&self, case: &Case<'a>) -> Vec<(&'a str, Cow<'a, str>)> {
        let sent = case
            .parameters
            .iter()
            .enumerate()
            .filter(|(_, (name, _))| *name != "sign");
        let kept = sent.filter(|(place, (name, value))| {
            let keeps = |selection: &Selection| selection.keeps(*place, name, value);
            self.selections.iter().all(keeps)
        });
        let word = |at: usize| {
            let words = self.selections.iter();
            words.copied().find_map(|selection| match selection {
                Selection::Word(place, word) if place == at => Some(word),
                _ => None,
            })
        };
        let mut pairs: Vec<(&str, Cow<'_, str>)> = kept
            .map(|(place, (name, value))| match word(place) {
                Some(word) => (*name, Cow::Borrowed(word)),
                None => (*name, self.meant(name, value, case)),
            })
            .collect();
        for selection in self.selections {
            match selection {
                Selection::BlankSign => pairs.push(("sign", Cow::Borrowed(""))),
                Selection::SignedTwice => {
                    pairs.push(("sign", Recipe::right(case).signature(case).into()));
                }
                Selection::MethodTwice => {
                    let method = pairs.iter().find(|(name, _)| *name == "method").cloned();
                    pairs.extend(method);
                }
                Selection::RenamedSession => {
                    for (name, _) in &mut pairs {
                        *name = match *name {
                            "session" => "access_token",
                            "access_token" => "session",
                            other => other,
                        };
                    }
                }
                Selection::WithFile(place, how) => {
                    let (name, contents) = &case.files[place];
                    let value = match how {
                        FileAs::Contents => String::from_utf8_lossy(contents),
                        FileAs::Blank => Cow::Borrowed(""),
                    };
                    pairs.push((name, value));
                }
                Selection::WithBlank(place) => {
                    pairs.push((case.known_names[place], Cow::Borrowed("")));
                }
                Selection::WithWord(place, word) => {
                    pairs.push((case.known_names[place], Cow::Borrowed(word)));
                }
                Selection::WithWords(mask, word) => {
                    let names = case.own_unsent().enumerate();
                    let names = names.filter(|(place, _)| mask >> place & 1 == 1);
                    pairs.extend(names.map(|(_, name)| (name, Cow::Borrowed(word))));
                }
                _ => {}
            }
        }
        pairs
    }
}
