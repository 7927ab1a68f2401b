//! Runs the program and checks its output.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Part of every secret that a test gives to the program. It must never be printed.
pub(crate) const CANARY: &str = "canary-5f2c";

/// One run of the program, independent of the user's own settings.
pub(crate) struct Program {
    command: Command,
    input: Vec<u8>,
    home: Home,
}

/// A folder for the settings of one run, removed when dropped.
pub(crate) struct Home(PathBuf);

/// The exit code and the output of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn aliexpress(args: &[&str]) -> Program {
    let home = Home::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_aliexpress"));
    command
        .args(args)
        .env_clear()
        .env("HOME", &home.0)
        .env("USERPROFILE", &home.0);
    let (input, program) = (Vec::new(), command);
    Program {
        command: program,
        input,
        home,
    }
}

/// The same with credentials, for a gateway that cannot be reached.
pub(crate) fn unreachable(args: &[&str]) -> Program {
    aliexpress(args)
        .env("ALIEXPRESS_GATEWAY", "http://127.0.0.1:9")
        .env("ALIEXPRESS_APP_KEY", "1")
        .env("ALIEXPRESS_APP_SECRET", CANARY)
        .env("ALIEXPRESS_SESSION", CANARY)
        .env("NO_PROXY", "*")
}

impl Program {
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// Uses a home folder that several runs share.
    pub(crate) fn at(mut self, home: &Home) -> Self {
        self.command
            .env("HOME", &home.0)
            .env("USERPROFILE", &home.0);
        self
    }

    /// Runs to the end. Fails if a secret was printed or the program panicked.
    #[track_caller]
    pub(crate) fn run(mut self) -> Run {
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It fails if the program ends without reading its input.
        let _ = child.stdin.take().unwrap().write_all(&self.input);
        let output = child.wait_with_output().unwrap();
        let run = Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        let printed = format!("{}{}", run.stdout, run.stderr);
        assert!(!printed.contains(CANARY), "a secret came out: {run:?}");
        assert!(!printed.contains("panicked"), "{run:?}");
        drop(self.home);
        run
    }

    /// The command itself, for a program that keeps running.
    pub(crate) fn command(&mut self) -> &mut Command {
        &mut self.command
    }
}

impl Run {
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// The only document on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The JSON documents on standard output, one per line.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<serde_json::Value> {
        let lines = self.stdout.lines().map(serde_json::from_str);
        lines
            .collect::<Result<_, _>>()
            .unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// All of standard error, with fixed names for values that differ between runs.
    pub(crate) fn message(&self) -> String {
        steady(&self.stderr)
    }

    /// The error as `--json` prints it, on the last line.
    #[track_caller]
    pub(crate) fn error(&self) -> serde_json::Value {
        let document: serde_json::Value =
            serde_json::from_str(self.stderr.lines().last().unwrap_or_default())
                .unwrap_or_else(|error| panic!("{error}: {self:?}"));
        document["error"].clone()
    }
}

/// The text with fixed names for values that differ between runs.
pub(crate) fn steady(text: &str) -> String {
    const CHANGING: [(&str, &str); 13] = [
        (r#"[^\s"'=(]*/home-\d+-\d+"#, "HOME"),
        (r"127\.0\.0\.1:\d{4,5}", "127.0.0.1:PORT"),
        (r"request id \w+", "request id ID"),
        (r#"request_id("?[:=])"\w+""#, "request_id$1\"ID\""),
        (r"order even after [\d.]+m?s", "order even after TIME"),
        (r"SHA-256 \w+", "SHA-256 HASH"),
        (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"),
        (r"(duration_ms|wait)=[\d.]+m?s?", "$1=TIME"),
        (r"\border \d{16}\b", "order ORDER"),
        (r"timestamp\d{13}", "timestampTIME"),
        (r"\btry=\d+", "try=N"),
        (r"aliexpress-rust-[\d.]+\d", "aliexpress-rust-VERSION"),
        (r#"[^\s"]*/\.\./fixtures/"#, "FIXTURES/"),
    ];
    let name = |text: String, (pattern, name): &(&str, &str)| {
        let pattern = regex::Regex::new(pattern).unwrap();
        pattern.replace_all(&text, *name).into_owned()
    };
    CHANGING.iter().fold(text.to_owned(), name)
}

impl Home {
    pub(crate) fn new() -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("home-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file that only its owner may read.
    pub(crate) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        #[cfg(unix)]
        set_mode(&path, 0o600);
        path
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(unix)]
pub(crate) fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// A file of the repository's fixtures.
pub(crate) fn fixture(path: &str) -> String {
    format!("{}/../../fixtures/{path}", env!("CARGO_MANIFEST_DIR"))
}
