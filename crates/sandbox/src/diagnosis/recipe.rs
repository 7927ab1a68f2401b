//! A way to sign a call, right or wrong, and the changes that lead from the right one to the usual wrong ones.

use std::borrow::Cow;
use std::fmt::Write;
use std::mem::discriminant;

use aliexpress_signing::{AppSecret, SignMethod, Signer};
use md5::{Digest, Md5};
use sha2::Sha256;

use super::Case;
use super::spelling::Spelling;
use crate::parameters::is_blank;

/// Common parameters; all others are the API's own.
const COMMON: &[&str] = &[
    "access_token",
    "app_key",
    "debug",
    "format",
    "method",
    "partner_id",
    "session",
    "sign",
    "sign_method",
    "simplify",
    "timestamp",
    "v",
];

/// Each decision that goes into a signature.
#[derive(Clone, Copy)]
pub(super) struct Recipe {
    selection: Selection,
    spelling: Spelling,
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
    Joint(Joint),
    Key(Key),
}

/// Which parameters are signed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Selection {
    AsSent,
    WithoutBlanks,
    /// `sign` as a name with nothing behind it.
    BlankSign,
    /// The right signature among the parameters of a second one.
    SignedTwice,
    OnlyCommon,
    OnlyOwn,
    MethodTwice,
    /// Without the parameter at this place among those sent.
    Without(usize),
    /// With the name at this place among the known ones, blank, though it was not sent.
    WithBlank(usize),
}

/// What stands between the parts.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Joint {
    Nothing,
    QueryString,
    EqualsSigns,
}

/// How parameters are sorted.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Order {
    Bytes,
    CaseFolded,
    Locale,
    AsSent,
    Reversed,
}

/// What stands before the parameters.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Prefix {
    Nothing,
    Path,
    RestAndPath,
    PathWithoutSlash,
    Api,
    Sync,
}

/// The hash, with where the secret goes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Hash {
    HmacSha256,
    HmacMd5,
    Md5Around,
    Md5Before,
    Md5Behind,
    Md5Plain,
    Sha256Around,
    Sha256Before,
    Sha256Behind,
    Sha256Plain,
}

/// The secret.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Key {
    Right,
    Newline,
    CarriageReturn,
    Space,
    LeadingSpace,
    Ampersand,
    Quoted,
    UpperCase,
    LowerCase,
    App,
    Session,
    Empty,
}

impl Change {
    /// Every change that is a usual mistake, the likelier ones first.
    pub(super) fn all(case: &Case<'_>) -> Vec<Change> {
        use Change as C;
        let mut changes = vec![
            C::Order(Order::CaseFolded),
            C::Order(Order::Locale),
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
        ];
        changes.extend(Spelling::WRONG.iter().copied().map(C::Spelling));
        changes.extend(
            (0..case.parameters.len()).map(|place| C::Selection(Selection::Without(place))),
        );
        let unsent = |name: &str| !case.parameters.iter().any(|(sent, _)| *sent == name);
        let places = case
            .known_names
            .iter()
            .enumerate()
            .filter(|(_, name)| unsent(name));
        changes.extend(places.map(|(place, _)| C::Selection(Selection::WithBlank(place))));
        changes
    }

    /// Whether both can be made at once, being different decisions.
    pub(super) fn goes_with(&self, other: &Change) -> bool {
        discriminant(self) != discriminant(other)
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
            Change::Selection(selection) => selection.describe().to_owned(),
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
            selection: Selection::AsSent,
            spelling: Spelling::Raw,
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
            Change::Selection(selection) => self.selection = selection,
            Change::Spelling(spelling) => self.spelling = spelling,
            Change::Joint(joint) => self.joint = joint,
            Change::Order(order) => self.order = order,
            Change::Prefix(prefix) => self.prefix = prefix,
            Change::Hash(hash) => self.hash = hash,
            Change::Key(key) => self.key = key,
        }
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
            let value = self.spelling.of(value);
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

    fn select<'a>(&self, case: &Case<'a>) -> Vec<(&'a str, Cow<'a, str>)> {
        let sent = case
            .parameters
            .iter()
            .enumerate()
            .filter(|(_, (name, _))| *name != "sign");
        let kept = sent.filter(|(place, (name, value))| match self.selection {
            Selection::WithoutBlanks => !is_blank(value),
            Selection::OnlyCommon => COMMON.contains(name),
            Selection::OnlyOwn => !COMMON.contains(name),
            Selection::Without(without) => without != *place,
            _ => true,
        });
        let mut pairs: Vec<(&str, Cow<'_, str>)> = kept
            .map(|(_, (name, value))| (*name, Cow::Borrowed(*value)))
            .collect();
        match self.selection {
            Selection::BlankSign => pairs.push(("sign", Cow::Borrowed(""))),
            Selection::SignedTwice => {
                pairs.push(("sign", Recipe::right(case).signature(case).into()))
            }
            Selection::MethodTwice => pairs.extend(
                pairs
                    .clone()
                    .into_iter()
                    .filter(|(name, _)| *name == "method"),
            ),
            Selection::WithBlank(place) => pairs.push((case.known_names[place], Cow::Borrowed(""))),
            _ => {}
        }
        pairs
    }
}

impl Selection {
    fn describe(self) -> &'static str {
        match self {
            Selection::AsSent | Selection::Without(_) | Selection::WithBlank(_) => {
                "parameters as sent"
            }
            Selection::WithoutBlanks => "blank parameters left out",
            Selection::BlankSign => "sign included, blank",
            Selection::SignedTwice => {
                "sign included (the call was signed a second time with its first signature)"
            }
            Selection::OnlyCommon => "only the common parameters signed, not the API's own",
            Selection::OnlyOwn => "only the API's own parameters signed, not the common ones",
            Selection::MethodTwice => "method signed twice",
        }
    }
}

