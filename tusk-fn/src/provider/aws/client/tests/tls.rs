//! Handshakes with a server of rustls, which shows certificates of RSA, as AWS's are, and of elliptic curves.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::super::error::Cause;
use super::super::retry::Policy;
use super::server::{Answer, Script, start};
use super::{Client, environment};

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
    let (_, script) = start([Answer::json(200, r#"{"SecretString":"sk"}"#)]).await;
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

/// A client that trusts one authority.
fn trusting(authority: &[u8], host: &str, port: u16) -> Client {
    let url = format!("https://{host}:{port}");
    let mut environment = environment(&[("AWS_ENDPOINT_URL", &url)]).expect("an environment");
    environment.authorities = Some(authority.to_vec());
    Client::new(environment, Policy::default()).expect("a client")
}

#[tokio::test]
async fn a_handshake_succeeds_with_each_version_and_kind() {
    for server in [RSA, ECDSA] {
        for version in [&TLS12, &TLS13] {
            let (port, _) = secured(config(server, version)).await;
            let client = trusting(server.authority, "localhost", port);
            let value = client.get_secret_value("key", None).await;
            assert!(value.is_ok(), "{version:?}: {value:?}");
        }
    }
}

#[tokio::test]
async fn an_unknown_authority_is_refused() {
    let (port, script) = secured(config(RSA, &TLS13)).await;
    let value = trusting(ECDSA.authority, "localhost", port).get_secret_value("key", None).await;
    assert_eq!(value.expect_err("not trusted").cause(), &Cause::Unreachable);
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn a_certificate_of_another_name_is_refused() {
    let (port, script) = secured(config(RSA, &TLS13)).await;
    let value = trusting(RSA.authority, "127.0.0.1", port).get_secret_value("key", None).await;
    assert_eq!(value.expect_err("another name").cause(), &Cause::Unreachable);
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn browsers_authorities_do_not_include_the_tests() {
    let (port, _) = secured(config(RSA, &TLS13)).await;
    let environment =
        environment(&[("AWS_ENDPOINT_URL", &format!("https://localhost:{port}"))]).expect("an environment");
    let client = Client::new(environment, Policy::default()).expect("a client");
    assert_eq!(client.get_secret_value("key", None).await.expect_err("not trusted").cause(), &Cause::Unreachable);
}
