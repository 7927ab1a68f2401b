//! reqwest's errors, in this crate's terms.

use std::io;

use crate::async_exchange::explain::{actual_cause, explain, head_too_large, is_head_too_large};
use crate::error::{Error, Kind, Limit, Phase, Wanted, causes};
use crate::settings::Settings;

/// What is needed to explain the failure of an exchange.
pub(super) struct Explainer<'a> {
    pub(super) settings: &'a Settings,
    /// Whether the exchange goes through the proxy of the settings.
    pub(super) through_proxy: bool,
}

impl Explainer<'_> {
    /// Explains an error in or after this phase, after `received` bytes of the answer's body, without the address.
    pub(super) fn explain(
        &self,
        error: reqwest::Error,
        phase: Phase,
        received: usize,
        wanted: Wanted,
    ) -> Error {
        let error = error.without_url();
        if let Some(error) = Error::of_body(&error) {
            return error;
        }
        if error.is_connect() {
            return self.no_connection(&error);
        }
        let phase = phase.max(Phase::Send);
        let causes = causes(&error);
        let of_hyper = causes
            .iter()
            .find_map(|cause| cause.downcast_ref::<hyper::Error>());
        match of_hyper {
            Some(error) if is_head_too_large(error) => {
                Error::new(phase, head_too_large(LARGEST_HEAD))
            }
            Some(error) => explain(error, phase, received, wanted),
            None if error.is_timeout() => Error::new(phase, Kind::TimedOut(Limit::OfReqwest)),
            None => Error::new(phase, Kind::Failed).because(actual_cause(&error)),
        }
    }

    /// Nothing was sent, because there was no connection.
    fn no_connection(&self, error: &reqwest::Error) -> Error {
        let causes = causes(error);
        let of_tunnel = causes.iter().any(|cause| is_of_tunnel(&cause.to_string()));
        let phase = match causes.iter().any(|cause| cause.is::<rustls::Error>()) {
            true => Phase::Handshake,
            false if of_tunnel || self.through_proxy => Phase::Proxy,
            false if error.is_dns() => Phase::Lookup,
            false => Phase::Connect,
        };
        let of_system = causes
            .iter()
            .filter_map(|cause| cause.downcast_ref::<io::Error>())
            .any(|error| error.raw_os_error().is_some());
        match error.is_timeout() && !of_system {
            true => {
                let limit = Limit::Connect(self.settings.connect_timeout);
                Error::new(phase, Kind::TimedOut(limit))
            }
            false => Error::new(phase, Kind::Failed).because(actual_cause(error)),
        }
    }
}

/// hyper-util's error for a tunnel has no public type. A test fails if the text changes.
fn is_of_tunnel(text: &str) -> bool {
    text.starts_with("tunnel error: ")
}

/// hyper's own limit, in bytes, which reqwest leaves as it is.
const LARGEST_HEAD: usize = 8192 + 4096 * 100;
