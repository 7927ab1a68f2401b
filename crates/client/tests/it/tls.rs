//! A gateway behind TLS, with its own root certificate.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::server::{read_request, whole};
use crate::settings::builder;
use crate::{Built, order};

const ORDER: &str = r#"{"result":{"order_status":"FINISH"},"request_id":"r1"}"#;

struct Gateway {
    url: String,
    /// The root certificate, as PEM.
    root: String,
    /// How many requests were read.
    read: Arc<AtomicUsize>,
}

impl Gateway {
    /// A gateway at 127.0.0.1 with a certificate for this name.
    fn start(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &root).unwrap().der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let read = Arc::new(AtomicUsize::new(0));
        let (config, counter) = (Arc::new(config), Arc::clone(&read));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &config, &counter);
            }
        });
        Self {
            url,
            root: root.pem(),
            read,
        }
    }

    fn read(&self) -> usize {
        self.read.load(Ordering::SeqCst)
    }
}

fn answer(stream: TcpStream, config: &Arc<ServerConfig>, read: &AtomicUsize) {
    let connection = ServerConnection::new(Arc::clone(config)).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    if read_request(&mut stream).is_none() {
        return;
    }
    read.fetch_add(1, Ordering::SeqCst);
    stream
        .write_all(whole("200 OK", "", ORDER).as_bytes())
        .unwrap();
    stream.conn.send_close_notify();
    stream.flush().unwrap();
}

#[test]
fn calls_use_tls_with_a_root_certificate_added_by_the_user() {
    let gateway = Gateway::start("127.0.0.1");
    let trusting = builder(&gateway.url).root_certificates_pem(gateway.root.as_str());
    let reply = trusting.built().unwrap().order(1).unwrap();
    assert_eq!(reply.request_id(), Some("r1"));
    assert_eq!(gateway.read(), 1);
}

#[test]
fn a_gateway_with_an_invalid_certificate_gets_no_order_and_no_session() {
    let (stranger, misnamed) = (Gateway::start("127.0.0.1"), Gateway::start("other.example"));
    let trusting = builder(&misnamed.url).root_certificates_pem(misnamed.root.as_str());
    for (builder, gateway) in [(builder(&stranger.url), &stranger), (trusting, &misnamed)] {
        let error = builder
            .retry(aliexpress::RetryPolicy::default())
            .built()
            .unwrap()
            .place_order(&order("shop-1"))
            .unwrap_err();
        assert!(
            error.is_connect() && error.unknown_outcome().is_none(),
            "{error}"
        );
        assert!(!error.may_have_acted());
        // Another try would fail in the same way.
        assert_eq!((error.tries(), error.may_retry()), (1, false));
        let expected = format!(
            "cannot call aliexpress.ds.order.create: cannot complete the TLS handshake for POST {}/sync",
            gateway.url
        );
        assert_eq!(error.to_string(), expected);
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("invalid peer certificate"), "{cause}");
        assert_eq!(gateway.read(), 0);
    }
}
