//! All messages of the program, in full. Failures during a call are in `order` and `call`.

use std::fmt::Write;
use std::path::Path;

use crate::program::{CANARY, Home, Program, aliexpress, fixture, set_mode, unreachable};
use crate::sandbox::Running;

const GET: &str = "aliexpress.trade.ds.order.get";

/// Collects messages with headings.
struct Messages {
    home: Home,
    text: String,
}

impl Messages {
    fn new() -> Self {
        let home = Home::new();
        let text = String::new();
        Self { home, text }
    }

    /// Runs the program for a narrow and for a wide terminal, and records what it prints on standard error. Both must
    /// be equal: messages are not wrapped.
    #[track_caller]
    fn of(&mut self, what: &str, program: impl Fn() -> Program) {
        let run = |columns: &str| {
            let run = program().env("COLUMNS", columns).at(&self.home).run();
            (run.code, run.message())
        };
        let (code, text) = run("60");
        assert_ne!(code, Some(0), "{what}: {text}");
        assert_eq!((code, &text), (run("100").0, &run("100").1), "{what}");
        writeln!(self.text, "# {what}: {}\n{text}", code.unwrap_or(-1)).unwrap();
    }

    fn write(&self, name: &str, text: &str) -> String {
        self.home.write(name, text).display().to_string()
    }

    fn args(&mut self, args: &[&str]) {
        self.of(&args.join(" "), || aliexpress(args));
    }

    /// The same with credentials, for messages that come before anything is sent.
    fn with_credentials(&mut self, args: &[&str]) {
        self.of(&args.join(" "), || unreachable(args));
    }
}

#[test]
fn of_arguments() {
    let mut messages = Messages::new();
    for args in [
        &["sing"][..],
        &["order", "get"],
        &["order", "get", "many"],
        &["order", "watch", "1", "--until", "SOON"],
        &["order", "watch", "1", "--every", "0"],
        &["order", "list", "--last", "some"],
        &["search", "phone", "--limit", "0"],
        &["search", "phone", "--sort", "price"],
        &["order", "list", "--since", "2026-13-01", "--seller"],
        &["order", "list", "--since", "2026-11-01"],
        &["order", "note", "shop-1"],
        &[
            "order",
            "get",
            "1",
            "--sandbox",
            "--gateway",
            "https://x.example",
        ],
        &["order", "get", "1", "--journal", "orders.db"],
        &["product", "many"],
        &["product", "1", "--market", "FR"],
        &["freight", "1", "--quantity", "0"],
        &["categories", "--below", "shoes"],
        &["auth", "url", "--redirect", "shop.example"],
        &[
            "auth",
            "url",
            "--redirect",
            "https://x.example",
            "--state",
            "",
        ],
        &[
            "auth",
            "url",
            "--redirect",
            "https://x.example",
            "--app-key",
            "1",
            "--gateway",
            "nourl",
        ],
        &["auth", "login", "--port", "70000"],
        &["push", "send", "http://127.0.0.1:9", "--type", "orders"],
        &["sandbox", "--fault", "storm"],
        &["sandbox", "--visible-after", "soon"],
        &["sandbox", "--seed", "-1"],
        &["sandbox", "--session", ""],
        &["sandbox", "--callback", "127.0.0.1:8491"],
        &["sandbox", "--answer", "aliexpress.ds.product.get"],
        &["sandbox", "--push-types", "orders"],
        &["sign", "--sign-method", "sha1"],
        &["decode"],
        &["decode", "x.json", "--api", "aliexpress.ds.order"],
        &["decode", "x.json", "--api", "nothing"],
        &["decode", "x.json", "--strict"],
        &["decode", "x.json", "--columns", "a..b"],
        &["completions", "cmd"],
        &["explain", "callLimit"],
        &["explain", "NO_SUCH_CODE"],
        &["apis", "aliexpress.ds.order"],
        &["apis", "nothing"],
    ] {
        messages.args(args);
    }
    insta::assert_snapshot!("arguments", messages.text);
}

