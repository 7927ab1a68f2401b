//! A connection for ureq. Its errors say in which phase of the exchange they happened, and the head of a request is
//! sent together with its body.

use std::mem;

use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

use crate::error::Phase;

/// A connection whose errors contain the phase in which they happened.
///
/// This also prevents that ureq treats a reset as the end of a body without an announced length: ureq does so for plain
/// I/O errors only.
///
/// ureq writes the head of a request and its body one after the other, and checks twice between two exchanges whether
/// the connection is still open. Here the head is held back until the body begins, so that a small request is one
/// packet, and only the second check reaches the socket. Each of the two saves more time than signing takes.
#[derive(Debug)]
pub(crate) struct Phased {
    connection: Box<dyn Transport>,
    /// How many bytes at the beginning of the output buffer are held back.
    held: usize,
    /// Whether the current request has begun.
    is_writing: bool,
    /// Whether an answer came since the last check that the connection is open.
    was_used: bool,
}

/// A larger head is not held back. In bytes.
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

    /// Writes what was held back, and `amount` bytes after it.
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

    /// ureq checks once after an answer, when it returns the connection to the pool, and this check is skipped. It
    /// checks again when it takes the connection out, and then notices what happened in between.
    fn is_open(&mut self) -> bool {
        mem::take(&mut self.was_used) || self.connection.is_open()
    }

    fn is_tls(&self) -> bool {
        self.connection.is_tls()
    }
}

/// The buffers while bytes are held back: new output is appended to them.
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

    /// False, so that ureq waits for an answer before it reads it, and the wait writes what is held back.
    fn can_use_input(&self) -> bool {
        false
    }
}

/// An error of ureq with the phase in which it happened. ureq passes it on inside its `Other`.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub(crate) struct PhasedError {
    pub(crate) phase: Phase,
    pub(crate) cause: ureq::Error,
}

/// Marks an error with its phase. An outer mark replaces an inner one, because connecting to a proxy, or writing to it,
/// is neither connecting to the server nor sending the request.
pub(crate) fn in_phase(phase: Phase) -> impl FnOnce(ureq::Error) -> ureq::Error {
    move |error| {
        let cause = unmark(error).map_or_else(|error| error, |marked| marked.cause);
        ureq::Error::Other(Box::new(PhasedError { phase, cause }))
    }
}

/// The mark of an error, or the unchanged error if it has none.
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

    /// Records what reaches the socket.
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
    fn a_large_head_is_sent_at_once() {
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
