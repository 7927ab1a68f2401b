//! Tokens in a file.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::answer::{from_json, to_json};
use super::{StoreError, StoreLock, TokenStore, Tokens};

/// Keeps tokens in a file of JSON that only its owner may read (mode 0600).
///
/// A new file is written beside the old one, forced to the disk and then renamed over it: whatever
/// happens in between, the file holds either the old tokens or the new ones. Its folder must exist.
///
/// Several programs on one machine may share the file: one refreshes, under a lock of the system on an
/// empty file beside it (`.NAME.lock`, which stays), and the others take what it has saved. The lock ends
/// with the program that holds it, however that ends.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
}

impl FileStore {
    /// A store in this file, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A name beside the file that no other save uses, in this process or another.
    fn draft(&self) -> PathBuf {
        static SAVES: AtomicU64 = AtomicU64::new(0);
        let number = SAVES.fetch_add(1, Ordering::Relaxed);
        self.beside(&format!("{}-{number}.draft", process::id()))
    }

    /// A hidden file in the same folder.
    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(self.path.file_name().unwrap_or_default());
        name.push(".");
        name.push(ending);
        self.path.with_file_name(name)
    }

    fn replace(&self, draft: &Path, content: &[u8]) -> io::Result<()> {
        // One left behind by a process of the same number that crashed.
        match fs::remove_file(draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = open_private(OpenOptions::new().write(true).create_new(true), draft)?;
        file.write_all(content)?;
        file.sync_all()?;
        drop(file);
        fs::rename(draft, &self.path)?;
        // The new tokens are in place, whether or not the folder can be told to remember it now.
        let _ = sync_folder(&self.path);
        Ok(())
    }

    fn failed(&self, doing: &str) -> StoreError {
        StoreError::new(format!("cannot {doing} {}", self.path.display()))
    }
}

impl TokenStore for FileStore {
    fn load(&self) -> Result<Option<Tokens>, StoreError> {
        let content = match fs::read(&self.path) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed("load tokens from").because(error)),
        };
        let unreadable = |found: &str| {
            let doing = self.failed("load tokens from");
            StoreError::new(format!(
                "{doing}: found {found}; wanted tokens as saved here"
            ))
        };
        from_json(&content).map(Some).map_err(unreadable)
    }

    fn save(&self, tokens: &Tokens) -> Result<(), StoreError> {
        let content = format!("{:#}\n", to_json(tokens));
        let draft = self.draft();
        self.replace(&draft, content.as_bytes()).map_err(|error| {
            // It holds tokens; where it cannot be removed, at least nobody else can read it.
            let _ = fs::remove_file(&draft);
            self.failed("save tokens to").because(error)
        })
    }

    fn lock(&self, until: Instant) -> Result<Option<StoreLock<'_>>, StoreError> {
        let failed = |error| self.failed("lock").because(error);
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(false);
        let file = open_private(options, &self.beside("lock")).map_err(failed)?;
        StoreLock::on_file(file, until).map_err(failed)
    }
}

/// A file that, if it is new, only its owner may read.
fn open_private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

/// Makes a rename outlast a power cut, where folders can be opened.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A folder of its own per test, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("aliexpress-{name}-{}", process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn store(&self) -> FileStore {
            FileStore::new(self.0.join("tokens.json"))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn saved_tokens_load_and_only_the_owner_may_read_them() {
        let folder = Folder::new("save");
        let store = folder.store();
        assert_eq!(store.load().unwrap(), None);
        let tokens = Tokens::new("a").with_refresh_token("r");
        store.save(&Tokens::new("old")).unwrap();
        store.save(&tokens).unwrap();
        assert_eq!(store.load().unwrap(), Some(tokens));
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(store.path()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_crash_before_the_rename_leaves_the_old_tokens() {
        let folder = Folder::new("crash");
        let store = folder.store();
        store.save(&Tokens::new("old")).unwrap();
        // What such a crash leaves behind: half a file under the name of a draft.
        fs::write(store.draft(), b"{\"access_token\": \"ne").unwrap();
        assert_eq!(store.load().unwrap(), Some(Tokens::new("old")));
        store.save(&Tokens::new("new")).unwrap();
        assert_eq!(store.load().unwrap(), Some(Tokens::new("new")));
    }

    #[test]
    fn one_program_at_a_time_has_the_lock() {
        let folder = Folder::new("lock");
        let (store, other) = (folder.store(), folder.store());
        let soon = || Instant::now() + Duration::from_millis(50);
        let held = store.lock(Instant::now()).unwrap();
        assert!(held.is_some());
        let started = Instant::now();
        assert!(other.lock(soon()).unwrap().is_none());
        assert!(started.elapsed() >= Duration::from_millis(50));
        drop(held);
        assert!(other.lock(Instant::now()).unwrap().is_some());
        assert_eq!(store.load().unwrap(), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(store.beside("lock"))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_save_that_fails_keeps_the_old_tokens() {
        let folder = Folder::new("fail");
        let store = FileStore::new(folder.0.join("missing").join("tokens.json"));
        let error = store.save(&Tokens::new("canary")).unwrap_err();
        let path = store.path().display();
        assert_eq!(error.to_string(), format!("cannot save tokens to {path}"));
        assert!(!format!("{error:?}").contains("canary"));
    }

    #[test]
    fn a_broken_file_is_an_error_that_shows_nothing_of_it() {
        let folder = Folder::new("broken");
        let store = folder.store();
        fs::write(store.path(), b"canary").unwrap();
        let error = store.load().unwrap_err();
        let path = store.path().display();
        let expected =
            format!("cannot load tokens from {path}: found no JSON; wanted tokens as saved here");
        assert_eq!(error.to_string(), expected);
    }
}
