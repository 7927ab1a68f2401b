//! The faults that can be caused, and the text form used by the command line and the page.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Something that goes wrong with a call on purpose.
///
/// A fault applies to a call that would have been answered: one that is refused anyway, say for its signature,
/// leaves it in place. "Acting" is what the call is for, such as storing an order.
///
/// The text form, by [`FromStr`] and `Display`, is the name in brackets below; durations are written `250ms`,
/// `1.5s` or as a bare number of seconds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// Acts at once and answers late (`delay:DURATION`). Can be combined with another fault.
    Delay(Duration),
    /// Resets the connection without acting (`reset-before`).
    ResetBefore,
    /// Acts, then resets the connection (`reset-after`).
    ResetAfter,
    /// Acts, then sends only this many bytes of the answer, with the full length in the header (`cut-body:BYTES`).
    CutBody(usize),
    /// Acts, then sends the body spread over this time (`slow-body:DURATION`).
    SlowBody(Duration),
    /// Answers an HTML page under this status without acting (`html-before:STATUS`).
    HtmlBefore(u16),
    /// Acts, then answers an HTML page under this status (`html-after:STATUS`).
    HtmlAfter(u16),
    /// Refuses this call and those to the same API for this long, as a call limit does (`throttle:DURATION`).
    Throttle(Duration),
    /// Expires the call's access token permanently, and refuses the call (`expire-token`). Applies to
    /// calls that need a session.
    ExpireToken,
    /// Refuses as the platform does when the called service fails, without acting (`service-failure`).
    ServiceFailure,
    /// Acts, then answers JSON or XML that ends in the middle, with a matching length in the header (`malformed`).
    Malformed,
    /// Acts, then answers with numbers and booleans as text and numeric text as numbers (`drifting-types`),
    /// as the platform is known to do.
    DriftingTypes,
    /// Acts, then answers with an object where the answer holds a number, text or boolean (`wrong-types`).
    WrongTypes,
    /// Acts, then answers with at least this many bytes (`huge:BYTES`).
    Huge(usize),
    /// Acts, then answers lists of one element as the bare element (`bare-list`), as full JSON may.
    BareList,
    /// Acts, then answers this text in place of the answer (`replace:TEXT`).
    Replace(String),
    /// Stores a new order without paying it; the answer says so in `error_msg` (`pay-fails`). Applies to
    /// calls that place an order.
    PayFails,
    /// Refuses a new order with this code in a successful call's result (`refuse-order:CODE`). Applies to calls
    /// that place an order.
    RefuseOrder(String),
}

/// Why a text is not a valid fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the fault: found {found:?}; wanted {wanted}")]
pub struct FaultError {
    kind: FaultErrorKind,
    found: String,
    wanted: String,
}

/// The kind of failure of a [`FaultError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultErrorKind {
    /// No fault has this name.
    UnknownName,
    /// The fault takes another argument, or none.
    WrongArgument,
    /// The API, the count or the percentage after the fault is invalid.
    WrongEnding,
}

impl FaultError {
    /// The error of a rule whose fault is followed by something invalid.
    pub(crate) fn wrong_ending(found: &str) -> Self {
        Self {
            kind: FaultErrorKind::WrongEnding,
            found: found.to_owned(),
            wanted:
                "FAULT or FAULT@API, alone or followed by *TIMES (1 or more) or %PERCENT (0 to 100)"
                    .to_owned(),
        }
    }

    /// The kind of failure.
    pub fn kind(&self) -> FaultErrorKind {
        self.kind
    }
}

/// A fault as shown in help texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultHelp {
    /// Its name with its argument, such as `delay:DURATION`.
    pub usage: &'static str,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// An example of its argument; empty for a fault without one.
    pub example: &'static str,
}

const fn help(usage: &'static str, example: &'static str, meaning: &'static str) -> FaultHelp {
    FaultHelp {
        usage,
        meaning,
        example,
    }
}

