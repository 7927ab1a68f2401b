//! The picture of a terminal in the README, drawn from the output of the program. `UPDATE_DOCS=1` updates it.

use std::fmt::Write;

use crate::program::aliexpress;

const COMMANDS: [&[&str]; 2] = [
    &["order", "get", "10000001", "--sandbox"],
    &["explain", "inventory hold error"],
];

#[test]
fn the_picture_of_a_terminal_is_current() {
    let mut text = String::new();
    for args in COMMANDS {
        let quoted = args.iter().map(|word| match word.contains(' ') {
            true => format!("'{word}'"),
            false => (*word).to_owned(),
        });
        let shown: Vec<_> = quoted.collect();
        writeln!(text, "\u{1b}[32m$\u{1b}[0m aliexpress {}", shown.join(" ")).unwrap();
        let colored = [args, &["--color", "always"]].concat();
        let run = aliexpress(&colored).env("COLUMNS", "84").run().ends_with(0);
        // It differs in each run.
        let lines = run
            .stdout
            .lines()
            .filter(|line| !line.starts_with("request id"));
        for line in lines {
            writeln!(text, "{line}").unwrap();
        }
    }
    let picture = anstyle_svg::Term::new().render_svg(&text);
    let path = format!(
        "{}/../../docs/images/terminal.svg",
        env!("CARGO_MANIFEST_DIR")
    );
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(std::path::Path::new(&path).parent().unwrap()).unwrap();
        std::fs::write(&path, picture).unwrap();
        return;
    }
    let current = std::fs::read_to_string(&path).unwrap();
    assert!(
        current == picture,
        "docs/images/terminal.svg is stale; run `UPDATE_DOCS=1 cargo test -p aliexpress-cli picture`"
    );
}
