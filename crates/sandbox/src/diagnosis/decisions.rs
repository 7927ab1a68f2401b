//! The decisions that go into a signature, each with its usual mistakes.

use std::borrow::Cow;

use base16ct::upper;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;

use super::Case;
use crate::parameters::{is_blank, is_common};

/// Which parameters are signed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Selection {
    AsSent,
    WithoutBlanks,
    /// With `sign`, as a name without a value.
    BlankSign,
    /// With the correct signature, as one of the parameters of a second signature.
    SignedTwice,
    OnlyCommon,
    OnlyOwn,
    MethodTwice,
    /// Without the parameter at this index among those sent.
    Without(usize),
    /// With the name at this index among the known ones, blank, although it was not sent.
    WithBlank(usize),
    /// With the file at this index among those sent: its name, followed by its contents or by nothing.
    WithFile(usize, FileAs),
    /// With the session under the name that calls of the other kind use.
    RenamedSession,
    /// With the name at this index among the known ones and the word that a language prints for an absent value,
    /// although it was not sent.
    WithWord(usize, &'static str),
    /// The same for several of the API's own names: those whose bits are set.
    WithWords(u16, &'static str),
    /// With another word for the value sent at this index.
    Word(usize, &'static str),
}

/// Which part of a file is signed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum FileAs {
    Contents,
    Blank,
}

/// The list that a left out or added parameter belongs to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum List {
    Sent,
    Known,
    Files,
}

/// The separators between names and values.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Joint {
    Nothing,
    QueryString,
    EqualsSigns,
    /// With an ampersand also after the last one.
    Ampersands,
}

/// How parameters are sorted.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Order {
    Bytes,
    CaseFolded,
    /// As the C library's locales sort: punctuation ignored.
    Locale,
    /// As Unicode's collation and JavaScript's `localeCompare` sort: punctuation before digits.
    Collation,
    AsSent,
    Reversed,
}

/// The prefix before the parameters.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Prefix {
    Nothing,
    Path,
    RestAndPath,
    PathWithoutSlash,
    Api,
    Sync,
}

/// The hash, and where the secret is put in.
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
    /// Secret and text exchanged.
    HmacTurned,
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
    Tab,
    NoBreakSpace,
    ByteOrderMark,
    Apostrophes,
    WithoutFirst,
    WithoutLast,
    Undefined,
    Null,
    None,
}

impl Selection {
    /// Whether the parameter sent at the index `place` is signed.
    pub(super) fn keeps(self, place: usize, name: &str, value: &str) -> bool {
        match self {
            Selection::WithoutBlanks => !is_blank(value),
            Selection::OnlyCommon => is_common(name),
            Selection::OnlyOwn => !is_common(name),
            Selection::Without(without) => without != place,
            _ => true,
        }
    }

    /// The one parameter that it leaves out or adds: its list, and its index there.
    pub(super) fn place(self) -> Option<(List, usize)> {
        match self {
            Selection::Without(place) | Selection::Word(place, _) => Some((List::Sent, place)),
            Selection::WithBlank(place) | Selection::WithWord(place, _) => {
                Some((List::Known, place))
            }
            Selection::WithFile(place, _) => Some((List::Files, place)),
            _ => None,
        }
    }

