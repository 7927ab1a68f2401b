use crate::program::aliexpress;

/// The program, its groups of commands and its commands, found by reading the help of each.
fn commands(prefix: &[String]) -> Vec<Vec<String>> {
    let help = help(prefix, "-h", 100);
    let mut commands = vec![prefix.to_vec()];
    let Some((_, listed)) = help.split_once("Commands:\n") else {
        return commands;
    };
    let listed = listed.split("\n\n").next().unwrap().lines();
    // The second line of a description is further to the right.
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names = names.filter(|name| !name.is_empty() && *name != "help");
    commands.extend(names.flat_map(|name| self::commands(&[prefix, &[name.to_owned()]].concat())));
    commands
}

fn help(command: &[String], flag: &str, columns: usize) -> String {
    let args: Vec<&str> = command.iter().map(String::as_str).chain([flag]).collect();
    let program = aliexpress(&args).env("COLUMNS", columns.to_string());
    program.run().ends_with(0).stdout
}

#[test]
fn every_help_has_examples_and_fits_the_terminal() {
    let commands = commands(&[]);
    assert!(commands.len() > 30, "{commands:?}");
    for command in commands {
        for columns in [60, 100] {
            let long = help(&command, "--help", columns);
            check_width(&long, columns, &command);
            let short = help(&command, "-h", columns);
            check_width(&short, columns, &command);
            let name = [&["aliexpress".to_owned()], &command[..]]
                .concat()
                .join("-");
            insta::assert_snapshot!(format!("{name}-{columns}"), long);
        }
    }
}

/// Examples come last. They are not wrapped, because they are to be copied.
#[track_caller]
fn check_width(help: &str, columns: usize, command: &[String]) {
    let (text, examples) = help
        .split_once("\nExamples:\n")
        .unwrap_or_else(|| panic!("{command:?} has no example"));
    let mut wide = text.lines().filter(|line| line.chars().count() > columns);
    // A single word that is too wide, such as a path, cannot be wrapped.
    let broken = wide.find(|line| line.trim().contains(' ') && !line.starts_with("Usage:"));
    assert_eq!(broken, None, "{command:?} at {columns} columns");
    let long = examples.lines().find(|line| line.chars().count() > 120);
    assert_eq!(long, None, "{command:?}");
}

#[test]
fn tables_and_explanations_fit_a_narrow_terminal() {
    for args in [
        &["explain", "INVENTORY_HOLD_ERROR"][..],
        &["explain"],
        &["order", "get", "10000001", "--sandbox"],
        &["order", "info", "31130700125804", "--sandbox"],
    ] {
        for columns in [60, 100] {
            let run = aliexpress(args).env("COLUMNS", columns.to_string()).run();
            let wide = run
                .stdout
                .lines()
                .find(|line| line.chars().count() > columns);
            assert_eq!(wide, None, "{args:?} at {columns} columns");
        }
    }
}

/// Flags that only some commands have, and for some commands exactly which of them.
#[test]
fn a_command_has_only_the_settings_that_it_uses() {
    let flags = [
        "--profile",
        "--journal",
        "--app-key",
        "--gateway",
        "--proxy",
        "--sandbox",
        "--app-secret-on-the-command-line",
        "--session-on-the-command-line",
    ];
    for (command, expected) in [
        ("order place", &flags[..]),
        ("order settle", &flags),
        (
            "order open",
            &["--profile", "--journal", "--app-key", "--gateway"],
        ),
        (
            "order note",
            &["--profile", "--journal", "--app-key", "--gateway"],
        ),
        (
            "order get",
            &[
                flags[0], flags[2], flags[3], flags[4], flags[5], flags[6], flags[7],
            ],
        ),
        (
            "call",
            &[
                flags[0], flags[2], flags[3], flags[4], flags[5], flags[6], flags[7],
            ],
        ),
        (
            "auth login",
            &[flags[0], flags[2], flags[3], flags[4], flags[5], flags[6]],
        ),
        ("auth url", &["--profile", "--app-key", "--gateway"]),
        ("auth status", &[flags[0], flags[2], flags[7]]),
        ("push verify", &[flags[0], flags[2], flags[6]]),
        ("sign", &[flags[0], flags[6]]),
        ("explain", &[]),
        ("decode", &[]),
        ("apis", &[]),
        ("man", &[]),
        ("completions", &[]),
    ] {
        let words: Vec<String> = command.split(' ').map(str::to_owned).collect();
        let help = help(&words, "--help", 100);
        let has = |flag: &&str| {
            help.contains(&format!("      {flag}\n")) || help.contains(&format!("      {flag} <"))
        };
        let found: Vec<&str> = flags.into_iter().filter(has).collect();
        assert_eq!(found, expected, "{command}");
    }
    aliexpress(&["sign", "a=1", "--gateway", "https://x.example"])
        .run()
        .ends_with(2);
}

#[test]
fn wrong_usage_is_json_for_programs() {
    let run = aliexpress(&["sign", "--nonsense", "--json"])
        .run()
        .ends_with(2);
    assert_eq!(
        run.error()["message"],
        "unexpected argument '--nonsense' found"
    );
    assert_eq!(run.error()["exit_code"], 2);
}

#[test]
fn completions_and_manual_cover_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = aliexpress(&["completions", shell]).run().ends_with(0);
        assert!(run.stdout.contains("sandbox"), "{shell}");
    }
    aliexpress(&["completions", "cmd"]).run().ends_with(2);
    let page = aliexpress(&["man"]).run().ends_with(0).stdout;
    assert!(page.starts_with(".ie"), "{page}");
    assert!(page.contains("aliexpress\\-sign"), "{page}");
}

#[test]
fn manual_pages_are_written_per_command() {
    let home = crate::program::Home::new();
    let folder = home.path().join("man1");
    let folder = folder.to_str().unwrap();
    aliexpress(&["man", "--out", folder]).run().ends_with(0);
    for page in [
        "aliexpress.1",
        "aliexpress-sign.1",
        "aliexpress-auth-create.1",
    ] {
        assert!(std::path::Path::new(folder).join(page).exists(), "{page}");
    }
    let file = home.write("taken", "");
    let run = aliexpress(&["man", "--out", file.to_str().unwrap()])
        .run()
        .ends_with(2);
    insta::assert_snapshot!(run.message(), @"error: cannot write manual pages to HOME/taken: File exists (os error 17)");
}

#[test]
fn colours_are_used_only_on_a_terminal_or_on_request() {
    let sample = crate::program::fixture("samples/aliexpress.trade.ds.order.get/answer.json");
    let args = ["decode", &sample, "--api", "aliexpress.trade.ds.order.get"];
    let colored = |more: &[&str]| {
        let run = aliexpress(&[&args, more].concat()).run().ends_with(0);
        run.stdout.contains('\u{1b}')
    };
    assert!(!colored(&[]));
    assert!(!colored(&["--color", "never"]));
    assert!(colored(&["--color", "always"]));
}

#[test]
fn apis_lists_models_with_their_required_parameters() {
    let people = aliexpress(&["apis"]).run().ends_with(0).stdout;
    assert!(people.contains("single_order_query "), "{people}");
    let json = aliexpress(&["apis", "--json"]).run().ends_with(0).json();
    let names: Vec<_> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|api| &api["name"])
        .collect();
    assert!(
        names
            .iter()
            .any(|name| *name == "aliexpress.trade.ds.order.get")
    );
}
