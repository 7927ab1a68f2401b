//! Progress on standard error while the program waits.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;
use crate::output::log;

/// A line on the terminal that says what the program waits for. It is removed when dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// For a call, which takes about a second.
    pub(crate) fn call(text: String) -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
        let bar = match log::logs_calls() {
            true => ProgressBar::hidden(),
            false => ProgressBar::new_spinner(),
        };
        // The template is constant and valid; the default style would do, too.
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_message(text);
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }

    /// For something that may take long. Without a terminal, the line is printed once, unless the output is JSON.
    pub(crate) fn wait(text: String, output: &Output) -> Self {
        if !std::io::stderr().is_terminal() && !output.wants_json() {
            crate::stderr::line(&text);
        }
        Self::call(text)
    }

    /// Changes the text.
    pub(crate) fn say(&self, text: String) {
        self.0.set_message(text);
    }

    /// Hides the line while something else is printed.
    pub(crate) fn hide_while<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
