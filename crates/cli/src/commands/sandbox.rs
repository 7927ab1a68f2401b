//! `aliexpress sandbox`: runs a gateway on this machine until Ctrl-C.

mod answers;

use std::io;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use aliexpress::{AppSecret, Session};
use aliexpress_sandbox::{FAULTS, FaultRule, LogEntry, PUSH_TYPES, Sandbox, Verdict};
use anstyle::{AnsiColor, Style};
use clap::Args;
use clap::builder::{NonEmptyStringValueParser, TypedValueParser};
use serde_json::{Value, json};

use crate::failure::exit::Exit;
use crate::failure::{Failure, note, warn};
use crate::input::number::{port, seed};
use crate::input::settings::seconds_or_none;
use crate::input::url::reachable_url;
use crate::interrupt::on_signal;
use crate::output::Output;
use crate::printable::{printable, shell_word};

/// The interval between reads of the sandbox's log.
const LOG_INTERVAL: Duration = Duration::from_millis(100);

/// Examples, and a table of the faults.
fn after_help() -> String {
    let mut text = "\
Examples:
  aliexpress sandbox --port 8480 --seed 7
  aliexpress sandbox --fault 'reset-after@aliexpress.ds.order.create*2' --fault 'delay:2s%10'
  aliexpress sandbox --answer aliexpress.ds.product.get=product.json --as-live

Faults, each as FAULT[@API][*TIMES or %PERCENT], durations as 250ms or 1.5s:"
        .to_owned();
    for fault in FAULTS {
        // On its own line, a meaning keeps its indentation when clap wraps it.
        text.push_str(&format!("\n  {}\n      {}", fault.usage, fault.meaning));
    }
    text
}

#[derive(Args, Clone, Debug)]
#[command(after_help = after_help())]
pub(crate) struct SandboxArgs {
    /// The port on 127.0.0.1 to listen on; 0 chooses a free one
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = port)]
    port: u16,

    /// The app key to accept [default: generated and printed]
    #[arg(long, value_name = "KEY", value_parser = NonEmptyStringValueParser::new())]
    app_key: Option<String>,

    /// The app secret to check signatures with [default: generated and printed]
    #[arg(long, value_name = "SECRET", value_parser = NonEmptyStringValueParser::new().map(AppSecret::new))]
    app_secret: Option<AppSecret>,

    /// A session that is valid from the start [default: generated and printed]
    #[arg(long, value_name = "TOKEN", value_parser = NonEmptyStringValueParser::new().map(Session::new))]
    session: Option<Session>,

    /// How long a new order stays invisible [default: 0, with --as-live 3]
    #[arg(long, value_name = "SECONDS", value_parser = seconds_or_none)]
    visible_after: Option<Duration>,

    /// Advances each order to its next status after this time
    #[arg(long, value_name = "SECONDS", value_parser = seconds_or_none)]
    pace: Option<Duration>,

    /// Accepts any timestamp
    #[arg(long)]
    no_clock_check: bool,

    /// The seed of generated values and random faults; the same seed gives the same ones
    #[arg(long, value_name = "N", value_parser = seed)]
    seed: Option<u64>,

    /// Posts push messages to this URL on this machine
    #[arg(long, value_name = "URL", value_parser = reachable_url)]
    callback: Option<String>,

    /// Types of push messages to post: 53 orders, 51 payments, 18 parcels, 65 sessions about to expire
    #[arg(
        long,
        value_name = "TYPES",
        value_delimiter = ',',
        default_value = "53",
        value_parser = push_type
    )]
    push_types: Vec<i64>,

    /// A fault to cause, such as `reset-after@aliexpress.ds.order.create*2` or `delay:2s%10`; repeatable
    #[arg(long = "fault", value_name = "FAULT", value_parser = fault)]
    faults: Vec<FaultRule>,

    /// Answers calls of an API with the unchanged contents of a file; repeatable
    #[arg(long = "answer", value_name = "API=FILE", value_parser = answers::read_argument)]
    answers: Vec<(String, PathBuf)>,

    /// Imitates undocumented quirks of the live platform, such as numbers as text
    #[arg(long)]
    as_live: bool,

    /// Keeps orders and stock in this file, and restores them from it at startup
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

fn fault(text: &str) -> Result<FaultRule, String> {
    text.parse()
        .map_err(|error: aliexpress_sandbox::FaultError| error.to_string())
}

/// A type of push messages that the sandbox can send by itself.
fn push_type(text: &str) -> Result<i64, String> {
    let found = text.trim().parse().ok();
    found
        .filter(|number| PUSH_TYPES.contains(number))
        .ok_or_else(|| {
            format!(
                "wanted one of {}",
                PUSH_TYPES.map(|number| number.to_string()).join(", ")
            )
        })
}

