//! A way to sign a call, right or wrong, and the changes that lead from the right one to the usual wrong ones.

use std::borrow::Cow;
use std::fmt::Write;
use std::mem::discriminant;

use aliexpress_signing::SignMethod;

use super::Case;
use super::decisions::{FileAs, Hash, Joint, Key, Order, Prefix, Selection};
use super::spelling::Spelling;
use super::timestamps::SignedTime;

/// What languages print for a value that is absent.
const ABSENT_WORDS: [&str; 3] = ["undefined", "null", "None"];

/// Each decision that goes into a signature. Parameters may be picked and values written wrongly in two ways at once.
#[derive(Clone, Copy)]
pub(super) struct Recipe {
    selections: [Selection; 2],
    spellings: [Spelling; 2],
    time: SignedTime,
    /// Whether a raw `+` is signed as one.
    with_pluses: bool,
    joint: Joint,
    order: Order,
    prefix: Prefix,
    hash: Hash,
    key: Key,
}

/// One decision taken differently.
#[derive(Clone, Copy)]
pub(super) enum Change {
    Hash(Hash),
    Order(Order),
    Prefix(Prefix),
    Selection(Selection),
    Spelling(Spelling),
    Time(SignedTime),
    Pluses,
    Joint(Joint),
    Key(Key),
}

impl Change {
    /// Every change that is a usual mistake, the likelier ones first.
    pub(super) fn all(case: &Case<'_>) -> Vec<Change> {
        use Change as C;
        let mut changes = vec![
            C::Order(Order::CaseFolded),
            C::Order(Order::Locale),
            C::Order(Order::Collation),
            C::Order(Order::AsSent),
            C::Order(Order::Reversed),
            C::Prefix(Prefix::Nothing),
            C::Prefix(Prefix::Path),
            C::Prefix(Prefix::RestAndPath),
            C::Prefix(Prefix::PathWithoutSlash),
            C::Prefix(Prefix::Api),
            C::Prefix(Prefix::Sync),
            C::Key(Key::Newline),
            C::Key(Key::CarriageReturn),
            C::Key(Key::Space),
            C::Key(Key::LeadingSpace),
            C::Key(Key::Ampersand),
            C::Key(Key::Quoted),
            C::Key(Key::UpperCase),
            C::Key(Key::LowerCase),
            C::Key(Key::App),
            C::Key(Key::Session),
            C::Key(Key::Empty),
            C::Hash(Hash::HmacSha256),
            C::Hash(Hash::HmacMd5),
            C::Hash(Hash::Md5Around),
            C::Hash(Hash::Md5Before),
            C::Hash(Hash::Md5Behind),
            C::Hash(Hash::Md5Plain),
            C::Hash(Hash::Sha256Around),
            C::Hash(Hash::Sha256Before),
            C::Hash(Hash::Sha256Behind),
            C::Hash(Hash::Sha256Plain),
            C::Joint(Joint::QueryString),
            C::Joint(Joint::EqualsSigns),
            C::Selection(Selection::WithoutBlanks),
            C::Selection(Selection::BlankSign),
            C::Selection(Selection::SignedTwice),
            C::Selection(Selection::OnlyCommon),
            C::Selection(Selection::OnlyOwn),
            C::Selection(Selection::MethodTwice),
            C::Selection(Selection::RenamedSession),
            C::Pluses,
        ];
        changes.extend(Spelling::WRONG.iter().copied().map(C::Spelling));
        changes.extend(SignedTime::WRONG.map(C::Time));
        changes.extend((0..case.files.len()).flat_map(|place| {
            [FileAs::Contents, FileAs::Blank]
                .map(|how| C::Selection(Selection::WithFile(place, how)))
        }));
        changes.extend(
            (0..case.parameters.len()).map(|place| C::Selection(Selection::Without(place))),
        );
        let unsent = |name: &str| !case.parameters.iter().any(|(sent, _)| *sent == name);
        let places = case
            .known_names
            .iter()
            .enumerate()
            .filter(|(_, name)| unsent(name));
        let places: Vec<usize> = places.map(|(place, _)| place).collect();
        let blank = |place: &usize| C::Selection(Selection::WithBlank(*place));
        changes.extend(places.iter().map(blank));
        let words = ABSENT_WORDS.iter();
        changes.extend(words.flat_map(|word| {
            let signed = |place: &usize| C::Selection(Selection::WithWord(*place, word));
            places.iter().map(signed)
        }));
        changes
    }

