//! Signs of life on standard error while something is waited for.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;
use crate::output::log;

/// A line that says what is being waited for, gone when dropped. No one sees it but a person.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// For a call, which takes about a second.
    pub(crate) fn call(text: String) -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
        let bar = match log::tells_calls() {
            true => ProgressBar::hidden(),
            false => ProgressBar::new_spinner(),
        };
        // The template is fixed; were it broken, the plain style would do.
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_message(text);
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }

    /// For something that may take long: where no terminal shows the line, it is printed once, unless a
    /// program reads along.
    pub(crate) fn wait(text: String, output: &Output) -> Self {
        if !std::io::stderr().is_terminal() && !output.wants_json() {
            crate::stderr::line(&text);
        }
        Self::call(text)
    }

    /// Changes what is being waited for.
    pub(crate) fn say(&self, text: String) {
        self.0.set_message(text);
    }

    /// Takes the line away for as long as something else is printed.
    pub(crate) fn hide_while<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