/// Runs until SIGINT, SIGTERM or SIGHUP, then writes the state.
pub(crate) fn run(args: &SandboxArgs, output: &mut Output) -> Result<(), Failure> {
    let answers = answers::read(&args.answers)?;
    let end = end_of_run(output.wants_json());
    let sandbox = start(args)
        .map_err(|error| Failure::new(Exit::Usage, format!("cannot start the sandbox: {error}")))?;
    for (api, body) in answers {
        answers::give(&sandbox, api, body, output.wants_json())?;
    }
    for rule in &args.faults {
        if let Some(api) = rule.api.as_deref().filter(|api| !sandbox.answers(api)) {
            let text = format!("{rule} has no effect: the sandbox has no API {api:?}");
            warn(&text, output.wants_json());
        }
        sandbox.add_fault(rule.clone());
    }
    introduce(&sandbox, args, output)?;
    let (mut seen, mut state_error) = (0, None);
    loop {
        let is_over = end.recv_timeout(LOG_INTERVAL).is_ok();
        report_state_error(&sandbox, &mut state_error, output.wants_json());
        for entry in sandbox.log_after(seen) {
            seen = entry.number;
            match output.wants_json() {
                true => output.json_line(&as_json(&entry))?,
                false => output.line(as_line(&entry))?,
            }
        }
        if is_over {
            let stopped = sandbox.stop();
            return stopped.map_err(|error| Failure::new(Exit::Usage, error.to_string()));
        }
    }
}

/// A channel that gets a message at each signal to end.
fn end_of_run(json: bool) -> mpsc::Receiver<()> {
    let (ends, end) = mpsc::channel();
    on_signal(json, move || {
        // It fails if the program is ending already.
        let _ = ends.send(());
    });
    end
}

/// Warns once for each reason why the state cannot be written, and notes when it is written again.
fn report_state_error(sandbox: &Sandbox, before: &mut Option<String>, json: bool) {
    let now = sandbox.state_error();
    if now == *before {
        return;
    }
    match &now {
        Some(why) => warn(&format!("{why}; trying again"), json),
        None => note("the state is written again", json),
    }
    *before = now;
}

fn start(args: &SandboxArgs) -> io::Result<Sandbox> {
    let mut builder = Sandbox::builder()
        .port(args.port)
        .push_types(args.push_types.as_slice())
        .clock_check(!args.no_clock_check)
        .as_live(args.as_live);
    if let Some(app_key) = &args.app_key {
        builder = builder.app_key(app_key);
    }
    if let Some(secret) = &args.app_secret {
        builder = builder.app_secret(secret.expose());
    }
    if let Some(session) = &args.session {
        builder = builder.session(session.expose());
    }
    if let Some(seed) = args.seed {
        builder = builder.seed(seed);
    }
    if let Some(delay) = args.visible_after {
        builder = builder.visible_after(delay);
    }
    if let Some(pace) = args.pace {
        builder = builder.pace(pace);
    }
    if let Some(url) = &args.callback {
        builder = builder.callback(url)?;
    }
    if let Some(file) = &args.state {
        builder = builder.state(file);
    }
    builder.start()
}

/// Prints the address and the credentials. Credentials from the command line are not printed.
fn introduce(sandbox: &Sandbox, args: &SandboxArgs, output: &mut Output) -> Result<(), Failure> {
    let secret = args.app_secret.is_none().then(|| sandbox.app_secret());
    let session = args.session.is_none().then(|| sandbox.session());
    let (url, app_key) = (sandbox.url(), sandbox.app_key());
    if output.wants_json() {
        let mut first = json!({ "url": url, "app_key": app_key });
        let made_up = [("app_secret", secret), ("session", session)];
        for (name, value) in made_up
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
        {
            first[name] = value.into();
        }
        return output.json_line(&first);
    }
    let bold = Style::new().bold();
    output.line(format_args!(
        "sandbox on {bold}{url}{bold:#} until Ctrl-C; open it in a browser\n"
    ))?;
    output.line(format_args!("export ALIEXPRESS_GATEWAY={url}"))?;
    output.line(format_args!(
        "export ALIEXPRESS_APP_KEY={}",
        printable(&shell_word(app_key))
    ))?;
    for (name, value) in [("APP_SECRET", secret), ("SESSION", session)] {
        match value {
            Some(value) => output.line(format_args!("export ALIEXPRESS_{name}={value}"))?,
            None => output.line(format_args!("# ALIEXPRESS_{name}: as given"))?,
        }
    }
    output.line("")
}

fn as_line(entry: &LogEntry) -> String {
    let color = match entry.verdict {
        Verdict::Accepted => AnsiColor::Green,
        _ => AnsiColor::Red,
    };
    let style = Style::new().fg_color(Some(color.into()));
    let status = match entry.status {
        Some(status) => status.to_string(),
        None => "reset".to_owned(),
    };
    let api = match entry.api.as_str() {
        "" => &entry.path,
        api => api,
    };
    let mut line = format!(
        "{:>4}  {status}  {:>6.1} ms  {}  {style}{}{style:#}",
        entry.number,
        entry.duration.as_secs_f64() * 1000.0,
        printable(api),
        printable(&entry.verdict.to_string()),
    );
    for fault in &entry.faults {
        line.push_str(&format!("\n      fault: {}", printable(fault)));
    }
    for note in &entry.notes {
        line.push_str(&format!("\n      note: {}", printable(note)));
    }
    if let Some(diagnosis) = &entry.diagnosis {
        line.push_str(&format!(
            "\n      signature: {}",
            printable(&diagnosis.to_string())
        ));
    }
    line
}

fn as_json(entry: &LogEntry) -> Value {
    json!({
        "number": entry.number,
        "api": entry.api,
        "path": entry.path,
        "verdict": entry.verdict.to_string(),
        "status": entry.status,
        "milliseconds": entry.duration.as_secs_f64() * 1000.0,
        "faults": entry.faults,
        "notes": entry.notes,
        "signature": entry.diagnosis.as_ref().map(ToString::to_string),
    })
}
