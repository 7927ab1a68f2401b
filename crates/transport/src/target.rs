//! The address of an exchange, and the part of it that may be shown.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use ureq::http::Uri;
use ureq::http::uri::Scheme;

use crate::error::{Error, Kind, Phase};

/// An address that was checked. Displays as `POST scheme://host[:port]/path`, without the query.
pub(crate) struct Target(Uri);

impl Target {
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        let uri: Uri = url
            .parse()
            .map_err(|cause| refused("no valid url").because(cause))?;
        let Some(authority) = uri
            .authority()
            .filter(|authority| !authority.host().is_empty())
        else {
            return Err(refused("no host"));
        };
        // The part before an `@` is a credential. ureq would send it, and it must not be logged.
        if authority.as_str().contains('@') {
            return Err(refused("a user name before the host"));
        }
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS => Ok(Self(uri)),
            _ => Err(refused("another scheme")),
        }
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.0
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.scheme_str().unwrap_or_default();
        let authority = self
            .0
            .authority()
            .map_or("", |authority| authority.as_str());
        write!(f, "POST {scheme}://{authority}{}", self.0.path())
    }
}

/// The parsed address of the last exchange. Nearly all exchanges of a client have the same one.
pub(crate) struct LastTarget<T>(Mutex<Option<(String, Arc<T>)>>);

impl<T> Default for LastTarget<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> LastTarget<T> {
    /// The parsed address. It is kept for the next exchange, unless it has a query, which may contain a session.
    pub(crate) fn get(
        &self,
        url: &str,
        parse: impl FnOnce(&str) -> Result<T, Error>,
    ) -> Result<Arc<T>, Error> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, target)) = &*last
            && known == url
        {
            return Ok(Arc::clone(target));
        }
        let target = Arc::new(parse(url)?);
        if !url.contains('?') {
            *last = Some((url.to_owned(), Arc::clone(&target)));
        }
        Ok(target)
    }
}

/// The error for an address that cannot be used.
pub(crate) fn refused(found: &str) -> Error {
    Error::new(
        Phase::Prepare,
        Kind::Invalid {
            doing: "read the url of an exchange",
            found: found.to_owned(),
            wanted: "http or https, a host, and no user name",
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_of_an_address_is_not_shown() {
        let target = Target::parse("https://h.example:8443/rest/a?session=canary#f");
        assert_eq!(
            target.map(|t| t.to_string()).ok().as_deref(),
            Some("POST https://h.example:8443/rest/a")
        );
    }

    #[test]
    fn the_last_address_is_parsed_once_unless_it_has_a_query() {
        let (last, mut parsed) = (LastTarget::default(), Vec::new());
        for url in [
            "http://a/",
            "http://a/",
            "http://a/?q",
            "http://a/?q",
            "http://a/",
            "http://b/",
        ] {
            let target = last.get(url, |url| {
                parsed.push(url.to_owned());
                Target::parse(url)
            });
            assert_eq!(
                target
                    .ok()
                    .map(|target| target.uri().to_string())
                    .as_deref(),
                Some(url)
            );
        }
        assert_eq!(
            parsed,
            ["http://a/", "http://a/?q", "http://a/?q", "http://b/"]
        );
    }

    #[test]
    fn unusable_urls_are_refused_without_showing_them() {
        for (url, found) in [
            ("", "no valid url"),
            ("http://", "no valid url"),
            ("http://h/ canary", "no valid url"),
            ("http:///p", "no valid url"),
            ("/p?canary", "no host"),
            ("canary:canary@h", "a user name before the host"),
            ("https://canary:canary@h/", "a user name before the host"),
            ("ftp://h/", "another scheme"),
            ("h:80", "another scheme"),
        ] {
            let error = Target::parse(url).err().map(|error| error.to_string());
            let expected = format!(
                "cannot read the url of an exchange: found {found}; wanted http or https, a host, and no user name"
            );
            assert_eq!(error.as_deref(), Some(expected.as_str()), "{url}");
        }
    }
}
