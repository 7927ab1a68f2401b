//! A call, signed and ready to send.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use aliexpress_models::File;
use aliexpress_signing::{AppKey, Explanation, SignMethod, Signer, explain};
use aliexpress_transport::{
    Body, Content, FilePart, HttpRequest, Method, Multipart, StreamedBody, form,
};
use zeroize::{Zeroize as _, Zeroizing};

use crate::call::{Call, Endpoint, Format};
use crate::error::Error;
use crate::secrets::Session;

/// Tells the platform which software makes the call.
const PARTNER: &str = concat!("aliexpress-rust-", env!("CARGO_PKG_VERSION"));

/// A signed call, ready to be sent by any HTTP client.
///
/// The signature covers the timestamp, so send it soon, and prepare the call again for another try.
/// The body or the query string contains the session: `Debug` shows neither, and both are
/// overwritten when this is dropped, except for a body with streamed files.
#[derive(Clone)]
#[non_exhaustive]
pub struct Prepared {
    /// The HTTP method: `POST`, except for APIs that the platform documents with `GET`.
    pub method: Method,
    /// The URL. For `POST` it contains no parameters; for `GET` it contains all of them, session
    /// included, so keep it out of logs.
    pub url: String,
    /// Value of the `Content-Type` header; empty for `GET`.
    pub content_type: Cow<'static, str>,
    /// The form, or a multipart body if files are sent; empty for `GET`.
    pub body: PreparedBody,
}

/// The body of a request. `Debug` shows only its length.
#[derive(Clone)]
pub enum PreparedBody {
    /// A body in memory.
    Bytes(Vec<u8>),
    /// A multipart body some of whose files are read while it is sent.
    Streamed(StreamedBody),
}

impl PreparedBody {
    /// The bytes, if they are in memory: always, unless a file was given by its path or as a
    /// reader.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            PreparedBody::Bytes(bytes) => Some(bytes),
            PreparedBody::Streamed(_) => None,
        }
    }

    /// Length in bytes: the value of the `Content-Length` header.
    pub fn length(&self) -> u64 {
        self.body().length()
    }

    /// Reads the body from its beginning.
    pub fn reader(&self) -> Box<dyn Read + Send + '_> {
        self.body().reader()
    }

    fn body(&self) -> Body<'_> {
        match self {
            PreparedBody::Bytes(bytes) => Body::Bytes(bytes),
            PreparedBody::Streamed(body) => Body::Streamed(body),
        }
    }
}

impl fmt::Debug for PreparedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.length())
    }
}

impl Prepared {
    /// The call as this library's transports take it.
    pub fn request(&self) -> HttpRequest<'_> {
        match self.method {
            Method::Get => HttpRequest::get(&self.url),
            Method::Post => match &self.body {
                PreparedBody::Bytes(body) => HttpRequest::new(&self.url, &self.content_type, body),
                PreparedBody::Streamed(body) => {
                    HttpRequest::streamed(&self.url, &self.content_type, body)
                }
            },
        }
    }
}

/// Overwrites the session and the request in memory.
impl Drop for Prepared {
    fn drop(&mut self) {
        self.url.zeroize();
        if let PreparedBody::Bytes(body) = &mut self.body {
            body.zeroize();
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
            .field("body", &self.body)
            .finish()
    }
}

/// The parameters and the secret that are the same for every call of a client.
pub(crate) struct CallSigner {
    pub(crate) base: String,
    pub(crate) app_key: AppKey,
    pub(crate) signer: Signer,
    pub(crate) sign_method: SignMethod,
    pub(crate) format: Format,
    pub(crate) simplify: bool,
}

impl CallSigner {
    /// Assembles and signs a call.
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
            // A string that reallocates leaves a copy of its content in memory.
            let query = Zeroizing::new(form::encode(&params));
            let mut whole = String::with_capacity(url.len() + 1 + query.len());
            whole.extend([&url, "?", &query]);
            url = whole;
            return Ok(Prepared {
                method: Method::Get,
                url,
                content_type: Cow::Borrowed(""),
                body: PreparedBody::Bytes(Vec::new()),
            });
        }
        let (content_type, body) = match call.files() {
            [] => (
                Cow::Borrowed(form::CONTENT_TYPE),
                PreparedBody::Bytes(form::encode(&params).into_bytes()),
            ),
            // The signature differs with every call, so the boundary does, too.
            files => {
                let files: Vec<_> = files.iter().map(|(name, file)| part(name, file)).collect();
                let parts = Multipart::new(&params, &files, signature.as_str());
                let body = match parts.body().into_bytes() {
                    Ok(bytes) => PreparedBody::Bytes(bytes),
                    Err(streamed) => PreparedBody::Streamed(streamed),
                };
                (Cow::Owned(parts.content_type()), body)
            }
        };
        Ok(Prepared {
            method: Method::Post,
            url,
            content_type,
            body,
        })
    }

    /// What was signed, with all values left out, for a call that was refused because of its
    /// signature.
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

    /// All parameters except the signature: the common ones, already in sorted order so that
    /// sorting is cheap, and those of the call. Blank ones are left out, because the platform's own
    /// SDKs disagree on whether to sign them.
    fn params<'a>(
        &'a self,
        call: &'a Call<'a>,
        session: Option<&'a Session>,
        timestamp: &'a str,
    ) -> Vec<(&'a str, &'a str)> {
        // Space for the common parameters and the signature.
        let mut params = Vec::with_capacity(call.params().len() + 10);
        let app_key = ("app_key", self.app_key.as_str());
        let partner = ("partner_id", PARTNER);
        let sign_method = ("sign_method", self.method(call.endpoint).as_str());
        let timestamp = ("timestamp", timestamp);
        let session = session.map(Session::expose);
        match call.endpoint {
            Endpoint::System(_) => {
                params.extend(session.map(|token| ("access_token", token)));
                params.extend([app_key, partner, sign_method, timestamp]);
            }
            Endpoint::Business(name) => {
                let format = call.options.format.unwrap_or(self.format);
                let is_simple = call.options.simplify.unwrap_or(self.simplify);
                params.extend([
                    app_key,
                    ("format", format.as_str()),
                    ("method", name),
                    partner,
                ]);
                params.extend(session.map(|token| ("session", token)));
                params.push(sign_method);
                if is_simple && format == Format::Json {
                    params.push(("simplify", "true"));
                }
                params.extend([timestamp, ("v", "2.0")]);
            }
        }
        params.extend(call.params());
        params.retain(|(_, value)| !value.chars().all(char::is_whitespace));
        params
    }

    /// System calls support only one method.
    fn method(&self, endpoint: Endpoint<'_>) -> SignMethod {
        match endpoint {
            Endpoint::Business(_) => self.sign_method,
            Endpoint::System(_) => SignMethod::Sha256,
        }
    }

    fn url(&self, endpoint: Endpoint<'_>) -> String {
        match endpoint {
            Endpoint::Business(_) => [&*self.base, "/sync"].concat(),
            Endpoint::System(path) => [&*self.base, "/rest", path].concat(),
        }
    }
}

fn part<'a>(name: &'a str, file: &'a File) -> FilePart<'a> {
    let content = match file.bytes() {
        Some(bytes) => Content::Bytes(bytes),
        // The body may be sent by another thread. A clone shares the reader.
        None => {
            let opened = file.clone();
            Content::Streamed(file.length(), Arc::new(move || opened.reader()))
        }
    };
    FilePart {
        name,
        file_name: &file.name,
        content,
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
