//! Files that calls upload.

use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// A file to upload: its content, and its name on the platform.
///
/// The content is in memory ([`new`](Self::new)), on disk ([`open`](Self::open)), or comes from a
/// reader ([`from_reader`](Self::from_reader)). The last two are read in pieces while they are
/// sent, and are never completely in memory.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct File {
    /// The file's name with its extension, from which the platform takes the type of an image.
    pub name: String,
    content: Content,
}

#[derive(Clone)]
enum Content {
    Bytes(Vec<u8>),
    Path { path: PathBuf, length: u64 },
    Reader { reader: OneTimeReader, length: u64 },
}

/// Clones share the reader, and only the first to take it can read it.
type OneTimeReader = Arc<Mutex<Option<Box<dyn Read + Send>>>>;

impl File {
    /// A file with this name and content.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            content: Content::Bytes(bytes.into()),
        }
    }

    /// A file on disk, with its own name. It is opened for each attempt of a call, and its length
    /// must not change until the call is over.
    ///
    /// # Errors
    ///
    /// When it does not exist, is not a regular file, or its name is not UTF-8.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let metadata = fs::metadata(&path)?;
        let found = |found| Err(io::Error::new(io::ErrorKind::InvalidInput, found));
        if !metadata.is_file() {
            return found("found something that is not a regular file; wanted a file to upload");
        }
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return found("found a file name that is not UTF-8; wanted a name in UTF-8");
        };
        Ok(Self {
            name: name.to_owned(),
            content: Content::Path {
                length: metadata.len(),
                path,
            },
        })
    }

    /// A file with this name and this length in bytes, from a reader. A reader cannot be read
    /// twice, so a call that failed after it began to read is not retried.
    pub fn from_reader(
        name: impl Into<String>,
        length: u64,
        reader: impl Read + Send + 'static,
    ) -> Self {
        let reader: Box<dyn Read + Send> = Box::new(reader);
        Self {
            name: name.into(),
            content: Content::Reader {
                reader: Arc::new(Mutex::new(Some(reader))),
                length,
            },
        }
    }

    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        match &self.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Path { length, .. } | Content::Reader { length, .. } => *length,
        }
    }

    /// The content, if it is in memory.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes),
            Content::Path { .. } | Content::Reader { .. } => None,
        }
    }

    /// A reader of the content from its beginning.
    ///
    /// # Errors
    ///
    /// When the file on disk cannot be opened, or the reader of [`from_reader`](Self::from_reader)
    /// was taken before.
    pub fn reader(&self) -> io::Result<Box<dyn Read + Send>> {
        match &self.content {
            Content::Bytes(bytes) => Ok(Box::new(io::Cursor::new(bytes.clone()))),
            Content::Path { path, .. } => Ok(Box::new(fs::File::open(path)?)),
            Content::Reader { reader, .. } => lock(reader).take().ok_or_else(|| {
                io::Error::other("found a reader that was read before; wanted the whole content")
            }),
        }
    }

    /// Whether the reader of the content was taken already and cannot be read again.
    pub fn is_spent(&self) -> bool {
        match &self.content {
            Content::Reader { reader, .. } => lock(reader).is_none(),
            Content::Bytes(_) | Content::Path { .. } => false,
        }
    }
}

/// A panic while the lock is held cannot leave the reader in an invalid state.
fn lock(
    reader: &Mutex<Option<Box<dyn Read + Send>>>,
) -> std::sync::MutexGuard<'_, Option<Box<dyn Read + Send>>> {
    reader.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Content {
    fn default() -> Self {
        Content::Bytes(Vec::new())
    }
}

impl PartialEq for Content {
    /// Readers are equal if they are the same reader.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Content::Bytes(left), Content::Bytes(right)) => left == right,
            (
                Content::Path { path, length },
                Content::Path {
                    path: other,
                    length: other_length,
                },
            ) => path == other && length == other_length,
            (Content::Reader { reader, .. }, Content::Reader { reader: other, .. }) => {
                Arc::ptr_eq(reader, other)
            }
            _ => false,
        }
    }
}

impl Eq for Content {}

impl fmt::Debug for File {
    /// Leaves out the content.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "File({:?}, {} bytes)", self.name, self.length())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &File) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        file.reader()?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn bytes_and_files_can_be_read_again_but_readers_only_once() {
        let bytes = File::new("a.png", "pixels");
        let manifest = File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
        assert_eq!(manifest.name, "Cargo.toml");
        for file in [&bytes, &manifest] {
            for _ in 0..2 {
                assert_eq!(read(file).unwrap().len() as u64, file.length());
                assert!(!file.is_spent());
            }
        }
        let once = File::from_reader("a.png", 6, &b"pixels"[..]);
        let clone = once.clone();
        assert_eq!(once, clone);
        assert_eq!(format!("{once:?}"), "File(\"a.png\", 6 bytes)");
        assert!(!clone.is_spent());
        assert_eq!(read(&once).unwrap(), b"pixels");
        assert!(clone.is_spent());
        assert_eq!(
            read(&clone).unwrap_err().to_string(),
            "found a reader that was read before; wanted the whole content"
        );
    }

    #[test]
    fn a_path_that_is_not_a_file_is_refused_before_anything_is_sent() {
        let error = File::open(env!("CARGO_MANIFEST_DIR")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "found something that is not a regular file; wanted a file to upload"
        );
        assert!(File::open("no such file").is_err());
    }
}