#[test]
fn of_settings() {
    let mut messages = Messages::new();
    for args in [
        &["call", GET][..],
        &["order", "get", "1"],
        &["push", "listen"],
        &["auth", "url", "--redirect", "https://x.example"],
        &["auth", "status"],
        &["sign", "a=1"],
        &["product", "1", "--sandbox"],
        &["sign", "a=1", "--secret-env", "SHOP_SECRET"],
        &["sign", "a=1", "--config", "no-such-file"],
    ] {
        messages.args(args);
    }
    let with_key = || aliexpress(&["call", GET, "--app-key", "1"]);
    messages.of("a key without a secret", with_key);
    let secret = || with_key().env("ALIEXPRESS_APP_SECRET", CANARY);
    messages.of("no session", secret);
    messages.of("a market in the environment", || {
        aliexpress(&["product", "1"]).env("ALIEXPRESS_MARKET", "France")
    });
    #[cfg(unix)]
    messages.of("a variable that is not a text", || {
        use std::os::unix::ffi::OsStrExt;
        let bytes = std::ffi::OsStr::from_bytes(b"\xff");
        aliexpress(&["call", GET]).env("ALIEXPRESS_APP_KEY", bytes)
    });
    for (index, config) in [
        "[profiles.default]\napp_secret = canary-5f2c\n",
        "[profiles.default]\napp_secret = 12345\n",
        "[profiles.default]\nsecret = \"canary-5f2c\"\n",
        "app_key = \"1\"\n",
        "default_profile = 1\n",
        "[profiles]\ndefault = 1\n",
        "[profiles.default]\ntimeout_seconds = -1\n",
        "[profiles.default]\napp_key = \" \"\n",
        "[profiles.default]\nmarket = \"FR\"\n",
        "default_profile = \"shop\"\n[profiles.one]\n[profiles.two]\n",
    ]
    .into_iter()
    .enumerate()
    {
        let file = messages.write(&format!("{index}.toml"), config);
        let shown = config.replace(CANARY, "…").replace('\n', "; ");
        messages.of(&shown, || aliexpress(&["sign", "a=1", "--config", &file]));
    }
    #[cfg(unix)]
    {
        let open = messages.write(
            "open.toml",
            "[profiles.default]\napp_secret = \"canary-5f2c\"\n",
        );
        set_mode(Path::new(&open), 0o644);
        messages.of("secrets that others may read", || {
            aliexpress(&["sign", "a=1", "--config", &open])
        });
    }
    insta::assert_snapshot!("settings", messages.text);
}

#[test]
fn of_parameters_and_orders() {
    let mut messages = Messages::new();
    for args in [
        &["call", GET, "plain"][..],
        &["call", GET, "=1"],
        &["call", GET, "a=1", "a=2", "--unchecked"],
        &["call", GET, "single_order_query={}"],
        &["call", GET, "single_order_query={\"order_id\":\"x\"}"],
        &["call", GET, "order=1"],
        &["call", GET, "--params-json", "no-such-file"],
    ] {
        messages.with_credentials(args);
    }
    for (what, input) in [
        ("nothing", &b" "[..]),
        ("no object", b"[1]"),
        ("broken", b"{\"a\": 1"),
        ("bytes", b"\xff{}"),
    ] {
        for command in [
            &["call", GET, "--params-json", "-"][..],
            &["order", "place", "-", "--yes"],
        ] {
            let what = format!("{what} for {}", command.join(" "));
            messages.of(&what, || unreachable(command).input(input));
        }
    }
    messages.of("a number to sign", || {
        let sign = [
            "sign",
            "--params-json",
            "-",
            "--app-secret-on-the-command-line",
            "x",
        ];
        aliexpress(&sign).input("{\"a\": 1}")
    });
    for order in [
        "{}",
        "{\"a\": 1, \"a\": 2}",
        "{\"productItems\": []}",
        "{\"out_order_id\": \"shop-1\", \"color\": \"red\"}",
        "{\"out_order_id\": \"shop-1\", \"product_items\": [{\"product_count\": \"many\"}]}",
        "{\"out_order_id\": \"shop-1\"}",
    ] {
        messages.of(&format!("the order {order}"), || {
            unreachable(&["order", "place", "-", "--yes"]).input(order)
        });
    }
    insta::assert_snapshot!("parameters", messages.text);
}

