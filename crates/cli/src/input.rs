//! What a command reads: a file, or standard input.

pub(crate) mod members;
pub(crate) mod number;
pub(crate) mod order_file;
pub(crate) mod parameters;
pub(crate) mod parameters_check;
pub(crate) mod settings;
pub(crate) mod similar;
pub(crate) mod url;

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Read};
use std::path::PathBuf;

use crate::failure::Failure;

/// A file to read; `-` is standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Stdin,
    File(PathBuf),
}

/// From an argument, which need not be UTF-8.
impl From<OsString> for Input {
    fn from(argument: OsString) -> Self {
        match argument == "-" {
            true => Input::Stdin,
            false => Input::File(argument.into()),
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Input::Stdin => f.write_str("standard input"),
            Input::File(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Input {
    /// As it is written on a command line.
    pub(crate) fn as_argument(&self) -> String {
        match self {
            Input::Stdin => "-".to_owned(),
            Input::File(path) => path.display().to_string(),
        }
    }

    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Failure> {
        match self {
            Input::Stdin => {
                let mut bytes = Vec::new();
                io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
            }
            Input::File(path) => std::fs::read(path),
        }
        .map_err(|error| Failure::file(format_args!("read {self}"), &error))
    }

    pub(crate) fn text(&self) -> Result<String, Failure> {
        String::from_utf8(self.bytes()?).map_err(|error| {
            let place = error.utf8_error().valid_up_to();
            Failure::usage(
                format_args!("read {self}"),
                format_args!("invalid UTF-8 at offset {place}"),
                "UTF-8",
            )
        })
    }
}
