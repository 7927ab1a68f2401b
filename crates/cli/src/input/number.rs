//! Whole numbers and days among arguments; what else is given is refused with what would be taken.

/// A port of this machine.
pub(crate) fn port(text: &str) -> Result<u16, &'static str> {
    text.parse().map_err(|_| "wanted a port from 0 to 65535")
}

/// How many of something to show.
pub(crate) fn count(text: &str) -> Result<usize, &'static str> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or("wanted a whole number above 0, such as 20")
}

/// The number of pieces to buy.
pub(crate) fn quantity(text: &str) -> Result<i64, &'static str> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or("wanted a whole number above 0")
}

/// The seed of what is made up.
pub(crate) fn seed(text: &str) -> Result<u64, &'static str> {
    text.parse()
        .map_err(|_| "wanted a whole number from 0, such as 7")
}

/// A category of products.
pub(crate) fn category(text: &str) -> Result<i64, &'static str> {
    text.parse()
        .map_err(|_| "wanted a category id, such as 200003482")
}

/// A kind of push message.
pub(crate) fn message_type(text: &str) -> Result<i64, &'static str> {
    text.parse()
        .map_err(|_| "wanted the number of a message type, such as 53")
}

/// A day of the calendar.
pub(crate) fn day(text: &str) -> Result<jiff::civil::Date, &'static str> {
    text.parse()
        .map_err(|_| "wanted a day of the calendar, such as 2026-11-01")
}
