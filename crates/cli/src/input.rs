//! The input of a command: a file or standard input.

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

/// A file name need not be UTF-8.
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
            Input::File(path) if path.as_os_str().is_empty() => {
                f.write_str("a file without a name")
            }
            Input::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// The bytes as text, or an error that says where they are not UTF-8.
pub(crate) fn utf8(bytes: Vec<u8>, doing: impl fmt::Display) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let found = format!("invalid UTF-8 at offset {offset}");
        Failure::usage(doing, found, "UTF-8")
    })
}

impl Input {
    /// The input as an argument of a command line.
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

    /// The content as UTF-8, without a byte order mark, which editors on Windows put at the beginning.
    pub(crate) fn text(&self) -> Result<String, Failure> {
        let mut bytes = self.bytes()?;
        if bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        utf8(bytes, format_args!("read {self}"))
    }
}
