//! App key, app secret and session, generated unless a test sets them.

use fastrand::Rng;

/// The credentials with which a client's calls are accepted.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) app_key: String,
    pub(crate) app_secret: String,
    pub(crate) session: String,
}

/// An app key in the platform's format: six digits.
pub(crate) fn made_up_app_key(rng: &mut Rng) -> String {
    format!("5{:05}", rng.u32(..100_000))
}

/// An app secret in the platform's format: 32 letters and digits.
pub(crate) fn made_up_app_secret(rng: &mut Rng) -> String {
    letters(rng, 32)
}

/// An access or refresh token in the platform's format.
pub(crate) fn made_up_token(rng: &mut Rng) -> String {
    format!("5000{:07}{}", rng.u32(..10_000_000), letters(rng, 40))
}

/// Letters and digits, which need no URL encoding.
pub(crate) fn letters(rng: &mut Rng, count: usize) -> String {
    (0..count).map(|_| rng.alphanumeric()).collect()
}
