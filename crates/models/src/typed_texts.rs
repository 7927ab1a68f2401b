//! Scalar types that many APIs use: decimals, URLs, joined lists, JSON in a text, timestamps.

use crate::scalars::{id, text};

text! {
    /// A number that may have a fraction, such as `4.8`, with its text unchanged so that no digit
    /// is lost.
    ///
    /// The platform documents such fields as `Number`, and sends them as numbers or as text.
    Decimal
}

impl Decimal {
    /// The exact value, or `None` if the text is not a decimal number or has more than 28 digits.
    #[cfg(feature = "rust_decimal")]
    pub fn decimal(&self) -> Option<rust_decimal::Decimal> {
        crate::decimal_text::exact(&self.0)
    }
}

text! {
    /// The URL of a page or picture, unchanged; some have no scheme, such as
    /// `//www.aliexpress.com/item/1.html`.
    Url
}

impl Url {
    /// The URL with its scheme; `https:` if the platform omits it.
    pub fn with_scheme(&self) -> String {
        match self.0.strip_prefix("//") {
            Some(rest) => format!("https://{rest}"),
            None => self.0.clone(),
        }
    }
}

text! {
    /// Several values in one text, separated by commas or semicolons, such as `100001,100002`.
    Joined
}

impl Joined {
    /// The values in order, trimmed and without empty ones.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        let values = self.0.split([',', ';']).map(str::trim);
        values.filter(|value| !value.is_empty())
    }
}

impl<T: AsRef<str>> FromIterator<T> for Joined {
    /// Joins by commas.
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut text = String::new();
        for value in values {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(value.as_ref());
        }
        Self(text)
    }
}

text! {
    /// JSON in a text, such as `{"US":3256801}`, unchanged. Its keys are data, or its content is
    /// undocumented.
    JsonText
}

id! {
    /// A timestamp in milliseconds since 1970-01-01T00:00:00Z, such as `1719389200000`.
    EpochMillis(i64)
}

impl EpochMillis {
    /// Seconds since 1970-01-01T00:00:00Z, rounded down.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_values_are_split_and_joined() {
        let joined = Joined::from(" 1, 2;3,,");
        assert_eq!(joined.values().collect::<Vec<_>>(), ["1", "2", "3"]);
        assert_eq!(
            ["a", "b"].into_iter().collect::<Joined>(),
            Joined::from("a,b")
        );
        assert_eq!(Joined::from("").values().next(), None);
    }

    #[test]
    fn urls_get_the_missing_scheme() {
        assert_eq!(Url::from("//a.b/c").with_scheme(), "https://a.b/c");
        assert_eq!(Url::from("http://a.b").with_scheme(), "http://a.b");
    }

    #[test]
    fn times_before_1970_are_rounded_down_to_seconds() {
        assert_eq!(EpochMillis(1_719_389_200_500).seconds(), 1_719_389_200);
        assert_eq!(EpochMillis(-1).seconds(), -1);
    }
}
