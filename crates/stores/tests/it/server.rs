//! PostgreSQL servers for the tests, in temporary folders and on loopback.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use tempfile::TempDir;

/// The environment variable for the folder of `initdb` and `postgres`, if they are not in a usual place.
const BIN: &str = "STORES_TEST_POSTGRES_BIN";
const USER: &str = "shop";
/// A password with all characters that have a special meaning in connection strings.
pub(crate) const PASSWORD: &str = "canary:/?#@ '\\%";
/// The same password, encoded for a connection string.
pub(crate) const ENCODED: &str = "canary%3A%2F%3F%23%40%20%27%5C%25";

/// Runs a server until its standard input is closed, for any reason.
const WATCH: &str = r#"
"$@" & server=$!
cat > /dev/null
kill -INT $server
wait $server
"#;

/// A server, which is stopped when this is dropped or the process ends.
pub(crate) struct Server {
    folder: TempDir,
    port: u16,
    bin: PathBuf,
    running: Option<(Child, ChildStdin)>,
    /// The root certificate of the server's certificate, as PEM.
    pub(crate) root: String,
}

/// The server that the tests of this process share; `None` if PostgreSQL is not installed.
pub(crate) fn shared() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(Server::start).as_ref()
}

/// User and group to run a server as: PostgreSQL refuses to run as root.
struct Unprivileged {
    user: u32,
    group: u32,
}

fn skipped(why: &str) {
    // A macro's output would be captured by the test runner.
    let _ = writeln!(std::io::stderr(), "tests on PostgreSQL skipped: {why}");
}

