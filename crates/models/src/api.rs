//! APIs as values, for programs that learn an API's name only at run time.

#[cfg(feature = "serde")]
use serde_core::ser::{Serialize, Serializer};

use crate::call::{Call, Session};
#[cfg(any(feature = "json", feature = "xml"))]
use crate::decode::{DecodeError, decode};
use crate::envelope::Answer;
#[cfg(any(feature = "json", feature = "xml"))]
use crate::envelope::Envelope;
use crate::error_code::ErrorCode;
#[cfg(feature = "reading")]
use crate::record::Record;
#[cfg(feature = "serde")]
use crate::record::write;
use crate::record::{Shape, Shaped};
use crate::request::Request;

/// An API that has models.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Api {
    /// Its name, such as `aliexpress.trade.ds.order.get`.
    pub name: &'static str,
    /// The key of its full answer, such as `aliexpress_trade_ds_order_get_response`.
    pub key: &'static str,
    /// How it is called.
    pub call: Call,
    /// The table of its parameters.
    pub request: &'static Shape,
    /// The table of its answer.
    pub answer: &'static Shape,
    /// The error codes that its page lists.
    pub error_codes: &'static [ErrorCode],
    #[cfg(any(feature = "json", feature = "xml"))]
    decode: fn(&[u8]) -> Result<AnyEnvelope, DecodeError>,
}

/// An answer whose type is known only to its API.
#[cfg(any(feature = "json", feature = "xml"))]
type AnyEnvelope = Envelope<Box<dyn Record>>;

impl Api {
    #[cfg_attr(
        not(feature = "all"),
        allow(dead_code, reason = "without a family there is no API")
    )]
    pub(crate) const fn of<R: Request>() -> Self {
        Self {
            name: R::API,
            key: R::Answer::KEY,
            call: R::CALL,
            request: R::SHAPE,
            answer: R::Answer::SHAPE,
            error_codes: R::Answer::ERROR_CODES,
            #[cfg(any(feature = "json", feature = "xml"))]
            decode: decode_any::<R::Answer>,
        }
    }

    /// The API with this name; `None` if it has no models.
    #[inline]
    pub fn find(name: &str) -> Option<&'static Self> {
        crate::APIS.iter().find(|api| api.name == name)
    }

    /// The API to which a full JSON answer or an XML answer belongs, from the name of its outermost
    /// element. `None` for a simplified answer, which has no such name, for a refusal, and if the
    /// API has no models.
    #[cfg(any(feature = "json", feature = "xml"))]
    #[inline]
    pub fn recognise(bytes: &[u8]) -> Option<&'static Self> {
        let tree = crate::decode::read_tree("", bytes).ok()?;
        match tree.around() {
            crate::decode::Around::Key(key, _) => crate::APIS.iter().find(|api| api.key == key),
            _ => None,
        }
    }

    /// Reads an answer of this API, as [`decode`](crate::decode()) does.
    ///
    /// # Errors
    ///
    /// As [`decode`](crate::decode()).
    #[cfg(any(feature = "json", feature = "xml"))]
    pub fn decode(&self, bytes: &[u8]) -> Result<Envelope<Box<dyn Record>>, DecodeError> {
        (self.decode)(bytes)
    }
}

/// Parameters that every call may have in addition to the API's own; a client adds them itself.
pub const COMMON_PARAMETERS: &[&str] = &[
    "access_token",
    "app_key",
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

/// A group of APIs, whose models need the feature of the same name. Also says what applies to APIs
/// of the group that have no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Family {
    /// Its name, which is also the name of its module and feature.
    pub name: &'static str,
    /// Prefixes of the names of its APIs.
    pub prefixes: &'static [&'static str],
    /// Whether its calls need a session, for APIs about which nothing else is known.
    pub session: Session,
}

impl Family {
    pub(crate) const fn new(
        name: &'static str,
        session: Session,
        prefixes: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            prefixes,
            session,
        }
    }

    /// The family of an API: the one with the longest matching prefix. `None` for APIs of `other`,
    /// which have nothing in common.
    ///
    /// ```
    /// use aliexpress_models::Family;
    ///
    /// let family = Family::of("aliexpress.affiliate.new.api").map(|family| family.name);
    /// assert_eq!(family, Some("affiliate"));
    /// assert_eq!(Family::of("taobao.user.get"), None);
    /// ```
    #[inline]
    pub fn of(api: &str) -> Option<&'static Self> {
        let longest = |family: &Self| {
            let prefixes = family.prefixes.iter();
            let fitting = prefixes.filter(|prefix| !prefix.is_empty() && api.starts_with(**prefix));
            fitting.map(|prefix| prefix.len()).max()
        };
        let families = crate::FAMILIES.iter();
        let fitting = families.filter_map(|family| Some((longest(family)?, family)));
        fitting
            .max_by_key(|(length, _)| *length)
            .map(|(_, family)| family)
    }
}

#[cfg(any(feature = "json", feature = "xml"))]
#[cfg_attr(
    not(feature = "all"),
    allow(dead_code, reason = "without a family there is no API")
)]
fn decode_any<T: Answer>(bytes: &[u8]) -> Result<AnyEnvelope, DecodeError> {
    let envelope = decode::<T>(bytes)?;
    Ok(Envelope {
        outcome: envelope
            .outcome
            .map(|data| Box::new(data) as Box<dyn Record>),
        request_id: envelope.request_id,
        trace_id: envelope.trace_id,
    })
}

#[cfg(feature = "serde")]
impl Serialize for dyn Record + '_ {
    /// Writes the simplified form, as every model does.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(self, serializer)
    }
}
