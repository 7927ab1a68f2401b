//! Tests of the token file.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::process;
use std::time::Duration;

use super::place::LARGEST;
use super::*;

/// A folder for one test, removed at the end.
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

fn place(store: &FileStore) -> Place {
    store.place().ok().expect("the links end")
}

fn lock_file(store: &FileStore) -> PathBuf {
    place(store).beside(OsStr::new("lock"))
}

fn locks(store: &FileStore) -> bool {
    store.lock(Instant::now()).unwrap().is_some()
}

#[test]
fn saved_tokens_are_loaded_and_only_their_owner_may_read_them() {
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
    // What such a crash leaves: an incomplete draft.
    fs::write(place(&store).draft(), b"{\"access_token\": \"ne").unwrap();
    assert_eq!(store.load().unwrap(), Some(Tokens::new("old")));
    store.save(&Tokens::new("new")).unwrap();
    assert_eq!(store.load().unwrap(), Some(Tokens::new("new")));
}

#[test]
fn only_one_program_at_a_time_has_the_lock() {
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
        let mode = fs::metadata(lock_file(&store))
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
fn the_error_about_an_invalid_file_shows_nothing_of_its_content() {
    let folder = Folder::new("broken");
    let store = folder.store();
    fs::write(store.path(), b"canary").unwrap();
    let error = store.load().unwrap_err();
    let path = store.path().display();
    let expected = format!(
        "cannot load tokens from {path}: found text that is not JSON; wanted tokens as this store saves them"
    );
    assert_eq!(error.to_string(), expected);
}

#[cfg(unix)]
fn link(target: impl AsRef<Path>, link: &Path) {
    std::os::unix::fs::symlink(target, link).unwrap();
}

#[cfg(unix)]
#[test]
fn a_save_through_links_changes_their_target_and_all_paths_share_one_lock() {
    let folder = Folder::new("links");
    let (home, data) = (folder.0.join("home"), folder.0.join("data"));
    fs::create_dir(&home).unwrap();
    fs::create_dir(&data).unwrap();
    let real = FileStore::new(data.join("real.json"));
    // Through an absolute link, a relative one, a link to a link, and a folder that is a link.
    link(real.path(), &home.join("absolute.json"));
    link("../data/real.json", &home.join("relative.json"));
    link("relative.json", &home.join("twice.json"));
    link("data", &folder.0.join("alias"));
    let paths = [
        home.join("absolute.json"),
        home.join("relative.json"),
        home.join("twice.json"),
        folder.0.join("alias/real.json"),
        home.join("../data/./real.json"),
    ];
    // At first the links lead to no file.
    for (number, path) in paths.iter().enumerate() {
        let store = FileStore::new(path);
        let tokens = Tokens::new(format!("session {number}"));
        let was_link = path.is_symlink();
        store.save(&tokens).unwrap();
        assert_eq!(real.load().unwrap(), Some(tokens.clone()), "{path:?}");
        assert_eq!(store.load().unwrap(), Some(tokens));
        assert_eq!(path.is_symlink(), was_link, "{path:?}");
        let held = store.lock(Instant::now()).unwrap();
        assert!(held.is_some() && !locks(&real), "{path:?}");
        drop(held);
        assert!(locks(&real), "{path:?}");
    }
    assert!(!real.path().is_symlink());
    // Nothing was written beside the links.
    assert_eq!(fs::read_dir(&home).unwrap().count(), 3);
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_are_an_error() {
    let folder = Folder::new("circle");
    let store = folder.store();
    link(store.path(), store.path());
    let message = format!(
        "tokens from {}: found symbolic links in a loop; wanted a file",
        store.path().display()
    );
    let error = store.load().unwrap_err();
    assert_eq!(error.to_string(), format!("cannot load {message}"));
    assert!(store.save(&Tokens::new("a")).is_err());
    assert!(store.lock(Instant::now()).is_err());
    assert!(store.path().is_symlink());
}

#[test]
fn the_next_lock_removes_drafts_of_this_file_and_nothing_else() {
    let folder = Folder::new("drafts");
    let store = folder.store();
    let write = |name: &str| fs::write(folder.0.join(name), b"{}").unwrap();
    let ours = [".tokens.json.1-0.draft", ".tokens.json.4194304-17.draft"];
    let others = [
        ".tokens.json.draft",
        ".tokens.json.1-.draft",
        ".tokens.json.-1.draft",
        ".tokens.json.1-2-3.draft",
        ".tokens.json.1-2.draft.old",
        ".tokens.json.a-1.draft",
        ".other.json.1-0.draft",
        ".tokens.json.bak.1-0.draft",
        "tokens.json.1-0.draft",
    ];
    ours.into_iter().chain(others).for_each(write);
    fs::create_dir(folder.0.join(".tokens.json.7-7.draft")).unwrap();
    // A program without the lock does not.
    let held = FileStore::new(folder.0.join("tokens.json"));
    let held = held.lock(Instant::now()).unwrap();
    write(ours[0]);
    assert!(!locks(&store));
    assert!(folder.0.join(ours[0]).exists());
    drop(held);
    assert!(locks(&store));
    for name in ours {
        assert!(!folder.0.join(name).exists(), "{name}");
    }
    for name in others.into_iter().chain([".tokens.json.7-7.draft"]) {
        assert!(folder.0.join(name).exists(), "{name}");
    }
}

#[test]
fn the_newest_complete_draft_left_by_a_crash_is_used() {
    let folder = Folder::new("taken-up");
    let store = folder.store();
    store.save(&Tokens::new("old")).unwrap();
    let saved = fs::metadata(store.path()).unwrap().modified().unwrap();
    let draft = |number: u32, content: &[u8], seconds: i64| {
        let path = folder.0.join(format!(".tokens.json.{number}-0.draft"));
        fs::write(&path, content).unwrap();
        let later = Duration::from_secs(seconds.unsigned_abs());
        let time = if seconds < 0 {
            saved - later
        } else {
            saved + later
        };
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(time)
            .unwrap();
    };
    let whole = |name: &str| Tokens::new(name).to_json().into_bytes();
    let cut = whole("cut");
    draft(1, &whole("older than the file"), -60);
    draft(2, &cut[..cut.len() / 2], 60);
    assert!(locks(&store));
    assert_eq!(store.load().unwrap(), Some(Tokens::new("old")));
    draft(3, &whole("new"), 30);
    draft(4, &whole("newest"), 40);
    draft(5, &cut[..cut.len() / 2], 50);
    assert!(locks(&store));
    assert_eq!(store.load().unwrap(), Some(Tokens::new("newest")));
    // The tokens and the lock.
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 2);
}

#[test]
fn saves_succeed_while_other_threads_lock_and_remove_drafts() {
    let folder = Folder::new("race");
    let (saving, cleaning) = (folder.store(), folder.store());
    std::thread::scope(|scope| {
        let saves = scope.spawn(|| {
            for number in 0..100 {
                let soon = Instant::now() + Duration::from_secs(20);
                let _lock = saving.lock(soon).unwrap().unwrap();
                saving.save(&Tokens::new(number.to_string())).unwrap();
            }
        });
        while !saves.is_finished() {
            locks(&cleaning);
        }
    });
    assert_eq!(saving.load().unwrap(), Some(Tokens::new("99")));
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read_replaced_and_locked() {
    let folder = Folder::new("kinds");
    let pipe = folder.0.join("pipe");
    let made = process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    fs::create_dir(folder.0.join("folder")).unwrap();
    link("/dev/zero", &folder.0.join("device"));
    let started = Instant::now();
    for (name, found) in [
        ("pipe", "a pipe, a socket or a device"),
        ("device", "a pipe, a socket or a device"),
        ("folder", "a folder"),
    ] {
        let store = FileStore::new(folder.0.join(name));
        let path = store.path().display();
        let says = |doing: &str, error: StoreError| {
            let expected = format!("cannot {doing} {path}: found {found}; wanted a regular file");
            assert_eq!(error.to_string(), expected);
        };
        says("load tokens from", store.load().unwrap_err());
        if name != "device" {
            says("save tokens to", store.save(&Tokens::new("a")).unwrap_err());
        }
    }
    // A pipe in place of the lock does not hang either.
    let lock = lock_file(&folder.store());
    fs::rename(&pipe, &lock).unwrap();
    assert!(folder.store().lock(Instant::now()).is_err());
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn large_files_are_neither_read_nor_written() {
    let folder = Folder::new("large");
    let store = folder.store();
    let path = store.path().display();
    // A sparse file, so that a failure costs no disk space.
    let file = fs::File::create(store.path()).unwrap();
    for length in [LARGEST + 1, 1 << 40] {
        file.set_len(length).unwrap();
        let expected = format!(
            "cannot load tokens from {path}: found {length} bytes; wanted at most {LARGEST} bytes"
        );
        assert_eq!(store.load().unwrap_err().to_string(), expected);
    }
    drop(file);
    store.save(&Tokens::new("old")).unwrap();
    let length = usize::try_from(LARGEST).unwrap();
    let error = store.save(&Tokens::new("x".repeat(length))).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cannot save tokens to {path}: found {} bytes; wanted at most {LARGEST} bytes",
            LARGEST + 25
        )
    );
    assert_eq!(store.load().unwrap(), Some(Tokens::new("old")));
    // The largest allowed file is read.
    let mut content = fs::read(store.path()).unwrap();
    content.resize(length, b' ');
    fs::write(store.path(), content).unwrap();
    assert_eq!(store.load().unwrap(), Some(Tokens::new("old")));
}

#[cfg(unix)]
#[test]
fn a_file_readable_by_others_is_made_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("modes");
    let store = folder.store();
    let tokens = Tokens::new("a");
    store.save(&tokens).unwrap();
    for (mode, after) in [
        (0o644, 0o600),
        (0o640, 0o600),
        (0o604, 0o600),
        (0o666, 0o600),
        (0o777, 0o600),
        (0o440, 0o400),
        (0o600, 0o600),
        (0o400, 0o400),
    ] {
        fs::set_permissions(store.path(), fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(store.load().unwrap(), Some(tokens.clone()));
        let now = fs::metadata(store.path()).unwrap().permissions().mode() & 0o777;
        assert_eq!(now, after, "{mode:o}");
        assert!(locks(&store));
    }
}

/// Linux allows no one, not even root, to change the mode of this file.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_made_private_is_refused() {
    let error = FileStore::new("/proc/self/status").load().unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot load tokens from /proc/self/status: found mode 0444, which lets others use the file; wanted mode 0600"
    );
}

