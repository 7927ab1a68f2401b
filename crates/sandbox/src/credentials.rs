//! App key, app secret and sessions, generated unless a test sets them.

use fastrand::Rng;

/// What a client needs to be accepted.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) app_key: String,
    pub(crate) app_secret: String,
    pub(crate) session: String,
}

/// An app key as the platform hands them out: six digits.
pub(crate) fn made_up_app_key(rng: &mut Rng) -> String {
    format!("5{:05}", rng.u32(..100_000))
}

/// An app secret of the platform's look: 32 letters and digits.
pub(crate) fn made_up_app_secret(rng: &mut Rng) -> String {
    letters(rng, 32)
}

/// An access or refresh token of the platform's look.
pub(crate) fn made_up_token(rng: &mut Rng) -> String {
    format!("5000{:07}{}", rng.u32(..10_000_000), letters(rng, 40))
}

/// Letters and digits, so that nothing needs encoding on the wire.
pub(crate) fn letters(rng: &mut Rng, count: usize) -> String {
    (0..count).map(|_| rng.alphanumeric()).collect()
}
