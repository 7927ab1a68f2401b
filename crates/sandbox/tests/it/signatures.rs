//! Signatures calculated with hash functions only, without code of the crate that checks them.

use md5::Md5;
use sha2::{Digest, Sha256};

/// HMAC (RFC 2104) of a hash with blocks of 64 bytes.
fn hmac<D: Digest>(secret: &str, message: &[u8]) -> Vec<u8> {
    let mut key = [0u8; 64];
    if secret.len() > 64 {
        let hashed = D::digest(secret.as_bytes());
        key[..hashed.len()].copy_from_slice(&hashed);
    } else {
        key[..secret.len()].copy_from_slice(secret.as_bytes());
    }
    let inner: Vec<u8> = key
        .iter()
        .map(|byte| byte ^ 0x36)
        .chain(message.iter().copied())
        .collect();
    let outer = key
        .iter()
        .map(|byte| byte ^ 0x5c)
        .chain(D::digest(inner).iter().copied())
        .collect::<Vec<_>>();
    D::digest(outer).to_vec()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

pub(crate) fn hmac_sha256(secret: &str, message: &str) -> String {
    hex(&hmac::<Sha256>(secret, message.as_bytes()))
}

pub(crate) fn hmac_md5(secret: &str, message: &str) -> String {
    hex(&hmac::<Md5>(secret, message.as_bytes()))
}

pub(crate) fn md5(message: &str) -> String {
    hex(&Md5::digest(message.as_bytes()))
}

pub(crate) fn sha256(message: &str) -> String {
    hex(&Sha256::digest(message.as_bytes()))
}

/// Names and values in byte order of the names, without separators.
pub(crate) fn sorted(parameters: &[(&str, &str)]) -> String {
    let mut parameters = parameters.to_vec();
    parameters.sort_by_key(|(name, _)| name.as_bytes());
    parameters
        .iter()
        .map(|(name, value)| format!("{name}{value}"))
        .collect()
}

#[test]
fn the_keyed_hash_is_that_of_rfc_4231() {
    let expected = "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843";
    assert_eq!(
        hmac_sha256("Jefe", "what do ya want for nothing?"),
        expected
    );
    assert_eq!(
        hmac_md5("Jefe", "what do ya want for nothing?"),
        "750C783E6AB0B503EAA86E310A5DB738"
    );
}
