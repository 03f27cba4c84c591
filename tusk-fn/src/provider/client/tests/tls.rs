//! Handshakes with a server of rustls, which shows certificates of RSA, as AWS's are, and of elliptic curves.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, StatusCode};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::super::error::{Cause, Fault};
use super::super::tls::Authorities;
use super::super::transport::Transport;
use super::server::{Answer, Script, start};

/// An authority, and a server's certificate of it with its key.
#[derive(Clone, Copy)]
struct Certified {
    authority: &'static [u8],
    certificate: &'static [u8],
    key: &'static [u8],
}

const RSA: Certified = Certified {
    authority: include_bytes!("certificates/rsa-authority.pem"),
    certificate: include_bytes!("certificates/rsa-server.pem"),
    key: include_bytes!("certificates/rsa-server.key"),
};
const ECDSA: Certified = Certified {
    authority: include_bytes!("certificates/ecdsa-authority.pem"),
    certificate: include_bytes!("certificates/ecdsa-server.pem"),
    key: include_bytes!("certificates/ecdsa-server.key"),
};

#[cfg(target_arch = "aarch64")]
use rustls_graviola::default_provider as provider;
#[cfg(not(target_arch = "aarch64"))]
use rustls_rustcrypto::provider;

fn config(server: Certified, version: &'static rustls::SupportedProtocolVersion) -> ServerConfig {
    let certificate = CertificateDer::from_pem_slice(server.certificate).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(server.key).expect("a key");
    ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&[version])
        .expect("a version")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a certificate of that key")
}

/// Starts a server; its port, and what it sees.
async fn secured(config: ServerConfig) -> (u16, Script) {
    let (_, script) = start([Answer::json(200, "{}")]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let serving = script.clone();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        for connection in 0.. {
            let Ok((stream, _)) = listener.accept().await else { return };
            if let Ok(stream) = acceptor.accept(stream).await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.serve(stream, connection).await });
            }
        }
    });
    (port, script)
}

/// Starts a server that a client of a provider talks to: its URL, its authority as PEM, and what it sees.
pub(crate) async fn start_secured() -> (String, String, Script) {
    let (port, script) = secured(config(ECDSA, &TLS13)).await;
    (format!("https://localhost:{port}"), String::from_utf8_lossy(ECDSA.authority).into_owned(), script)
}

/// The status that a server answers, to who trusts one authority or those that browsers trust.
async fn asked(authority: Option<&[u8]>, host: &str, port: u16) -> Result<StatusCode, Fault> {
    let authorities = authority.map(|pem| Authorities { variable: "CA", pem: pem.to_vec() });
    let transport = Transport::new(authorities.as_ref()).expect("connections");
    let request = Request::get(format!("https://{host}:{port}/")).body(Bytes::new()).expect("a request");
    let answer = transport.exchange(request, Instant::now() + Duration::from_secs(10)).await;
    answer.map(|(status, _, _)| status)
}

#[tokio::test]
async fn a_handshake_succeeds_with_each_version_and_kind() {
    for server in [RSA, ECDSA] {
        for version in [&TLS12, &TLS13] {
            let (port, _) = secured(config(server, version)).await;
            let status = asked(Some(server.authority), "localhost", port).await;
            assert_eq!(status.expect("an answer"), StatusCode::OK, "{version:?}");
        }
    }
}

#[tokio::test]
async fn an_unknown_authority_is_refused() {
    let (port, script) = secured(config(RSA, &TLS13)).await;
    let answer = asked(Some(ECDSA.authority), "localhost", port).await;
    assert_eq!(answer.expect_err("not trusted").cause, Cause::Unreachable);
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn a_certificate_of_another_name_is_refused() {
    let (port, script) = secured(config(RSA, &TLS13)).await;
    let answer = asked(Some(RSA.authority), "127.0.0.1", port).await;
    assert_eq!(answer.expect_err("another name").cause, Cause::Unreachable);
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn browsers_authorities_do_not_include_the_tests() {
    let (port, _) = secured(config(RSA, &TLS13)).await;
    assert_eq!(asked(None, "localhost", port).await.expect_err("not trusted").cause, Cause::Unreachable);
}

#[test]
fn authorities_that_are_none_are_refused() {
    for pem in [&b""[..], b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", b"no certificate"] {
        let refused = Transport::new(Some(&Authorities { variable: "CA", pem: pem.to_vec() })).expect_err("none");
        assert_eq!(refused.to_string(), "the authorities of `CA` cannot be used");
    }
}
