//! Amounts in the seller's currency and in the requested one.

use super::data::CATALOGUE;

/// A currency that the shop converts to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Currency {
    pub(crate) code: &'static str,
    /// The value of one yuan in this currency, in millionths.
    rate: i64,
}

impl Currency {
    /// The currency of the sellers.
    pub(crate) const SELLER: Currency = Currency {
        code: "CNY",
        rate: 1_000_000,
    };

    /// The currency if a call names none.
    pub(crate) const DOLLAR: Currency = Currency {
        code: "USD",
        rate: 138_000,
    };

    /// The currency with this code of ISO 4217, in any case; `None` if the shop has no rate for it.
    pub(crate) fn find(code: &str) -> Option<Self> {
        let code = code.trim();
        let mut currencies = CATALOGUE.currencies.iter();
        let (code, rate) = currencies.find(|(known, _)| known.eq_ignore_ascii_case(code))?;
        Some(Self { code, rate: *rate })
    }

    /// Converts fen to hundredths of this currency, rounded up.
    pub(crate) fn of_fen(self, fen: i64) -> i64 {
        let exact = i128::from(fen) * i128::from(self.rate);
        let rounded = exact.div_euclid(1_000_000) + i128::from(exact.rem_euclid(1_000_000) > 0);
        i64::try_from(rounded).unwrap_or(i64::MAX)
    }
}

/// Writes an amount of hundredths like the platform: `8.34`.
pub(crate) fn amount(hundredths: i64) -> String {
    // Digit by digit instead of by `format!`, which is slower: a page of products has two hundred amounts.
    let (mut rest, mut digits) = (hundredths.unsigned_abs(), [0; 22]);
    let mut start = digits.len();
    let mut put = |byte: u8| {
        start -= 1;
        digits[start] = byte;
    };
    for place in 0.. {
        match place {
            2 => put(b'.'),
            4.. if rest == 0 => break,
            _ => {
                put(b'0' + (rest % 10) as u8);
                rest /= 10;
            }
        }
    }
    if hundredths < 0 {
        put(b'-');
    }
    digits[start..].iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_converted_and_rounded_up() {
        let euro = Currency::find("eur").unwrap();
        assert_eq!(euro.code, "EUR");
        assert_eq!(euro.of_fen(10_000), 1280);
        assert_eq!(euro.of_fen(1), 1);
        assert_eq!(Currency::SELLER.of_fen(1234), 1234);
        assert_eq!(Currency::find("CNY"), Some(Currency::SELLER));
        assert_eq!(Currency::find("USD"), Some(Currency::DOLLAR));
        assert_eq!(Currency::find("dollars"), None);
    }

    #[test]
    fn amounts_are_written_with_two_digits() {
        assert_eq!(amount(834), "8.34");
        assert_eq!(amount(5), "0.05");
        assert_eq!(amount(-1200), "-12.00");
    }
}
