//! The keys that Google signs with: a JSON Web Key Set (RFC 7517), fetched when a token names a key that is not known.
//!
//! Anybody can send a token that names a key nobody has. So Google is asked by one request at a time, once in a while, and
//! a key that is known waits for none of that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, StatusCode};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{SignatureVerificationAlgorithm, alg_id};
use serde::Deserialize;

use super::jwt::Token;
use crate::provider::client::tls;
use crate::provider::client::transport::Transport;

/// Google's keys (`jwks_uri` of its `OpenID` configuration).
const CERTIFICATES: &str = "https://www.googleapis.com/oauth2/v3/certs";
/// How often they are asked for at most: who sends made-up tokens is not to make us ask at each.
const PAUSE: Duration = Duration::from_secs(30);
/// Likewise while they are not given, and a token that is good may be waiting for them.
const FAILED_PAUSE: Duration = Duration::from_secs(1);
/// For how long they are believed. Google changes them every few days, and announces new ones before it uses them.
const KEPT: Duration = Duration::from_hours(6);
const PATIENCE: Duration = Duration::from_secs(5);

/// The keys that are known.
pub(super) struct Keys {
    transport: Transport,
    place: String,
    known: Mutex<Known>,
    /// Held by the one who asks.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, Arc<Key>>,
    fetched: Option<Instant>,
    tried: Option<Tried>,
}

/// When Google was asked last, and why it gave no keys, if it did not.
struct Tried {
    at: Instant,
    failed: Option<Unavailable>,
}

/// A key that Google signs with.
pub(super) struct Key {
    /// `RSAPublicKey` (RFC 8017), in DER.
    public: Vec<u8>,
    algorithm: &'static dyn SignatureVerificationAlgorithm,
}

/// Google's keys are not to be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
        Self { transport, place: place.to_owned(), known: Mutex::default(), asking: tokio::sync::Mutex::new(()) }
    }

    /// The key of that name, at that moment.
    pub(super) async fn find(&self, name: &str, now: Instant) -> Result<Option<Arc<Key>>, Unavailable> {
        let (old, asking) = match self.known(|known| known.find(name, now)) {
            Found::Said(found) => return found,
            // Somebody asks already, and this one is still better than nothing.
            Found::Old(key) => match self.asking.try_lock() {
                Ok(asking) => (Some(key), asking),
                Err(_) => return Ok(Some(key)),
            },
            Found::Unknown => (None, self.asking.lock().await),
        };
        // Whoever asked meanwhile may have got it.
        if let Found::Said(found) = self.known(|known| known.find(name, now)) {
            return found;
        }
        let started = Instant::now();
        let fetched = self.fetch(started + PATIENCE).await;
        let at = now + started.elapsed();
        let found = self.known(|known| known.learn(fetched, name, at));
        drop(asking);
        match (found, old) {
            (Err(unavailable), Some(key)) => {
                tracing::warn!(target: "tusk_fn", error = %unavailable, "the keys from before are used");
                Ok(Some(key))
            }
            (found, _) => found,
        }
    }

    fn known<T>(&self, look: impl FnOnce(&mut Known) -> T) -> T {
        look(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
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

/// What is known of a key before Google is asked.
enum Found {
    /// It, or that there is none.
    Said(Result<Option<Arc<Key>>, Unavailable>),
    /// It, from long ago: Google is to be asked whether it is still one of its.
    Old(Arc<Key>),
    /// Nothing: Google is to be asked.
    Unknown,
}

impl Known {
    fn find(&self, name: &str, now: Instant) -> Found {
        let within = |since: Instant, time: Duration| now.saturating_duration_since(since) < time;
        let key = self.keys.get(name).map(Arc::clone);
        let is_new = self.fetched.is_some_and(|fetched| within(fetched, KEPT));
        match (key, &self.tried) {
            (Some(key), _) if is_new => Found::Said(Ok(Some(key))),
            // What was fetched long ago is still better than nothing while Google cannot be asked.
            (Some(key), Some(tried)) if within(tried.at, PAUSE) => Found::Said(Ok(Some(key))),
            (Some(key), _) => Found::Old(key),
            (None, Some(Tried { at, failed: None })) if within(*at, PAUSE) => Found::Said(Ok(None)),
            (None, Some(Tried { at, failed: Some(failed) })) if within(*at, FAILED_PAUSE) => {
                Found::Said(Err(failed.clone()))
            }
            (None, _) => Found::Unknown,
        }
    }

    /// Keeps what Google said, and looks for the key in it.
    fn learn(
        &mut self,
        fetched: Result<HashMap<String, Arc<Key>>, Unavailable>,
        name: &str,
        at: Instant,
    ) -> Result<Option<Arc<Key>>, Unavailable> {
        let failed = match fetched {
            Ok(keys) => {
                (self.keys, self.fetched) = (keys, Some(at));
                None
            }
            Err(unavailable) => Some(unavailable),
        };
        self.tried = Some(Tried { at, failed: failed.clone() });
        failed.map_or_else(|| Ok(self.keys.get(name).map(Arc::clone)), Err)
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
