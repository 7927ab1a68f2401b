//! Marks on ureq's errors that tell in which phase of the exchange they arose.

use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

use crate::error::Phase;

/// A connection whose errors carry the phase they arose in.
///
/// This also keeps ureq from taking a reset for the end of a body that has no announced length: it
/// does so for plain I/O errors only.
#[derive(Debug)]
pub(crate) struct Phased(Box<dyn Transport>);

impl Phased {
    pub(crate) fn new(connection: Box<dyn Transport>) -> Self {
        Self(connection)
    }
}

impl Transport for Phased {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.0
            .transmit_output(amount, timeout)
            .map_err(in_phase(Phase::Send))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.0.await_input(timeout).map_err(in_phase(Phase::Answer))
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

/// An error of ureq and the phase it arose in, which travels through ureq as its `Other`.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub(crate) struct PhasedError {
    pub(crate) phase: Phase,
    pub(crate) cause: ureq::Error,
}

/// Marks an error. An outer mark replaces an inner one, for connecting to a proxy, or writing to it,
/// is neither connecting to the server nor sending the request.
pub(crate) fn in_phase(phase: Phase) -> impl FnOnce(ureq::Error) -> ureq::Error {
    move |error| {
        let cause = unmark(error).map_or_else(|error| error, |marked| marked.cause);
        ureq::Error::Other(Box::new(PhasedError { phase, cause }))
    }
}

/// The mark of an error, or the error back where it has none.
pub(crate) fn unmark(error: ureq::Error) -> Result<PhasedError, ureq::Error> {
    match error {
        ureq::Error::Other(other) => match other.downcast::<PhasedError>() {
            Ok(marked) => Ok(*marked),
            Err(other) => Err(ureq::Error::Other(other)),
        },
        other => Err(other),
    }
}
