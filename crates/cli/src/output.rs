//! The output of a command: text for people, or JSON for programs.

pub(crate) mod facts;
pub(crate) mod log;
pub(crate) mod moment;
pub(crate) mod order_detail_view;
pub(crate) mod order_status;
pub(crate) mod order_view;
pub(crate) mod progress;
pub(crate) mod refusal;
pub(crate) mod table;
pub(crate) mod tree;

use std::fmt::Display;
use std::io::{self, Write};

use anstream::AutoStream;
use serde::Serialize;

use crate::failure::Failure;
use crate::printable::printable;

/// Standard output of one command. Colours are removed if it is not a terminal.
pub(crate) struct Output {
    json: bool,
    stdout: AutoStream<io::Stdout>,
}

/// An order as JSON.
#[derive(Serialize)]
pub(crate) struct Answer<'a, T> {
    pub(crate) order: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<&'a str>,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self {
            json,
            stdout: AutoStream::auto(io::stdout()),
        }
    }

    /// Whether the output is JSON.
    pub(crate) fn wants_json(&self) -> bool {
        self.json
    }

    /// Prints one line, or several, for people.
    pub(crate) fn line(&mut self, text: impl Display) -> Result<(), Failure> {
        writeln!(self.stdout, "{text}")
            .and_then(|()| self.stdout.flush())
            .map_err(|error| Failure::output(&error))
    }

    /// Prints one JSON document, indented.
    pub(crate) fn json(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value);
        self.line(text.map_err(|error| Failure::output(&error.into()))?)
    }

    /// Prints one JSON document on one line, for a command that prints several.
    pub(crate) fn json_line(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Failure> {
        let text = serde_json::to_string(value);
        self.line(text.map_err(|error| Failure::output(&error.into()))?)
    }

    /// Prints the request id, if there is one, after a blank line.
    pub(crate) fn request_id(&mut self, request_id: Option<&str>) -> Result<(), Failure> {
        match request_id {
            Some(id) => self.line(format_args!("\nrequest id {}", printable(id))),
            None => Ok(()),
        }
    }

    /// Prints bytes as they are, and a line break unless they end with one.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let ending: &[u8] = match bytes.last() {
            Some(b'\n') => b"",
            _ => b"\n",
        };
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(bytes)
            .and_then(|()| stdout.write_all(ending))
            .and_then(|()| stdout.flush())
            .map_err(|error| Failure::output(&error))
    }
}
