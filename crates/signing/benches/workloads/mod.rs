//! The measured work: the signature of one business call of typical size, and the lower limit that it is compared with.

use aliexpress_signing::{
    AppKey, AppSecret, SignMethod, Signature, Signer, canonical_string, push,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

mod order_create;

use order_create::PARAMS;

/// The inputs of the workloads, made before measuring.
pub(crate) struct Bench {
    app_key: AppKey,
    secret: AppSecret,
    signer: Signer,
    floor: Hmac<Sha256>,
    canonical: String,
    signature: Signature,
    authorization: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let app_key = AppKey::new("12345678");
        let secret = AppSecret::new("helloworld");
        let signer = Signer::new(&secret);
        let canonical = canonical_string(SignMethod::Sha256, None, &mut PARAMS.to_owned());
        Self {
            floor: Hmac::new_from_slice(secret.expose().as_bytes())
                .expect("HMAC takes a key of any length"),
            signature: signer.sign(SignMethod::Sha256, None, &mut PARAMS.to_owned()),
            authorization: push::sign(&app_key, &secret, canonical.as_bytes()),
            app_key,
            secret,
            signer,
            canonical,
        }
    }

    /// The lower limit: one pass of HMAC-SHA256 with a prepared key over the bytes that `sign` hashes.
    pub(crate) fn hash(&self) -> [u8; 32] {
        let mac = self.floor.clone().chain_update(&self.canonical);
        mac.finalize().into_bytes().into()
    }

    /// The whole signature of the call, from unsorted parameters to hexadecimal.
    pub(crate) fn sign(&self) -> Signature {
        self.signer
            .sign(SignMethod::Sha256, None, &mut PARAMS.to_owned())
    }

    /// The same with the legacy method `md5`.
    #[cfg(feature = "md5")]
    pub(crate) fn sign_md5(&self) -> Signature {
        self.signer
            .sign(SignMethod::Md5, None, &mut PARAMS.to_owned())
    }

    /// Verifies the signature of the call.
    pub(crate) fn verify(&self) -> bool {
        let mut params = PARAMS;
        self.signer.verify(
            SignMethod::Sha256,
            None,
            &mut params,
            self.signature.as_str(),
        )
    }

    /// Prepares a secret's hash states, which happens once per application.
    pub(crate) fn key(&self) -> Signer {
        Signer::new(&self.secret)
    }

    /// Verifies a push message as long as the call.
    pub(crate) fn push(&self) -> bool {
        push::verify(
            &self.app_key,
            &self.secret,
            &self.authorization,
            self.canonical.as_bytes(),
        )
    }
}
