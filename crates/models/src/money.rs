//! Money as exact text, never as floating point.

use crate::decimal_text::minor_units;
use crate::scalars::text;
use crate::typed_texts::Decimal;

text! {
    /// An amount of money in units of its currency, such as `8.34`, with its text unchanged.
    ///
    /// Two amounts are equal if their texts are: `8.3` is not equal to `8.30`, and amounts have no
    /// order. To compare and add them, use [`minor_units`](Self::minor_units), or decimals with the
    /// feature `rust_decimal`.
    Amount
}

impl Amount {
    /// The exact value, or `None` if the text is not a decimal number or has more than 28 digits.
    #[cfg(feature = "rust_decimal")]
    #[inline]
    pub fn decimal(&self) -> Option<rust_decimal::Decimal> {
        crate::decimal_text::exact(&self.0)
    }

    /// The value in units of 1/`factor` of the currency, such as cents for 100. `None` if the text
    /// is not a decimal number, or not a whole number of these units.
    #[inline]
    pub fn minor_units(&self, factor: i64) -> Option<i64> {
        minor_units(&self.0, factor)
    }
}

/// An object of the platform that contains money: an amount, or several amounts of which one
/// applies.
///
/// Generated from data about the role of each field. The page *Which price counts* of the book
/// explains the choice and lists how sure it is.
pub trait Monetary {
    /// The amount that applies, in units of the currency; `None` if the object has none, or only
    /// cents.
    fn amount(&self) -> Option<&Amount>;

    /// The currency of the amount that applies, documented as three letters of ISO 4217; `None` if
    /// the object does not state it.
    fn currency_code(&self) -> Option<&str>;

    /// Whose currency it is, if that is the same for every object of this type.
    #[inline]
    fn currency_of(&self) -> Option<CurrencyOf> {
        None
    }

    /// The amount in the smallest unit, if the object states it.
    #[inline]
    fn cent(&self) -> Option<i64> {
        None
    }

    /// How many of the smallest units make one unit of the currency, if the object states it.
    #[inline]
    fn cent_factor(&self) -> Option<i64> {
        None
    }

    /// Whether `cent / cent_factor` equals the amount; `None` if the object does not state all
    /// three, or the amount is not a decimal number.
    #[inline]
    fn cents_agree(&self) -> Option<bool> {
        let (cent, factor) = (self.cent()?, self.cent_factor()?);
        let amount = self.amount()?;
        match amount.minor_units(factor) {
            Some(units) => Some(units == cent),
            // A decimal number that is not a whole number of cents never agrees with a number of
            // cents.
            None => amount
                .minor_units(factor.checked_mul(1_000_000)?)
                .map(|_| false),
        }
    }
}

/// Whose currency an amount is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CurrencyOf {
    /// The requested currency.
    Asked,
    /// The currency in which the buyer pays.
    Buyer,
    /// The seller's own currency.
    Seller,
    /// The currency in which the platform settles with the account.
    Settlement,
    /// A currency that the platform chose itself instead of the requested one.
    Unasked,
}

/// The first of an object's fields that contains money.
#[cfg_attr(
    not(feature = "all"),
    allow(
        dead_code,
        reason = "it depends on the enabled families where money occurs"
    )
)]
pub(crate) fn first<'a, M: Monetary>(
    objects: impl IntoIterator<Item = Option<&'a M>>,
) -> Option<&'a M> {
    let states = |object: &&M| {
        let amount = object.amount();
        amount.is_some_and(|amount| !amount.as_str().trim().is_empty()) || object.cent().is_some()
    };
    objects.into_iter().flatten().find(states)
}