/// Every fault.
pub const FAULTS: &[FaultHelp] = &[
    help(
        "delay:DURATION",
        "2s",
        "Processes the call at once and answers late. Can be combined with another fault.",
    ),
    help(
        "reset-before",
        "",
        "Resets the connection; the call is not processed.",
    ),
    help(
        "reset-after",
        "",
        "Processes the call, then resets the connection: the answer is lost.",
    ),
    help(
        "cut-body:BYTES",
        "100",
        "Processes the call; the answer ends after this number of bytes.",
    ),
    help(
        "slow-body:DURATION",
        "10s",
        "Processes the call; the answer arrives slowly, over this time.",
    ),
    help(
        "html-before:STATUS",
        "502",
        "Answers an HTML page with this HTTP status; the call is not processed.",
    ),
    help(
        "html-after:STATUS",
        "502",
        "Processes the call, then answers an HTML page with this HTTP status.",
    ),
    help(
        "throttle:DURATION",
        "10s",
        "Refuses this call, and others of the same API for this time, as a call limit does.",
    ),
    help(
        "expire-token",
        "",
        "Expires the access token of the call and refuses the call.",
    ),
    help(
        "service-failure",
        "",
        "Refuses the call because a service of the platform failed; the call is not processed.",
    ),
    help(
        "malformed",
        "",
        "Processes the call; the JSON or XML of the answer ends in the middle.",
    ),
    help(
        "drifting-types",
        "",
        "Processes the call; numbers and booleans are sent as text, numeric text as numbers.",
    ),
    help(
        "wrong-types",
        "",
        "Processes the call; the answer has an object in the place of a number, text or boolean.",
    ),
    help(
        "huge:BYTES",
        "50000000",
        "Processes the call; the answer has at least this number of bytes.",
    ),
    help(
        "bare-list",
        "",
        "Processes the call; a list of one element is sent as the bare element.",
    ),
    help(
        "replace:TEXT",
        "<html>",
        "Processes the call and answers this text.",
    ),
    help(
        "pay-fails",
        "",
        "Stores a new order without paying it; the answer says so in error_msg.",
    ),
    help(
        "refuse-order:CODE",
        "INVENTORY_HOLD_ERROR",
        "Refuses a new order with this code in the result of a successful call.",
    ),
];

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Delay(time) => write!(f, "delay:{}", Seconds(*time)),
            Fault::ResetBefore => f.write_str("reset-before"),
            Fault::ResetAfter => f.write_str("reset-after"),
            Fault::CutBody(bytes) => write!(f, "cut-body:{bytes}"),
            Fault::SlowBody(time) => write!(f, "slow-body:{}", Seconds(*time)),
            Fault::HtmlBefore(status) => write!(f, "html-before:{status}"),
            Fault::HtmlAfter(status) => write!(f, "html-after:{status}"),
            Fault::Throttle(time) => write!(f, "throttle:{}", Seconds(*time)),
            Fault::ExpireToken => f.write_str("expire-token"),
            Fault::ServiceFailure => f.write_str("service-failure"),
            Fault::Malformed => f.write_str("malformed"),
            Fault::DriftingTypes => f.write_str("drifting-types"),
            Fault::WrongTypes => f.write_str("wrong-types"),
            Fault::Huge(bytes) => write!(f, "huge:{bytes}"),
            Fault::BareList => f.write_str("bare-list"),
            Fault::Replace(text) => write!(f, "replace:{text}"),
            Fault::PayFails => f.write_str("pay-fails"),
            Fault::RefuseOrder(code) => write!(f, "refuse-order:{code}"),
        }
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name, Some(argument)),
            None => (text, None),
        };
        let mut usages = FAULTS.iter().map(|fault| fault.usage);
        let Some(usage) = usages.find(|usage| usage.split(':').next() == Some(name)) else {
            let usages: Vec<&str> = FAULTS.iter().map(|fault| fault.usage).collect();
            return Err(FaultError {
                kind: FaultErrorKind::UnknownName,
                found: text.to_owned(),
                wanted: format!("one of {}", usages.join(", ")),
            });
        };
        read(name, argument).ok_or_else(|| FaultError {
            kind: FaultErrorKind::WrongArgument,
            found: text.to_owned(),
            wanted: usage.to_owned(),
        })
    }
}

