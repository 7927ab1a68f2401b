//! Parsers of numbers and days on the command line. Their errors say what is wanted.

/// A TCP port; 0 for a free one.
pub(crate) fn port(text: &str) -> Result<u16, &'static str> {
    text.parse().map_err(|_| "wanted a port from 0 to 65535")
}

/// The largest number of entries to show.
pub(crate) fn count(text: &str) -> Result<usize, &'static str> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or("wanted a whole number above 0, such as 20")
}

/// The number of pieces to buy.
pub(crate) fn quantity(text: &str) -> Result<i64, &'static str> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or("wanted a whole number above 0")
}

/// The seed of generated values.
pub(crate) fn seed(text: &str) -> Result<u64, &'static str> {
    text.parse()
        .map_err(|_| "wanted a whole number from 0, such as 7")
}

/// The id of a product category.
pub(crate) fn category(text: &str) -> Result<i64, &'static str> {
    text.parse()
        .map_err(|_| "wanted a category id, such as 200003482")
}

/// The number of a type of push messages.
pub(crate) fn message_type(text: &str) -> Result<i64, &'static str> {
    text.parse()
        .map_err(|_| "wanted the number of a message type, such as 53")
}

/// A date such as 2026-11-01.
pub(crate) fn day(text: &str) -> Result<jiff::civil::Date, &'static str> {
    text.parse()
        .map_err(|_| "wanted a day of the calendar, such as 2026-11-01")
}
