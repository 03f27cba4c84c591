//! S3: buckets, through `object_store`, over this client's connections.
//!
//! `object_store` signs and reads XML too. It is told where the credentials are, and given two things that it would otherwise
//! take from libraries in C: HTTPS, and SHA-256.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use object_store::ObjectStore;
use object_store::aws::{AmazonS3Builder, S3CopyIfNotExists};
use object_store::client::{CryptoProvider, DigestAlgorithm, DigestContext, HmacContext, Signer, SigningAlgorithm};
use sha2::{Digest, Sha256};

use super::Client;
use super::endpoint::Service;
use crate::provider::client::buckets::{Discretion, RETRIES, Wire};

/// To a wrong signature S3 repeats what it would have signed, and with it the session's token.
const DISCREET: Discretion =
    Discretion { sign: b"CanonicalRequest", instead: b"<Error><Code>SignatureDoesNotMatch</Code></Error>" };

impl Client {
    /// A bucket. It is not asked whether it is there.
    ///
    /// # Errors
    /// The name cannot be a bucket's.
    pub(crate) fn bucket(&self, name: &str) -> object_store::Result<Arc<dyn ObjectStore>> {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)) {
            let source = format!("`{name}` is no name of a bucket").into();
            return Err(object_store::Error::NotSupported { source });
        }
        let environment = &self.shared.environment;
        let credentials = &environment.credentials;
        let mut builder = AmazonS3Builder::new()
            .with_access_key_id(credentials.access_key_id())
            .with_secret_access_key(credentials.secret_access_key())
            .with_region(&environment.region)
            .with_bucket_name(name)
            .with_copy_if_not_exists(S3CopyIfNotExists::Multipart)
            .with_retry(RETRIES)
            .with_http_connector(Wire::new(self.shared.transport.clone(), Some(DISCREET)))
            .with_crypto_provider(Arc::new(Sha));
        if let Some(token) = credentials.session_token() {
            builder = builder.with_token(token);
        }
        let url = environment.url(Service::S3, &environment.region);
        let url = url.trim_end_matches('/');
        builder = match url.split_once("://") {
            // A name with dots fits no certificate, and elsewhere than at AWS a bucket's host may not be found.
            Some((scheme, host)) if !environment.endpoints.contains_key(&Service::S3) && !name.contains('.') => {
                builder.with_endpoint(format!("{scheme}://{name}.{host}")).with_virtual_hosted_style_request(true)
            }
            _ => builder.with_endpoint(url).with_allow_http(url.starts_with("http://")),
        };
        Ok(Arc::new(builder.build()?))
    }
}

/// SHA-256, as `object_store` takes it.
#[derive(Debug)]
struct Sha;

impl CryptoProvider for Sha {
    fn digest(&self, algorithm: DigestAlgorithm) -> object_store::Result<Box<dyn DigestContext>> {
        match algorithm {
            DigestAlgorithm::Sha256 => Ok(Box::new(Running { state: Sha256::new(), result: [0; 32] })),
            other => Err(unknown(&other)),
        }
    }

    fn hmac(&self, algorithm: DigestAlgorithm, secret: &[u8]) -> object_store::Result<Box<dyn HmacContext>> {
        match algorithm {
            DigestAlgorithm::Sha256 => {
                let state = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| unknown(&algorithm))?;
                Ok(Box::new(Running { state, result: [0; 32] }))
            }
            other => Err(unknown(&other)),
        }
    }

    fn sign(&self, algorithm: SigningAlgorithm, _: &[u8]) -> object_store::Result<Box<dyn Signer>> {
        Err(unknown(&algorithm))
    }
}

fn unknown(algorithm: &impl std::fmt::Debug) -> object_store::Error {
    object_store::Error::NotSupported { source: format!("s3 asks for no {algorithm:?}").into() }
}

/// A computation, and its result once it is asked for.
struct Running<S> {
    state: S,
    result: [u8; 32],
}

impl DigestContext for Running<Sha256> {
    fn update(&mut self, data: &[u8]) {
        Digest::update(&mut self.state, data);
    }

    fn finish(&mut self) -> object_store::Result<&[u8]> {
        self.result = self.state.finalize_reset().into();
        Ok(&self.result)
    }
}

impl HmacContext for Running<Hmac<Sha256>> {
    fn update(&mut self, data: &[u8]) {
        Mac::update(&mut self.state, data);
    }

    fn finish(&mut self) -> object_store::Result<&[u8]> {
        self.result = self.state.clone().finalize().into_bytes().into();
        Ok(&self.result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    #[test]
    fn sha_256_is_that_of_fips_180() {
        let mut digest = Sha.digest(DigestAlgorithm::Sha256).expect("a digest");
        digest.update(b"a");
        digest.update(b"bc");
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(digest.finish().expect("a result")), expected);
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let mut hmac = Sha.hmac(DigestAlgorithm::Sha256, b"Jefe").expect("an hmac");
        hmac.update(b"what do ya want ");
        hmac.update(b"for nothing?");
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex(hmac.finish().expect("a result")), expected);
    }
}
