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

/// Keeps tokens in a file of JSON that only its owner may read (mode 0600).
///
/// A new file is written beside the old one, forced to the disk and then renamed over it: whatever
/// happens in between, the file holds either the old tokens or the new ones. Its folder must exist.
/// What a crash leaves of such a new file is taken up under the next lock where it is whole and newer, and removed
/// otherwise.
///
/// Symbolic links are followed first, and all the rest happens beside the file that they lead to: the links stay, and
/// programs that reach one file by several paths share its lock. Hard links are not followed: a save
/// leaves the other names of the file with the old tokens.
///
/// Only regular files of up to 1 MiB are read and replaced. A file that others may read is set to mode 0600 with a
/// warning, and refused where that fails.
///
/// Several programs on one machine may share the file: one refreshes, under a lock of the system on an
/// empty file beside it (`.NAME.lock`, which stays), and the others take what it has saved. The lock ends
/// with the program that holds it, however that ends. On Unix the tokens' file is locked as well, so that no one
/// else gets the lock when something deletes the empty file.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
}

impl FileStore {
    /// A store in this file, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file as it was given, which may be a link.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file that the path leads to now.
    fn place(&self) -> Result<Place, Fault> {
        Place::resolve(&self.path)
    }

    fn failed(&self, doing: &str, fault: Fault) -> StoreError {
        let doing = format!("cannot {doing} {}", self.path.display());
        match fault {
            Fault::System(error) => StoreError::new(doing).because(error),
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
                .map_err(|found| Fault::found(found, "tokens as saved here"))
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
