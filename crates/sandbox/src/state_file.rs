//! The file in which a state is saved.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use fs4::{FileExt, TryLockError};

use crate::saved_state::SavedState;
use crate::shared_state::SharedState;

/// The file in which one sandbox at a time saves its state. Only one thread writes at a time, because they share the
/// temporary file that is renamed to the file.
pub(crate) struct StateFile {
    /// The path with links resolved, so that a save replaces the target of a link.
    path: PathBuf,
    /// The revision that was written last; `None` before the first write.
    written: Mutex<Option<(u64, u64)>>,
    /// The locked empty file next to it. The system releases the lock when the process ends, in any way.
    _lock: File,
}

impl StateFile {
    /// Locks a file for this sandbox and reads it; `None` if it does not exist or is empty.
    ///
    /// # Errors
    /// If it is not a file that can be read and written, is in use by another sandbox, or does not contain a state of a
    /// known version. It is not changed then.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, Option<SavedState>)> {
        let cannot = |what: &str, error: &io::Error| {
            let why = format!("cannot {what} the state in {}: {error}", path.display());
            io::Error::new(error.kind(), why)
        };
        let place = place(path).map_err(|error| cannot("keep", &error))?;
        let lock = lock(&place).map_err(|error| cannot("keep", &error))?;
        let saved = read(&place).map_err(|error| cannot("read", &error))?;
        let file = Self {
            path: place,
            written: Mutex::new(None),
            _lock: lock,
        };
        Ok((file, saved))
    }

    /// Writes the current state, unless the file already has this revision of it.
    ///
    /// The state is read after other writers have finished, so that no older state replaces a newer one. It is not
    /// locked while the file is written. This waits for the disk.
    ///
    /// # Errors
    /// If the file cannot be written; the state's `state_error` says so too. The file then keeps its earlier
    /// contents.
    pub(crate) fn save(&self, state: &SharedState) -> io::Result<()> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let (revision, saved) = {
            let state = state.lock();
            let revision = state.revision();
            if *written == Some(revision) {
                return Ok(());
            }
            (revision, SavedState::of(&state))
        };
        let outcome = self.write(&saved).map_err(|error| {
            let why = format!("cannot write the state in {}: {error}", self.path.display());
            io::Error::new(error.kind(), why)
        });
        state.lock().state_error = outcome.as_ref().err().map(ToString::to_string);
        outcome.map(|()| *written = Some(revision))
    }

    /// Writes the file completely or not at all, readable by its owner only, because it contains addresses.
    fn write(&self, saved: &SavedState) -> io::Result<()> {
        let draft = beside(&self.path, "draft");
        // A temporary file of a killed process may be readable by others.
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let outcome = fill(&draft, saved).and_then(|()| fs::rename(&draft, &self.path));
        if outcome.is_err() {
            // Half a file is useless, and the disk may be full.
            let _ = fs::remove_file(&draft);
        }
        outcome
    }
}

fn fill(draft: &Path, saved: &SavedState) -> io::Result<()> {
    // Written while it is serialized, so that a large state is not in memory twice.
    let mut file = BufWriter::new(private(draft)?);
    serde_json::to_writer(&mut file, saved)?;
    file.flush()?;
    file.get_ref().sync_all()
}

/// A new file that only its owner may read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// The path with links resolved, of a file that can be read and written, or that does not exist yet.
fn place(path: &Path) -> io::Result<PathBuf> {
    let wrong = |kind, why| Err(io::Error::new(kind, why));
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            wrong(ErrorKind::IsADirectory, "found a directory; wanted a file")
        }
        Ok(found) if !found.is_file() => wrong(
            ErrorKind::InvalidInput,
            "found a device or a pipe; wanted a file",
        ),
        Ok(found) if found.permissions().readonly() => wrong(
            ErrorKind::PermissionDenied,
            "found a read-only file; wanted one that can be written",
        ),
        Ok(_) => fs::canonicalize(path),
        Err(error) if error.kind() == ErrorKind::NotFound => new_place(path),
        Err(error) => Err(error),
    }
}

/// The path of a new file, with links in its folder resolved.
fn new_place(path: &Path) -> io::Result<PathBuf> {
    let Some(name) = path.file_name() else {
        let why = "found no name; wanted a file";
        return Err(io::Error::new(ErrorKind::InvalidInput, why));
    };
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    Ok(fs::canonicalize(folder)?.join(name))
}

/// Locks the file next to this one.
fn lock(place: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let file = options.open(beside(place, "lock"))?;
    // Called through the trait, because newer versions of Rust have a method with the same name.
    match FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(TryLockError::Error(error)) => Err(error),
        Err(TryLockError::WouldBlock) => Err(io::Error::new(
            ErrorKind::ResourceBusy,
            "found it in use by another sandbox; wanted a file for this one alone",
        )),
    }
}

