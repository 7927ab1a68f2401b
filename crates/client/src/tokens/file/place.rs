//! The file to which a path leads, and the files next to it: drafts and the lock.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use zeroize::Zeroizing;

use crate::tokens::StoreLock;
use crate::tokens::answer::from_json;

/// The largest size of a token file, in bytes.
pub(super) const LARGEST: u64 = 1024 * 1024;
/// How many consecutive links are followed, as in Linux.
const MOST_LINKS: usize = 40;
/// How often a save writes its draft again after someone removed it before the rename.
const MOST_DRAFTS: usize = 3;
/// The ending of a draft's name.
const DRAFT: &str = ".draft";

/// Why the file cannot be used.
pub(super) enum Fault {
    System(io::Error),
    Found { found: String, wanted: String },
}

impl Fault {
    pub(super) fn found(found: impl Into<String>, wanted: impl Into<String>) -> Self {
        Self::Found {
            found: found.into(),
            wanted: wanted.into(),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// A path without a link at its end.
pub(super) struct Place(PathBuf);

impl Place {
    /// Follows the links; their target does not have to exist yet.
    pub(super) fn resolve(path: &Path) -> Result<Self, Fault> {
        let mut real = path.to_owned();
        for _ in 0..MOST_LINKS {
            // An error means that this is not a link, or that nothing is there: either way, this is
            // the place.
            let Ok(target) = fs::read_link(&real) else {
                return Ok(Self(real));
            };
            // A relative target replaces the link's name, an absolute one the whole path.
            real.pop();
            real.push(target);
        }
        Err(Fault::found("symbolic links in a loop", "a file"))
    }

    /// The file's content; `None` if it does not exist.
    pub(super) fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        // Checked before opening, because opening a pipe waits for a writer.
        let Some(metadata) = metadata(&self.0)? else {
            return Ok(None);
        };
        check_regular(metadata.file_type())?;
        let file = File::open(&self.0)?;
        let metadata = file.metadata()?;
        check_regular(metadata.file_type())?;
        check_length(metadata.len())?;
        self.make_private(&file, &metadata)?;
        // With spare capacity, because a reallocation would leave a copy in memory.
        let length = usize::try_from(metadata.len()).unwrap_or_default();
        let mut content = Zeroizing::new(Vec::with_capacity(length + 64));
        file.take(LARGEST + 1).read_to_end(&mut content)?;
        check_length(content.len() as u64)?;
        Ok(Some(content))
    }

    /// Replaces the file's content.
    pub(super) fn replace(&self, content: &[u8]) -> Result<(), Fault> {
        check_length(content.len() as u64)?;
        if let Some(metadata) = metadata(&self.0)? {
            check_regular(metadata.file_type())?;
        }
        let mut tries = 1;
        loop {
            let draft = self.draft();
            let replaced = write_draft(&draft, content).and_then(|()| fs::rename(&draft, &self.0));
            match replaced {
                Ok(()) => break,
                // Another program got the lock meanwhile and took the draft for one left by a
                // crash.
                Err(error) if error.kind() == ErrorKind::NotFound && tries < MOST_DRAFTS => {
                    tries += 1
                }
                Err(error) => {
                    // It contains tokens; if it cannot be removed, at least no one else can read
                    // it.
                    let _ = fs::remove_file(&draft);
                    return Err(error.into());
                }
            }
        }
        // The new tokens are in place whether or not the folder can be synced.
        let _ = sync_folder(&self.0);
        Ok(())
    }

    /// Locks the file for one program, and cleans up the drafts that crashes left; `None` if
    /// another still holds the lock at `until`.
    pub(super) fn lock(&self, until: Instant) -> Result<Option<StoreLock<'static>>, Fault> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let Some(lock) = lock_at(&self.beside(OsStr::new("lock")), &options, until)? else {
            return Ok(None);
        };
        let Some(second) = self.lock_content(until)? else {
            return Ok(None);
        };
        self.settle_drafts();
        Ok(Some(StoreLock::holding((second, lock))))
    }

