//! Currencies in which an order can be paid.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// A currency by its three-letter code of ISO 4217. Which currencies are accepted for automatic
/// payment is agreed with the platform; US dollars are reported to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CurrencyCode([u8; 3]);

impl CurrencyCode {
    /// US dollars.
    pub const USD: Self = Self(*b"USD");
    /// Euros.
    pub const EUR: Self = Self(*b"EUR");
    /// Pounds sterling.
    pub const GBP: Self = Self(*b"GBP");

    /// The three letters, in upper case.
    pub fn as_str(&self) -> &str {
        // Only ASCII letters are ever stored.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for CurrencyCode {
    type Err = Error;

    /// Accepts lower case.
    ///
    /// # Errors
    ///
    /// When the text is not three letters.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text.as_bytes() {
            [first, second, third] if text.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                let letters = [first, second, third];
                Ok(Self(letters.map(u8::to_ascii_uppercase)))
            }
            _ => Err(Error::unusable(
                "parse the currency",
                format!("{:?}", text.chars().take(20).collect::<String>()),
                "three letters of ISO 4217, such as USD",
            )),
        }
    }
}

impl TryFrom<&str> for CurrencyCode {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_parsed_from_exactly_three_letters() {
        assert_eq!("usd".parse::<CurrencyCode>().unwrap(), CurrencyCode::USD);
        assert_eq!(CurrencyCode::EUR.to_string(), "EUR");
        for wrong in ["", "dollars", "US", "U$D", "éé"] {
            let error = wrong.parse::<CurrencyCode>().unwrap_err().to_string();
            assert_eq!(
                error,
                format!(
                    "cannot parse the currency: found {wrong:?}; wanted three letters of ISO 4217, such as USD"
                )
            );
        }
    }
}
