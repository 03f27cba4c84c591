//! TLS without a C compiler: rustls, with cryptography in Rust.
//!
//! Which cryptography, is decided as in tusk-fn (`provider/aws/client/tls.rs`): `graviola` on Arm, and on x86-64, where it
//! demands instructions that not every machine has, what `RustCrypto`'s crates offer.
//!
//! A registry of a company often has a certificate of the company's own authority. So the machine is asked whom it trusts, which
//! is also what `SSL_CERT_FILE` can say; a machine that trusts nobody (a container) trusts whom browsers trust.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

pub(super) fn config() -> TlsConfig {
    TlsConfig::builder().root_certs(roots()).unversioned_rustls_crypto_provider(Arc::new(provider())).build()
}

fn roots() -> RootCerts {
    let mut certificates = rustls_native_certs::load_native_certs().certs;
    if certificates.is_empty() {
        certificates = TLS_SERVER_ROOT_CERTS.to_vec();
    }
    let owned = |certificate: &rustls::pki_types::CertificateDer<'_>| Certificate::from_der(certificate).to_owned();
    RootCerts::Specific(Arc::new(certificates.iter().map(owned).collect()))
}

#[cfg(target_arch = "aarch64")]
fn provider() -> CryptoProvider {
    rustls_graviola::default_provider()
}

#[cfg(not(target_arch = "aarch64"))]
fn provider() -> CryptoProvider {
    rustls_rustcrypto::provider()
}
