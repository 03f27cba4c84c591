//! The keys that Google signs with: a JSON Web Key Set (RFC 7517), fetched when a token names a key that is not known.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, StatusCode};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{SignatureVerificationAlgorithm, alg_id};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::jwt::Token;
use crate::provider::client::tls;
use crate::provider::client::transport::Transport;

/// Google's keys (`jwks_uri` of its `OpenID` configuration).
const CERTIFICATES: &str = "https://www.googleapis.com/oauth2/v3/certs";
/// How often they are asked for at most: who sends made-up tokens is not to make us ask at each.
const PAUSE: Duration = Duration::from_secs(30);
/// For how long they are believed. Google changes them every few days, and announces new ones before it uses them.
const KEPT: Duration = Duration::from_hours(6);
const PATIENCE: Duration = Duration::from_secs(5);

/// The keys that are known.
pub(super) struct Keys {
    transport: Transport,
    place: String,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, Arc<Key>>,
    fetched: Option<Instant>,
    tried: Option<Instant>,
}

/// A key that Google signs with.
pub(super) struct Key {
    /// `RSAPublicKey` (RFC 8017), in DER.
    public: Vec<u8>,
    algorithm: &'static dyn SignatureVerificationAlgorithm,
}

/// Google's keys are not to be had.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the keys that Google signs with cannot be fetched from {place}: {why}")]
pub(super) struct Unavailable {
    place: String,
    why: String,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<KeyEntry>,
}

#[derive(Deserialize)]
struct KeyEntry {
    kid: String,
    kty: String,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
}

impl Keys {
    /// Google's own.
    pub(super) fn of_google(transport: Transport) -> Self {
        Self::at(transport, CERTIFICATES)
    }

    pub(super) fn at(transport: Transport, place: &str) -> Self {
        Self { transport, place: place.to_owned(), known: Mutex::default() }
    }

    /// The key of that name. One request at a time asks for new ones, and the others wait for it.
    pub(super) async fn find(&self, name: &str) -> Result<Option<Arc<Key>>, Unavailable> {
        let mut known = self.known.lock().await;
        let now = Instant::now();
        let within =
            |since: Option<Instant>, time: Duration| since.is_some_and(|since| now.duration_since(since) < time);
        let is_new = within(known.fetched, KEPT);
        if let Some(key) = known.keys.get(name)
            && is_new
        {
            return Ok(Some(Arc::clone(key)));
        }
        if within(known.tried, PAUSE) {
            // What was fetched long ago is still better than nothing while Google cannot be asked.
            return Ok(known.keys.get(name).map(Arc::clone));
        }
        known.tried = Some(now);
        match self.fetch(now + PATIENCE).await {
            Ok(keys) => {
                known.keys = keys;
                known.fetched = Some(now);
            }
            Err(unavailable) if known.keys.contains_key(name) => {
                tracing::warn!(target: "tusk_fn", error = %unavailable, "the keys from before are used");
            }
            Err(unavailable) => {
                // The next request tries again.
                known.tried = None;
                return Err(unavailable);
            }
        }
        Ok(known.keys.get(name).map(Arc::clone))
    }

    async fn fetch(&self, until: Instant) -> Result<HashMap<String, Arc<Key>>, Unavailable> {
        let failed = |why: String| Unavailable { place: self.place.clone(), why };
        let request = Request::get(&self.place).body(bytes::Bytes::new()).map_err(|error| failed(error.to_string()))?;
        let (status, _, body) =
            self.transport.exchange(request, until).await.map_err(|fault| failed(fault.cause.to_string()))?;
        if status != StatusCode::OK {
            return Err(failed(format!("it answered {}", status.as_u16())));
        }
        let set: KeySet = serde_json::from_slice(&body).map_err(|error| failed(error.to_string()))?;
        let algorithm = rs256(&tls::provider()).ok_or_else(|| failed("RS256 is not compiled in".to_owned()))?;
        let key = |entry: KeyEntry| {
            let number = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
            let public = der(&number(&entry.n)?, &number(&entry.e)?);
            (entry.kty == "RSA").then(|| (entry.kid, Arc::new(Key { public, algorithm })))
        };
        Ok(set.keys.into_iter().filter_map(key).collect())
    }
}

impl Key {
    /// Whether it signed the token.
    pub(super) fn signed(&self, token: &Token<'_>) -> bool {
        self.algorithm.verify_signature(&self.public, token.signed.as_bytes(), &token.signature).is_ok()
    }
}

/// RSA with PKCS #1 v1.5 and SHA-256, as TLS has it for certificates.
fn rs256(provider: &CryptoProvider) -> Option<&'static dyn SignatureVerificationAlgorithm> {
    let mut all = provider.signature_verification_algorithms.all.iter().copied();
    all.find(|it| it.public_key_alg_id() == alg_id::RSA_ENCRYPTION && it.signature_alg_id() == alg_id::RSA_PKCS1_SHA256)
}

/// A sequence of two numbers, in DER (X.690).
fn der(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let numbers = [number(modulus), number(exponent)].concat();
    tagged(0x30, &numbers)
}

/// A number that is not negative, given from its highest byte on.
fn number(bytes: &[u8]) -> Vec<u8> {
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let bytes = &bytes[first..];
    // The highest bit would be a sign; and nought is one byte as well.
    if bytes.first().is_none_or(|first| first & 0x80 != 0) {
        tagged(0x02, &[&[0], bytes].concat())
    } else {
        tagged(0x02, bytes)
    }
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().position(|byte| *byte != 0).unwrap_or(length.len() - 1)..];
    let mut out = vec![tag];
    match significant {
        [short] if *short < 0x80 => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(u8::MAX));
            out.extend(long);
        }
    }
    out.extend(content);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_der_has_them() {
        assert_eq!(number(&[]), [0x02, 1, 0]);
        assert_eq!(number(&[0, 0, 1, 0, 1]), [0x02, 3, 1, 0, 1]);
        assert_eq!(number(&[0x80]), [0x02, 2, 0, 0x80]);
        assert_eq!(tagged(0x30, &[7; 127])[..2], [0x30, 127]);
        assert_eq!(tagged(0x30, &[7; 128])[..3], [0x30, 0x81, 128]);
        assert_eq!(tagged(0x30, &[7; 300])[..4], [0x30, 0x82, 1, 44]);
    }
}
