//! A connection as ureq uses it: its errors tell in which phase of the exchange they arose, and a request leaves it in
//! one piece.

use std::mem;

use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

use crate::error::Phase;

/// A connection whose errors carry the phase they arose in.
///
/// This also keeps ureq from taking a reset for the end of a body that has no announced length: it
/// does so for plain I/O errors only.
///
/// ureq writes the head of a request and its body one after the other, and asks twice between two exchanges whether the
/// connection is still open. Here the head waits for the beginning of the body, so that a small request is one packet,
/// and the second question alone reaches the socket. Both save more than signing costs.
#[derive(Debug)]
pub(crate) struct Phased {
    connection: Box<dyn Transport>,
    /// How many bytes at the beginning of the output buffer wait for those that follow.
    held: usize,
    /// Whether the present request has begun.
    is_writing: bool,
    /// Whether an answer came since the connection was last asked for.
    was_used: bool,
}

/// A head of more bytes does not wait.
const MOST_HELD: usize = 16 * 1024;

impl Phased {
    pub(crate) fn new(connection: Box<dyn Transport>) -> Self {
        Self {
            connection,
            held: 0,
            is_writing: false,
            was_used: false,
        }
    }

    /// Writes what was held back, and so many bytes after it.
    fn write(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        let amount = mem::take(&mut self.held) + amount;
        self.connection
            .transmit_output(amount, timeout)
            .map_err(in_phase(Phase::Send))
    }
}

impl Transport for Phased {
    fn buffers(&mut self) -> &mut dyn Buffers {
        match self.held {
            0 => self.connection.buffers(),
            _ => self,
        }
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        if !mem::replace(&mut self.is_writing, true) && amount <= MOST_HELD {
            self.held = amount;
            return Ok(());
        }
        self.write(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        if self.held > 0 {
            self.write(0, timeout)?;
        }
        self.is_writing = false;
        self.was_used = true;
        self.connection
            .await_input(timeout)
            .map_err(in_phase(Phase::Answer))
    }

    /// The first question after an answer comes as the connection goes back to the pool. The next one is asked when it
    /// is taken out again, and finds whatever came in between.
    fn is_open(&mut self) -> bool {
        mem::take(&mut self.was_used) || self.connection.is_open()
    }

    fn is_tls(&self) -> bool {
        self.connection.is_tls()
    }
}

/// The buffers while something is held back: what is written comes after it.
impl Buffers for Phased {
    fn output(&mut self) -> &mut [u8] {
        &mut self.connection.buffers().output()[self.held..]
    }

    fn input(&self) -> &[u8] {
        &[]
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.connection.buffers().input_append_buf()
    }

    fn input_appended(&mut self, amount: usize) {
        self.connection.buffers().input_appended(amount);
    }

    fn input_consume(&mut self, amount: usize) {
        self.connection.buffers().input_consume(amount);
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        let (scratch, output) = self.connection.buffers().tmp_and_output();
        (scratch, &mut output[self.held..])
    }

    /// An answer is waited for before it is read, so that what is held back is written.
    fn can_use_input(&self) -> bool {
        false
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use ureq::unversioned::transport::LazyBuffers;

    use super::*;

    /// Notes what reaches the socket.
    #[derive(Debug)]
    struct Socket {
        buffers: LazyBuffers,
        seen: Arc<Mutex<Vec<String>>>,
    }

    impl Transport for Socket {
        fn buffers(&mut self) -> &mut dyn Buffers {
            &mut self.buffers
        }

        fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
            let written = String::from_utf8_lossy(&self.buffers.output()[..amount]).into_owned();
            self.seen.lock().unwrap().push(written);
            Ok(())
        }

        fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
            self.seen.lock().unwrap().push("(wait)".to_owned());
            Ok(true)
        }

        fn is_open(&mut self) -> bool {
            self.seen.lock().unwrap().push("(open?)".to_owned());
            true
        }
    }

    fn connection() -> (Phased, Arc<Mutex<Vec<String>>>) {
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let socket = Socket {
            buffers: LazyBuffers::new(64, 2 * MOST_HELD),
            seen: Arc::clone(&seen),
        };
        (Phased::new(Box::new(socket)), seen)
    }

    fn write(connection: &mut Phased, text: &str) {
        let output = connection.buffers().tmp_and_output().1;
        output[..text.len()].copy_from_slice(text.as_bytes());
        let written = connection.transmit_output(text.len(), NextTimeout::default());
        assert!(written.is_ok());
    }

    fn wait(connection: &mut Phased) {
        assert!(matches!(
            connection.maybe_await_input(NextTimeout::default()),
            Ok(true)
        ));
    }

    #[test]
    fn a_head_is_sent_together_with_the_beginning_of_its_body() {
        let (mut connection, seen) = connection();
        for body in [&["body"][..], &["a", "b", "c"], &[]] {
            write(&mut connection, "head,");
            assert!(seen.lock().unwrap().is_empty());
            body.iter().for_each(|piece| write(&mut connection, piece));
            wait(&mut connection);
            let first = format!("head,{}", body.first().unwrap_or(&""));
            let rest = body.iter().skip(1).copied().chain(["(wait)"]);
            let expected: Vec<_> = std::iter::once(&*first).chain(rest).collect();
            assert_eq!(mem::take(&mut *seen.lock().unwrap()), expected);
        }
    }

    #[test]
    fn a_large_head_does_not_wait() {
        let (mut connection, seen) = connection();
        let head = "h".repeat(MOST_HELD + 1);
        write(&mut connection, &head);
        write(&mut connection, "body");
        assert_eq!(*seen.lock().unwrap(), [&head, "body"]);
    }

    #[test]
    fn a_connection_is_probed_once_between_two_exchanges() {
        let (mut connection, seen) = connection();
        for _ in 0..2 {
            write(&mut connection, "a");
            wait(&mut connection);
            seen.lock().unwrap().clear();
            // ureq asks before it puts the connection back into the pool.
            assert!(connection.is_open() && seen.lock().unwrap().is_empty());
            // ureq asks when it takes the connection out again, possibly several times.
            assert!(connection.is_open() && connection.is_open());
            assert_eq!(mem::take(&mut *seen.lock().unwrap()), ["(open?)"; 2]);
        }
    }
}
