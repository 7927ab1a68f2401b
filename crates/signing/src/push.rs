//! Signatures of push messages.
//!
//! The platform POSTs messages (an order changed its status, a token is about to expire) to the
//! application's callback. The `Authorization` header of such a request is the HMAC-SHA256 of the
//! app key followed by the raw body, with the application's secret as the key, in lower-case
//! hexadecimal. This is documented for a sister platform that runs the same software, and
//! unconfirmed for AliExpress.
//!
//! Verify the raw bytes of the body before parsing them. A message may be delivered more than once,
//! and its signature contains no time, so anyone who captured one can send it again. Make the handling of
//! a repeated message harmless, and check its `timestamp`.
//!
//! ```
//! use aliexpress_signing::{AppKey, AppSecret, push};
//!
//! let (app_key, secret) = (AppKey::new("12345678"), AppSecret::new("helloworld"));
//! let body = br#"{"message_type":0}"#;
//! let authorization = push::sign(&app_key, &secret, body);
//! assert!(push::verify(&app_key, &secret, &authorization, body));
//! assert!(!push::verify(&app_key, &secret, &authorization, br#"{"message_type":1}"#));
//! ```

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::signer::hmac_sha256;
use crate::{AppKey, AppSecret};

/// Makes the `Authorization` header of a push message like the platform, for tests of a callback.
pub fn sign(app_key: &AppKey, secret: &AppSecret, body: &[u8]) -> String {
    base16ct::lower::encode_string(&mac(app_key, secret, body).finalize().into_bytes())
}

/// Whether `header`, the value of `Authorization`, is the signature of `body`. The comparison takes
/// constant time.
///
/// White space around the value and upper-case digits are accepted.
#[must_use]
pub fn verify(app_key: &AppKey, secret: &AppSecret, header: &str, body: &[u8]) -> bool {
    let mut digest = [0; 32];
    base16ct::mixed::decode(header.trim(), &mut digest)
        .is_ok_and(|claimed| mac(app_key, secret, body).verify_slice(claimed).is_ok())
}

fn mac(app_key: &AppKey, secret: &AppSecret, body: &[u8]) -> Hmac<Sha256> {
    hmac_sha256(secret)
        .chain_update(app_key.as_str())
        .chain_update(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"data":{"buyerId":1861703697,"orderId":1105933950463697,"orderStatus":"paymentFailedEvent"},"message_type":53,"seller_id":"1234","site":"ae_global","timestamp":1719389200}"#;
    const HEADER: &str = "dea21ab43d2342828d8a222acf7fce499189aa3fc530c02f524580be1d91a1f8";

    #[track_caller]
    fn check(header: &str, body: &[u8], expected: bool) {
        let (app_key, secret) = (AppKey::new("12345678"), AppSecret::new("helloworld"));
        assert_eq!(verify(&app_key, &secret, header, body), expected);
    }

    #[test]
    fn the_documented_message_gives_the_documented_header() {
        assert_eq!(
            sign(
                &AppKey::new("12345678"),
                &AppSecret::new("helloworld"),
                BODY
            ),
            HEADER
        );
        check(HEADER, BODY, true);
    }

    #[test]
    fn case_and_surrounding_blanks_of_the_header_do_not_matter() {
        check(&format!(" {}\r\n", HEADER.to_uppercase()), BODY, true);
    }

    #[test]
    fn a_header_other_than_the_whole_digest_is_refused() {
        check("", BODY, false);
        check(&HEADER[..62], BODY, false);
        check(&HEADER[..63], BODY, false);
        check(&format!("{HEADER}00"), BODY, false);
        check(&HEADER.replace('a', "b"), BODY, false);
        check(&"é".repeat(32), BODY, false);
        check(&format!("Bearer {HEADER}"), BODY, false);
    }

    #[test]
    fn a_changed_body_is_refused() {
        check(HEADER, &BODY[..BODY.len() - 1], false);
        check(HEADER, b"", false);
    }

    #[test]
    fn another_application_is_refused() {
        let secret = AppSecret::new("helloworld");
        assert!(!verify(&AppKey::new("12345679"), &secret, HEADER, BODY));
        assert!(!verify(
            &AppKey::new("12345678"),
            &AppSecret::new("helloworld\n"),
            HEADER,
            BODY
        ));
    }
}
