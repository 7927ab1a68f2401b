use crate::program::aliexpress;

#[test]
fn help_says_what_there_is_and_how_runs_end() {
    insta::assert_snapshot!(aliexpress(&["-h"]).run().ends_with(0).stdout);
}

/// Every command that does something, by walking the helps.
fn commands(prefix: &[String]) -> Vec<Vec<String>> {
    let mut args: Vec<&str> = prefix.iter().map(String::as_str).collect();
    args.push("-h");
    let help = aliexpress(&args).run().ends_with(0).stdout;
    let Some((_, listed)) = help.split_once("Commands:\n") else {
        return vec![prefix.to_vec()];
    };
    let listed = listed.split("\n\n").next().unwrap().lines();
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names
        .filter(|name| !name.is_empty() && *name != "help")
        .flat_map(|name| commands(&[prefix, &[name.to_owned()]].concat()))
        .collect()
}

#[test]
fn every_command_has_help_of_its_own_with_examples() {
    let commands = commands(&[]);
    assert!(commands.len() > 20, "{commands:?}");
    for command in commands {
        let mut args: Vec<&str> = command.iter().map(String::as_str).collect();
        args.push("--help");
        let run = aliexpress(&args).run().ends_with(0);
        assert!(
            run.stdout.contains("\nExamples:\n"),
            "{command:?} has no example"
        );
        // What is between is the same for every command.
        let before = run.stdout.split("\nOutput:").next().unwrap();
        let before = before.split("\nSettings:").next().unwrap();
        let after = run.stdout.split_once("\nExamples:").unwrap().1;
        insta::assert_snapshot!(command.join("-"), format!("{before}\nExamples:{after}"));
    }
}

#[test]
fn every_help_fits_a_narrow_terminal() {
    for command in commands(&[]) {
        let mut args: Vec<&str> = command.iter().map(String::as_str).collect();
        args.push("--help");
        for columns in [60, 100] {
            let run = aliexpress(&args)
                .env("COLUMNS", columns.to_string())
                .run()
                .ends_with(0);
            let (own, examples) = run.stdout.split_once("\nExamples:\n").unwrap();
            let wide = own.lines().find(|line| line.chars().count() > columns);
            // A word that is wider by itself, such as a path, cannot be broken; examples are to be copied.
            let broken =
                wide.filter(|line| line.trim().contains(' ') && !line.starts_with("Usage:"));
            assert_eq!(broken, None, "{command:?} at {columns} columns");
            assert!(
                examples.lines().all(|line| line.chars().count() <= 120),
                "{examples}"
            );
        }
    }
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

#[test]
fn settings_stand_only_where_they_apply() {
    let has = |command: &[&str], heading: &str| {
        let help = aliexpress(&[command, &["-h"]].concat())
            .run()
            .ends_with(0)
            .stdout;
        help.contains(&format!("\n{heading}:\n"))
    };
    for command in [
        &["order", "get"][..],
        &["call"],
        &["auth", "login"],
        &["push", "listen"],
        &["sign"],
    ] {
        assert!(
            has(command, "Settings") && has(command, "Output"),
            "{command:?}"
        );
    }
    for command in ["explain", "decode", "apis", "man", "completions", "sandbox"] {
        assert!(
            !has(&[command], "Settings") && has(&[command], "Output"),
            "{command}"
        );
    }
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
    assert!(
        run.stderr
            .starts_with("error: cannot write manual pages to "),
        "{}",
        run.stderr
    );
}

#[test]
fn colours_come_only_when_asked_for_or_on_a_terminal() {
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
fn apis_lists_models_with_their_parameters() {
    let people = aliexpress(&["apis"]).run().ends_with(0).stdout;
    assert!(people.contains("single_order_query*"), "{people}");
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
