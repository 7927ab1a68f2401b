//! Reads stored answers from files, folders and standard input; each holds one answer, or one per line.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use aliexpress_models::raw;
use walkdir::WalkDir;

use crate::failure::Failure;
use crate::input::Input;

/// The file name extensions of answers in a folder; files with the last two hold one answer per line.
pub(super) const ENDINGS: [&str; 4] = ["json", "xml", "jsonl", "ndjson"];
const ENDINGS_OF_LINES: [&str; 2] = ["jsonl", "ndjson"];
/// What follows them in the names of compressed answers. Those are opened and refused, so that none is left out
/// silently.
const ENDINGS_OF_COMPRESSED: [&str; 4] = ["gz", "zst", "bz2", "xz"];

/// The bytes of one answer, and where they are.
pub(super) struct Stored {
    pub(super) origin: Origin,
    pub(super) bytes: Vec<u8>,
}

/// Where an answer is.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    file: Arc<Input>,
    /// The number of the line, from 1; `None` if the file holds one answer.
    pub(super) line: Option<u64>,
}

impl Origin {
    /// The file as an argument of a command line.
    pub(super) fn as_argument(&self) -> String {
        self.file.as_argument()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => write!(f, "{}", self.file),
        }
    }
}

/// An answer, or why it cannot be read.
pub(super) enum Found {
    Answer(Stored),
    Unreadable(Origin, String),
}

/// An iterator over all answers.
pub(super) struct Sources {
    files: Box<dyn Iterator<Item = Result<Input, (Input, String)>> + Send>,
    several: bool,
    all_lines: bool,
    open: Option<Lines>,
    put_back: Option<Stored>,
}

impl Sources {
    /// Opens the inputs. If one is missing, it is refused before any is read.
    pub(super) fn open(inputs: Vec<Input>, all_lines: bool) -> Result<Self, Failure> {
        let mut several = inputs.len() > 1;
        for input in &inputs {
            if let Input::File(path) = input {
                let metadata = std::fs::metadata(path);
                let metadata = metadata
                    .map_err(|error| Failure::file(format_args!("read {input}"), &error))?;
                several |= metadata.is_dir();
            }
        }
        let files = inputs.into_iter().flat_map(files_of);
        Ok(Self {
            files: Box::new(files),
            several,
            all_lines,
            open: None,
            put_back: None,
        })
    }

    /// Whether more than one file was named, or a folder.
    pub(super) fn are_several(&self) -> bool {
        self.several
    }

    /// Puts an answer back, so that it is the next one again.
    pub(super) fn put_back(&mut self, stored: Stored) {
        self.put_back = Some(stored);
    }

    /// Opens a file. Returns its only answer, or else starts to read it line by line.
    fn begin(&mut self, file: Input) -> Option<Found> {
        let origin = Origin {
            file: Arc::new(file),
            line: None,
        };
        match read(&origin.file, self.all_lines) {
            Ok(Content::Whole(bytes)) => Some(Found::Answer(Stored { origin, bytes })),
            Ok(Content::Lines(reader)) => {
                self.open = Some(Lines {
                    file: origin.file,
                    reader,
                    line: 0,
                });
                None
            }
            Err(error) => Some(Found::Unreadable(origin, error.to_string())),
        }
    }
}

impl Iterator for Sources {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        if let Some(stored) = self.put_back.take() {
            return Some(Found::Answer(stored));
        }
        loop {
            if let Some(found) = self.open.as_mut().and_then(Lines::next) {
                return Some(found);
            }
            self.open = None;
            let found = match self.files.next()? {
                Ok(file) => self.begin(file),
                Err((file, why)) => {
                    let file = Arc::new(file);
                    Some(Found::Unreadable(Origin { file, line: None }, why))
                }
            };
            if found.is_some() {
                return found;
            }
        }
    }
}

