//! Decimal numbers in texts, read without floating point.

/// The exact value of a text; `None` if it is not a decimal number or has more than 28 digits.
#[cfg(feature = "rust_decimal")]
#[inline]
pub(crate) fn exact(text: &str) -> Option<rust_decimal::Decimal> {
    let (number, exponent) = parts(text)?;
    let mut value = rust_decimal::Decimal::from_str_exact(number).ok()?;
    let scale = i32::try_from(value.scale()).ok()? - exponent;
    value.set_scale(u32::try_from(scale.max(0)).ok()?).ok()?;
    let shift = u32::try_from(scale.min(0).checked_neg()?).ok()?;
    value.checked_mul(10_i128.checked_pow(shift)?.into())
}

/// The value of a text in units of 1/`factor`; `None` if it is not a decimal number, or not a whole number of those
/// units.
pub(crate) fn minor_units(text: &str, factor: i64) -> Option<i64> {
    let (number, exponent) = parts(text)?;
    let (negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let scale = i32::try_from(fraction.len()).ok()? - exponent;
    let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
    let scaled = mantissa
        .checked_mul(i128::from(factor))?
        .checked_mul(power_of_ten(-scale)?)?;
    let divisor = power_of_ten(scale)?;
    let units = (scaled % divisor == 0).then_some(scaled / divisor)?;
    i64::try_from(if negative { -units } else { units }).ok()
}

/// The number, and the exponent after its `e`. Java programs write an exponent from ten million on, as in `1.0E7`.
fn parts(text: &str) -> Option<(&str, i32)> {
    let text = text.trim_ascii();
    match text.split_once(['e', 'E']) {
        Some((number, exponent)) => Some((number, i32::from(exponent.parse::<i8>().ok()?))),
        None => Some((text, 0)),
    }
}

/// Ten to the given power; 1 for a negative one.
fn power_of_ten(power: i32) -> Option<i128> {
    10_i128.checked_pow(u32::try_from(power.max(0)).ok()?)
}
