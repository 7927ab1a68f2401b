//! Compares the options of `aliexpress sandbox` and the HTTP commands of a sandbox with the methods of the library.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::aliexpress;

const LIBRARY: [&str; 2] = [
    include_str!("../../../sandbox/src/builder.rs"),
    include_str!("../../../sandbox/src/sandbox.rs"),
];
const COMMANDS: &str = include_str!("../../../sandbox/src/lib.rs");

/// Options with other names than their methods.
const RENAMED: [(&str, &str); 2] = [("fault", "add_fault"), ("no_clock_check", "clock_check")];
/// Settings that are useful only in tests.
const FOR_TESTS: [&str; 5] = [
    "address",
    "clock",
    "log_size",
    "push_retry",
    "token_lifetimes",
];

/// The public methods of a source file.
fn methods(source: &str) -> BTreeSet<&str> {
    let after = source.split("    pub fn ").skip(1);
    after.filter_map(|rest| rest.split('(').next()).collect()
}

fn own_options() -> BTreeSet<String> {
    let options = |command: &str| {
        let help = aliexpress(&[command, "--help"]).run().ends_with(0).stdout;
        let lines = help
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("--"));
        let names = lines.map(|line| line.split(' ').next().unwrap_or_default().replace('-', "_"));
        names.collect::<BTreeSet<String>>()
    };
    // Options of every command are about the output.
    &options("sandbox") - &options("apis")
}

#[test]
fn each_option_is_a_method_and_each_setting_an_option() {
    let [settings, running] = LIBRARY.map(methods);
    let renamed = BTreeMap::from(RENAMED);
    let options = own_options();
    assert!(options.len() > 10, "{options:?}");
    let mut used: BTreeSet<&str> = FOR_TESTS.into();
    for option in &options {
        let method = renamed
            .get(option.as_str())
            .unwrap_or(&option.as_str())
            .to_owned();
        assert!(
            settings.contains(method) || running.contains(method),
            "--{option}"
        );
        used.insert(method);
    }
    let unused: Vec<&&str> = settings
        .iter()
        .filter(|name| !used.contains(**name))
        .collect();
    assert_eq!(unused, [] as [&&str; 0]);
}

/// The methods of the library for each HTTP command.
const METHODS: [(&str, &[&str]); 21] = [
    (
        "GET /admin/status",
        &["app_key", "session", "url", "now", "answers", "state_error"],
    ),
    (
        "GET /admin/requests[?after=N]",
        &["log", "log_after", "request_count"],
    ),
    ("GET /admin/requests/N", &["log"]),
    ("GET /admin/orders", &["orders"]),
    ("GET /admin/orders/ID", &["order"]),
    ("GET /admin/products", &["products"]),
    ("POST /admin/orders/ID/advance", &["advance", "cancel"]),
    ("POST /admin/orders/ID/status", &["set_order_status"]),
    ("GET /admin/tokens", &["tokens"]),
    (
        "POST /admin/tokens/N/expire",
        &["expire_token", "expire_refresh_token"],
    ),
    ("GET /admin/faults", &["faults"]),
    ("POST /admin/faults", &["add_fault", "fail_next"]),
    ("POST /admin/faults/clear", &["clear_faults"]),
    ("GET /admin/pushes", &["pushes"]),
    ("POST /admin/pushes", &["push"]),
    ("POST /admin/callback", &["set_callback"]),
    (
        "POST /admin/clock",
        &["pass_time", "set_clock", "use_machine_clock"],
    ),
    ("GET /admin/answers", &["given_answers"]),
    (
        "GET /admin/answers?api=NAME",
        &["given_answers", "example_answer"],
    ),
    ("POST /admin/answers", &["answer", "remove_answer"]),
    ("POST /admin/codes", &["authorise"]),
];

#[test]
fn each_command_is_a_method() {
    let rows = COMMANDS
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `"));
    let commands = rows.filter_map(|row| row.split('`').next());
    let known: BTreeMap<&str, &[&str]> = METHODS.into();
    assert_eq!(
        commands.collect::<BTreeSet<_>>(),
        known.keys().copied().collect()
    );
    let methods = methods(LIBRARY[1]);
    for (command, doing) in known {
        let absent: Vec<&&str> = doing
            .iter()
            .filter(|name| !methods.contains(**name))
            .collect();
        assert!(absent.is_empty(), "{command}: {absent:?}");
    }
}
