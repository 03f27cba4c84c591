//! TLS without a C compiler: rustls, with cryptography in Rust.
//!
//! Which cryptography, is decided by processors. `graviola` is fast (a handshake in a seventh of the instructions), its
//! arithmetic is verified, and it is cared for; but on x86-64 it demands the ADX instructions, and Lambda's virtual machines
//! there do not announce them: it would panic. On Arm it demands what all of Lambda's processors have. So x86-64 takes what
//! `RustCrypto`'s crates offer, which run anywhere, until `graviola` can do without ADX.
//!
//! Only what a client of services needs is named below, and the linker drops the rest: keys of our own, which a client without
//! certificates never uses, are most of it. (The timing of RSA's *private* keys in the `rsa` crate, RUSTSEC-2023-0071, is
//! among what is dropped.)

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, KeyProvider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;
use rustls::{ClientConfig, RootCertStore};

use super::environment::EnvironmentError;

/// The only authorities to trust.
pub(crate) struct Authorities {
    /// The variable that names their file.
    pub(crate) variable: &'static str,
    pub(crate) pem: Vec<u8>,
}

/// TLS 1.2 and 1.3, trusting the authorities that browsers trust, or only those that are given.
pub(crate) fn config(authorities: Option<&Authorities>) -> Result<ClientConfig, EnvironmentError> {
    let roots = match authorities {
        Some(given) => given
            .roots()
            .map_err(|error| EnvironmentError::Authorities { variable: given.variable, source: Arc::new(error) })?,
        None => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
    };
    let config = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| EnvironmentError::Tls(Arc::new(error)))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

impl Authorities {
    fn roots(&self) -> Result<RootCertStore, rustls::Error> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&self.pem) {
            let certificate = certificate.map_err(|error| rustls::Error::General(error.to_string()))?;
            roots.add(certificate)?;
        }
        if roots.is_empty() {
            return Err(rustls::Error::General("it has no certificate".to_owned()));
        }
        Ok(roots)
    }
}

/// The cryptography.
#[cfg(target_arch = "aarch64")]
pub(crate) fn provider() -> CryptoProvider {
    use rustls_graviola::{kx, suites};
    CryptoProvider {
        cipher_suites: vec![
            suites::TLS13_AES_256_GCM_SHA384,
            suites::TLS13_AES_128_GCM_SHA256,
            suites::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            suites::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            suites::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            suites::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ],
        kx_groups: vec![&kx::X25519, &kx::P256],
        key_provider: &NoKeys,
        ..rustls_graviola::default_provider()
    }
}

/// The cryptography.
#[cfg(not(target_arch = "aarch64"))]
pub(crate) fn provider() -> CryptoProvider {
    use rustls_rustcrypto as suites;
    CryptoProvider {
        cipher_suites: vec![
            suites::TLS13_AES_256_GCM_SHA384,
            suites::TLS13_AES_128_GCM_SHA256,
            suites::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            suites::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            suites::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            suites::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ],
        key_provider: &NoKeys,
        ..rustls_rustcrypto::provider()
    }
}

/// Instead of keys of our own: a client signs requests or brings a token, and signs no handshakes.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("this client has no keys".to_owned()))
    }
}
