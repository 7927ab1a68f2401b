//! Signs canonical strings with one secret.

use std::fmt;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
#[cfg(feature = "md5")]
use md5::{Digest, Md5};
use sha2::Sha256;

use crate::canonical::pieces;
use crate::{AppSecret, SignMethod, Signature};

/// Makes and verifies the signatures of one application.
///
/// Contains hash states that have already processed the secret; a call copies one and continues.
/// Clones share them, so cloning costs one reference count, and threads may share one signer.
/// `Debug` does not show the secret, and the states are overwritten when the last clone is
/// dropped.
#[derive(Clone)]
pub struct Signer {
    keyed: Arc<Keyed>,
}

/// One hash state for each kind of signature, ready for the canonical string.
struct Keyed {
    hmac_sha256: Hmac<Sha256>,
    #[cfg(feature = "md5")]
    hmac_md5: Hmac<Md5>,
    #[cfg(feature = "md5")]
    md5: Md5,
    #[cfg(feature = "md5")]
    secret: AppSecret,
}

impl Signer {
    /// Computes the hash states of the secret, once for all calls.
    pub fn new(secret: &AppSecret) -> Self {
        let keyed = Keyed {
            hmac_sha256: hmac_sha256(secret),
            #[cfg(feature = "md5")]
            hmac_md5: Hmac::new_from_slice(secret.expose().as_bytes()).expect(ANY_KEY),
            #[cfg(feature = "md5")]
            md5: Md5::new_with_prefix(secret.expose()),
            #[cfg(feature = "md5")]
            secret: secret.clone(),
        };
        Self {
            keyed: Arc::new(keyed),
        }
    }

    /// Signs a call, without using the heap.
    ///
    /// `params` are the parameters that are sent: names and raw values before any URL encoding,
    /// without files. They are sorted in place. `path` is that of a system call
    /// (`Some("/auth/token/create")`, also when it goes to `/sync`, with placeholders filled in)
    /// and `None` for a business call; only `sha256` signs it, see [`SignMethod::signs_path`]. For
    /// blank values and repeated names see [`canonical_string`](crate::canonical_string).
    pub fn sign(
        &self,
        method: SignMethod,
        path: Option<&str>,
        params: &mut [(&str, &str)],
    ) -> Signature {
        let mut state = self.start(method);
        pieces(method, path, params).for_each(|piece| state.update(piece));
        self.finish(state)
    }

    /// Signs a canonical string that is already built, path included: the second step of
    /// [`sign`](Self::sign) alone, to find out how another implementation made its signature.
    pub fn sign_canonical(&self, method: SignMethod, canonical: &str) -> Signature {
        let mut state = self.start(method);
        state.update(canonical);
        self.finish(state)
    }

    /// Whether `claimed` is the signature of the call. The comparison takes constant time.
    ///
    /// `params` are the parameters as received. They may include `sign`, and blank values, because
    /// the sender may have signed those; if the sender did not sign its blank values, leave them
    /// out here. A signature in lower case does not match.
    #[must_use]
    pub fn verify(
        &self,
        method: SignMethod,
        path: Option<&str>,
        params: &mut [(&str, &str)],
        claimed: &str,
    ) -> bool {
        self.sign(method, path, params).matches(claimed)
    }

    fn start(&self, method: SignMethod) -> State {
        match method {
            SignMethod::Sha256 | SignMethod::HmacSha256 => {
                State::HmacSha256(self.keyed.hmac_sha256.clone())
            }
            #[cfg(feature = "md5")]
            SignMethod::Hmac => State::HmacMd5(self.keyed.hmac_md5.clone()),
            #[cfg(feature = "md5")]
            SignMethod::Md5 => State::Md5(self.keyed.md5.clone()),
        }
    }

    fn finish(&self, state: State) -> Signature {
        match state {
            State::HmacSha256(mac) => Signature::from_digest(&mac.finalize().into_bytes()),
            #[cfg(feature = "md5")]
            State::HmacMd5(mac) => Signature::from_digest(&mac.finalize().into_bytes()),
            #[cfg(feature = "md5")]
            State::Md5(hash) => {
                let closed = hash.chain_update(self.keyed.secret.expose());
                Signature::from_digest(&closed.finalize())
            }
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer([redacted])")
    }
}

/// A signature that is being computed.
enum State {
    HmacSha256(Hmac<Sha256>),
    #[cfg(feature = "md5")]
    HmacMd5(Hmac<Md5>),
    #[cfg(feature = "md5")]
    Md5(Md5),
}

impl State {
    fn update(&mut self, piece: &str) {
        match self {
            State::HmacSha256(mac) => mac.update(piece.as_bytes()),
            #[cfg(feature = "md5")]
            State::HmacMd5(mac) => mac.update(piece.as_bytes()),
            #[cfg(feature = "md5")]
            State::Md5(hash) => Digest::update(hash, piece),
        }
    }
}

const ANY_KEY: &str = "HMAC takes a key of any length";

/// The state of HMAC-SHA256 under the secret, before any message.
pub(crate) fn hmac_sha256(secret: &AppSecret) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret.expose().as_bytes()).expect(ANY_KEY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signer_is_send_and_sync() {
        fn check<T: Send + Sync + Clone>() {}
        check::<Signer>();
    }

    #[test]
    fn the_secret_is_not_printed() {
        let signer = Signer::new(&AppSecret::new("canary"));
        assert_eq!(format!("{signer:?}"), "Signer([redacted])");
    }

    #[test]
    fn the_two_steps_give_the_same_signature_as_sign() {
        let signer = Signer::new(&AppSecret::new("helloworld"));
        for method in SignMethod::ALL {
            let mut params = [("b", "2"), ("a", "1")];
            let canonical = crate::canonical_string(*method, Some("/path"), &mut params);
            let signature = signer.sign(*method, Some("/path"), &mut params);
            assert_eq!(
                signer.sign_canonical(*method, &canonical),
                signature,
                "{method}"
            );
        }
    }

    #[test]
    fn a_lower_case_signature_is_refused() {
        let signer = Signer::new(&AppSecret::new("helloworld"));
        let mut params = [("a", "1")];
        let signature = signer
            .sign(SignMethod::Sha256, None, &mut params)
            .to_string();
        assert!(signer.verify(SignMethod::Sha256, None, &mut params, &signature));
        assert!(!signer.verify(
            SignMethod::Sha256,
            None,
            &mut params,
            &signature.to_lowercase()
        ));
    }
}
