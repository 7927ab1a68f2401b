//! The search for secrets in what the blocking client prints, logs and writes.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod search;

use aliexpress::{ClientBuilder, Error};

pub(crate) use aliexpress::Client;

pub(crate) const FRONT: &str = "blocking";

/// The HTTP library whose log is also searched.
pub(crate) const HTTP_LOG: Option<&str> = Some("ureq");

pub(crate) trait Built {
    fn built(self) -> Result<Client, Error>;
}

impl Built for ClientBuilder {
    fn built(self) -> Result<Client, Error> {
        self.build()
    }
}
