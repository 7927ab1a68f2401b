//! Errors of a command, printed for people or for programs.

pub(crate) mod call_failure;
pub(crate) mod code;
pub(crate) mod exit;

use std::fmt::Display;
use std::io;

use anstyle::{AnsiColor, Style};
use serde_json::{Map, Value, json};

use crate::failure::exit::Exit;
use crate::printable::printable;

/// Why a command failed.
///
/// Messages and details never contain secrets: they are made of names, positions and messages of the libraries.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct Failure(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Inner {
    exit: Exit,
    message: String,
    hints: Vec<String>,
    details: Map<String, Value>,
    /// Not printed: the reader has closed the pipe, as `| head` does.
    silent: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            exit,
            message: message.into(),
            hints: Vec::new(),
            details: Map::new(),
            silent: false,
        }))
    }

    /// An invalid argument, setting or file.
    pub(crate) fn usage(doing: impl Display, found: impl Display, wanted: impl Display) -> Self {
        Self::new(
            Exit::Usage,
            format!("cannot {doing}: found {found}; wanted {wanted}"),
        )
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(doing: impl Display, error: &io::Error) -> Self {
        Self::new(Exit::Usage, format!("cannot {doing}: {error}"))
    }

    /// Standard output is closed or full.
    pub(crate) fn output(error: &io::Error) -> Self {
        let mut failure = Self::new(Exit::Usage, format!("cannot write the output: {error}"));
        if error.kind() == io::ErrorKind::BrokenPipe {
            failure.0.exit = Exit::Done;
            failure.0.silent = true;
        }
        failure
    }

    /// Adds a line that says what to do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    /// Adds a member to the JSON form of the error.
    pub(crate) fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.details.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        self.0.exit
    }

    /// Prints to standard error.
    pub(crate) fn print(&self, json: bool) {
        if self.0.silent {
            return;
        }
        if json {
            crate::stderr::line(self.to_json());
            return;
        }
        print_line("error", AnsiColor::Red, &self.0.message);
        for hint in &self.0.hints {
            print_line("hint", AnsiColor::Cyan, hint);
        }
    }

    fn to_json(&self) -> Value {
        let mut error = Map::new();
        error.insert("kind".to_owned(), self.0.exit.word().into());
        error.insert("exit_code".to_owned(), self.0.exit.code().into());
        error.insert("message".to_owned(), self.0.message.as_str().into());
        if !self.0.hints.is_empty() {
            error.insert("hints".to_owned(), self.0.hints.clone().into());
        }
        error.extend(self.0.details.clone());
        json!({ "error": error })
    }
}

/// Prints a warning: something is wrong, but the command continues.
pub(crate) fn warn(text: &str, json: bool) {
    match json {
        true => crate::stderr::line(json!({ "warning": text })),
        false => print_line("warning", AnsiColor::Yellow, text),
    }
}

/// Prints a note: nothing is wrong.
pub(crate) fn note(text: &str, json: bool) {
    match json {
        true => crate::stderr::line(json!({ "note": text })),
        false => print_line("note", AnsiColor::Blue, text),
    }
}

fn print_line(label: &str, color: AnsiColor, text: &str) {
    let style = Style::new().bold().fg_color(Some(color.into()));
    crate::stderr::line(format_args!("{style}{label}:{style:#} {}", printable(text)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_is_one_line_with_an_exit_code() {
        let system = || io::Error::other("the disk is gone");
        for (failure, exit, message) in [
            (
                Failure::usage("read it", "this", "that"),
                Exit::Usage,
                "cannot read it: found this; wanted that",
            ),
            (
                Failure::file("read it", &system()),
                Exit::Usage,
                "cannot read it: the disk is gone",
            ),
            (
                Failure::output(&system()),
                Exit::Usage,
                "cannot write the output: the disk is gone",
            ),
            (
                Failure::output(&io::ErrorKind::BrokenPipe.into()),
                Exit::Done,
                "cannot write the output: broken pipe",
            ),
            (
                Failure::new(Exit::Drift, "found what no model expects"),
                Exit::Drift,
                "found what no model expects",
            ),
        ] {
            assert_eq!(
                (failure.to_string().as_str(), failure.exit()),
                (message, exit)
            );
        }
    }

    #[test]
    fn failures_can_be_sent_between_threads() {
        fn check<T: std::error::Error + Send + Sync + 'static>() {}
        check::<Failure>();
    }
}
