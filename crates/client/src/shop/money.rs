//! Money in the currency that applies.

use std::cmp::Ordering;
use std::fmt;

use aliexpress_models::{Amount, CurrencyOf, Monetary};

use super::market::Market;
use super::operation::filled;

/// An amount, its currency, and whose currency that is.
///
/// The platform states several prices for one thing: in the seller's currency, in the requested
/// one, and in the one in which it settles. The methods of this module return the price that
/// applies to the caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Money {
    /// The exact amount in units of the currency, with its text unchanged.
    pub amount: Amount,
    /// The currency as stated by the platform, documented as three letters of ISO 4217; `None` if
    /// it states none.
    pub currency: Option<String>,
    /// Whose currency it is.
    pub whose: CurrencyOf,
}

impl Money {
    /// An amount in the currency of a market; `None` if there is none.
    pub(crate) fn asked(
        amount: Option<&Amount>,
        stated: Option<&str>,
        market: &Market,
    ) -> Option<Self> {
        let currency = filled(stated);
        let whose = match currency {
            Some(currency) if currency.eq_ignore_ascii_case(market.currency().as_str()) => {
                CurrencyOf::Asked
            }
            _ => CurrencyOf::Unasked,
        };
        Self::new(amount, currency, whose)
    }

    /// The price of an object that applies to a market; `None` if there is none.
    pub(crate) fn counting(priced: &impl Monetary, market: &Market) -> Option<Self> {
        Self::asked(priced.amount(), priced.currency_code(), market)
    }

    pub(crate) fn new(
        amount: Option<&Amount>,
        stated: Option<&str>,
        whose: CurrencyOf,
    ) -> Option<Self> {
        let amount = filled(amount.map(Amount::as_str))?;
        Some(Self {
            amount: Amount::from(amount),
            currency: filled(stated).map(str::to_owned),
            whose,
        })
    }

    /// A zero amount in the requested currency.
    pub(crate) fn free(market: &Market) -> Self {
        Self {
            amount: Amount::from("0"),
            currency: Some(market.currency().as_str().to_owned()),
            whose: CurrencyOf::Asked,
        }
    }

    /// Compares two amounts. `None` if the currencies differ or are unknown, or an amount is not a
    /// number with at most six decimals. Currencies are never converted.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        const MILLIONTHS: i64 = 1_000_000;
        let currency = self.currency.as_ref()?;
        if !currency.eq_ignore_ascii_case(other.currency.as_ref()?) {
            return None;
        }
        let [own, others] = [self, other].map(|money| money.amount.minor_units(MILLIONTHS));
        Some(own?.cmp(&others?))
    }
}

impl Monetary for Money {
    fn amount(&self) -> Option<&Amount> {
        Some(&self.amount)
    }

    fn currency_code(&self) -> Option<&str> {
        self.currency.as_deref()
    }

    fn currency_of(&self) -> Option<CurrencyOf> {
        Some(self.whose)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let currency = self.currency.as_deref().unwrap_or("(no currency stated)");
        f.pad(&format!("{} {currency}", self.amount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: &str, currency: &str) -> Money {
        let market = Market::new("FR", "EUR", "fr").unwrap();
        Money::asked(Some(&Amount::from(amount)), Some(currency), &market).unwrap()
    }

    #[test]
    fn money_states_whether_its_currency_was_requested() {
        assert_eq!(money("8.30", "EUR").whose, CurrencyOf::Asked);
        assert_eq!(money("8.30", "eur").whose, CurrencyOf::Asked);
        assert_eq!(money("8.30", "CNY").whose, CurrencyOf::Unasked);
        let unstated = money(" 8.30 ", " ");
        assert_eq!(
            (unstated.currency.as_deref(), unstated.whose),
            (None, CurrencyOf::Unasked)
        );
        assert_eq!(unstated.to_string(), "8.30 (no currency stated)");
        let market = Market::new("FR", "EUR", "fr").unwrap();
        assert_eq!(
            Money::asked(Some(&Amount::from("")), Some("EUR"), &market),
            None
        );
    }

    #[test]
    fn amounts_in_different_currencies_are_not_compared() {
        let ten = money("10", "EUR");
        assert_eq!(money("9.90", "EUR").compare(&ten), Some(Ordering::Less));
        assert_eq!(money("10.00", "EUR").compare(&ten), Some(Ordering::Equal));
        assert_eq!(money("9.90", "USD").compare(&ten), None);
        assert_eq!(money("9,90", "EUR").compare(&ten), None);
    }
}