/// The file itself, or the files in a folder that hold answers, in order of their names.
fn files_of(input: Input) -> Box<dyn Iterator<Item = Result<Input, (Input, String)>> + Send> {
    let folder = match &input {
        Input::File(path) if path.is_dir() => path,
        _ => return Box::new(std::iter::once(Ok(input))),
    };
    let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name();
    let files = walk.into_iter().filter_map(|entry| match entry {
        Ok(entry) => (entry.file_type().is_file() && is_named_as_answer(entry.path()))
            .then(|| Ok(Input::File(entry.into_path()))),
        Err(error) => {
            let path = error.path().map(Path::to_owned).unwrap_or_default();
            let why = error.io_error().map(ToString::to_string);
            let why = why.unwrap_or_else(|| "a link to a folder above it".to_owned());
            Some(Err((Input::File(path), why)))
        }
    });
    Box::new(files)
}

fn is_named_as_answer(path: &Path) -> bool {
    match ends_in(path, &ENDINGS_OF_COMPRESSED) {
        true => ends_in(&path.with_extension(""), &ENDINGS),
        false => ends_in(path, &ENDINGS),
    }
}

fn ends_in(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        endings
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}

type Reader = Box<dyn BufRead + Send>;

enum Content {
    Whole(Vec<u8>),
    Lines(Reader),
}

fn read(file: &Input, all_lines: bool) -> io::Result<Content> {
    let (mut reader, named_so): (Reader, bool) = match file {
        Input::Stdin => (Box::new(BufReader::new(io::stdin())), false),
        Input::File(path) => (
            Box::new(BufReader::new(File::open(path)?)),
            ends_in(path, &ENDINGS_OF_LINES),
        ),
    };
    refuse_compressed(reader.fill_buf()?)?;
    let mut bytes = Vec::new();
    if all_lines || named_so || begins_with_a_whole_answer(&mut bytes, &mut reader)? {
        return Ok(Content::Lines(Box::new(Cursor::new(bytes).chain(reader))));
    }
    reader.read_to_end(&mut bytes)?;
    Ok(Content::Whole(bytes))
}

/// The first bytes of compressed files, the format, and the tool that decompresses it.
const COMPRESSED: [(&[u8], &str, &str); 5] = [
    (b"\x1f\x8b", "gzip", "zcat"),
    (b"\x28\xb5\x2f\xfd", "Zstandard", "zstdcat"),
    (b"BZh", "bzip2", "bzcat"),
    (b"\xfd7zXZ\0", "XZ", "xzcat"),
    (b"PK\x03\x04", "ZIP", "unzip -p"),
];

fn refuse_compressed(beginning: &[u8]) -> io::Result<()> {
    let begins = |(magic, ..): &&(&[u8], _, _)| beginning.starts_with(magic);
    match COMPRESSED.iter().find(begins) {
        None => Ok(()),
        Some((_, name, tool)) => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("found {name} data; wanted text, as from `{tool} FILE | aliexpress decode -`"),
        )),
    }
}

/// Whether the first line that is not blank is a complete answer, and other lines follow. Appends what was read to
/// `bytes`.
fn begins_with_a_whole_answer(bytes: &mut Vec<u8>, reader: &mut Reader) -> io::Result<bool> {
    while bytes.trim_ascii().is_empty() {
        if reader.read_until(b'\n', bytes)? == 0 {
            return Ok(false);
        }
    }
    let followed = !reader.fill_buf()?.is_empty();
    Ok(followed && raw::parse(bytes.trim_ascii()).is_ok())
}

/// A file with one answer per line, of which only one is in memory at a time.
struct Lines {
    file: Arc<Input>,
    reader: Reader,
    line: u64,
}

impl Lines {
    fn next(&mut self) -> Option<Found> {
        loop {
            self.line += 1;
            let origin = Origin {
                file: Arc::clone(&self.file),
                line: Some(self.line),
            };
            let mut bytes = Vec::new();
            match self.reader.read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(_) if bytes.trim_ascii().is_empty() => {}
                Ok(_) => return Some(Found::Answer(Stored { origin, bytes })),
                Err(error) => {
                    // The rest of the file cannot be read either.
                    self.reader = Box::new(io::empty());
                    return Some(Found::Unreadable(origin, error.to_string()));
                }
            }
        }
    }
}
