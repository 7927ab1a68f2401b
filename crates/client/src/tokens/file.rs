//! Tokens in a file.

use std::path::{Path, PathBuf};
use std::time::Instant;

use zeroize::Zeroizing;

use super::answer::{from_json, to_json_text};
use super::{StoreError, StoreLock, TokenStore, Tokens};

mod place;
#[cfg(test)]
mod tests;

use place::{Fault, Place};

/// A token store in a JSON file that only its owner may read (mode 0600).
///
/// A new file is written next to the old one, flushed to disk and then renamed over it: at any
/// moment, the file contains either the old tokens or the new ones. Its folder must exist. If a
/// crash leaves such a new file behind, the next holder of the lock uses it if it is complete and
/// newer, and removes it otherwise.
///
/// Symbolic links are followed first, and everything else happens next to their target: the links
/// stay, and programs that use different paths to one file share its lock. Hard links are not
/// followed: after a save, the file's other names still contain the old tokens.
///
/// Only regular files of up to 1 MiB are read and replaced. A file that others may read is changed
/// to mode 0600 with a warning, or refused if that fails.
///
/// Several programs on one machine may share the file: one refreshes the session while it holds the
/// system's lock on an empty file next to it (`.NAME.lock`, which is kept), and the others use what
/// it has saved. The lock ends with the program that holds it, even if the program crashes. On Unix
/// the tokens' file is locked as well, so that deleting the empty file gives no other program the
/// lock.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
}

impl FileStore {
    /// A store in this file, which does not have to exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The path as given, which may be a link.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file to which the path leads now.
    fn place(&self) -> Result<Place, Fault> {
        Place::resolve(&self.path)
    }

    fn failed(&self, doing: &str, fault: Fault) -> StoreError {
        let doing = format!("cannot {doing} {}", self.path.display());
        match fault {
            Fault::System(error) => StoreError::new(doing).with_source(error),
            Fault::Found { found, wanted } => {
                StoreError::new(format!("{doing}: found {found}; wanted {wanted}"))
            }
        }
    }
}

impl TokenStore for FileStore {
    fn load(&self) -> Result<Option<Tokens>, StoreError> {
        let read = || {
            let Some(content) = self.place()?.read()? else {
                return Ok(None);
            };
            let tokens = from_json(&content);
            tokens
                .map(Some)
                .map_err(|found| Fault::found(found, "tokens as this store saves them"))
        };
        read().map_err(|fault| self.failed("load tokens from", fault))
    }

    fn save(&self, tokens: &Tokens) -> Result<(), StoreError> {
        let content: Zeroizing<String> = to_json_text(tokens);
        let place = self.place();
        place
            .and_then(|place| place.replace(content.as_bytes()))
            .map_err(|fault| self.failed("save tokens to", fault))
    }

    fn lock(&self, until: Instant) -> Result<Option<StoreLock<'_>>, StoreError> {
        let place = self.place();
        place
            .and_then(|place| place.lock(until))
            .map_err(|fault| self.failed("lock", fault))
    }
}
