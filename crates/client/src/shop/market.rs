//! Markets: the country, the currency and the language of buyers.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::orders::CurrencyCode;

/// The market for which prices, texts and shipping are requested: the destination country, the
/// currency and the language.
///
/// The text form of a market, also used by serde, is country, currency and language joined by
/// slashes, such as `FR/EUR/fr`.
///
/// ```
/// use aliexpress::shop::Market;
///
/// let market: Market = "FR/EUR/fr".parse()?;
/// assert_eq!(market, Market::new("fr", "eur", "fr")?);
/// assert_eq!((market.language(), market.locale()), ("fr", "fr_FR"));
/// # Ok::<(), aliexpress::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Market {
    country: String,
    currency: CurrencyCode,
    /// With its region, such as `fr_FR`.
    locale: String,
    /// Whether the caller gave the region.
    regional: bool,
}

impl Market {
    /// A market from its country (two letters of ISO 3166, or three for the few that the platform
    /// writes with three, such as `SRB`), its currency (three letters of ISO 4217), and its
    /// language (`fr`, or `pt_BR` with a region).
    ///
    /// The platform deviates from ISO in some codes (`UK`); all codes are sent as given.
    ///
    /// # Errors
    ///
    /// When one of them does not have this form, or a language that the platform does not list has
    /// no region.
    pub fn new(country: &str, currency: &str, language: &str) -> Result<Self, Error> {
        let country = country.trim().to_ascii_uppercase();
        if !letters(&country, 2..=3) {
            return Err(unusable(
                "parse the market",
                &country,
                "the two or three letters of a country, such as FR",
            ));
        }
        let (locale, regional) = locale(language, &country)?;
        Ok(Self {
            locale,
            currency: currency.trim().parse()?,
            country,
            regional,
        })
    }

    /// The destination country, in upper case.
    pub fn country(&self) -> &str {
        &self.country
    }

    /// The currency for prices.
    pub fn currency(&self) -> CurrencyCode {
        self.currency
    }

    /// The two letters of the language, such as `fr`.
    pub fn language(&self) -> &str {
        &self.locale[..2]
    }

    /// The language with a region, such as `fr_FR`: as given, or the one that the platform lists
    /// for the language, preferably that of the market's country.
    pub fn locale(&self) -> &str {
        &self.locale
    }
}

/// The platform's languages, each with a region, from its page of language codes (2026-04).
static LANGUAGES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/languages.json"))
        .expect("a file of this crate, read by its tests")
});

/// The language with its region, and whether the region was given. The country is tried first as
/// the region.
///
/// # Errors
///
/// When the platform does not list the language and no region was given.
pub(crate) fn locale(language: &str, country: &str) -> Result<(String, bool), Error> {
    let language = language.trim();
    let (locale, regional) = match language.split_once(['_', '-']) {
        Some((language, region)) if letters(language, 2..=2) && letters(region, 2..=2) => {
            let (language, region) = (language.to_ascii_lowercase(), region.to_ascii_uppercase());
            (Some(format!("{language}_{region}")), true)
        }
        Some(_) => (None, true),
        None => (locale_of(&language.to_ascii_lowercase(), country), false),
    };
    let locale = locale.ok_or_else(|| {
        unusable(
            "parse the language",
            language,
            "a language of the platform, such as fr, or one with its region, such as fr_FR",
        )
    })?;
    Ok((locale, regional))
}

fn locale_of(language: &str, country: &str) -> Option<String> {
    let regions = || LANGUAGES.iter().filter(|(listed, _)| listed == language);
    let own = regions().find(|(_, region)| region == country);
    let (language, region) = own.or_else(|| regions().next())?;
    Some(format!("{language}_{region}"))
}

fn letters(text: &str, count: std::ops::RangeInclusive<usize>) -> bool {
    count.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn unusable(doing: &str, found: &str, wanted: &str) -> Error {
    let found: String = found.chars().take(20).collect();
    Error::unusable(doing, format!("{found:?}"), wanted)
}

impl FromStr for Market {
    type Err = Error;

    /// # Errors
    ///
    /// When the text is not `COUNTRY/CURRENCY/language`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let parts: Vec<_> = text.split('/').collect();
        match parts[..] {
            [country, currency, language] => Self::new(country, currency, language),
            _ => Err(unusable(
                "parse the market",
                text,
                "country, currency and language, such as FR/EUR/fr",
            )),
        }
    }
}

impl TryFrom<String> for Market {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Market> for String {
    fn from(market: Market) -> Self {
        market.to_string()
    }
}

impl fmt::Display for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let language = if self.regional {
            self.locale()
        } else {
            self.language()
        };
        write!(f, "{}/{}/{language}", self.country, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_market_is_read_and_written_as_text() {
        for text in [
            "FR/EUR/fr",
            "US/USD/en",
            "BR/BRL/pt_BR",
            "SRB/EUR/en",
            "UK/GBP/en_GB",
        ] {
            let market: Market = text.parse().unwrap();
            assert_eq!(market.to_string(), text);
            let json = serde_json::to_string(&market).unwrap();
            assert_eq!(serde_json::from_str::<Market>(&json).unwrap(), market);
        }
    }

    #[test]
    fn a_language_gets_the_region_that_the_platform_lists() {
        for (text, locale) in [
            ("FR/EUR/fr", "fr_FR"),
            ("FR/EUR/en", "en_US"),
            ("BR/BRL/pt", "pt_BR"),
            ("PT/EUR/PT", "pt_PT"),
            ("CH/CHF/de-ch", "de_CH"),
        ] {
            assert_eq!(text.parse::<Market>().unwrap().locale(), locale, "{text}");
        }
    }

    #[test]
    fn an_invalid_market_is_refused() {
        for (text, expected) in [
            (
                "FR/EUR",
                "cannot parse the market: found \"FR/EUR\"; wanted country, currency and language, such as FR/EUR/fr",
            ),
            (
                "F/EUR/fr",
                "cannot parse the market: found \"F\"; wanted the two or three letters of a country, such as FR",
            ),
            (
                "FR/euros/fr",
                "cannot parse the currency: found \"euros\"; wanted three letters of ISO 4217, such as USD",
            ),
            (
                "FR/EUR/xx",
                "cannot parse the language: found \"xx\"; wanted a language of the platform, such as fr, or one with its region, such as fr_FR",
            ),
            (
                "FR/EUR/é_FR",
                "cannot parse the language: found \"é_FR\"; wanted a language of the platform, such as fr, or one with its region, such as fr_FR",
            ),
        ] {
            assert_eq!(text.parse::<Market>().unwrap_err().to_string(), expected);
        }
    }
}
