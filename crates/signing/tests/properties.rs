//! Properties of signatures for any parameters and any secret.

use std::collections::BTreeMap;

use aliexpress_signing::{AppSecret, SignMethod, Signer, canonical_string, explain};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use sha2::{Digest, Sha256};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Compares with the documentation's steps, done differently: another sort, a separate string, and HMAC written
    /// out.
    #[test]
    fn a_signature_is_the_hmac_of_the_sorted_pairs(
        (secret, path) in (any::<String>(), any::<Option<String>>()),
        params in btree_map(name(), value(), 0..20),
    ) {
        let mut expected = path.clone().unwrap_or_default();
        for (name, value) in params.iter().filter(|(name, _)| *name != "sign") {
            expected += &format!("{name}{value}");
        }
        let mut params = borrowed(&params);
        params.reverse();

        prop_assert_eq!(&canonical_string(SignMethod::Sha256, path.as_deref(), &mut params), &expected);
        params.reverse();
        let signature = signer(&secret).sign(SignMethod::Sha256, path.as_deref(), &mut params);
        prop_assert_eq!(signature.as_str(), hmac_sha256(secret.as_bytes(), expected.as_bytes()));
    }

    #[test]
    fn the_order_of_parameters_does_not_matter(
        (shuffled, params) in vec((name(), value()), 0..20).prop_flat_map(|params| {
            (Just(params.clone()).prop_shuffle(), Just(params))
        }),
        method in method(),
        path in any::<Option<String>>(),
    ) {
        let (mut params, mut shuffled) = (borrowed_pairs(&params), borrowed_pairs(&shuffled));
        let signer = signer("helloworld");
        prop_assert_eq!(
            signer.sign(method, path.as_deref(), &mut params),
            signer.sign(method, path.as_deref(), &mut shuffled)
        );
        prop_assert_eq!(params, shuffled);
    }

    #[test]
    fn a_parameter_named_sign_is_ignored(
        params in vec((name(), value()), 0..20),
        (sign, at) in (value(), any::<Index>()),
        method in method(),
    ) {
        let signer = signer("helloworld");
        let mut unsigned = borrowed_pairs(&params);
        let mut signed = unsigned.clone();
        signed.insert(at.index(params.len() + 1), ("sign", &sign));
        prop_assert_eq!(
            signer.sign(method, None, &mut unsigned),
            signer.sign(method, None, &mut signed)
        );
    }

    #[test]
    fn a_signature_with_one_changed_digit_is_refused(
        (secret, path) in (any::<String>(), any::<Option<String>>()),
        params in vec((name(), value()), 0..20),
        (at, flip) in (any::<Index>(), 1_u32..16),
        method in method(),
    ) {
        let signer = signer(&secret);
        let (path, mut params) = (path.as_deref(), borrowed_pairs(&params));
        let signature = signer.sign(method, path, &mut params).to_string();
        prop_assert!(signer.verify(method, path, &mut params, &signature));

        let at = at.index(signature.len());
        let digit = u32::from_str_radix(&signature[at..=at], 16).unwrap() ^ flip;
        let mut flipped = signature;
        flipped.replace_range(at..=at, &format!("{digit:X}"));
        prop_assert!(!signer.verify(method, path, &mut params, &flipped));
    }

    #[test]
    fn any_text_other_than_the_signature_is_refused(claimed in any::<String>(), method in method()) {
        prop_assert!(!signer("helloworld").verify(method, None, &mut [("a", "1")], &claimed));
    }

    #[test]
    fn an_explanation_has_the_length_and_hash_of_the_canonical_string(
        params in vec((name(), value()), 0..20),
        path in any::<Option<String>>(),
        method in method(),
    ) {
        let mut params = borrowed_pairs(&params);
        let explanation = explain(method, path.as_deref(), &mut params);
        let canonical = canonical_string(method, path.as_deref(), &mut params);
        prop_assert_eq!(explanation.length, canonical.len());
        prop_assert_eq!(explanation.sha256, hex(&Sha256::digest(canonical)).to_lowercase());
    }
}

/// Names of the platform, random names, and `sign` itself.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Za-z0-9_.-]{1,6}",
        1 => any::<String>(),
        1 => Just("sign".to_owned()),
    ]
}

/// Values whose lengths are around the hash's block of 64 bytes.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[ -~]{0,200}", Just(String::new())]
}

fn method() -> impl Strategy<Value = SignMethod> {
    select(SignMethod::ALL)
}

fn signer(secret: &str) -> Signer {
    Signer::new(&AppSecret::new(secret))
}

fn borrowed(params: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    params
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect()
}

fn borrowed_pairs(params: &[(String, String)]) -> Vec<(&str, &str)> {
    params
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect()
}

/// HMAC written as in RFC 2104, in upper-case hexadecimal.
fn hmac_sha256(key: &[u8], message: &[u8]) -> String {
    let mut block = [0; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::digest([&block.map(|byte| byte ^ 0x36), message].concat());
    hex(&Sha256::digest(
        [&block.map(|byte| byte ^ 0x5c)[..], &inner].concat(),
    ))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
