//! Root certificates: Mozilla's, and those that a user adds.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

use crate::error::{Error, Kind, Phase};

/// Certificates as a user gave them.
#[derive(Clone)]
pub(crate) enum RootCertificate {
    Pem(Vec<u8>),
    Der(Vec<u8>),
}

/// Mozilla's roots and the given ones; every given one must be a certificate that can be trusted.
pub(crate) fn with_mozillas(given: &[RootCertificate]) -> Result<RootCerts, Error> {
    if given.is_empty() {
        return Ok(RootCerts::WebPki);
    }
    let mut all: Vec<Certificate<'static>> = Vec::new();
    for given in given {
        match given {
            RootCertificate::Pem(pem) => all.extend(certificates_in(pem)?),
            RootCertificate::Der(der) => all.push(Certificate::from_der(der).to_owned()),
        }
    }
    all.iter().try_for_each(check)?;
    all.extend(
        webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .map(|der| Certificate::from_der(der)),
    );
    Ok(all.into())
}

/// TLS client settings that trust the same certificates.
#[cfg(feature = "hyper")]
pub(crate) fn client_config(given: &[RootCertificate]) -> Result<rustls::ClientConfig, Error> {
    let mut store = RootCertStore::empty();
    let broken = |cause| refused("bytes that are not a certificate").because(cause);
    match with_mozillas(given)? {
        RootCerts::Specific(certificates) => certificates.iter().try_for_each(|certificate| {
            let certificate = CertificateDer::from(certificate.der());
            store.add(certificate).map_err(broken)
        })?,
        _ => webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .try_for_each(|certificate| store.add(certificate.clone()).map_err(broken))?,
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| refused("no protocol version").because(cause))?;
    Ok(config.with_root_certificates(store).with_no_client_auth())
}

fn certificates_in(pem: &[u8]) -> Result<Vec<Certificate<'static>>, Error> {
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) =
            item.map_err(|e| refused("broken PEM").because(e))?
        {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(refused("no CERTIFICATE section"));
    }
    Ok(certificates)
}

/// ureq skips certificates that it cannot parse, so that only a failed handshake would reveal a
/// mistake.
fn check(certificate: &Certificate<'static>) -> Result<(), Error> {
    RootCertStore::empty()
        .add(CertificateDer::from(certificate.der()))
        .map_err(|cause| refused("bytes that are not a certificate").because(cause))
}

fn refused(found: &str) -> Error {
    Error::new(
        Phase::Prepare,
        Kind::Invalid {
            doing: "read a root certificate",
            found: found.to_owned(),
            wanted: "X.509 certificates as PEM or one as DER",
        },
    )
}
