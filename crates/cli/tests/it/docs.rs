//! Tests the statements and examples of docs/cli.md.

use crate::program::aliexpress;

fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cli.md");
    std::fs::read_to_string(path).unwrap()
}

/// The code blocks of a language, in order.
fn blocks(language: &str) -> Vec<String> {
    let page = page();
    let opening = format!("```{language}\n");
    let mut parts = page.split(&opening);
    parts.next();
    let blocks = parts.map(|rest| rest.split("```").next().unwrap_or_default().to_owned());
    blocks.collect()
}

#[test]
fn exit_codes_are_those_of_the_help() {
    let help = aliexpress(&["-h"]).run().ends_with(0).stdout;
    let (_, codes) = help.split_once("Exit codes:\n").unwrap();
    let (codes, _) = codes.split_once("\n\n").unwrap();
    let page = page();
    let rows: Vec<_> = codes
        .lines()
        .map(|line| line.trim_start().split_once("  ").unwrap())
        .collect();
    assert_eq!(rows.len(), 12);
    for (code, meaning) in rows {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| {code} | ")));
        assert!(row.unwrap().ends_with(&format!(" | {meaning} |")), "{code}");
    }
}

#[test]
fn every_command_and_setting_is_there() {
    let help = aliexpress(&["-h"]).run().ends_with(0).stdout;
    let of_a_call = aliexpress(&["call", "-h"]).run().ends_with(0).stdout;
    let page = page();
    let names = |help: &str, from: &str, to: &str| -> Vec<String> {
        let part = help.split(from).nth(1).unwrap().split(to).next().unwrap();
        let lines = part
            .lines()
            .filter_map(|line| line.split_whitespace().next());
        lines.map(str::to_owned).collect()
    };
    let commands = names(&help, "Commands:\n", "\n\n");
    assert!(commands.len() > 8, "{commands:?}");
    for command in commands.iter().filter(|command| *command != "help") {
        assert!(
            page.contains(&format!("`{command}"))
                || page.contains(&format!("aliexpress {command}")),
            "{command}"
        );
    }
    for flag in names(&of_a_call, "Settings:\n", "\n\n")
        .iter()
        .filter(|name| name.starts_with("--"))
    {
        assert!(page.contains(flag.as_str()), "{flag}");
    }
}

#[test]
fn the_order_can_be_placed() {
    let order = blocks("json")
        .into_iter()
        .find(|block| block.contains("out_order_id\": \"shop"));
    let run = aliexpress(&["order", "place", "-", "--yes", "--sandbox", "--json"])
        .input(order.unwrap())
        .run()
        .ends_with(0);
    assert_eq!(run.json()["out_order_id"], "shop-2026-000123");
}

#[test]
fn the_config_file_can_be_read() {
    let home = crate::program::Home::new();
    let path = home.write("config.toml", &blocks("toml")[0]);
    let args = [
        "auth",
        "url",
        "--redirect",
        "https://x.example",
        "--config",
        path.to_str().unwrap(),
    ];
    let shop = aliexpress(&args).run().ends_with(0).stdout;
    assert!(shop.contains("client_id=12345678"), "{shop}");
    let test = aliexpress(&[&args[..], &["--profile", "test"]].concat())
        .run()
        .ends_with(0)
        .stdout;
    assert!(test.starts_with("http://127.0.0.1:8480/"), "{test}");
}