    /// Whether both can be made at once: they are different decisions, or choose or write different parameters.
    pub(super) fn goes_with(&self, other: &Change) -> bool {
        match (self, other) {
            // A client is written in one language, which prints one word for what is absent.
            (
                Change::Selection(Selection::WithWord(_, first)),
                Change::Selection(Selection::WithWord(_, second)),
            ) if first != second => false,
            (Change::Selection(first), Change::Selection(second)) => {
                first.place() != second.place()
            }
            (Change::Spelling(first), Change::Spelling(second)) => first != second,
            _ => discriminant(self) != discriminant(other),
        }
    }

    /// Whether it matters which of both is made first.
    pub(super) fn depends_on_order_with(&self, other: &Change) -> bool {
        matches!((self, other), (Change::Spelling(_), Change::Spelling(_)))
    }

    /// The mistake in a few words.
    pub(super) fn describe(self, case: &Case<'_>) -> String {
        match self {
            Change::Selection(Selection::Without(place)) => {
                format!("parameter {:?} left out", case.parameters[place].0)
            }
            Change::Selection(Selection::WithBlank(place)) => {
                format!(
                    "blank parameter {:?} signed but not sent",
                    case.known_names[place]
                )
            }
            Change::Selection(Selection::WithWord(place, word)) => {
                format!(
                    "parameter {:?} signed as {word:?} but not sent",
                    case.known_names[place]
                )
            }
            Change::Selection(Selection::WithFile(place, how)) => {
                let what = match how {
                    FileAs::Contents => "with its contents",
                    FileAs::Blank => "as a blank parameter",
                };
                let name = &case.files[place].0;
                format!("file {name:?} signed {what}: files are not signed")
            }
            Change::Selection(selection) => selection.describe().to_owned(),
            Change::Time(time) => time.describe().to_owned(),
            Change::Pluses => Spelling::PlusBeforeNumbers.describe().to_owned(),
            Change::Spelling(spelling) => spelling.describe().to_owned(),
            Change::Joint(Joint::QueryString) => {
                "parameters joined as name=value&name=value".to_owned()
            }
            Change::Joint(_) => "an equals sign between name and value".to_owned(),
            Change::Order(order) => order.describe().to_owned(),
            Change::Prefix(prefix) => prefix.describe(case),
            Change::Hash(hash) => format!("{} where {} is asked for", hash.describe(), case.method),
            Change::Key(key) => key.describe().to_owned(),
        }
    }
}

impl Recipe {
    /// The right way for this call.
    pub(super) fn right(case: &Case<'_>) -> Self {
        let prefix = case.path.filter(|_| case.method.signs_path());
        Recipe {
            selections: [Selection::AsSent; 2],
            spellings: [Spelling::Raw; 2],
            time: SignedTime::AsSent,
            with_pluses: false,
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
            Change::Pluses => self.with_pluses = true,
            Change::Joint(joint) => self.joint = joint,
            Change::Order(order) => self.order = order,
            Change::Prefix(prefix) => self.prefix = prefix,
            Change::Hash(hash) => self.hash = hash,
            Change::Key(key) => self.key = key,
        }
    }

    /// Whether this change alone makes a difference to what is hashed, or how.
    pub(super) fn changed_by(&self, change: Change, case: &Case<'_>) -> bool {
        let mut changed = *self;
        changed.apply(change);
        changed.hash != self.hash
            || changed.key.of(case) != self.key.of(case)
            || changed.canonical(case) != self.canonical(case)
    }

    /// The signature in upper-case hex.
    pub(super) fn signature(&self, case: &Case<'_>) -> String {
        self.hash.digest(&self.key.of(case), &self.canonical(case))
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
            };
        }
        canonical
    }

    fn spell(&self, value: &str) -> String {
        let [first, second] = self.spellings;
        second.of(&first.of(value)).into_owned()
    }

    /// The value, or what the client means by it: another time, a raw `+`.
    fn meant<'a>(&self, name: &str, value: &'a str, case: &Case<'a>) -> Cow<'a, str> {
        if name == "timestamp"
            && let Some(signed) = self.time.of(value)
        {
            return Cow::Owned(signed);
        }
        let mut meant = case.with_pluses.iter().filter(|_| self.with_pluses);
        match meant.find(|(key, _)| key == name) {
            Some((_, value)) => Cow::Borrowed(value),
            None => Cow::Borrowed(value),
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
        let mut pairs: Vec<(&str, Cow<'_, str>)> = kept
            .map(|(_, (name, value))| (*name, self.meant(name, value, case)))
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
                _ => {}
            }
        }
        pairs
    }
}
