//! Runs the Python, the JavaScript and the calls of curl of docs/sandbox.md against a sandbox, where the programs are.

use std::io::Write;
use std::process::{Command, Stdio};

use aliexpress_sandbox::Sandbox;

/// The address that the page writes.
const WRITTEN: &str = "http://127.0.0.1:40321";

/// The page's blocks in a language, but for those that call a client of the platform's.
fn blocks(language: &str) -> Vec<&'static str> {
    let page = include_str!("../../sandbox.md");
    let blocks = page.split("\n```").skip(1).step_by(2);
    let blocks = blocks.filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'));
    blocks
        .filter(|block| !block.contains("IopClient"))
        .collect()
}

/// Runs each block with the sandbox's address and credentials, and wants it to end well.
fn check(language: &str, interpreter: &[&str], assign: fn(&str, &str) -> String) {
    let blocks = blocks(language);
    assert!(blocks.len() >= 2, "{} blocks of {language}", blocks.len());
    let version = Command::new(interpreter[0]).arg("--version").output();
    if !version.is_ok_and(|output| output.status.success()) {
        println!("skipped: there is no {}", interpreter[0]);
        return;
    }
    for block in blocks {
        let sandbox = Sandbox::builder().seed(7).start().expect("a sandbox");
        let known = [
            ("app_key", sandbox.app_key()),
            ("app_secret", sandbox.app_secret()),
            ("session", sandbox.session()),
        ];
        let known: String = known
            .iter()
            .map(|(name, value)| assign(name, value))
            .collect();
        let program = format!("{known}{}", block.replace(WRITTEN, sandbox.url()));
        let mut child = Command::new(interpreter[0])
            .args(&interpreter[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the interpreter starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(program.as_bytes()).expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}\n{said}");
        assert!(!output.stdout.is_empty(), "{program}");
        // The calls were let in, not just answered.
        let let_in = |entry: &aliexpress_sandbox::LogEntry| entry.diagnosis.is_none();
        assert!(sandbox.log().iter().all(let_in), "{program}");
    }
}

#[test]
fn python_runs() {
    check("python", &["python3", "-"], |name, value| {
        format!("{name} = {value:?}\n")
    });
}

#[test]
fn node_runs() {
    check(
        "js",
        &["node", "--input-type=module", "-"],
        |name, value| format!("const {name} = {value:?};\n"),
    );
}

/// The page's calls of curl, each with its line of a block.
fn calls_of_curl() -> Vec<&'static str> {
    let blocks = blocks("sh").into_iter().flat_map(str::lines);
    blocks.filter(|line| line.starts_with("curl ")).collect()
}

/// Each is a command that the sandbox carries out. The file that one of them sends is there.
#[cfg(unix)]
#[test]
fn curl_runs() {
    let version = Command::new("curl").arg("--version").output();
    if !version.is_ok_and(|output| output.status.success()) {
        println!("skipped: there is no curl");
        return;
    }
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("curl");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("answer.json"), "{\"result\":{}}").expect("a file");
    let sandbox = Sandbox::builder().seed(7).start().expect("a sandbox");
    let calls = calls_of_curl();
    assert!(calls.len() >= 6, "{calls:?}");
    for call in calls {
        let call = call.replace(WRITTEN, sandbox.url());
        let call = call.replacen("curl ", "curl --silent --show-error --fail-with-body ", 1);
        let mut shell = Command::new("sh");
        let output = shell.args(["-c", &call]).current_dir(&folder).output();
        let output = output.expect("a shell");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{call}\n{said}");
    }
    assert_eq!(sandbox.faults().len(), 2);
    assert!(sandbox.answers("aliexpress.new.thing.get"));
    assert_eq!(sandbox.pushes().len(), 1);
}
