//! Exit codes.

use std::fmt::Write;
use std::process::ExitCode;

/// How a run ended. Each variant has an exit code, which does not change between releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    Refused,
    Usage,
    Network,
    UnknownOutcome,
    Undecodable,
    NotPaid,
    Duplicate,
    OutOfTime,
    NotConfirmed,
    Drift,
    RefusedInAnswer,
}

impl Exit {
    const ALL: [Exit; 12] = [
        Exit::Done,
        Exit::Refused,
        Exit::Usage,
        Exit::Network,
        Exit::UnknownOutcome,
        Exit::Undecodable,
        Exit::NotPaid,
        Exit::Duplicate,
        Exit::OutOfTime,
        Exit::NotConfirmed,
        Exit::Drift,
        Exit::RefusedInAnswer,
    ];

    pub(crate) fn code(self) -> u8 {
        self.row().0
    }

    /// The `kind` of an error in JSON.
    pub(crate) fn word(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (u8, &'static str, &'static str) {
        match self {
            Exit::Done => (0, "done", "done"),
            Exit::Refused => (1, "refused", "the platform refused the call"),
            Exit::Usage => (2, "usage", "an argument, setting or file is invalid"),
            Exit::Network => (
                3,
                "network",
                "no answer came, or one that did not come from the platform",
            ),
            Exit::UnknownOutcome => (
                4,
                "unknown-outcome",
                "it is unknown whether an order was placed; do not place it again",
            ),
            Exit::Undecodable => (5, "undecodable", "an answer cannot be decoded"),
            Exit::NotPaid => (6, "not-paid", "the order was placed but is not paid"),
            Exit::Duplicate => (
                7,
                "duplicate",
                "an order was placed under this out_order_id before; no other was placed",
            ),
            Exit::OutOfTime => (8, "out-of-time", "the time limit for waiting has passed"),
            Exit::NotConfirmed => (9, "not-confirmed", "you did not confirm; nothing was sent"),
            Exit::Drift => (
                10,
                "drift",
                "with --strict: the answer differs from the model",
            ),
            Exit::RefusedInAnswer => (
                11,
                "refused-in-answer",
                "the gateway accepted the call, but the API refused it",
            ),
        }
    }

    /// The table of exit codes in `--help`.
    pub(crate) fn help() -> String {
        let mut text = "Exit codes:\n".to_owned();
        for (code, _, meaning) in Self::ALL.map(Self::row) {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {code:>2}  {meaning}");
        }
        text
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_its_own_exit_code_and_word() {
        for (place, exit) in Exit::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(exit.code()), place);
            let same = Exit::ALL
                .iter()
                .filter(|other| other.word() == exit.word())
                .count();
            assert_eq!(same, 1, "{}", exit.word());
        }
    }
}
