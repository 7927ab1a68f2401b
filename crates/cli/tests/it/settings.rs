use crate::program::{CANARY, Home, aliexpress, set_mode};

/// Checks the app key and gateway in use, which the URL of the authorisation page shows.
#[track_caller]
fn check_page(home: &Home, args: &[&str], env: &[(&str, &str)], expected: &str) {
    let mut program =
        aliexpress(&[&["auth", "url", "--redirect", "https://x.example"], args].concat());
    for (name, value) in env {
        program = program.env(name, value);
    }
    let run = program.at(home).run().ends_with(0);
    let start = format!("{expected}&");
    let found = run.stdout.replace("/oauth/authorize?response_type=code&force_auth=true&redirect_uri=https%3A%2F%2Fx.example&client_id=", " ");
    assert_eq!(format!("{}&", found.trim_end()), start);
}

const CONFIG: &str = r#"
default_profile = "shop"

[profiles.shop]
app_key = "100"
app_secret = "canary-5f2c"
gateway = "https://one.example"

[profiles.other]
app_key = "200"
timeout_seconds = 2.5
"#;

#[test]
fn flags_override_variables_which_override_the_profile() {
    let home = Home::new();
    home.write(".config/aliexpress/config.toml", CONFIG);
    check_page(&home, &[], &[], "https://one.example 100");
    check_page(
        &home,
        &[],
        &[("ALIEXPRESS_APP_KEY", "300")],
        "https://one.example 300",
    );
    let both = [
        ("ALIEXPRESS_APP_KEY", "300"),
        ("ALIEXPRESS_GATEWAY", "https://two.example"),
    ];
    check_page(
        &home,
        &["--app-key", "400"],
        &both,
        "https://two.example 400",
    );
    check_page(
        &home,
        &["--profile", "other"],
        &[],
        "https://api-sg.aliexpress.com 200",
    );
    let named = [("ALIEXPRESS_PROFILE", "other"), ("ALIEXPRESS_APP_KEY", " ")];
    check_page(&home, &[], &named, "https://api-sg.aliexpress.com 200");
}

#[test]
fn the_config_file_can_be_elsewhere() {
    let home = Home::new();
    let path = home.write("shop.toml", CONFIG);
    let path = path.to_str().unwrap();
    check_page(&home, &["--config", path], &[], "https://one.example 100");
    check_page(
        &home,
        &[],
        &[("ALIEXPRESS_CONFIG", path)],
        "https://one.example 100",
    );
}

#[test]
fn a_secret_from_the_profile_signs() {
    let home = Home::new();
    home.write(".config/aliexpress/config.toml", CONFIG);
    aliexpress(&["sign", "a=1"]).at(&home).run().ends_with(0);
}

#[cfg(unix)]
#[test]
fn secrets_that_others_may_read_are_refused_with_the_command_that_fixes_it() {
    let home = Home::new();
    let path = home.write("my shop.toml", CONFIG);
    set_mode(&path, 0o644);
    let place = path.display().to_string();
    let run = aliexpress(&["sign", "a=1", "--config", &place])
        .run()
        .ends_with(2);
    assert_eq!(
        run.stderr,
        format!(
            "error: cannot use config file {place}: found secrets in it that other users may read (mode \
             0644); wanted mode 0600\nhint: chmod 600 '{place}'\n"
        )
    );
    let path = home.write("plain.toml", "[profiles.default]\napp_key = \"1\"\n");
    set_mode(&path, 0o644);
    check_page(
        &home,
        &["--config", path.to_str().unwrap()],
        &[],
        "https://api-sg.aliexpress.com 1",
    );
}

#[track_caller]
fn check_refused(config: &str, expected: &str) {
    let home = Home::new();
    let path = home.write("config.toml", config);
    let path = path.to_str().unwrap();
    let run = aliexpress(&["sign", "a=1", "--config", path])
        .run()
        .ends_with(2);
    assert_eq!(
        run.stderr.replace(path, "FILE"),
        format!("error: {expected}\n")
    );
}

#[test]
fn a_config_file_that_cannot_be_used_is_reported_without_its_contents() {
    let doing = "cannot read config file FILE";
    check_refused(
        &format!("[profiles.default]\napp_secret = {CANARY}\n"),
        &format!("{doing}: found broken TOML at line 2; wanted TOML"),
    );
    check_refused(
        "[profiles.default]\napp_secret = 12345\n",
        &format!("{doing}: found a number under \"app_secret\"; wanted a text in quotes"),
    );
    check_refused(
        "[profiles.default]\nsecret = \"canary-5f2c\"\n",
        &format!(
            "{doing}: found the unknown setting \"secret\"; wanted any of app_key, app_secret, session, \
             gateway, proxy, timeout_seconds, market"
        ),
    );
    check_refused(
        "app_key = \"1\"\n",
        &format!(
            "{doing}: found the unknown setting \"app_key\"; wanted default_profile, or settings under \
             [profiles.NAME]"
        ),
    );
    check_refused(
        "[profiles]\ndefault = 1\n",
        &format!("{doing}: found a number under \"profiles.default\"; wanted a table of settings"),
    );
    check_refused(
        "[profiles.default]\ntimeout_seconds = -1\n",
        &format!(
            "{doing}: found a number under \"timeout_seconds\"; wanted a number of seconds above 0"
        ),
    );
    check_refused(
        "[profiles.default]\napp_key = \" \"\n",
        &format!("{doing}: found a blank text under \"app_key\"; wanted a text in quotes"),
    );
    check_refused(
        "default_profile = \"shop\"\n[profiles.one]\n[profiles.two]\n",
        "cannot use profile \"shop\": found no such profile in FILE; wanted one of one, two",
    );
}

#[test]
fn a_named_config_file_must_exist() {
    let run = aliexpress(&["sign", "a=1", "--config", "no-such-file"])
        .run()
        .ends_with(2);
    assert_eq!(
        run.stderr,
        "error: cannot read config file no-such-file: No such file or directory (os error 2)\n"
    );
}

#[test]
fn all_missing_settings_are_reported_together() {
    let run = aliexpress(&["call", "aliexpress.trade.ds.order.get"])
        .run()
        .ends_with(2);
    insta::assert_snapshot!(run.stderr);
    let run = aliexpress(&["call", "aliexpress.trade.ds.order.get", "--app-key", "1"])
        .env("ALIEXPRESS_APP_SECRET", CANARY)
        .run()
        .ends_with(2);
    insta::assert_snapshot!(run.stderr);
}
