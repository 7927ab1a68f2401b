//! Prints the log of the libraries on standard error: warnings, and with `--verbose` each attempt of a call.

use std::fmt::{self, Debug, Write as _};

use anstyle::{AnsiColor, Style};
use clap::ArgMatches;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{FmtSpan, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::printable::printable;
use crate::stderr::Stderr;

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    Warnings,
    /// Each attempt of a call, too. No log contains parameters or bodies.
    Calls,
}

impl Detail {
    /// Reads `--verbose`, which commands without calls do not have.
    pub(crate) fn of(command_line: &ArgMatches) -> Self {
        let mut matches = command_line;
        while let Some((_, command)) = matches.subcommand() {
            matches = command;
        }
        match matches.try_get_one::<bool>("verbose") {
            Ok(Some(true)) => Detail::Calls,
            _ => Detail::Warnings,
        }
    }
}

/// Starts to print the log.
pub(crate) fn start(detail: Detail, json: bool) {
    let level = match detail {
        Detail::Warnings => LevelFilter::WARN,
        Detail::Calls => LevelFilter::DEBUG,
    };
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_span_events(FmtSpan::CLOSE)
        .event_format(Line { json })
        .with_writer(|| Stderr)
        .finish();
    // It fails only if a subscriber is set already, which is then used.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Whether each attempt is logged. A progress line would disturb that.
pub(crate) fn logs_calls() -> bool {
    LevelFilter::current() >= LevelFilter::DEBUG
}

/// Formats an event as one line with a label, like errors and hints, or as one JSON document.
struct Line {
    json: bool,
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut logged = EventText::default();
        event.record(&mut logged);
        if let Some(span) = context.parent_span() {
            let name = span.name();
            match span.extensions().get::<FormattedFields<N>>() {
                Some(fields) => write!(logged.text, " [{name} {fields}]")?,
                None => write!(logged.text, " [{name}]")?,
            }
        }
        let text = logged.text.trim_start();
        let (label, color) = match *event.metadata().level() {
            Level::ERROR | Level::WARN => ("warning", AnsiColor::Yellow),
            _ => ("debug", AnsiColor::BrightBlack),
        };
        if self.json {
            return writeln!(writer, "{}", json!({ label: text }));
        }
        let style = Style::new().bold().fg_color(Some(color.into()));
        writeln!(writer, "{style}{label}:{style:#} {}", printable(text))
    }
}

/// The fields of an event as text.
#[derive(Default)]
struct EventText {
    text: String,
}

impl Visit for EventText {
    /// Writes texts without quotes.
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a string does not fail.
        let _ = match field.name() {
            // The end of a span has times that are not printed, and the message `close`.
            "time.busy" | "time.idle" => Ok(()),
            "message" if format!("{value:?}") == "close" => Ok(()),
            "message" => write!(self.text, "{value:?}"),
            "error" => write!(self.text, ": {value:?}"),
            name => write!(self.text, " {name}={value:?}"),
        };
    }
}
