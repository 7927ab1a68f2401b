//! Numbers with check digits.

/// Whether a text is a valid Brazilian CPF (11 digits) or CNPJ (14 digits), with or without
/// punctuation. Both end in two check digits. Numbers of one repeated digit pass the check but are
/// invalid.
pub(super) fn is_cpf_or_cnpj(text: &str) -> bool {
    let punctuation = |c: char| ".-/".contains(c);
    let digits: Option<Vec<u32>> = text
        .chars()
        .filter(|c| !punctuation(*c))
        .map(|c| c.to_digit(10))
        .collect();
    let Some(digits) = digits else {
        return false;
    };
    let longest_weight = match digits.len() {
        11 => 11,
        14 => 9,
        _ => return false,
    };
    let varied = digits.iter().any(|digit| *digit != digits[0]);
    let last_two = digits.len() - 2..digits.len();
    varied
        && last_two
            .into_iter()
            .all(|place| check_digit(&digits[..place], longest_weight) == digits[place])
}

/// The weights of the digits, from right to left, are 2, 3, … up to the longest weight and then 2
/// again. The check digit completes the sum to a multiple of 11; it is 0 if it would be 10 or 11.
fn check_digit(digits: &[u32], longest_weight: u32) -> u32 {
    let weights = (2..=longest_weight).cycle();
    let sum: u32 = digits
        .iter()
        .rev()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    match 11 - sum % 11 {
        10 | 11 => 0,
        digit => digit,
    }
}

#[cfg(test)]
mod tests {
    use super::is_cpf_or_cnpj;

    #[test]
    fn numbers_with_wrong_check_digits_are_invalid() {
        // Examples from Brazil's own documentation of the rule.
        for number in [
            "11144477735",
            "111.444.777-35",
            "52998224725",
            "11222333000181",
            "11.222.333/0001-81",
        ] {
            assert!(is_cpf_or_cnpj(number), "{number}");
        }
        for number in [
            "",
            "111",
            "11144477734",
            "11144477745",
            "11111111111",
            "11222333000182",
            "1114447773a",
            "１1144477735",
        ] {
            assert!(!is_cpf_or_cnpj(number), "{number}");
        }
    }
}
