//! The signed form of one try.

use std::borrow::Cow;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use aliexpress_signing::{AppKey, Explanation, SignMethod, Signer, explain};
use aliexpress_transport::{HttpRequest, Method, Multipart, form};

use crate::call::{Call, Endpoint, Format};
use crate::error::Error;
use crate::secrets::Session;

/// Tells the platform which software is calling.
const PARTNER: &str = concat!("aliexpress-rust-", env!("CARGO_PKG_VERSION"));

/// A signed call, ready to be sent by any HTTP client.
///
/// The signature holds for the timestamp that is part of it: send it soon, and prepare the call again
/// for another try. The body, or the query of the address, holds the session; `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prepared {
    /// How to send it: `POST`, except for the APIs of which the platform documents `GET`.
    pub method: Method,
    /// Where to send it. No parameter is in it for `POST`, and every one for `GET`: keep such an address out of logs.
    pub url: String,
    /// Value of the `Content-Type` header; empty for `GET`.
    pub content_type: Cow<'static, str>,
    /// The form, or the parts where files are sent; empty for `GET`.
    pub body: Vec<u8>,
}

impl Prepared {
    /// The same as this library's transports take it.
    pub fn request(&self) -> HttpRequest<'_> {
        match self.method {
            Method::Get => HttpRequest::get(&self.url),
            Method::Post => HttpRequest::new(&self.url, &self.content_type, &self.body),
        }
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.url.split('?').next().unwrap_or_default();
        f.debug_struct("Prepared")
            .field("method", &self.method)
            .field("url", &address)
            .field("content_type", &self.content_type)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// What goes into every call of a client.
pub(crate) struct CallSigner {
    pub(crate) base: String,
    pub(crate) app_key: AppKey,
    pub(crate) signer: Signer,
    pub(crate) sign_method: SignMethod,
    pub(crate) format: Format,
    pub(crate) simplify: bool,
}

impl CallSigner {
    /// Assembles and signs.
    pub(crate) fn prepare(
        &self,
        call: &Call<'_>,
        session: Option<&Session>,
        now: SystemTime,
    ) -> Result<Prepared, Error> {
        let timestamp = milliseconds(now)?;
        let mut params = self.params(call, session, &timestamp);
        let method = self.method(call.endpoint);
        let signature = self.signer.sign(method, path(call.endpoint), &mut params);
        params.push(("sign", signature.as_str()));
        let mut url = self.url(call.endpoint);
        if call.method() == Method::Get {
            url.push('?');
            url.push_str(&form::encode(&params));
            return Ok(Prepared {
                method: Method::Get,
                url,
                content_type: Cow::Borrowed(""),
                body: Vec::new(),
            });
        }
        let (content_type, body) = match call.files() {
            [] => (
                Cow::Borrowed(form::CONTENT_TYPE),
                form::encode(&params).into_bytes(),
            ),
            // What is signed differs with every call, so that the boundary does, too.
            files => {
                let parts = Multipart::new(&params, files, signature.as_str());
                (Cow::Owned(parts.content_type()), parts.body())
            }
        };
        Ok(Prepared {
            method: Method::Post,
            url,
            content_type,
            body,
        })
    }

    /// What was signed, without any value; for a call that was refused for its signature.
    pub(crate) fn explain(
        &self,
        call: &Call<'_>,
        session: Option<&Session>,
        now: SystemTime,
    ) -> Option<Explanation> {
        let timestamp = milliseconds(now).ok()?;
        let mut params = self.params(call, session, &timestamp);
        let method = self.method(call.endpoint);
        Some(explain(method, path(call.endpoint), &mut params))
    }

    /// All parameters but the signature, unsorted. Blank ones are left out: the platform's own SDKs
    /// disagree on whether they are signed.
    fn params<'a>(
        &'a self,
        call: &'a Call<'a>,
        session: Option<&'a Session>,
        timestamp: &'a str,
    ) -> Vec<(&'a str, &'a str)> {
        // Room for the common parameters and the signature.
        let mut params = Vec::with_capacity(call.params().len() + 10);
        params.extend([
            ("app_key", self.app_key.as_str()),
            ("timestamp", timestamp),
            ("sign_method", self.method(call.endpoint).as_str()),
            ("partner_id", PARTNER),
        ]);
        let session = session.map(Session::expose);
        match call.endpoint {
            Endpoint::System(_) => params.extend(session.map(|token| ("access_token", token))),
            Endpoint::Business(name) => {
                let format = call.options.format.unwrap_or(self.format);
                params.extend([("method", name), ("v", "2.0"), ("format", format.as_str())]);
                if call.options.simplify.unwrap_or(self.simplify) && format == Format::Json {
                    params.push(("simplify", "true"));
                }
                params.extend(session.map(|token| ("session", token)));
            }
        }
        params.extend(call.params());
        params.retain(|(_, value)| !value.trim().is_empty());
        params
    }

    /// System calls know one method only.
    fn method(&self, endpoint: Endpoint<'_>) -> SignMethod {
        match endpoint {
            Endpoint::Business(_) => self.sign_method,
            Endpoint::System(_) => SignMethod::Sha256,
        }
    }

    fn url(&self, endpoint: Endpoint<'_>) -> String {
        match endpoint {
            Endpoint::Business(_) => format!("{}/sync", self.base),
            Endpoint::System(path) => format!("{}/rest{path}", self.base),
        }
    }
}

fn path(endpoint: Endpoint<'_>) -> Option<&str> {
    match endpoint {
        Endpoint::Business(_) => None,
        Endpoint::System(path) => Some(path),
    }
}

fn milliseconds(now: SystemTime) -> Result<String, Error> {
    now.duration_since(UNIX_EPOCH)
        .map(|since| since.as_millis().to_string())
        .map_err(|_| Error::unusable("sign a call", "a clock before 1970", "the present time"))
}
