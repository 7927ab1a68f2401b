//! How long the platform bans an application.

use std::time::Duration;

use aliexpress_models::ApiError;

/// The length of a ban in a message: `... ban will last (for) N (more) second(s)`, `banned for
/// another 2 minutes`, in either field.
pub(crate) fn ban(error: &ApiError) -> Option<Duration> {
    [&error.message, &error.sub_message]
        .into_iter()
        .flatten()
        .find_map(|text| ban_in(text))
}

fn ban_in(text: &str) -> Option<Duration> {
    let text = text.to_ascii_lowercase();
    // The length is in the same sentence as the ban.
    let mut sentences = text.split([',', '.', ';', '!', '?', '\n']);
    sentences.find_map(ban_in_sentence)
}

fn ban_in_sentence(sentence: &str) -> Option<Duration> {
    let words = sentence.split(|c: char| !c.is_ascii_alphanumeric());
    let mut words = words.filter(|word| !word.is_empty());
    words.find(|word| matches!(*word, "ban" | "bans" | "banned"))?;
    let number = words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = number.split_at(digits);
    let unit = match unit {
        "" => words.find(|word| *word != "more").unwrap_or_default(),
        unit => unit,
    };
    // A ban of so many units is longer than any client runs.
    let number = number.parse::<u32>().unwrap_or(u32::MAX);
    let one = match unit {
        "ms" | "millisecond" | "milliseconds" => Duration::from_millis(1),
        "" | "s" | "sec" | "secs" | "second" | "seconds" => Duration::from_secs(1),
        "min" | "mins" | "minute" | "minutes" => Duration::from_secs(60),
        "h" | "hour" | "hours" => Duration::from_secs(3600),
        "day" | "days" => Duration::from_secs(24 * 3600),
        _ => return None,
    };
    Some(one.saturating_mul(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_ban(message: &str, seconds: Option<u64>) {
        let mut error = ApiError::default();
        error.sub_message = Some(message.to_owned());
        assert_eq!(ban(&error), seconds.map(Duration::from_secs), "{message}");
    }

    #[test]
    fn the_length_of_a_ban_is_read_from_its_message() {
        check_ban("This ban will last for 1 more second", Some(1));
        check_ban("This ban will last for 12 more seconds", Some(12));
        check_ban("limited, ban will last 30 seconds", Some(30));
        check_ban("This Ban Will Last 3 second(s).", Some(3));
        check_ban("this ban will last", None);
        check_ban("this ban will last long, 3 calls", None);
        check_ban(
            "this ban will last 99999999999999999999999 seconds",
            Some(u64::from(u32::MAX)),
        );
    }

    #[test]
    fn a_ban_is_recognised_in_other_wordings_and_units() {
        check_ban("The ban will last for 2 minutes", Some(120));
        check_ban("This ban will last 1 hour", Some(3600));
        check_ban(
            "Access limited. Ban will last for another 5 seconds",
            Some(5),
        );
        check_ban("This ban will  last  for  3 more second(s)", Some(3));
        check_ban("the ban lasts 5s, try later", Some(5));
        check_ban("ban time left: 7", Some(7));
        check_ban("you are banned for at least 5 (more) min", Some(300));
        check_ban("ban will last for 2000 ms", Some(2));
        check_ban("this item is banned in 5 countries", None);
        check_ban("banned item. Wait 5 seconds", None);
        check_ban("urban delivery takes 5 days", None);
    }
}