#[test]
fn of_files() {
    let mut messages = Messages::new();
    let file = messages.write("file", "");
    let below = format!("{file}/orders.db");
    for args in [
        &["decode", "no-such-file"][..],
        &["decode", &file],
        &["man", "--out", &file],
        &[
            "sandbox",
            "--answer",
            "aliexpress.ds.product.get=no-such-file",
        ],
        &[
            "sandbox",
            "--answer",
            &format!("aliexpress.ds.product.get={file}"),
        ],
        &["sandbox", "--answer", "aliexpress.ds.product.get=/"],
        &["sandbox", "--callback", "http://shop.example/push"],
        &["order", "open", "--journal", &below],
    ] {
        let shown = args
            .join(" ")
            .replace(&messages.home.path().display().to_string(), "HOME");
        messages.of(&shown, || unreachable(args));
    }
    let answer = fixture(&format!("samples/{GET}/answer.json"));
    for columns in [
        "result.order_state",
        "result.child_order_list[].product_id,result.logistics_info_list[].logistics_no",
    ] {
        messages.of(columns, || {
            aliexpress(&["decode", &answer, "--api", GET, "--columns", columns])
        });
    }
    let full = messages.write("full.json", "{}");
    messages.of("two answers for one API", || {
        let answer = format!("aliexpress.ds.product.get={full}");
        aliexpress(&["sandbox", "--answer", &answer, "--answer", &answer])
    });
    let nameless = messages.write("nameless.json", "{\"a\": 1}");
    messages.of("an answer without its API's name", || {
        aliexpress(&["decode", &nameless])
    });
    let other = messages.write("other.json", "{\"error_response\": {\"code\": 15}}");
    messages.of("a refusal", || {
        aliexpress(&["decode", &other, "--columns", "request_id"])
    });
    let broken = messages.write("broken.jsonl", "{\"a\": \n{}\n");
    messages.of("broken lines", || {
        aliexpress(&["decode", &broken, "--api", GET])
    });
    messages.write(".local", "");
    messages.of("no folder for the journal", || {
        unreachable(&["order", "note", "shop-1", "--none"])
    });
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    messages.of("a port that is taken", || {
        unreachable(&["push", "listen", "--port", &port])
    });
    messages.of("a sandbox's port that is taken", || {
        aliexpress(&["sandbox", "--port", &port])
    });
    insta::assert_snapshot!("files", messages.text);
}