/// The fault; an error if the argument is absent, not allowed or invalid for this name.
fn read(name: &str, argument: Option<&str>) -> Option<Fault> {
    let Some(argument) = argument else {
        return match name {
            "reset-before" => Some(Fault::ResetBefore),
            "reset-after" => Some(Fault::ResetAfter),
            "expire-token" => Some(Fault::ExpireToken),
            "service-failure" => Some(Fault::ServiceFailure),
            "malformed" => Some(Fault::Malformed),
            "drifting-types" => Some(Fault::DriftingTypes),
            "wrong-types" => Some(Fault::WrongTypes),
            "bare-list" => Some(Fault::BareList),
            "pay-fails" => Some(Fault::PayFails),
            _ => None,
        };
    };
    match name {
        "delay" => read_duration(argument).map(Fault::Delay),
        "slow-body" => read_duration(argument).map(Fault::SlowBody),
        "throttle" => read_duration(argument).map(Fault::Throttle),
        "cut-body" => argument.parse().ok().map(Fault::CutBody),
        "huge" => argument
            .parse()
            .ok()
            .filter(|bytes| *bytes <= HUGEST)
            .map(Fault::Huge),
        "html-before" => read_status(argument).map(Fault::HtmlBefore),
        "html-after" => read_status(argument).map(Fault::HtmlAfter),
        "replace" => Some(Fault::Replace(argument.to_owned())),
        "refuse-order" if !argument.is_empty() => Some(Fault::RefuseOrder(argument.to_owned())),
        _ => None,
    }
}

/// The largest answer that can be requested, in bytes, so that a typing error does not exhaust the machine's memory.
pub(crate) const HUGEST: usize = 256 * 1024 * 1024;

fn read_status(text: &str) -> Option<u16> {
    text.parse()
        .ok()
        .filter(|status| (200..600).contains(status))
}

/// Reads `250ms`, `1.5s` or a bare number of seconds.
pub(crate) fn read_duration(text: &str) -> Option<Duration> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    let seconds: f64 = number.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds * unit).ok()
}

struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_reads_back_as_itself() {
        for help in FAULTS {
            let text = match help.usage.split_once(':') {
                Some((name, _)) => format!("{name}:{}", help.example),
                None => help.usage.to_owned(),
            };
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.to_string(), text);
        }
    }

    #[test]
    fn durations_come_in_seconds_and_milliseconds() {
        assert_eq!(
            "delay:250ms".parse(),
            Ok(Fault::Delay(Duration::from_millis(250)))
        );
        assert_eq!("delay:2".parse(), Ok(Fault::Delay(Duration::from_secs(2))));
    }

    #[test]
    fn every_error_says_what_was_found_and_wanted() {
        let known: Vec<_> = FAULTS.iter().map(|fault| fault.usage).collect();
        let names = format!("one of {}", known.join(", "));
        for (text, kind, wanted) in [
            (
                "html-before:99",
                FaultErrorKind::WrongArgument,
                "html-before:STATUS",
            ),
            (
                "reset-before:1",
                FaultErrorKind::WrongArgument,
                "reset-before",
            ),
            ("delay:-1", FaultErrorKind::WrongArgument, "delay:DURATION"),
            ("delay", FaultErrorKind::WrongArgument, "delay:DURATION"),
            ("none", FaultErrorKind::UnknownName, &names),
        ] {
            let error = text.parse::<Fault>().unwrap_err();
            let expected = format!("cannot read the fault: found {text:?}; wanted {wanted}");
            assert_eq!((error.to_string(), error.kind()), (expected, kind));
        }
    }

    #[test]
    fn errors_are_send_and_sync() {
        fn check<T: std::error::Error + Send + Sync + 'static>() {}
        check::<FaultError>();
    }
}