impl Order {
    fn sort(self, pairs: &mut [(&str, Cow<'_, str>)]) {
        match self {
            Order::Bytes => pairs.sort(),
            Order::CaseFolded => pairs.sort_by_key(|(name, _)| name.to_lowercase()),
            Order::Locale => pairs.sort_by_key(|(name, _)| (letters_of(name), name.to_lowercase())),
            Order::AsSent => {}
            Order::Reversed => {
                pairs.sort();
                pairs.reverse();
            }
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Order::Bytes => "parameters sorted by bytes",
            Order::CaseFolded => "parameters sorted without regard to case, not by bytes",
            Order::Locale => "parameters sorted by locale, not by bytes",
            Order::AsSent => "parameters not sorted",
            Order::Reversed => "parameters sorted in reverse",
        }
    }
}

/// What a locale compares first: letters and digits, case and punctuation aside.
fn letters_of(name: &str) -> String {
    name.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

impl Prefix {
    fn of(self, case: &Case<'_>) -> String {
        let path = case.path.unwrap_or(case.api);
        match self {
            Prefix::Nothing => String::new(),
            Prefix::Path if path.starts_with('/') => path.to_owned(),
            Prefix::Path => format!("/{}", path.replace('.', "/")),
            Prefix::RestAndPath => format!("/rest/{}", path.trim_start_matches('/')),
            Prefix::PathWithoutSlash => path.trim_start_matches('/').to_owned(),
            Prefix::Api => format!("/{}", case.api.trim_start_matches('/')),
            Prefix::Sync => "/sync".to_owned(),
        }
    }

    fn describe(self, case: &Case<'_>) -> String {
        if self == Prefix::Nothing {
            return "prefix missing: the path of a system call comes before its parameters"
                .to_owned();
        }
        let wanted = match case.path.filter(|_| case.method.signs_path()) {
            Some(path) => format!("{path:?} is wanted"),
            None => "none is wanted".to_owned(),
        };
        format!(
            "prefix {:?} where {wanted}: an extra or wrong prefix",
            self.of(case)
        )
    }
}

impl Hash {
    fn digest(self, secret: &str, canonical: &str) -> String {
        let signed = |method| {
            Signer::new(&AppSecret::new(secret))
                .sign_canonical(method, canonical)
                .as_str()
                .to_owned()
        };
        match self {
            Hash::HmacSha256 => signed(SignMethod::Sha256),
            Hash::HmacMd5 => signed(SignMethod::Hmac),
            Hash::Md5Around => signed(SignMethod::Md5),
            Hash::Md5Before => hex::<Md5>(&[secret, canonical]),
            Hash::Md5Behind => hex::<Md5>(&[canonical, secret]),
            Hash::Md5Plain => hex::<Md5>(&[canonical]),
            Hash::Sha256Around => hex::<Sha256>(&[secret, canonical, secret]),
            Hash::Sha256Before => hex::<Sha256>(&[secret, canonical]),
            Hash::Sha256Behind => hex::<Sha256>(&[canonical, secret]),
            Hash::Sha256Plain => hex::<Sha256>(&[canonical]),
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Hash::HmacSha256 => "HMAC-SHA256(secret, S)",
            Hash::HmacMd5 => "HMAC-MD5(secret, S)",
            Hash::Md5Around => "MD5(secret + S + secret)",
            Hash::Md5Before => "MD5(secret + S), without the closing secret,",
            Hash::Md5Behind => "MD5(S + secret), without the opening secret,",
            Hash::Md5Plain => "MD5(S), without the secret,",
            Hash::Sha256Around => "SHA256(secret + S + secret), which is no HMAC,",
            Hash::Sha256Before => "SHA256(secret + S), which is no HMAC,",
            Hash::Sha256Behind => "SHA256(S + secret), which is no HMAC,",
            Hash::Sha256Plain => "SHA256(S), without the secret,",
        }
    }
}

fn hex<D: Digest>(pieces: &[&str]) -> String {
    let mut digest = D::new();
    pieces
        .iter()
        .for_each(|piece| digest.update(piece.as_bytes()));
    digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect()
}

impl Key {
    fn of(self, case: &Case<'_>) -> String {
        let secret = case.app_secret;
        match self {
            Key::Right => secret.to_owned(),
            Key::Newline => format!("{secret}\n"),
            Key::CarriageReturn => format!("{secret}\r\n"),
            Key::Space => format!("{secret} "),
            Key::LeadingSpace => format!(" {secret}"),
            Key::Ampersand => format!("{secret}&"),
            Key::Quoted => format!("\"{secret}\""),
            Key::UpperCase => secret.to_uppercase(),
            Key::LowerCase => secret.to_lowercase(),
            Key::App => case.app_key.to_owned(),
            Key::Session => case.session.unwrap_or_default().to_owned(),
            Key::Empty => String::new(),
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Key::Right => "the right secret",
            Key::Newline => "wrong secret: a newline at its end",
            Key::CarriageReturn => "wrong secret: a carriage return and newline at its end",
            Key::Space => "wrong secret: a space at its end",
            Key::LeadingSpace => "wrong secret: a space before it",
            Key::Ampersand => "wrong secret: an ampersand at its end, as other platforms want it",
            Key::Quoted => "wrong secret: quotation marks around it",
            Key::UpperCase => "wrong secret: in upper case",
            Key::LowerCase => "wrong secret: in lower case",
            Key::App => "wrong secret: the app key in its place",
            Key::Session => "wrong secret: the session in its place",
            Key::Empty => "wrong secret: it is empty",
        }
    }
}
