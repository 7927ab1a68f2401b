//! Faults that can be ordered, and the text form in which the command line and the page name them.

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
    /// Acts at once and answers late (`delay:DURATION`). Goes together with another fault.
    Delay(Duration),
    /// Resets the connection without acting (`reset-before`).
    ResetBefore,
    /// Acts, then resets the connection (`reset-after`).
    ResetAfter,
    /// Acts, then answers with the full length announced and only this many bytes sent (`cut-body:BYTES`).
    CutBody(usize),
    /// Acts, then sends the body spread over this time (`slow-body:DURATION`).
    SlowBody(Duration),
    /// Answers an HTML page under this status without acting (`html-before:STATUS`).
    HtmlBefore(u16),
    /// Acts, then answers an HTML page under this status (`html-after:STATUS`).
    HtmlAfter(u16),
    /// Refuses this call and those to the same API for this long, as a call limit does (`throttle:DURATION`).
    Throttle(Duration),
    /// Ends the access token that the call came with, for good, and refuses the call (`expire-token`). Applies to
    /// calls that need a session.
    ExpireToken,
    /// Refuses as the platform does when the called service fails, without acting (`service-failure`).
    ServiceFailure,
    /// Acts, then answers JSON or XML that breaks off in the middle, under a length that fits (`malformed`).
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
    /// Stores a new order but fails to pay it, which the answer says in its `error_msg` (`pay-fails`). Applies to
    /// calls that place an order.
    PayFails,
    /// Refuses a new order with this code in a successful call's result (`refuse-order:CODE`). Applies to calls
    /// that place an order.
    RefuseOrder(String),
}

/// A text that names no fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFault {
    message: String,
}

/// Every name, with what follows it; for messages and help.
pub const FAULT_NAMES: &[&str] = &[
    "delay:DURATION",
    "reset-before",
    "reset-after",
    "cut-body:BYTES",
    "slow-body:DURATION",
    "html-before:STATUS",
    "html-after:STATUS",
    "throttle:DURATION",
    "expire-token",
    "service-failure",
    "malformed",
    "drifting-types",
    "wrong-types",
    "huge:BYTES",
    "bare-list",
    "replace:TEXT",
    "pay-fails",
    "refuse-order:CODE",
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
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name, Some(argument)),
            None => (text, None),
        };
        let Some(usage) = FAULT_NAMES
            .iter()
            .find(|usage| usage.split(':').next() == Some(name))
        else {
            return Err(unknown(text, &format!("one of {}", FAULT_NAMES.join(", "))));
        };
        read(name, argument).ok_or_else(|| unknown(text, usage))
    }
}

/// The fault, unless the argument is absent, too much, or not what the name takes.
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

/// The largest answer that can be ordered, so that a slip of the keyboard does not exhaust the machine.
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

fn unknown(found: &str, wanted: &str) -> UnknownFault {
    UnknownFault {
        message: format!("reading a fault: found {found:?}, wanted {wanted}"),
    }
}

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for UnknownFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_reads_back_as_itself() {
        for usage in FAULT_NAMES {
            let text = usage
                .replace("DURATION", "1.5s")
                .replace("BYTES", "20")
                .replace("STATUS", "502")
                .replace("TEXT", "a:b")
                .replace("CODE", "PRICE_PAY_CURRENCY_ERROR");
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
    fn a_wrong_argument_is_told() {
        let error = "html-before:99".parse::<Fault>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "reading a fault: found \"html-before:99\", wanted html-before:STATUS"
        );
        assert!("reset-before:1".parse::<Fault>().is_err());
        assert!("delay:-1".parse::<Fault>().is_err());
        assert!("delay".parse::<Fault>().is_err());
    }
}