/// The first text that is not empty, as a whole number of cents; `None` if it is not such a number.
#[cfg_attr(
    not(feature = "all"),
    allow(
        dead_code,
        reason = "it depends on the enabled families where money occurs"
    )
)]
pub(crate) fn whole_cents<'a>(texts: impl IntoIterator<Item = Option<&'a Decimal>>) -> Option<i64> {
    let mut stated = texts.into_iter().flatten().map(Decimal::as_str);
    minor_units(stated.find(|text| !text.trim().is_empty())?, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(amount: &str, factor: i64, expected: Option<i64>) {
        assert_eq!(
            Amount::from(amount).minor_units(factor),
            expected,
            "{amount} in 1/{factor}"
        );
    }

    #[test]
    fn minor_units_are_exact() {
        check("8.34", 100, Some(834));
        check("0.01", 100, Some(1));
        check("-3.50", 100, Some(-350));
        check("1000", 1, Some(1000));
        check(" 1.10 ", 1000, Some(1100));
        check("90071992547409.93", 100, Some(9_007_199_254_740_993));
        check("-92233720368547758.08", 100, Some(i64::MIN));
        check("1.0E7", 100, Some(1_000_000_000));
        check("1.23456789E7", 100, Some(1_234_567_890));
        check("1e2", 1, Some(100));
        check("-1250e-3", 100, Some(-125));
    }

    #[test]
    fn amounts_with_a_fraction_of_a_minor_unit_have_no_minor_units() {
        check("0.001", 100, None);
        check("", 100, None);
        check("1,50", 100, None);
        check("1e", 100, None);
        check("1e99", 100, None);
        check("1e-99", 100, None);
        check("1e999", 100, None);
        check("125e-3", 100, None);
        check("1.2e1.5", 100, None);
        check("999999999999999999999", 100, None);
        check(".5", 100, None);
    }

    #[cfg(feature = "affiliate")]
    #[test]
    fn the_price_in_the_requested_currency_applies() {
        use crate::affiliate::types::ProductQueryTrafficProduct;

        let product = ProductQueryTrafficProduct {
            sale_price: Some("7.10".into()),
            sale_price_currency: Some("CNY".to_owned()),
            target_sale_price: Some("0.93".into()),
            target_sale_price_currency: Some("EUR".to_owned()),
            target_original_price: Some("1.86".into()),
            target_original_price_currency: Some("EUR".to_owned()),
            ..ProductQueryTrafficProduct::default()
        };
        assert_eq!(product.amount().map(Amount::as_str), Some("0.93"));
        assert_eq!(product.currency_code(), Some("EUR"));
    }

    #[cfg(feature = "affiliate")]
    #[test]
    fn amounts_in_cents_are_returned_as_cents() {
        use crate::affiliate::order_list::TrafficOrderEffect;

        for (finished, paid, expected) in [
            (Some("1250"), Some("1300"), Some(1250)),
            (Some(" "), Some("1300"), Some(1300)),
            (None, Some("1300.0"), Some(1300)),
            // The amount that applies is present but not a whole number: the other amount does not
            // replace it.
            (Some("12.5"), Some("1300"), None),
            (None, None, None),
        ] {
            let order = TrafficOrderEffect {
                finished_amount: finished.map(Into::into),
                paid_amount: paid.map(Into::into),
                settled_currency: Some("USD".to_owned()),
                ..TrafficOrderEffect::default()
            };
            assert_eq!(order.cent(), expected, "{finished:?} {paid:?}");
            assert_eq!((order.amount(), order.currency_code()), (None, Some("USD")));
        }
    }

    #[cfg(feature = "ds")]
    #[test]
    fn an_object_of_prices_is_used_instead_of_a_price_next_to_it() {
        use crate::ds::image_search_v2::{FoundPrice, FoundPrices, FoundProduct};

        let price = |amount: &str, currency: &str| FoundPrice {
            value: Some(amount.into()),
            currency: Some(currency.to_owned()),
        };
        let mut product = FoundProduct {
            price: Some(FoundPrices {
                sale: Some(price("8.30", "EUR")),
                original: Some(price("9.99", "EUR")),
            }),
            target_sale_price: Some("9.12".into()),
            target_original_price: Some("10.00".into()),
            target_sale_price_currency: Some("USD".to_owned()),
            ..FoundProduct::default()
        };
        let mut counts = |expected: (&str, &str)| {
            let amount = product.amount().map(Amount::as_str);
            assert_eq!(
                (amount.unwrap(), product.currency_code().unwrap()),
                expected
            );
            match &mut product.price {
                Some(FoundPrices {
                    sale: Some(sale), ..
                }) if sale.value != Some(" ".into()) => {
                    sale.value = Some(" ".into());
                }
                Some(_) => product.price = None,
                None => product.target_sale_price = None,
            }
        };
        for expected in [
            ("8.30", "EUR"),
            ("9.99", "EUR"),
            ("9.12", "USD"),
            ("10.00", "USD"),
        ] {
            counts(expected);
        }
    }

    #[cfg(feature = "solution")]
    #[test]
    fn a_discounted_price_is_used_if_there_is_one() {
        use crate::solution::product_info_get::GlobalAeopAeProductSku;

        for (reduced, counts) in [
            (Some("9.99"), "9.99"),
            (Some(" "), "12.00"),
            (None, "12.00"),
        ] {
            let sku = GlobalAeopAeProductSku {
                sku_price: Some("12.00".into()),
                sku_discount_price: reduced.map(Amount::from),
                ..GlobalAeopAeProductSku::default()
            };
            assert_eq!(
                sku.amount().map(Amount::as_str),
                Some(counts),
                "{reduced:?}"
            );
            assert_eq!(sku.currency_code(), None);
        }
    }

    #[cfg(feature = "rust_decimal")]
    #[test]
    fn decimals_keep_every_digit_and_trailing_zeros() {
        let decimal = |text: &str| {
            Amount::from(text)
                .decimal()
                .map(|decimal| decimal.to_string())
        };
        assert_eq!(decimal(" 8.30 ").as_deref(), Some("8.30"));
        assert_eq!(decimal("-0.000001").as_deref(), Some("-0.000001"));
        assert_eq!(
            decimal("90071992547409.93").as_deref(),
            Some("90071992547409.93")
        );
        assert_eq!(decimal("1.23456789E7").as_deref(), Some("12345678.9"));
        assert_eq!(decimal("1.0E7").as_deref(), Some("10000000"));
        assert_eq!(decimal("-1250e-3").as_deref(), Some("-1.250"));
        for none in ["1,50", "1e", "e5", "1e99", "1e-99", "1e999"] {
            assert_eq!(decimal(none), None, "{none}");
        }
        // More digits than the type holds are not rounded.
        assert_eq!(decimal("0.12345678901234567890123456789012"), None);
    }
}
