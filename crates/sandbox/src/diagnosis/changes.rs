//! The changes that turn the correct way to sign a call into the usual wrong ones.

use std::mem::discriminant;

use super::Case;
use super::decisions::{FileAs, Hash, Joint, Key, Order, Prefix, Selection};
use super::spelling::{ABSENT_WORDS, Spelling, other_words};
use super::timestamps::SignedTime;
use super::url_encoding::UrlEncoding;

/// How many words for an absent value are tried together with other mistakes.
const COMMON_WORDS: usize = 3;
/// How many of the blanks that arrived as a raw plus are tried.
const MOST_PLUSES: usize = 40;

/// Which of the blanks that arrived as a raw `+` are signed as `+`.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Pluses {
    Nowhere,
    Everywhere,
    /// Those at these indexes among all of them.
    At(usize, usize),
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
    Pluses(Pluses),
    Latin1,
    Joint(Joint),
    Key(Key),
}

impl Change {
    /// All changes that are usual mistakes, the likelier ones first.
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
            C::Key(Key::Undefined),
            C::Key(Key::Null),
            C::Key(Key::None),
            C::Key(Key::Tab),
            C::Key(Key::NoBreakSpace),
            C::Key(Key::ByteOrderMark),
            C::Key(Key::Apostrophes),
            C::Key(Key::WithoutFirst),
            C::Key(Key::WithoutLast),
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
            C::Hash(Hash::HmacTurned),
            C::Joint(Joint::QueryString),
            C::Joint(Joint::EqualsSigns),
            C::Joint(Joint::Ampersands),
            C::Selection(Selection::WithoutBlanks),
            C::Selection(Selection::BlankSign),
            C::Selection(Selection::SignedTwice),
            C::Selection(Selection::OnlyCommon),
            C::Selection(Selection::OnlyOwn),
            C::Selection(Selection::MethodTwice),
            C::Selection(Selection::RenamedSession),
            C::Pluses(Pluses::Everywhere),
            C::Latin1,
        ];
        changes
            .extend(UrlEncoding::ALL.map(|encoding| C::Spelling(Spelling::UrlEncoded(encoding))));
        changes.extend(Spelling::WRONG.iter().copied().map(C::Spelling));
        changes.extend(SignedTime::WRONG.map(C::Time));
        changes.extend((0..case.files.len()).flat_map(|place| {
            [FileAs::Contents, FileAs::Blank]
                .map(|how| C::Selection(Selection::WithFile(place, how)))
        }));
        changes.extend(
            (0..case.parameters.len()).map(|place| C::Selection(Selection::Without(place))),
        );
        let sent = case.parameters.iter().enumerate();
        changes.extend(sent.flat_map(|(place, (_, sent))| {
            let words = other_words(sent).iter().filter(move |word| *word != sent);
            words.map(move |word| C::Selection(Selection::Word(place, word)))
        }));
        let places = case
            .known_names
            .iter()
            .enumerate()
            .filter(|(_, name)| case.is_unsent(name));
        let places: Vec<usize> = places.map(|(place, _)| place).collect();
        let blank = |place: &usize| C::Selection(Selection::WithBlank(*place));
        changes.extend(places.iter().map(blank));
        let words = ABSENT_WORDS[..COMMON_WORDS].iter();
        changes.extend(words.flat_map(|word| {
            let signed = |place: &usize| C::Selection(Selection::WithWord(*place, word));
            places.iter().map(signed)
        }));
        changes
    }

    /// Mistakes that are not tried together with others, because they are many: single pluses, words for several absent
    /// parameters.
    pub(super) fn rare(case: &Case<'_>) -> impl Iterator<Item = Change> {
        let pluses = case.places_of_pluses().count().min(MOST_PLUSES);
        let at =
            (0..pluses).flat_map(|first| (0..=first).map(move |second| Pluses::At(first, second)));
        let names = case.own_unsent().count();
        let words = ABSENT_WORDS.iter().chain(&[""]);
        let sets = words.flat_map(move |word| {
            (1..1_u16 << names).map(move |mask| Selection::WithWords(mask, word))
        });
        at.map(Change::Pluses).chain(sets.map(Change::Selection))
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
            (
                Change::Spelling(Spelling::UrlEncoded(_)),
                Change::Spelling(Spelling::UrlEncoded(_)),
            ) => false,
            (Change::Spelling(first), Change::Spelling(second)) => first != second,
            _ => discriminant(self) != discriminant(other),
        }
    }

    /// Whether the result depends on which of the two is made first.
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
            Change::Selection(Selection::WithWords(mask, word)) => {
                let names = case.own_unsent().enumerate();
                let names = names.filter(|(place, _)| mask >> place & 1 == 1);
                let names: Vec<String> = names.map(|(_, name)| format!("{name:?}")).collect();
                let names = names.join(", ");
                match word {
                    "" => format!("blank parameters {names} signed but not sent"),
                    word => format!("parameters {names} signed as {word:?} but not sent"),
                }
            }
            Change::Selection(Selection::Word(place, word)) => {
                let (name, sent) = case.parameters[place];
                format!("parameter {name:?} signed as {word:?} but sent as {sent:?}")
            }
            Change::Selection(selection) => selection.describe().to_owned(),
            Change::Time(time) => time.describe().to_owned(),
            Change::Latin1 => "text signed as Latin-1, not as UTF-8".to_owned(),
            Change::Pluses(_) => Spelling::PlusBeforeNumbers.describe().to_owned(),
            Change::Spelling(spelling) => spelling.describe().to_owned(),
            Change::Joint(Joint::QueryString) => {
                "parameters joined as name=value&name=value".to_owned()
            }
            Change::Joint(Joint::Ampersands) => {
                "parameters joined as name=value&name=value&".to_owned()
            }
            Change::Joint(_) => "an equals sign between name and value".to_owned(),
            Change::Order(order) => order.describe().to_owned(),
            Change::Prefix(prefix) => prefix.describe(case),
            Change::Hash(hash) => format!("{} instead of {}", hash.describe(), case.method),
            Change::Key(key) => key.describe().to_owned(),
        }
    }
}
