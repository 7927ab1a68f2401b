//! TLS with the user's own root certificate.

use std::io::Write;
use std::sync::{Arc, Mutex};

use aliexpress_transport::{Connection, HttpRequest, Phase};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{HandshakeKind, ServerConfig, ServerConnection, StreamOwned};

use crate::server::{Peer, Server, answer, read_request};
use crate::tunnel::proxy;
use crate::{BODY, Built, Transport, message, send, send_default, soon};

type Stream = StreamOwned<ServerConnection, std::net::TcpStream>;

struct Site {
    server: Server,
    root: CertifiedIssuer<'static, KeyPair>,
}

impl Site {
    /// A server at 127.0.0.1 with a certificate for these names.
    fn start(names: &[&str], serve: impl Fn(Stream) + Send + Sync + 'static) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();

        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        let certificate = CertificateParams::new(names)
            .unwrap()
            .signed_by(&key, &root)
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        let config = Arc::new(config);
        let server = Server::start(move |peer: Peer| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            serve(StreamOwned::new(connection, peer.stream));
        });
        Self { server, root }
    }

    fn url(&self) -> String {
        self.server.url().replace("http:", "https:")
    }
}

fn answering(mut stream: Stream) {
    while read_request(&mut stream).is_some() {
        stream.write_all(&answer("200 OK", "", "{}")).unwrap();
    }
}

#[test]
fn a_root_certificate_can_be_added_as_pem_or_der() {
    let site = Site::start(&["127.0.0.1"], answering);
    let pem = Transport::builder().root_certificates_pem(site.root.pem());
    let der = Transport::builder().root_certificate_der(site.root.der().to_vec());
    for builder in [pem, der] {
        let transport = builder.built().unwrap();
        for _ in 0..3 {
            let answer = transport
                .send(&HttpRequest::form(&site.url(), BODY), soon())
                .unwrap();
            assert_eq!(answer.body, b"{}");
        }
    }
}

#[test]
fn a_new_connection_resumes_the_tls_session() {
    let resumed = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&resumed);
    let site = Site::start(&["127.0.0.1"], move |mut stream| {
        while read_request(&mut stream).is_some() {
            let kind = stream.conn.handshake_kind();
            seen.lock()
                .unwrap()
                .push(kind == Some(HandshakeKind::Resumed));
            stream.write_all(&answer("200 OK", "", "{}")).unwrap();
        }
    });
    let transport = Transport::builder()
        .root_certificates_pem(site.root.pem())
        .built()
        .unwrap();
    let url = site.url();
    for _ in 0..3 {
        transport
            .send(&HttpRequest::form(&url, BODY).on(Connection::New), soon())
            .unwrap();
    }
    assert_eq!(site.server.connections(), 3);
    assert_eq!(*resumed.lock().unwrap(), [false, true, true]);
}

#[test]
fn an_unknown_root_is_refused_and_nothing_is_sent() {
    let site = Site::start(&["127.0.0.1"], |mut stream| {
        assert!(read_request(&mut stream).is_none())
    });
    let error = send_default(&site.url()).unwrap_err();
    assert_eq!(error.phase(), Phase::Handshake);
    assert!(error.is_connect() && error.certainly_not_sent() && !error.is_timeout());
    assert_eq!(
        message(&error),
        format!(
            "cannot complete the TLS handshake for POST {} | invalid peer certificate: UnknownIssuer",
            site.url()
        )
    );
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let site = Site::start(&["other.example"], |mut stream| {
        assert!(read_request(&mut stream).is_none())
    });
    let error = send(
        Transport::builder().root_certificates_pem(site.root.pem()),
        &site.url(),
    )
    .unwrap_err();
    assert_eq!(error.phase(), Phase::Handshake);
    assert_eq!(
        message(&error),
        format!(
            "cannot complete the TLS handshake for POST {} | invalid peer certificate: certificate not valid for \
             name \"127.0.0.1\"; certificate is only valid for DnsName(\"other.example\")",
            site.url()
        )
    );
    assert!(error.certainly_not_sent());
}

#[test]
fn a_server_without_tls_is_refused() {
    let server = Server::start(|mut peer| peer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    let url = server.url().replace("http:", "https:");
    let error = send_default(&url).unwrap_err();
    assert_eq!(error.phase(), Phase::Handshake);
    assert!(error.is_connect() && error.certainly_not_sent());
    assert_eq!(
        message(&error),
        format!(
            "cannot complete the TLS handshake for POST {url} | received corrupt message of type InvalidContentType"
        )
    );
}

/// Without a length, only TLS's closing message distinguishes a complete body from a truncated one.
#[test]
fn a_body_of_unknown_length_must_end_with_a_tls_close() {
    for orderly in [true, false] {
        let site = Site::start(&["127.0.0.1"], move |mut stream| {
            read_request(&mut stream);
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}")
                .unwrap();
            if orderly {
                stream.conn.send_close_notify();
                stream.flush().unwrap();
            }
        });
        let sent = send(
            Transport::builder().root_certificates_pem(site.root.pem()),
            &site.url(),
        );
        match sent {
            Ok(answer) => assert!(orderly && answer.body == b"{}"),
            Err(error) => {
                assert!(!orderly && error.is_cut(), "{error:?}");
                assert_eq!(error.answer_so_far().unwrap().body, b"{}");
            }
        }
    }
}

#[test]
fn tls_goes_through_a_tunnel_to_the_server() {
    let (proxy, site) = (proxy(), Site::start(&["127.0.0.1"], answering));
    let builder = Transport::builder()
        .root_certificates_pem(site.root.pem())
        .proxy(format!("http://127.0.0.1:{}", proxy.port()));
    let transport = builder.built().unwrap();
    for _ in 0..2 {
        transport
            .send(&HttpRequest::form(&site.url(), BODY), soon())
            .unwrap();
    }
    assert_eq!((proxy.connections(), site.server.connections()), (1, 1));

    let error = send(
        Transport::builder().proxy(format!("http://127.0.0.1:{}", proxy.port())),
        &site.url(),
    );
    assert_eq!(error.unwrap_err().phase(), Phase::Handshake);
}
