//! Standard error. Errors of writing to it are ignored: a full disk must not end a command that has placed an order,
//! nor change its exit code.

use std::fmt::Display;
use std::io::{self, Write as _};

/// A writer that never fails, because there is no other place to report it.
pub(crate) struct Stderr;

impl io::Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = anstream::stderr().write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = anstream::stderr().flush();
        Ok(())
    }
}

/// Writes a line.
pub(crate) fn line(text: impl Display) {
    write(format_args!("{text}\n"));
}

/// Writes a text without a line break; the user's answer follows on the same line.
pub(crate) fn write(text: impl Display) {
    let _ = Stderr.write_all(text.to_string().as_bytes());
}
