//! S3: buckets, through `object_store`, over this client's connections.
//!
//! `object_store` signs, reads XML, tries again and puts large objects together in parts. It is told where the credentials
//! are, and given two things that it would otherwise take from libraries in C: HTTPS, and SHA-256.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::StatusCode;
use http_body_util::{BodyExt, Collected, Full, Limited};
use object_store::aws::{AmazonS3Builder, S3CopyIfNotExists};
use object_store::client::{
    ClientOptions, CryptoProvider, DigestAlgorithm, DigestContext, HmacContext, HttpClient, HttpConnector, HttpError,
    HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService, Signer, SigningAlgorithm,
};
use object_store::{ObjectStore, RetryConfig};
use sha2::{Digest, Sha256};

use super::Client;
use super::endpoint::Service;
use super::transport::{BodyError, Incoming, Transport};

/// The time for an object's whole way in, and for the head of every other answer.
const ANSWER: Duration = Duration::from_mins(1);
/// As long as a function may be expected to wait; `object_store`'s own measure is three minutes.
const RETRIES: RetryConfig = RetryConfig { backoff: BACKOFF, max_retries: 3, retry_timeout: Duration::from_secs(30) };
const BACKOFF: object_store::BackoffConfig = object_store::BackoffConfig {
    init_backoff: Duration::from_millis(100),
    max_backoff: Duration::from_secs(5),
    base: 2.0,
};

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
            .with_http_connector(Wire(self.shared.transport.clone()))
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

/// This client's connections, as `object_store` takes them.
#[derive(Clone, Debug)]
struct Wire(Transport);

impl HttpConnector for Wire {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Wire {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = request.map(|body| body.map_err(|error| BodyError(error.into())).boxed_unsync());
        let answer = tokio::time::timeout(ANSWER, self.0.send(request)).await;
        let answer = answer.map_err(|late| HttpError::new(HttpErrorKind::Timeout, late))?.map_err(|error| {
            let kind = if error.is_connect() { HttpErrorKind::Connect } else { HttpErrorKind::Interrupted };
            HttpError::new(kind, error)
        })?;
        let (head, body) = answer.into_parts();
        let body = if head.status == StatusCode::FORBIDDEN { discreet(body).await } else { body };
        let lost = |BodyError(error)| HttpError::new_boxed(HttpErrorKind::Interrupted, error);
        Ok(HttpResponse::from_parts(head, HttpResponseBody::new(body.map_err(lost))))
    }
}

/// What S3 says to a request that it forbids, but not all of it: to a wrong signature it repeats what it would have signed,
/// and with it the session's token, and `object_store` writes that into its error.
async fn discreet(body: Incoming) -> Incoming {
    const LARGEST: usize = 64 << 10;
    let said = Limited::new(body, LARGEST).collect().await.map(Collected::to_bytes).unwrap_or_default();
    let repeats = said.windows(REPEATED.len()).any(|part| part == REPEATED);
    let said = if repeats { Bytes::from_static(b"<Error><Code>SignatureDoesNotMatch</Code></Error>") } else { said };
    Full::new(said).map_err(|never| match never {}).boxed()
}

/// What begins the part that is kept back, and ends it.
const REPEATED: &[u8] = b"CanonicalRequest";

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
