//! Secrets, kept for a while.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::error::ClientError;

/// How long a secret is kept before it is fetched again.
const KEPT: Duration = Duration::from_mins(5);
/// How long it is used at most while the service cannot be reached: a rotated secret's old value is good for a while, too.
const KEPT_LONGEST: Duration = Duration::from_hours(1);
/// How long nobody asks for it again then.
const TRIED_AGAIN: Duration = Duration::from_secs(30);

/// The secrets that a process has fetched, by what the platform calls them.
#[derive(Default)]
pub(crate) struct Secrets {
    kept: Mutex<HashMap<String, Secret>>,
}

/// A secret's value, and for how long it is used.
struct Secret {
    value: Bytes,
    /// Until then nobody asks for a newer one.
    new_until: Instant,
    /// Until then it is used if no newer one is to be had.
    good_until: Instant,
}

impl Secrets {
    /// A secret's value at that moment: the one that is kept while it is new, or while no newer one is to be had.
    pub(crate) async fn get(
        &self,
        name: &str,
        now: Instant,
        fetch: impl Future<Output = Result<Bytes, ClientError>>,
    ) -> Result<Bytes, ClientError> {
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secret) = kept().get(name)
            && now < secret.new_until
        {
            return Ok(secret.value.clone());
        }
        let error = match fetch.await {
            Ok(value) => {
                let secret = Secret { value: value.clone(), new_until: now + KEPT, good_until: now + KEPT_LONGEST };
                kept().insert(name.to_owned(), secret);
                return Ok(value);
            }
            Err(error) => error,
        };
        if let Some(secret) = kept().get_mut(name)
            && error.is_passing()
            && now < secret.good_until
        {
            secret.new_until = now + TRIED_AGAIN;
            tracing::warn!(%error, "a secret cannot be fetched again: the value from before is used");
            return Ok(secret.value.clone());
        }
        Err(error)
    }
}