#[cfg(unix)]
#[test]
fn deleting_the_lock_file_gives_no_one_else_the_lock() {
    let folder = Folder::new("deleted");
    let (store, other) = (folder.store(), folder.store());
    store.save(&Tokens::new("old")).unwrap();
    let held = store.lock(Instant::now()).unwrap();
    fs::remove_file(lock_file(&store)).unwrap();
    assert!(!locks(&other));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let lock = other
                .lock(Instant::now() + Duration::from_secs(20))
                .unwrap();
            (lock.is_some(), other.load().unwrap())
        });
        std::thread::sleep(Duration::from_millis(50));
        // The other thread waits for the file that this replaces, and must not mistake it for the
        // new file.
        store.save(&Tokens::new("new")).unwrap();
        drop(held);
        assert_eq!(waiting.join().unwrap(), (true, Some(Tokens::new("new"))));
    });
    assert!(locks(&store) && locks(&other));
}

#[cfg(unix)]
#[test]
fn a_thread_that_waits_for_a_deleted_lock_file_locks_the_new_one() {
    let folder = Folder::new("waited");
    let (store, other) = (folder.store(), folder.store());
    let path = lock_file(&store);
    // Locks only the old lock file, as before there were tokens.
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let old = StoreLock::on_file(options.open(&path).unwrap(), Instant::now()).unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let lock = store
                .lock(Instant::now() + Duration::from_secs(20))
                .unwrap();
            assert!(lock.is_some() && path.exists());
            locks(&other)
        });
        std::thread::sleep(Duration::from_millis(50));
        fs::remove_file(&path).unwrap();
        drop(old);
        assert!(!waiting.join().unwrap());
    });
}