    /// Also locks the token file itself, if it exists, because the lock file may be deleted while
    /// it is held. Only on Unix: elsewhere a lock would keep others from reading, and a file in use
    /// cannot be deleted.
    fn lock_content(&self, until: Instant) -> Result<Option<StoreLock<'static>>, Fault> {
        let regular = metadata(&self.0)?.is_some_and(|metadata| metadata.is_file());
        if cfg!(not(unix)) || !regular {
            return Ok(Some(StoreLock::none()));
        }
        // Network file systems lock only files that are open for writing.
        let both = lock_at(&self.0, OpenOptions::new().read(true).write(true), until);
        let locked = match both {
            Err(Fault::System(error)) if is_read_only(&error) => {
                lock_at(&self.0, OpenOptions::new().read(true), until)
            }
            locked => locked,
        };
        match locked {
            Err(Fault::System(error)) if error.kind() == ErrorKind::NotFound => {
                Ok(Some(StoreLock::none()))
            }
            locked => locked,
        }
    }

    /// Uses the newest draft of this file that is complete and newer than the file, because it may
    /// contain the only refresh token that still works, and removes the others. Drafts are written
    /// under the lock, so these come from programs that have ended; a program that saves without
    /// the lock writes its draft again.
    fn settle_drafts(&self) {
        let Ok(entries) = fs::read_dir(folder(&self.0)) else {
            return;
        };
        let drafts = entries.flatten().filter(|entry| {
            let regular = entry.file_type().is_ok_and(|kind| kind.is_file());
            regular && self.is_draft(&entry.file_name())
        });
        let mut drafts: Vec<_> = drafts
            .map(|draft| (changed(&draft.path()), draft.path()))
            .collect();
        drafts.sort_unstable_by(|one, other| other.cmp(one));
        let mut newest = changed(&self.0);
        for (time, draft) in drafts {
            let taken_up =
                time > newest && is_complete(&draft) && fs::rename(&draft, &self.0).is_ok();
            if taken_up {
                newest = time;
                let path = self.0.display();
                tracing::warn!(%path, "using the tokens of a program that ended while it saved them");
            } else {
                let _ = fs::remove_file(&draft);
            }
        }
    }

    /// Whether a file name is one that [`Self::draft`] creates.
    fn is_draft(&self, name: &OsStr) -> bool {
        let start = self.name_beside(OsStr::new(""));
        let number = name
            .as_encoded_bytes()
            .strip_prefix(start.as_encoded_bytes())
            .and_then(|rest| rest.strip_suffix(DRAFT.as_bytes()));
        let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        number.is_some_and(|number| {
            let mut parts = number.splitn(2, |byte| *byte == b'-');
            parts.next().is_some_and(digits) && parts.next().is_some_and(digits)
        })
    }

    /// A name next to the file that no other save uses, in this process or another.
    pub(super) fn draft(&self) -> PathBuf {
        static SAVES: AtomicU64 = AtomicU64::new(0);
        let number = SAVES.fetch_add(1, Ordering::Relaxed);
        self.beside(OsStr::new(&format!("{}-{number}{DRAFT}", process::id())))
    }

    /// A hidden file in the same folder.
    pub(super) fn beside(&self, ending: &OsStr) -> PathBuf {
        self.0.with_file_name(self.name_beside(ending))
    }

    fn name_beside(&self, ending: &OsStr) -> OsString {
        let mut name = OsString::from(".");
        name.push(self.0.file_name().unwrap_or_default());
        name.push(".");
        name.push(ending);
        name
    }

    /// Makes the file private, with a warning if it was not.
    #[cfg(unix)]
    fn make_private(&self, file: &File, metadata: &Metadata) -> Result<(), Fault> {
        use std::os::unix::fs::PermissionsExt;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 == 0 {
            return Ok(());
        }
        let private = fs::Permissions::from_mode(mode & 0o600);
        if file.set_permissions(private).is_err() {
            let found = format!("mode {mode:04o}, which lets others use the file");
            return Err(Fault::found(found, "mode 0600"));
        }
        let (path, mode) = (self.0.display(), format!("{mode:04o}"));
        tracing::warn!(%path, mode, "others could use the token file; its mode is 0600 now");
        Ok(())
    }

    /// On other systems the folder decides who may read.
    #[cfg(not(unix))]
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "it can fail on Unix"
    )]
    fn make_private(&self, _: &File, _: &Metadata) -> Result<(), Fault> {
        Ok(())
    }
}

/// When a file was last written; `None` if it does not exist.
fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

/// Whether a draft contains complete tokens.
fn is_complete(draft: &Path) -> bool {
    let content = Place(draft.to_owned()).read();
    content.is_ok_and(|content| content.is_some_and(|content| from_json(&content).is_ok()))
}

/// Locks the file that is at this path when the lock is acquired, not the one that was there when
/// the wait began.
fn lock_at(
    path: &Path,
    options: &OpenOptions,
    until: Instant,
) -> Result<Option<StoreLock<'static>>, Fault> {
    loop {
        if let Some(metadata) = metadata(path)? {
            check_regular(metadata.file_type())?;
        }
        let file = open_private(options.clone(), path)?;
        let opened = file.metadata()?;
        let Some(lock) = StoreLock::on_file(file, until)? else {
            return Ok(None);
        };
        if metadata(path)?.is_some_and(|there| is_same_file(&opened, &there)) {
            return Ok(Some(lock));
        }
    }
}

/// `None` if nothing is there.
fn metadata(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn is_same_file(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// On other systems an open file cannot be deleted.
#[cfg(not(unix))]
fn is_same_file(_: &Metadata, _: &Metadata) -> bool {
    true
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    )
}

fn check_regular(kind: FileType) -> Result<(), Fault> {
    let found = match kind {
        kind if kind.is_file() => return Ok(()),
        kind if kind.is_dir() => "a folder",
        _ => "a pipe, a socket or a device",
    };
    Err(Fault::found(found, "a regular file"))
}

fn check_length(length: u64) -> Result<(), Fault> {
    if length <= LARGEST {
        return Ok(());
    }
    let wanted = format!("at most {LARGEST} bytes");
    Err(Fault::found(format!("{length} bytes"), wanted))
}

fn write_draft(draft: &Path, content: &[u8]) -> io::Result<()> {
    // A draft of a crashed process with the same number.
    match fs::remove_file(draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let mut file = open_private(options, draft)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Opens a file; if it is created, only its owner may read it.
fn open_private(mut options: OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a rename survive a power failure, on systems where folders can be opened.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    File::open(folder(path))?.sync_all()
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