    pub(super) fn describe(self) -> &'static str {
        match self {
            Selection::AsSent
            | Selection::Without(_)
            | Selection::WithBlank(_)
            | Selection::WithFile(..)
            | Selection::WithWord(..)
            | Selection::WithWords(..)
            | Selection::Word(..) => "parameters as sent",
            Selection::RenamedSession => {
                "the session signed under another name than the one it was sent under"
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
    pub(super) fn sort(self, pairs: &mut [(&str, Cow<'_, str>)]) {
        match self {
            Order::Bytes => pairs.sort(),
            Order::CaseFolded => pairs.sort_by_key(|(name, _)| name.to_lowercase()),
            Order::Locale => pairs.sort_by_key(|(name, _)| (letters_of(name), name.to_lowercase())),
            Order::Collation => pairs.sort_by_key(|(name, _)| collation_of(name)),
            Order::AsSent => {}
            Order::Reversed => {
                pairs.sort();
                pairs.reverse();
            }
        }
    }

    pub(super) fn describe(self) -> &'static str {
        match self {
            Order::Bytes => "parameters sorted by bytes",
            Order::CaseFolded => "parameters sorted without regard to case, not by bytes",
            Order::Locale | Order::Collation => "parameters sorted by locale, not by bytes",
            Order::AsSent => "parameters not sorted",
            Order::Reversed => "parameters sorted in reverse",
        }
    }
}

/// What a locale compares first: letters and digits, without case and punctuation.
fn letters_of(name: &str) -> String {
    name.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What a collation compares: the characters without their case, then the case, lower case first.
fn collation_of(name: &str) -> (Vec<(u8, String)>, Vec<bool>) {
    let kind = |character: char| match character {
        letter if letter.is_alphabetic() => 2,
        digit if digit.is_numeric() => 1,
        _ => 0,
    };
    let letters = name
        .chars()
        .map(|character| (kind(character), character.to_lowercase().collect()));
    (
        letters.collect(),
        name.chars().map(char::is_uppercase).collect(),
    )
}

impl Prefix {
    pub(super) fn of(self, case: &Case<'_>) -> String {
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

    pub(super) fn describe(self, case: &Case<'_>) -> String {
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
    pub(super) fn digest(self, secret: &str, text: &[u8]) -> String {
        let secret = secret.as_bytes();
        match self {
            Hash::HmacSha256 => hmac::<Hmac<Sha256>>(secret, text),
            Hash::HmacMd5 => hmac::<Hmac<Md5>>(secret, text),
            Hash::HmacTurned => hmac::<Hmac<Sha256>>(text, secret),
            Hash::Md5Around => hex::<Md5>(&[secret, text, secret]),
            Hash::Md5Before => hex::<Md5>(&[secret, text]),
            Hash::Md5Behind => hex::<Md5>(&[text, secret]),
            Hash::Md5Plain => hex::<Md5>(&[text]),
            Hash::Sha256Around => hex::<Sha256>(&[secret, text, secret]),
            Hash::Sha256Before => hex::<Sha256>(&[secret, text]),
            Hash::Sha256Behind => hex::<Sha256>(&[text, secret]),
            Hash::Sha256Plain => hex::<Sha256>(&[text]),
        }
    }

    pub(super) fn describe(self) -> &'static str {
        match self {
            Hash::HmacSha256 => "HMAC-SHA256(secret, S)",
            Hash::HmacMd5 => "HMAC-MD5(secret, S)",
            Hash::Md5Around => "MD5(secret + S + secret)",
            Hash::Md5Before => "MD5(secret + S), without the closing secret,",
            Hash::Md5Behind => "MD5(S + secret), without the opening secret,",
            Hash::Md5Plain => "MD5(S), without the secret,",
            Hash::Sha256Around => "SHA256(secret + S + secret), which is not an HMAC,",
            Hash::Sha256Before => "SHA256(secret + S), which is not an HMAC,",
            Hash::Sha256Behind => "SHA256(S + secret), which is not an HMAC,",
            Hash::Sha256Plain => "SHA256(S), without the secret,",
            Hash::HmacTurned => "HMAC-SHA256(S, secret), text and secret exchanged,",
        }
    }
}

fn hex<D: Digest>(pieces: &[&[u8]]) -> String {
    let mut digest = D::new();
    pieces.iter().for_each(|piece| digest.update(piece));
    upper::encode_string(&digest.finalize())
}

/// An HMAC takes a key of any length.
fn hmac<M: Mac + KeyInit>(key: &[u8], text: &[u8]) -> String {
    <M as KeyInit>::new_from_slice(key).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(text);
            upper::encode_string(&mac.finalize().into_bytes())
        },
    )
}

impl Key {
    pub(super) fn of(self, case: &Case<'_>) -> String {
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
            Key::Tab => format!("{secret}\t"),
            Key::NoBreakSpace => format!("{secret}\u{a0}"),
            Key::ByteOrderMark => format!("\u{feff}{secret}"),
            Key::Apostrophes => format!("'{secret}'"),
            Key::WithoutFirst => secret.chars().skip(1).collect(),
            Key::WithoutLast => {
                let mut shorter = secret.chars();
                shorter.next_back();
                shorter.as_str().to_owned()
            }
            Key::Undefined => "undefined".to_owned(),
            Key::Null => "null".to_owned(),
            Key::None => "None".to_owned(),
        }
    }

    pub(super) fn describe(self) -> &'static str {
        match self {
            Key::Right => "the right secret",
            Key::Newline => "wrong secret: a newline at its end",
            Key::CarriageReturn => "wrong secret: a carriage return and newline at its end",
            Key::Space => "wrong secret: a space at its end",
            Key::LeadingSpace => "wrong secret: a space before it",
            Key::Ampersand => "wrong secret: an ampersand at its end, as other platforms require",
            Key::Quoted => "wrong secret: quotation marks around it",
            Key::UpperCase => "wrong secret: in upper case",
            Key::LowerCase => "wrong secret: in lower case",
            Key::App => "wrong secret: the app key in its place",
            Key::Session => "wrong secret: the session in its place",
            Key::Empty => "wrong secret: it is empty",
            Key::Tab => "wrong secret: a tab at its end",
            Key::NoBreakSpace => "wrong secret: a no-break space at its end",
            Key::ByteOrderMark => "wrong secret: a byte order mark before it",
            Key::Apostrophes => "wrong secret: apostrophes around it",
            Key::WithoutFirst => "wrong secret: its first character is missing",
            Key::WithoutLast => "wrong secret: its last character is missing",
            Key::Undefined => "wrong secret: the word undefined, for a variable that is not set",
            Key::Null => "wrong secret: the word null, for a variable that is not set",
            Key::None => "wrong secret: the word None, for a variable that is not set",
        }
    }
}