#[test]
fn of_calls() {
    let mut messages = Messages::new();
    for args in [
        &["call", GET, "single_order_query={\"order_id\":1}"][..],
        &["call", "aliexpress.ds.order.create", "--unchecked"],
        &["order", "get", "1"],
        &["push", "send", "http://127.0.0.1:9", "--type", "53"],
        &[
            "push",
            "send",
            "http://127.0.0.1:9",
            "--type",
            "53",
            "--data",
            "[]",
        ],
        &["push", "verify", "-", "--authorization", "00"],
        &["auth", "create"],
        &["auth", "create", "--code-on-the-command-line", "x"],
        &["auth", "refresh"],
        &["auth", "login", "--port", "0", "--wait", "0.1"],
        &["order", "find", "shop-1"],
        &["order", "note", "shop-1", "--none"],
        &["order", "place", "-"],
    ] {
        let order =
            std::fs::read(fixture("samples/aliexpress.ds.order.create/request.json")).unwrap();
        messages.of(&args.join(" "), || {
            unreachable(args).input(order.as_slice())
        });
    }
    let sandbox = Running::start(&["--seed", "7"]);
    for args in [
        &["call", GET, "single_order_query={\"order_id\":1}"][..],
        &["call", "aliexpress.no.such.api"],
        &["call", "aliexpress.ds.product.gett", "product_id=1"],
        &["call", "aliexpress.ds.order.create", "--unchecked"],
        &["order", "watch", "1", "--every", "0.1", "--within", "3"],
        &["product", "1", "--market", "FR/EUR/fr"],
        &["address", "FR", "Nowhere"],
        &["categories", "--below", "1"],
        &["auth", "create", "--code-on-the-command-line", "x"],
    ] {
        messages.of(&format!("{} at a sandbox", args.join(" ")), || {
            sandbox.client(args)
        });
    }
    messages.of("a session that ended", || {
        sandbox
            .client(&["order", "get", "1"])
            .env("ALIEXPRESS_SESSION", CANARY)
    });
    messages.of("a wrong secret", || {
        sandbox
            .client(&["order", "get", "1"])
            .env("ALIEXPRESS_APP_SECRET", CANARY)
    });
    insta::assert_snapshot!("calls", messages.text);
}

/// Messages that a test cannot cause, or that another test causes, each with the reason or the test.
const ELSEWHERE: [(&str, &str); 17] = [
    ("read a request", "a request of another program: `push`"),
    (
        "receive a push message: found the method",
        "the same: `push`",
    ),
    ("accept a connection", "the same: `push`"),
    ("read the code", "a terminal whose line cannot be read"),
    ("read your answer", "a terminal whose line cannot be read"),
    ("write ", "feature `parquet`"),
    ("start a sandbox on a free port", "a machine without ports"),
    ("find the journal of orders", "a user without a home"),
    ("find the token file", "a user without a home"),
    (
        "make the state of a login",
        "a machine without random numbers",
    ),
    ("write the output", "a full disk; `failure` has it"),
    ("wait for order", "an order that a test has placed: `order`"),
    (
        "be read: ",
        "a file that grew too long for an answer: `decode_many`",
    ),
    (
        "catch the signals",
        "a process whose handlers another library has taken",
    ),
    ("refresh the session: found another", "a minute's wait"),
    ("choose a variant", "a product without stock"),
    (
        "keep orders and stock",
        "the sandbox's file is gone while it runs",
    ),
];

/// The beginning of each message in the code occurs in a snapshot.
#[test]
fn every_message_of_the_code_is_in_a_snapshot() {
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots");
    let shown: String = ["arguments", "settings", "parameters", "files", "calls"]
        .map(|name| {
            let file = snapshots.join(format!("it__messages__{name}.snap"));
            std::fs::read_to_string(file).unwrap()
        })
        .concat();
    let mut missing = Vec::new();
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for beginning in beginnings(code) {
            let known = |(text, _): &(&str, &str)| beginning.starts_with(text);
            let is_shown = shown.contains(&format!("cannot {beginning}"));
            if !is_shown && !ELSEWHERE.iter().any(known) {
                missing.push(format!("{}: cannot {beginning}", file.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// The texts of messages after "cannot", up to the first value.
fn beginnings(code: &str) -> Vec<String> {
    let pattern = r#"(?:Failure::(?:usage|file)\(\s*(?:&?format_args!\(\s*)?|doing = (?:format!\()?)"([^"{]+)|"cannot ([^"{]+)"#;
    let pattern = regex::Regex::new(pattern).unwrap();
    let found = pattern.captures_iter(code);
    let texts = found.filter_map(|found| found.get(1).or(found.get(2)));
    texts.map(|text| text.as_str().to_owned()).collect()
}

fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(sources(&path)),
            false => files.push(path),
        }
    }
    files
}