impl Server {
    /// A new empty server; or `None`, after a message, if PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Self> {
        let Some(bin) = programs() else {
            skipped(&format!(
                "no PostgreSQL server is installed, and {BIN} names none"
            ));
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let root = certificates(folder.path());
        let mut server = Self {
            folder,
            port: 0,
            bin,
            running: None,
            root,
        };
        if let Err(why) = server.initialise() {
            skipped(&why);
            return None;
        }
        server.port = free_port();
        server.run();
        Some(server)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn initialise(&self) -> Result<(), String> {
        fs::write(self.path("password"), PASSWORD).unwrap();
        if let Some(owner) = unprivileged() {
            for entry in fs::read_dir(self.folder.path()).unwrap() {
                chown(entry.unwrap().path(), Some(owner.user), Some(owner.group)).unwrap();
            }
            chown(self.folder.path(), Some(owner.user), Some(owner.group)).unwrap();
        }
        let data = format!("--pgdata={}", self.path("data").display());
        let password = format!("--pwfile={}", self.path("password").display());
        let made = command(self.bin.join("initdb").to_str().unwrap())
            .args([
                "--no-sync",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .args([&format!("--username={USER}"), &data, &password])
            .output();
        match made {
            Ok(made) if made.status.success() => Ok(()),
            Ok(made) => Err(format!(
                "initdb said {:?}",
                String::from_utf8_lossy(&made.stderr)
            )),
            Err(error) => Err(format!("initdb cannot be run: {error}")),
        }
    }

    /// Starts the stopped server, and waits until it answers.
    pub(crate) fn run(&mut self) {
        let folder = self.folder.path().display();
        let settings = [
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={}", self.port),
            format!("unix_socket_directories={folder}"),
            "max_connections=200".to_owned(),
            "fsync=off".to_owned(),
            "log_min_messages=fatal".to_owned(),
            "ssl=on".to_owned(),
            format!("ssl_cert_file={folder}/server.crt"),
            format!("ssl_key_file={folder}/server.key"),
        ];
        let mut watched = command("sh");
        watched
            .args(["-c", WATCH, "sh"])
            .arg(self.bin.join("postgres"));
        watched.arg("-D").arg(self.path("data"));
        for setting in &settings {
            watched.args(["-c", setting]);
        }
        let log = fs::File::create(self.path("log")).unwrap();
        watched
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log);
        let mut child = watched.spawn().unwrap();
        let stdin = child.stdin.take().unwrap();
        self.running = Some((child, stdin));
        let started = Instant::now();
        while let Err(error) = self.client("postgres") {
            let log = fs::read_to_string(self.path("log")).unwrap_or_default();
            assert!(
                started.elapsed() < Duration::from_secs(120),
                "{error:?}: {log}"
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Stops the server, and waits until it has stopped.
    pub(crate) fn stop(&mut self) {
        if let Some((mut child, stdin)) = self.running.take() {
            drop(stdin);
            child.wait().unwrap();
        }
    }

    /// Ends the server like a crash: it writes nothing more, and recovers when it is started again.
    pub(crate) fn crash(&mut self) {
        let pid = fs::read_to_string(self.path("data/postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap();
        let killed = Command::new("kill").args(["-QUIT", pid]).status();
        assert!(killed.unwrap().success());
        self.stop();
    }

    /// The connection string of a new database.
    pub(crate) fn new_database(&self) -> String {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("shop{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut client = self.client("postgres").unwrap();
        client
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .unwrap();
        self.address(&name)
    }

    pub(crate) fn address(&self, database: &str) -> String {
        format!(
            "postgres://{USER}:{ENCODED}@127.0.0.1:{}/{database}",
            self.port
        )
    }

    /// The folder of the server's Unix socket.
    pub(crate) fn socket(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    fn client(&self, database: &str) -> Result<Client, postgres::Error> {
        connect(&self.address(database))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A connection to the database, as of another program.
pub(crate) fn connect(address: &str) -> Result<Client, postgres::Error> {
    let mut config: postgres::Config = address.parse()?;
    config.ssl_mode(postgres::config::SslMode::Disable);
    config.connect(NoTls)
}

/// A command that runs with a user that may run a server.
fn command(program: &str) -> Command {
    match unprivileged() {
        Some(Unprivileged { user, group }) => {
            let mut command = Command::new("setpriv");
            command
                .arg(format!("--reuid={user}"))
                .arg(format!("--regid={group}"))
                .args(["--clear-groups", program]);
            command
        }
        None => Command::new(program),
    }
}

/// A user to run as, if this process runs as root.
fn unprivileged() -> Option<Unprivileged> {
    let is_root = std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").ok()?) == 0;
    if !is_root {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let of = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some(Unprivileged {
            user: fields.next()?.parse().ok()?,
            group: fields.next()?.parse().ok()?,
        })
    };
    of("postgres").or_else(|| of("nobody"))
}

/// The folder of the newest installed server.
fn programs() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(BIN) {
        return Some(named.into());
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let versions = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<_> = versions.filter(|bin| bin.join("initdb").exists()).collect();
    found.sort();
    found.pop().or_else(|| {
        let mut folders = std::env::split_paths(&path);
        folders.find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
    })
}

/// A port that no one listens on, outside the range from which the system assigns ports, so that no one else gets it
/// while the server is down.
fn free_port() -> u16 {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let first = 31 * std::process::id() as usize;
    let ports = std::iter::repeat_with(|| first + NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut ports = ports.map(|number| 20_000 + (number % 10_000) as u16);
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.unwrap()
}

/// Writes a certificate for loopback into the folder, and returns its root certificate as PEM.
fn certificates(folder: &Path) -> String {
    let mut root = rcgen::CertificateParams::new([]).unwrap();
    root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root_key = rcgen::KeyPair::generate().unwrap();
    let root_certificate = root.self_signed(&root_key).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let server = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let issuer = rcgen::Issuer::new(root, root_key);
    let server = server.signed_by(&key, &issuer).unwrap();
    fs::write(folder.join("server.crt"), server.pem()).unwrap();
    fs::write(folder.join("server.key"), key.serialize_pem()).unwrap();
    let private = fs::Permissions::from_mode(0o600);
    fs::set_permissions(folder.join("server.key"), private).unwrap();
    root_certificate.pem()
}