fn read(place: &Path) -> io::Result<Option<SavedState>> {
    match fs::metadata(place) {
        Ok(found) if found.len() == 0 => return Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    let saved = SavedState::read(|| File::open(place));
    saved
        .map(Some)
        .map_err(|why| io::Error::new(ErrorKind::InvalidData, why))
}

/// The file `.NAME.ending` next to `NAME`.
fn beside(place: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(place.file_name().unwrap_or_default());
    name.push(".");
    name.push(ending);
    place.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::Builder;
    use crate::state::State;

    fn state() -> SharedState {
        SharedState::new(State::new(&Builder::default()))
    }

    fn change(state: &SharedState) {
        let mut state = state.lock();
        state.orders.set_tracking_number(1, "LP1".to_owned());
    }

    const IN_USE: &str = "cannot keep the state in PATH: found it in use by another sandbox; \
                          wanted a file for this one alone";

    #[track_caller]
    fn refused(path: &Path, kind: ErrorKind, why: &str) {
        let error = StateFile::open(path).err().unwrap();
        let expected = why.replace("PATH", &path.display().to_string());
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.kind(), kind);
    }

    /// Without a lock, writers would write into each other's temporary file, or find it missing.
    #[test]
    fn writers_take_turns_and_the_newest_state_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let state = state();
        let (file, none) = StateFile::open(&path).unwrap();
        assert!(none.is_none());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        change(&state);
                        file.save(&state).unwrap();
                    }
                });
            }
        });
        let revision = state.lock().revision();
        assert_eq!(*file.written.lock().unwrap(), Some(revision));
        drop(file);
        assert!(StateFile::open(&path).unwrap().1.is_some());
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, [".state.json.lock", "state.json"]);
    }

    #[test]
    fn one_sandbox_at_a_time_has_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let (file, _) = StateFile::open(&path).unwrap();
        refused(&path, ErrorKind::ResourceBusy, IN_USE);
        file.save(&state()).unwrap();
        refused(&path, ErrorKind::ResourceBusy, IN_USE);
        drop(file);
        StateFile::open(&path).unwrap();
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        refused(
            folder.path(),
            ErrorKind::IsADirectory,
            "cannot keep the state in PATH: found a directory; wanted a file",
        );
        refused(
            &folder.path().join("none/state.json"),
            ErrorKind::NotFound,
            "cannot keep the state in PATH: No such file or directory (os error 2)",
        );
        refused(
            Path::new(""),
            ErrorKind::InvalidInput,
            "cannot keep the state in PATH: found no name; wanted a file",
        );
        let path = folder.path().join("file");
        fs::write(&path, "").unwrap();
        refused(
            &path.join("state.json"),
            ErrorKind::NotADirectory,
            "cannot keep the state in PATH: Not a directory (os error 20)",
        );
        let mut rights = fs::metadata(&path).unwrap().permissions();
        rights.set_readonly(true);
        fs::set_permissions(&path, rights).unwrap();
        refused(
            &path,
            ErrorKind::PermissionDenied,
            "cannot keep the state in PATH: found a read-only file; wanted one that can be written",
        );
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_refused() {
        for device in ["/dev/null", "/dev/full", "/dev/zero"] {
            refused(
                Path::new(device),
                ErrorKind::InvalidInput,
                "cannot keep the state in PATH: found a device or a pipe; wanted a file",
            );
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let wanted = "wanted a state of the sandbox";
        for (text, found) in [
            (
                "{",
                format!("the end of the file at line 1 column 1; {wanted}"),
            ),
            (
                "null",
                format!("JSON of another shape at line 1 column 4; {wanted}"),
            ),
            ("{\"version\": 99}", "version 99; wanted 2 to 4".to_owned()),
            (
                "\u{feff}{}",
                format!("text that is not JSON at line 1 column 1; {wanted}"),
            ),
        ] {
            fs::write(&path, text).unwrap();
            let why = format!("cannot read the state in PATH: found {found}");
            refused(&path, ErrorKind::InvalidData, &why);
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    /// An empty file, as `mktemp` makes it, starts a new state.
    #[test]
    fn an_empty_file_is_a_new_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        fs::write(&path, "").unwrap();
        assert!(StateFile::open(&path).unwrap().1.is_none());
    }

    /// A folder at the temporary file's path makes every write fail, also if the tests run as root.
    #[test]
    fn a_failed_write_keeps_the_file_and_is_made_up_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let (file, _) = StateFile::open(&path).unwrap();
        let state = state();
        file.save(&state).unwrap();
        let before = fs::read_to_string(&path).unwrap();
        let draft = beside(&path, "draft");
        fs::create_dir(&draft).unwrap();
        change(&state);
        let error = file.save(&state).unwrap_err().to_string();
        let why = "Is a directory (os error 21)";
        assert_eq!(
            error,
            format!("cannot write the state in {}: {why}", path.display())
        );
        assert_eq!(state.lock().state_error.as_deref(), Some(error.as_str()));
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
        fs::remove_dir(&draft).unwrap();
        file.save(&state).unwrap();
        assert_eq!(state.lock().state_error, None);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_for_its_owner_and_links_are_followed() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("state.json"), folder.path().join("link"));
        fs::write(&path, "").unwrap();
        symlink(&path, &link).unwrap();
        // The temporary file of a killed process, readable by all.
        fs::write(beside(&path, "draft"), "{").unwrap();
        let (file, _) = StateFile::open(&link).unwrap();
        refused(&path, ErrorKind::ResourceBusy, IN_USE);
        file.save(&state()).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
